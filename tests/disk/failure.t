#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What make says when a build fails: where, in which flavour, and the log; and what it keeps from a vendor's makefiles.
. "$(dirname "$0")/lib.sh"
copy_example acme
cd "$tmp/acme" || exit 1
echo 'EXCLUDE.kdump = one kernel is enough here' >>disk.mk
cp -R modules/helloworld-1.0 "$tmp/good"
cp specs/helloworld.spec "$tmp/good.spec"
module=modules/helloworld-1.0

# fails NAME ERE COMMAND...: the command spoils the good source; the message has this line, with flavour and log around it.
fails() {
	fails_name=$1 fails_line=$2
	shift 2
	rm -rf "$module"
	cp -R "$tmp/good" "$module"
	cp "$tmp/good.spec" specs/helloworld.spec
	"$@"
	run build . build-rpms -j2 ${settings:-}
	is "$fails_name: make fails" "$status" 2
	like "$fails_name: what" "$err" "$fails_line"
	is "$fails_name: first the flavour, last the log" "$(printf '%s\n' "$err" | grep -v '^make: ' | sed -n '1s/6\.1\.0-[0-9]*/N/p;$s/ .*//p' | tr '\n' ' ')" \
		"in flavour xen (N-amd64): log: "
	is "$fails_name: the same in the file failure" "$(cat out/debian-12/helloworld/failure)" "$(printf '%s\n' "$err" | grep -v '^make: ')"
}
edit() {
	sed -i "$1" "$module/helloworld.c"
}
calls() {
	for name; do
		echo "extern int $name(void);"
	done
	printf 'int all_of_them(void);\nint all_of_them(void) { return 0'
	printf ' + %s()' "$@"
	echo '; }'
}
# second_module NAME SYMBOL...: one more, which calls these.
second_module() {
	second=$1
	shift
	{
		echo '#include <linux/module.h>'
		calls "$@"
		echo 'MODULE_LICENSE("GPL"); MODULE_DESCRIPTION("x");'
	} >"$module/$second.c"
	echo "obj-m += $second.o" >>"$module/Kbuild"
}
lacks() {
	# shellcheck disable=SC2046 # words
	second_module second $(seq -f nosuch_%02g 14) other_one
	calls other_one >>"$module/helloworld.c"
}

fails "gcc" "^$module/helloworld\.c:[0-9]+:[0-9]+: error: .*nosuchtype" edit 's/^static int helloworld_probe/static nosuchtype x;\n&/'
fails "a header that is not there" "^$module/helloworld\.c:[0-9]+:[0-9]+: fatal error: nosuch\.h: No such file" edit '1a #include "nosuch.h"'
fails "the assembler" "^[^ ]+\.s:[0-9]+: Error: no such instruction: .* \(making helloworld\.o\)" edit '$a asm("nosuchinstruction");'
fails "a file without a source" '^make\[[0-9]\]: \*\*\* No rule to make target .*nosuch\.o' sed -i '$a obj-m += nosuch.o' "$module/Kbuild"
fails "a makefile that is none" 'Kbuild:[0-9]+: \*\*\* missing separator' sed -i '$a what is this' "$module/Kbuild"
twice() {
	echo 'int second_of_two(void); int second_of_two(void) { return 0; }' | tee "$module/a.c" >"$module/b.c"
	echo 'obj-m := two.o
two-y := a.o b.o' >"$module/Kbuild"
}
fails "ld" 'b\.c:.*multiple definition of .second_of_two.* \(making two\.o\)' twice
fails "a program that is not there" 'nosuchprogram: not found' sed -i 's/^%{kernel_make}.*/nosuchprogram/' specs/helloworld.spec
fails "modpost" '^second\.ko needs 15 symbols that 6\.1\.0-[0-9]+-amd64 does not export: nosuch_01 nosuch_02 .* nosuch_14 other_one$' lacks
like "modpost: of each module" "$err" '^helloworld\.ko needs 1 symbol that .*: other_one$'
like "modpost: what to do" "$err" 'KBUILD_EXTRA_SYMBOLS\.xen = .*EXCLUDE\.xen = '
settings=KERNEL_MAKE_VARS=KBUILD_MODPOST_WARN=1
fails "the gate, where modpost only warns" '^second\.ko needs 15 symbols that .*: nosuch_01 nosuch_02 .* nosuch_14 other_one$' lacks
settings=
fails "a GPL-only symbol" 'GPL-incompatible module helloworld\.ko uses GPL-only symbol' edit 's/^MODULE_LICENSE.*/MODULE_LICENSE("Proprietary");/; s/^static int helloworld_probe/extern void debugfs_remove(void *);\nvoid uses(void);\nvoid uses(void) { debugfs_remove(0); }\n&/'

# What the command line of the kit's make says is nothing to the vendor's makefiles.
rm -rf "$module"
cp -R "$tmp/good" "$module"
cat >>"$module/Kbuild" <<'EOF'
SOURCE ?= of the vendor
$(if $(filter-out of the vendor,$(SOURCE)),$(error SOURCE is $(SOURCE)))
$(if $(WHATEVER),$(error WHATEVER is $(WHATEVER)))
OUT := of the vendor
$(if $(filter-out of the vendor,$(OUT)),$(error OUT is $(OUT)))
EOF
run build . build-rpms -j2 OUT="$tmp/elsewhere" SOURCE="$PWD/$module" WHATEVER=nothing
is "settings of the kit do not get into the vendor's makefiles" "$status" 0 || note "$err"
run build . build-rpms -j2 OUT="$tmp/loud" V=1
like "V=1 does" "$out" 'gcc[-0-9]* .*helloworld\.c'
done_testing
