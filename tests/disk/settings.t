#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a disk can ask for beyond the guide's variables.
. "$(dirname "$0")/lib.sh"
copy_example hello
cd "$tmp/hello" || exit 1
d=out/helloworld/disk

# A vendor's command line tool rides along.
acme_cli cli
set_value disk.mk EXTRA_RPMS cli/RPMS/noarch/acme-cli-3.2-7.noarch.rpm
set_value disk.mk DATA_SPEC helloworld-data.spec
sed -i '/^DATASPEC/d' disk.mk
set_value disk.mk EXCLUDE.kdump 'the capture kernel has no use for it'
set_value disk.mk REQUIRES 'acme:base ge 1.2, acme:tools eq 3.0'
set_value disk.mk GUIDANCE restartHost
set_value disk.mk EULA LICENCE
set_value disk.mk DISK.VERSION 7
set_value disk.mk "RPM.VERSION.$uname_xen" 2.0
echo 'You may.' >LICENCE
run build . -j2
is "a disk with everything builds" "$status" 0 || echo "$err"
like "an excluded flavour is printed" "$out" 'NOTE +flavour kdump is excluded: the capture kernel has no use'
ok "and recorded" grep -q 'kdump.*the capture kernel has no use' $d/disk.info
is "RPM.VERSION.<kver> gives one kernel its own version" "$(find $d -maxdepth 1 -name '*modules*.rpm')" "$d/helloworld-modules-xen-$uname_xen-2.0-1.x86_64.rpm"
is "from the one SRPM" "$(rpm -qp --nosignature --qf '%{SOURCERPM}' $d/helloworld-modules-xen-*.rpm)" helloworld-1.0-1.src.rpm
is "an extra RPM is an rpm package" "$(xmllint --xpath 'string(//package[@label="acme-cli"]/@type)' $d/XS-PACKAGES)" rpm
like "and required by the update package" "$(rpm -qp --nosignature --requires $d/update-helloworld-7-1.noarch.rpm)" '^acme-cli = 3\.2-7$'
is "REQUIRES are written beside the release's" "$(xmllint --xpath 'count(//requires)' $d/XS-REPOSITORY)" 3
is "DISK.VERSION is the repository's" "$(xmllint --xpath 'string(//repository/@version)' $d/XS-REPOSITORY)" 7
is "GUIDANCE is in update.xml" "$(xmllint --xpath 'string(/update/@after-apply-guidance)' $d/update.xml)" restartHost
ok "the licence is on the disk" cmp LICENCE $d/EULA
is "the SRPMs are in SRPMS/" "$(find $d/SRPMS -name '*.src.rpm' | wc -l)" 2
unlike "and in no metadata" "$(cat $d/XS-PACKAGES)" 'src\.rpm'

# Firmware first, and no module requires it: old installers load one package at a time.
is "the data package stands first" "$(xmllint --xpath 'string(//package[1]/@kernel)' $d/XS-PACKAGES)" any
unlike "and no module package requires it" "$(rpm -qp --nosignature --requires $d/helloworld-modules-*.rpm)" 'helloworld-data'

# A makefile that wants its own variables, and one whole tree.
mv modules/helloworld-1.0/Kbuild modules/helloworld-1.0/Makefile
cat >>modules/helloworld-1.0/Makefile <<'EOF'
ifeq ($(KERNELRELEASE),)
all:
	test -f $(KSRC)/include/linux/pci.h && test -f $(KSRC)/include/generated/utsrelease.h
	grep -q '$(KVER)' $(KSRC)/include/generated/utsrelease.h
	$(MAKE) -C $(KSRC) M=$(CURDIR) modules
endif
EOF
sed -i 's|^%{kernel_make}.*|make %{?_smp_mflags} KSRC=$kernel_tree KVER=$kernel_uname|' specs/helloworld.spec
run build . -j2
isnt "a split tree does not satisfy it" "$status" 0
set_value disk.mk KERNEL_VIEW merged
run build . -j2
is "KERNEL_VIEW = merged does" "$status" 0 || echo "$err"
sed -i '/^KERNEL_VIEW/d' disk.mk
set_value disk.mk KERNEL_MAKE_VARS 'EXTRA_CFLAGS=-DVENDOR_SAYS_HELLO'
sed -i 's|^make %{?_smp_mflags} KSRC.*|%{kernel_make} modules|' specs/helloworld.spec
echo '#ifndef VENDOR_SAYS_HELLO
#error no variable
#endif' >>modules/helloworld-1.0/helloworld.c
run build . -j2
is "KERNEL_MAKE_VARS reaches the kernel's make" "$status" 0 || echo "$err"

