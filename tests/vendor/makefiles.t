#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Makefiles as vendors write them: each goes through `make new` and builds without a line of spec written by hand.
. "$(dirname "$0")/lib.sh"

# builds NAME MODULES [new SETTING]...: new, make for the xen kernel, and just these modules for it.
builds() {
	case_name=$1 case_modules=$2
	new "$case_name" "$tmp/$case_name-1.0"
	is "$case_name: make new" "$status" 0 || { note "$err" && return 0; }
	[ "${keep_kdump:-no}" = yes ] || echo 'EXCLUDE.kdump = the test is about one kernel' >>"$case_name/disk.mk"
	run build "$case_name" -j2 build-rpms
	is "$case_name: builds" "$status" 0 || { note "$(build_lines "$case_name")
$err" && return 0; }
	unpack_package "$case_name" xen "$uname_xen"
	is "$case_name: its modules" "$(find . -path "./root-$case_name-xen/*" -name '*.ko*' | sed 's,.*/,,' | LC_ALL=C sort | tr '\n' ' ')" "$case_modules "
	is "$case_name: are for this kernel" "$(find . -path "./root-$case_name-xen/*" -name '*.ko' -exec modinfo -F vermagic {} \; | cut -d' ' -f1 | sort -u)" "$uname_xen"
}
unpack_package() {
	mkdir -p "root-$1-$2"
	(cd "root-$1-$2" && rpm2cpio "$tmp/$1/out/debian-12/$1/$1-modules-$2-$3-1.0-1.x86_64.rpm" | cpio -id --quiet)
}

# The running kernel hard-coded.
small_module hard-1.0 hard
cat >hard-1.0/Makefile <<'EOT'
obj-m += hard.o
KDIR := /lib/modules/$(shell uname -r)/build
all:
	make -C $(KDIR) M=$(PWD) modules
EOT
builds hard hard.ko

# An option that only the Makefile's own call of Kbuild sets.
small_module option-1.0 option
cat >option-1.0/Makefile <<'EOT'
ifneq ($(KERNELRELEASE),)
obj-$(CONFIG_ACME_OPTION) := option.o
else
all:
	$(MAKE) -C /lib/modules/$(shell uname -r)/build M=$(CURDIR) CONFIG_ACME_OPTION=m modules
endif
EOT
builds option option.ko

# A generator that reads the kernel's headers, in a sub-folder, with Intel's names of variables.
small_module kcompat-1.0/src kcompat
sed -i 's/^#include.*/&\n#include "kcompat_generated_defs.h"\n#ifndef HAVE_EDAC\n#error not generated\n#endif/' kcompat-1.0/src/kcompat.c
cat >kcompat-1.0/src/kcompat-generator.sh <<'EOT'
grep -q EXPORT_SYMBOL "$KSRC/include/linux/export.h" && grep -q CONFIG_MODULES "$KSRC/include/generated/autoconf.h" && echo '#define HAVE_EDAC 1'
EOT
cat >kcompat-1.0/src/Makefile <<'EOT'
ifneq ($(KERNELRELEASE),)
obj-m := kcompat.o
else
BUILD_KERNEL ?= $(shell uname -r)
KSRC ?= /lib/modules/$(BUILD_KERNEL)/build
modules: kcompat_generated_defs.h
	$(MAKE) -C $(KSRC) M=$(CURDIR) modules
kcompat_generated_defs.h: kcompat-generator.sh
	KSRC=$(KSRC) sh kcompat-generator.sh > $@
endif
EOT
builds kcompat kcompat.ko
like "kcompat: its variables are set" "$(build_lines kcompat)" '^make BUILD_KERNEL="\$kernel_uname" KSRC="\$kernel_tree" modules$'

# configure writes the Makefile.
small_module conf-1.0/mod confmod
echo 'obj-m := confmod.o' >conf-1.0/mod/Kbuild
cat >conf-1.0/configure <<'EOT'
#!/bin/sh
# Options: --with-linux=DIR
tree=${1#--with-linux=}
[ -f "$tree/include/linux/module.h" ] || { echo "no kernel headers in $tree"; exit 1; }
printf 'all:\n\t$(MAKE) -C %s M=$(CURDIR)/mod modules\n' "$tree" >Makefile
EOT
chmod +x conf-1.0/configure
builds conf confmod.ko

# Two folders, of which the first by name needs the second; and modules in sub-folders of one Kbuild.
small_module order-1.0/a_net a_net
small_module order-1.0/b_core b_core
echo 'int answer(void); int answer(void) { return 0; } EXPORT_SYMBOL_GPL(answer);' >>order-1.0/b_core/b_core.c
sed -i 's/return 0;/return answer();/; s/^static int/int answer(void);\n&/' order-1.0/a_net/a_net.c
echo 'obj-m := a_net.o' >order-1.0/a_net/Makefile
echo 'obj-m := b_core.o sub/' >order-1.0/b_core/Makefile
small_module order-1.0/b_core/sub b_sub
echo 'obj-m := b_sub.o' >order-1.0/b_core/sub/Makefile
small_module order-1.0/tests order_test
echo 'obj-m := order_test.o' >order-1.0/tests/Makefile
builds order 'a_net.ko b_core.ko b_sub.ko'

# A Makefile that compresses what it built.
small_module packed-1.0 packed
cat >packed-1.0/Makefile <<'EOT'
KDIR ?= /lib/modules/$(shell uname -r)/build
obj-m := packed.o
all:
	$(MAKE) -C $(KDIR) M=$(CURDIR) modules
	xz -f packed.ko
EOT
cat >packed-1.0/dkms.conf <<'EOT'
PACKAGE_NAME=packed
PACKAGE_VERSION=1.0
MAKE="'make' KDIR=$kernel_source_dir all"
BUILT_MODULE_NAME=packed
EOT
builds packed packed.ko

# Two makes in one MAKE, of a Makefile that looks for the tree where no host that builds for others has it.
small_module twice-1.0 twice
cat >twice-1.0/Makefile <<'EOT'
ifndef KSRC
  KSRC:=/nowhere/lib/modules/$(KVERS)/build
endif
obj-m := twice.o
all modules:
	$(MAKE) -C $(KSRC) M=$(CURDIR) modules
EOT
cat >twice-1.0/dkms.conf <<'EOT'
PACKAGE_NAME=twice
PACKAGE_VERSION=1.0
MAKE="(make modules KVERS=$kernelver; make KVERS=$kernelver)"
BUILT_MODULE_NAME=twice
EOT
builds twice twice.ko

# A patch for the capture kernel only, and a step before the build that wants to know the kernel.
small_module patched-1.0 patched
echo 'obj-m := patched.o' >patched-1.0/Kbuild
sed -i 's/Small module patched/for every kernel/; s/^MODULE_LICENSE.*/#include "made.h"\n&/' patched-1.0/patched.c
mkdir patched-1.0/patches
cat >patched-1.0/patches/cloud.patch <<'EOT'
--- a/patched.c
+++ b/patched.c
@@ -7,4 +7,4 @@
 module_exit(patched_exit);
 #include "made.h"
 MODULE_LICENSE("GPL");
-MODULE_DESCRIPTION("for every kernel");
+MODULE_DESCRIPTION("for the capture kernel");
EOT
printf 'echo "MODULE_INFO(madefor, \\"$kernelver\\");" >made.h\n' >patched-1.0/pre.sh
chmod +x patched-1.0/pre.sh
sed -i '1i #!/bin/sh' patched-1.0/pre.sh
cat >patched-1.0/dkms.conf <<'EOT'
PACKAGE_NAME=patched
PACKAGE_VERSION=1.0
PATCH=cloud.patch
PATCH_MATCH="-cloud-"
PRE_BUILD=pre.sh
BUILT_MODULE_NAME=patched
EOT
keep_kdump=yes
builds patched patched.ko
keep_kdump=no
unpack_package patched kdump "$uname_kdump"
for flavour in xen kdump; do
	uname=
	eval "uname=\$uname_$flavour"
	ko=$(find "root-patched-$flavour" -name patched.ko)
	is "patched: PRE_BUILD knew the $flavour kernel" "$(modinfo -F madefor "$ko")" "$uname"
done
is "patched: xen without the patch" "$(modinfo -F description "$(find root-patched-xen -name patched.ko)")" "for every kernel"
is "patched: kdump with it" "$(modinfo -F description "$(find root-patched-kdump -name patched.ko)")" "for the capture kernel"

# Success that built nothing is none.
small_module noop-1.0 noop
printf 'ifeq ($(CONFIG_NOT_IN_THIS_KERNEL),y)\nobj-m := noop.o\nendif\n' >noop-1.0/Makefile
new noop "$tmp/noop-1.0"
run build noop -j2 build-rpms
isnt "noop: no module is a failure" "$status" 0
like "noop: which names flavour and cure" "$err" 'flavour (xen|kdump) .* left no module.*EXCLUDE'

# Nothing that Kbuild would know: the choices stand in the spec.
mkdir odd-1.0
printf 'all:\n\t./build-it\n' >odd-1.0/Makefile
small_module odd-1.0 odd
new odd "$tmp/odd-1.0"
is "odd: make new" "$status" 0
like "odd: says what is missing" "$err" 'has an obj-m line'
like "odd: the choices stand in the spec" "$(cat odd/specs/odd.spec)" '^# .*KSRC="\$kernel_tree"'
done_testing
