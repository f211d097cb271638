#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Bad input: one clear message, a failing make, and the previous output as it was.
. "$(dirname "$0")/lib.sh"
copy_example good
build "$tmp/good" -j2 >"$tmp/log" 2>&1 || fail "the good disk builds" "$(cat "$tmp/log")"

# bad NAME ERE COMMAND...: the command spoils the copy of the good disk in the working directory.
bad() {
	bad_name=$1
	bad_message=$2
	shift 2
	rm -rf "$tmp/bad"
	cp -R "$tmp/good" "$tmp/bad"
	cd "$tmp/bad" || exit 1
	sed -i "s,^DDK ?=.*,DDK ?= $kit," Makefile
	"$@"
	bad_before=$(fingerprint out/helloworld/)
	run build . -j2 ${bad_settings:-}
	isnt "$bad_name: make fails" "$status" 0
	like "$bad_name: says why" "$err" "$bad_message"
	is "$bad_name: the previous output is as it was" "$(fingerprint out/helloworld/)" "$bad_before"
	cd "$tmp" || exit 1
}
value() {
	set_value disk.mk "$@"
}
# The reason is the last thing before make's own line, and in the file `failure`.
reason() {
	like "$bad_name: right above make's own line" "$(printf '%s\n' "$err" | grep -B 2 '^make: \*\*\*' | head -n 3)" "$1"
	ok "$bad_name: and in out/…/failure" grep -q "$1" "$tmp/bad/out/helloworld/failure"
	like "$bad_name: with the log's path" "$err" '^log: /.*\.log$'
}

bad 'no spec' 'disk\.mk: SPEC = nope\.spec: no such file' value SPEC nope.spec
bad 'no header tree' 'KERNELS\.kdump: /nonexistent is not a header tree' value KERNELS.kdump /nonexistent
header_tree bare "$uname_xen" "$xen"
rm "$tmp/bare/Module.symvers"
bad 'header tree without symbols' "$tmp/bare/Module\.symvers: missing" value KERNELS.xen "$tmp/bare"
bad 'unknown release' 'disk\.mk: RELEASE = xcp-9: no such release; known: debian-12 ' value RELEASE xcp-9
bad 'tree of another release' "$kdump is of kernel $uname_kdump, not of release debian-12.*OVERRIDE_RELEASE" \
	value KERNELS.xen "$kdump"
bad 'another Name' "Name, Version and Release are 'other 1\.0 1', but .*'helloworld 1\.0 1'" \
	sed -i 's/^Name:.*/Name: other/' specs/helloworld.spec
reason "'other 1.0 1'"
bad 'version with a space' 'disk\.mk: RPM\.VERSION = 1 0: only letters, digits' value RPM.VERSION '1 0'
bad 'label with a slash' 'disk\.mk: LABEL = hello/world: only' value LABEL hello/world
bad 'label that is not ASCII' 'disk\.mk: LABEL = héllo: only' value LABEL héllo
bad 'text that is not ASCII' 'text.*ASCII|ASCII.*text' value TEXT 'Grüße'

cd "$tmp" || exit 1
rm -rf text
cp -R good text
sed -i "s,^DDK ?=.*,DDK ?= $kit," text/Makefile
sed -i '/^TEXT/d' text/disk.mk
# shellcheck disable=SC2016 # $$ is make's
printf '%s\n' 'define TEXT' "It's \"quoted\" & <marked>," 'with $$HOME `id` ]]> and a second line' endef >>text/disk.mk
run build text -j2
is "text with quotes, ampersand and newlines builds" "$status" 0 || printf '%s\n' "$err"
is "and every character arrives, on one line" "$(xmllint --xpath 'string(//description)' text/out/helloworld/disk/XS-REPOSITORY)" "It's \"quoted\" & <marked>, with \$HOME \`id\` ]]> and a second line"
is "in update.xml too" "$(xmllint --xpath 'string(//name-description)' text/out/helloworld/disk/update.xml)" "It's \"quoted\" & <marked>, with \$HOME \`id\` ]]> and a second line"

bad 'module that does not compile' "helloworld\\.c:[0-9]+:[0-9]+: error: .*nosuchtype" \
	sed -i 's/^static int helloworld_probe/static nosuchtype x;\n&/' modules/helloworld-1.0/helloworld.c
reason nosuchtype
bad 'module for another kernel' "$uname_kdump.*$uname_xen|$uname_xen.*$uname_kdump" \
	sed -i "s,^%{kernel_make},make -C $xen M=\$PWD," specs/helloworld.spec
bad 'build that leaves no module' 'flavour (xen|kdump) .*left no module.*EXCLUDE' \
	sed -i 's/^%{kernel_make}.*/true/' specs/helloworld.spec
bad 'data file outside the allowed places' '/usr/bin/tool.*(allowed|/etc)' sh -c '
	sed -i "s,^%files,install -D -m 0755 doc/README \$RPM_BUILD_ROOT/usr/bin/tool\n&," specs/helloworld-data.spec
	sed -i "s,^/usr/share/doc.*,&\n/usr/bin/tool," specs/helloworld-data.spec'
bad 'two packages of one name' 'two packages of one name' sh -c '
	cp out/helloworld/helloworld-data-1.0-1.x86_64.rpm copy.rpm
	echo "EXTRA_RPMS = copy.rpm" >>disk.mk'
bad 'no source' 'no source for helloworld: .*SOURCE = FOLDER' sh -c '
	mv modules/helloworld-1.0 modules/other && echo "SOURCE = gone" >>disk.mk'
bad 'an extra package that is not there' 'EXTRA_RPMS: no such file: nope.rpm' value EXTRA_RPMS nope.rpm
bad 'a wrong word in GUIDANCE' 'guidance' value GUIDANCE reboot
bad 'a wrong test in REQUIRES' 'requires' value REQUIRES 'acme:base is 1.0'

bad 'a disk version that falls' 'DISK\.VERSION = 0\.9: the disk in .* has 1\.0, and a disk.s version never falls' value DISK.VERSION 0.9

# Places that cannot be written to.
cd "$tmp" || exit 1
if $namespace mount -t tmpfs none /mnt 2>/dev/null; then
	mkdir -p full
	run $namespace sh -c 'mount -t tmpfs -o size=60k none "$1" && make -C "$2" --no-print-directory OUT="$1"' sh "$tmp/full" "$tmp/good"
	isnt "full disk: make fails" "$status" 0
	like "full disk: says why" "$err" 'No space left on device'
	mkdir -p ro
	run $namespace sh -c 'mount -t tmpfs -o ro none "$1" && make -C "$2" --no-print-directory OUT="$1"' sh "$tmp/ro" "$tmp/good"
	isnt "read-only out/: make fails" "$status" 0
	like "read-only out/: says why" "$err" "^$tmp/ro/.*: cannot be written; OUT=FOLDER"
else
	fail "a mount namespace, without which full disks cannot be tried"
fi
run build "$tmp/nowhere-at-all"
isnt "no folder" "$status" 0
run make -C "$kit" --no-print-directory DISK="$tmp"
like "no disk.mk: says how to get one" "$err" "DISK=$tmp: no disk.mk there; \`make new"
done_testing
