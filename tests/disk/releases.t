#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Names and formats of the other releases. Their kernels cannot be had here; copies of Debian's trees under the
# names of those kernels stand in, and Debian's own under OVERRIDE_RELEASE, which the disk must say.
. "$(dirname "$0")/lib.sh"
copy_example hello
cd "$tmp/hello" || exit 1
attribute() {
	xmllint --xpath "string($2)" "$1"
}
kver=2.6.32.43-0.4.1.xs1.6.10.734.170748
header_tree xen-1.6 ${kver}xen "$xen"
header_tree kdump-1.6 ${kver}kdump "$kdump"
header_tree xen-8.3 4.19.0+1 "$xen"

run build . RELEASE=xcp-1.6
isnt "xcp-1.6 without its kernel is refused" "$status" 0
like "by name" "$err" 'no header tree for flavour xen of release xcp-1\.6'

run build . -j2 RELEASE=xcp-1.6 KERNELS.xen="$tmp/xen-1.6" KERNELS.kdump="$tmp/kdump-1.6"
is "xcp-1.6" "$status" 0 || echo "$err"
unlike "is not overridden" "$out" 'NOTE .*not of release'
like "the compiler is not that of the release, and that is said" "$out" 'NOTE +compiler .* is not the 4\.1 of release xcp-1\.6'
d=out/xcp-1.6/helloworld
for flavour in xen kdump; do
	rpm=$d/disk/helloworld-modules-$flavour-$kver-1.0-1.i386.rpm
	ok "$flavour: the guide's name" test -f "$rpm"
	is "$flavour: in the module directory of its kernel" "$(rpm -qp --nosignature -l "$rpm")" \
		"/lib/modules/$kver$flavour/extra/helloworld.ko"
	is "$flavour: the kernel attribute" "$(attribute $d/disk/XS-PACKAGES "//package[.='${rpm##*/}']/@kernel")" "$kver$flavour"
done
ok "XS format" test -f $d/disk/XS-REPOSITORY -a ! -e $d/disk/repodata -a ! -e $d/disk/update.xml
is "requires the release" "$(attribute $d/disk/XS-REPOSITORY '//requires/@originator'):$(
	attribute $d/disk/XS-REPOSITORY '//requires/@name') $(attribute $d/disk/XS-REPOSITORY '//requires/@test') $(
	attribute $d/disk/XS-REPOSITORY '//requires/@version')" "xcp:main eq 1.6.10"
ok "not the default release: no link" test ! -e out/helloworld

run build . -j2 RELEASE=xcp-1.6 OVERRIDE_RELEASE=yes KERNELS.xen="$xen" KERNELS.kdump="$kdump"
is "xcp-1.6, overridden" "$status" 0 || echo "$err"
like "says so" "$out" 'NOTE .*not of release xcp-1\.6'
like "and so does the disk" "$(attribute $d/disk/XS-REPOSITORY '//description')" 'not of release xcp-1\.6'

run build . -j2 RELEASE=xenserver-6.5 OVERRIDE_RELEASE=yes KERNELS.xen="$xen"
is "xenserver-6.5, overridden" "$status" 0 || echo "$err"
d=out/xenserver-6.5/helloworld
ok "named NAME-KVER-modules" test -f "$d/helloworld-$uname_xen-modules-1.0-1.x86_64.rpm"
is "for its product" "$(attribute $d/disk/XS-REPOSITORY '//repository/@product') $(
	attribute $d/disk/XS-REPOSITORY '//requires/@version')" "XenServer 6.5.0"

run build . -j2 RELEASE=xcp-ng-8.3 KERNELS.xen="$tmp/xen-8.3"
is "xcp-ng-8.3" "$status" 0 || echo "$err"
d=out/xcp-ng-8.3/helloworld
ok "named VENDOR-NAME" test -f $d/vendor-helloworld-1.0-1.x86_64.rpm
like "tied to its kernel" "$(rpm -qp --nosignature --requires $d/vendor-helloworld-1.0-1.x86_64.rpm)" '^kernel-uname-r = 4\.19\.0\+1$'
is "in updates" "$(rpm -qp --nosignature -l $d/vendor-helloworld-1.0-1.x86_64.rpm)" /lib/modules/4.19.0+1/updates/helloworld.ko
ok "yum format" test -f $d/disk/update.xml -a -d $d/disk/repodata -a ! -e $d/disk/XS-REPOSITORY
run build . RELEASE=xcp-ng-8.3 OVERRIDE_RELEASE=yes KERNELS.xen="$xen $kdump"
isnt "two kernels under one package name are refused" "$status" 0
like "by name" "$err" 'two packages of one name: vendor-helloworld'

# Side by side, and the default release's behind the link.
run build . -j2
is "debian-12 beside them" "$status" 0
is "has the link" "$(readlink out/helloworld)" debian-12/helloworld
ok "and the others are still there" test -f out/xcp-1.6/helloworld/helloworld.iso -a -f out/xcp-ng-8.3/helloworld/helloworld.iso
done_testing