# The hotfix kernel beside the one of the release, each with its own version.
header_tree hotfix 6.1.0-990-amd64 "$xen"
header_tree hotfix-kdump 6.1.0-990-cloud-amd64 "$kdump"
sed -i '/^EXCLUDE/d' disk.mk
set_value disk.mk KERNELS.xen "$xen $tmp/hotfix"
set_value disk.mk KERNELS.kdump "$kdump $tmp/hotfix-kdump"
run build . -j2
is "several kernels of one flavour build into one disk" "$status" 0 || echo "$err"
is "each in its own package" "$(cd $d && echo *modules*.rpm)" "helloworld-modules-kdump-$uname_kdump-1.0-1.x86_64.rpm \
helloworld-modules-kdump-6.1.0-990-cloud-amd64-1.0-1.x86_64.rpm helloworld-modules-xen-$uname_xen-2.0-1.x86_64.rpm \
helloworld-modules-xen-6.1.0-990-amd64-1.0-1.x86_64.rpm"
is "and in the metadata" "$(xmllint --xpath 'count(//package[@type="driver-rpm"])' $d/XS-PACKAGES)" 5

set_value disk.mk SOURCES_ON_ISO no
run build . -j2
ok "SOURCES_ON_ISO = no leaves the SRPMs off" test ! -e $d/SRPMS -a -f out/helloworld/helloworld-1.0-1.src.rpm

# A patch beside the spec reaches the source RPM, and a change of it builds again.
cat >specs/greet.patch <<'EOF'
--- a/helloworld.c
+++ b/helloworld.c
@@ -1,3 +1,4 @@
 // SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
+/* patched */
 /*
  * Driver of the example disk. It claims QEMU's "edu" PCI device, reads its identification register
EOF
sed -e 's/^Source0:.*/&\nPatch0: greet.patch/' -e 's/^%{unpack_source}/&\npatch -p1 <$RPM_SOURCE_DIR\/greet.patch/' -i specs/helloworld.spec
run build . -j2
is "a patch beside the spec is applied" "$status" 0 || echo "$err"
like "and lies in the source RPM" "$(rpm -qpl --nosignature out/helloworld/helloworld-1.0-1.src.rpm)" '^greet\.patch$'
sed -i 's/patched/patched twice/' specs/greet.patch
run build . -j2
like "a changed patch builds again" "$out" '^  RPM +helloworld-modules-xen'

# A module that stands on another vendor's.
mkdir base
printf 'obj-m := base.o\n' >base/Kbuild
cat >base/base.c <<'EOF'
#include <linux/module.h>
int base_answer(void);
int base_answer(void) { return 42; }
EXPORT_SYMBOL_GPL(base_answer);
MODULE_LICENSE("GPL");
EOF
make -C "$xen" M="$PWD/base" modules >/dev/null 2>&1
rm -rf "$tmp/stands"
make -s -C "$kit" new DISK="$tmp/stands" >/dev/null
cd "$tmp/stands" || exit 1
sed -i 's/^static int helloworld_probe/int base_answer(void);\n&/; s/^	ret = pcim_enable_device.*/&\n	ret += base_answer();/' \
	modules/helloworld-1.0/helloworld.c
set_value disk.mk EXCLUDE.kdump 'base is not built for it'
run build . -j2
isnt "without the other vendor's symbols it is refused" "$status" 0
like "by the symbol's name" "$err" 'base_answer'
set_value disk.mk KBUILD_EXTRA_SYMBOLS.xen "$tmp/hello/base/Module.symvers"
run build . -j2
is "KBUILD_EXTRA_SYMBOLS.<flavour> serves the build and the gate" "$status" 0 || echo "$err"
done_testing
