#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The odd makefiles of docs/spec-macros.md, each with the lines that it gives for them.
. "$(dirname "$0")/../lib/tap.sh"
scratch
kit=$(cd "$(dirname "$0")/../.." && pwd)
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
tmp=$SCRATCH
cd "$tmp" || exit 1
skip_kdump='EXCLUDE.kdump = one kernel is enough here'

# module FILE NAME [LINE]: the source of a module.
module() {
	cat >"$1" <<END
#include <linux/module.h>
${3:-}
static int __init start(void) { return ANSWER; }
static void __exit stop(void) { }
module_init(start);
module_exit(stop);
MODULE_DESCRIPTION("$2");
MODULE_LICENSE("GPL v2");
END
}
# spec DISK: puts the lines of stdin, which spec-macros.md has to have, in the place of the spec's own.
spec() {
	cat >"$tmp/lines"
	while IFS= read -r line; do
		grep -qF -e "$line" "$kit/docs/spec-macros.md" || fail "spec-macros.md says: $line"
	done <"$tmp/lines"
	awk -v lines="$tmp/lines" '
		/^%build/ { build = 1 }
		/^%install/ { build = 0 }
		build && /^%{end_each_kernel}/ { inside = 0; while ((getline line <lines) > 0) print line }
		!inside { print }
		build && /^%{for_each_kernel}/ { inside = 1 }' "$1/specs/$1.spec" >"$tmp/new"
	mv "$tmp/new" "$1/specs/$1.spec"
}
new() {
	make -s -C "$kit" new DISK="$tmp/$1" SOURCE="$tmp/$1-1.0" >/dev/null
	echo "$skip_kdump" >>"$1/disk.mk"
}
build() {
	run make -C "$1" --no-print-directory build-rpms
}
built() {
	is "$1" "$status" 0
	[ "$status" -eq 0 ] || note "$err"
}
modules() {
	rpm -qpl --nosignature "$1"/out/*/"$1"/"$1"-modules-*.rpm | sed 's,.*/,,' | tr '\n' ' '
}

# Two folders, one using the other's symbol.
mkdir -p duo-1.0/core duo-1.0/net
module duo-1.0/core/duo_core.c core 'int answer(void); int answer(void) { return 0; } EXPORT_SYMBOL_GPL(answer);
#define ANSWER 0'
module duo-1.0/net/duo_net.c net 'int answer(void);
#define ANSWER answer()'
echo 'obj-m := duo_core.o' >duo-1.0/core/Kbuild
echo 'obj-m := duo_net.o' >duo-1.0/net/Kbuild
new duo
spec duo <<'EOT'
top=$PWD
cd "$top/core"
%{kernel_make} modules
cd "$top/net"
%{kernel_make} KBUILD_EXTRA_SYMBOLS="$top/core/Module.symvers" modules
EOT
build duo
built "KBUILD_EXTRA_SYMBOLS: builds"
is "both modules are in the package" "$(modules duo)" "duo_core.ko duo_net.ko "

# A sub-folder with a makefile that finds the kernel itself, and a generator that wants a whole tree.
mkdir -p odd-1.0/src
module odd-1.0/src/odd.c odd '#include "compat.h"
#define ANSWER HAVE_STRING'
cat >odd-1.0/src/Makefile <<'EOT'
ifneq ($(KERNELRELEASE),)
obj-m := odd.o
else
BUILD_KERNEL ?= $(shell uname -r)
KSRC ?= /lib/modules/$(BUILD_KERNEL)/build
default:
	test -f $(KSRC)/include/linux/string.h && grep -q '"$(BUILD_KERNEL)"' $(KSRC)/include/generated/utsrelease.h
	echo '#define HAVE_STRING 0' >compat.h
	$(MAKE) -C $(KSRC) M=$(CURDIR) modules
endif
EOT
new odd
spec odd <<'EOT'
cd src
make KSRC="$kernel_tree" BUILD_KERNEL="$kernel_uname"
EOT
echo 'KERNEL_VIEW = merged' >>odd/disk.mk
build odd
built "KSRC and a merged view: builds"
is "the module is in the package" "$(modules odd)" "odd.ko "

# An option that Kbuild asks for, from the spec and from disk.mk; a variable of the shell in it; a patch.
mkdir option-1.0
module option-1.0/option.c option '#define ANSWER 1'
echo 'obj-$(CONFIG_OPTION) := option.o
ccflags-y := -DFOR=$(FOR)' >option-1.0/Makefile
cat >option-1.0/answer.patch <<'EOT'
--- a/option.c
+++ b/option.c
@@ -1,2 +1,5 @@
 #include <linux/module.h>
-#define ANSWER 1
+#ifndef FOR
+#error not for a kernel
+#endif
+#define ANSWER 0
EOT
new option
# make new has found the option out by itself.
sed -i 's/ CONFIG_OPTION=m//; s/^%{unpack_source}/&\npatch -p1 <answer.patch/' option/specs/option.spec
build option
like "without it: says that nothing was built" "$err" 'flavour xen .* left no module.*EXCLUDE\.xen'
# shellcheck disable=SC2016 # make's $ and the shell's
echo 'KERNEL_MAKE_VARS = CONFIG_OPTION=m FOR=$$kernel_flavour' >>option/disk.mk
build option
built "KERNEL_MAKE_VARS: builds"
is "the option reached Kbuild" "$(modules option)" "option.ko "

# A folder of one's own.
# shellcheck disable=SC2016 # for the shell of the spec
sed -i 's|^%{install_modules}|mkdir -p "$RPM_BUILD_ROOT/lib/modules/$kernel_uname/extra/own"\
install -m 0644 option.ko "$RPM_BUILD_ROOT/lib/modules/$kernel_uname/extra/own/"|' option/specs/option.spec
build option
built "a folder of one's own: builds"
like "the module is there" "$(rpm -qpl --nosignature option/out/*/option/option-modules-*.rpm)" '/extra/own/option\.ko$'

# One kernel with a version of its own, below the source's.
uname=$(rpm -qpl --nosignature option/out/*/option/option-modules-*.rpm | sed -n 's,^/lib/modules/\([^/]*\)/.*option\.ko$,\1,p')
echo "RPM.VERSION.$uname = 0.9" >>option/disk.mk
build option
built "RPM.VERSION.<kver>: builds"
ok "under its own version" test -f "$(echo option/out/*/option/option-modules-xen-"$uname"-0.9-1.*.rpm)"

# The source RPM alone, without the kit.
run rpmbuild --quiet --define "_topdir $tmp/plain" --define 'ddk_only xen1' --rebuild option/out/*/option/option-1.0-1.src.rpm
built "plain rpmbuild --rebuild with ddk_only"
ok "gives the same bytes" cmp plain/RPMS/*/option-modules-*.rpm option/out/*/option/option-modules-*.rpm
run rpmbuild --quiet --define "_topdir $tmp/plain" --define 'ddk_only xen9' --rebuild option/out/*/option/option-1.0-1.src.rpm
like "an id that does not exist is an error" "$err" 'error: ddk_only is none of: xen1'

done_testing
