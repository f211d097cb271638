#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Names and formats of the other releases. Their kernels cannot be had here, so Debian's trees stand in under
# OVERRIDE_RELEASE, which the disk must say.
. "$(dirname "$0")/lib.sh"
copy_example hello
cd "$tmp/hello" || exit 1
attribute() {
	xmllint --xpath "string($2)" "$1"
}

run build . RELEASE=xcp-1.6
isnt "xcp-1.6 without its kernel is refused" "$status" 0
like "by name" "$err" 'no header tree for flavour xen of release xcp-1\.6'

run build . -j2 RELEASE=xcp-1.6 OVERRIDE_RELEASE=yes KERNELS.xen="$xen" KERNELS.kdump="$kdump"
is "xcp-1.6, overridden" "$status" 0 || echo "$err"
like "says so" "$out" 'NOTE .*not of release xcp-1\.6'
d=out/xcp-1.6/helloworld
ok "i386 by name" test -f "$d/disk/helloworld-modules-xen-$uname_xen-1.0-1.i386.rpm"
ok "XS format" test -f $d/disk/XS-REPOSITORY -a ! -e $d/disk/repodata -a ! -e $d/disk/update.xml
is "requires the release" "$(attribute $d/disk/XS-REPOSITORY '//requires/@originator'):$(attribute $d/disk/XS-REPOSITORY '//requires/@name') $(
	attribute $d/disk/XS-REPOSITORY '//requires/@test') $(attribute $d/disk/XS-REPOSITORY '//requires/@version')" "xcp:main eq 1.6.10"
like "the disk says that it is overridden" "$(attribute $d/disk/XS-REPOSITORY '//description')" 'not of release xcp-1\.6'
ok "not the default release: no link" test ! -e out/helloworld

run build . -j2 RELEASE=xenserver-6.5 OVERRIDE_RELEASE=yes KERNELS.xen="$xen"
is "xenserver-6.5, overridden" "$status" 0 || echo "$err"
d=out/xenserver-6.5/helloworld
ok "named NAME-KVER-modules" test -f "$d/helloworld-$uname_xen-modules-1.0-1.x86_64.rpm"
is "for its product" "$(attribute $d/disk/XS-REPOSITORY '//repository/@product') $(attribute $d/disk/XS-REPOSITORY '//requires/@version')" "XenServer 6.5.0"

run build . -j2 RELEASE=xcp-ng-8.3 OVERRIDE_RELEASE=yes KERNELS.xen="$xen"
is "xcp-ng-8.3, overridden" "$status" 0 || echo "$err"
d=out/xcp-ng-8.3/helloworld
ok "named VENDOR-NAME" test -f $d/vendor-helloworld-1.0-1.x86_64.rpm
like "tied to its kernel" "$(rpm -qp --nosignature --requires $d/vendor-helloworld-1.0-1.x86_64.rpm)" "^kernel-uname-r = $uname_xen$"
is "in updates" "$(rpm -qp --nosignature -l $d/vendor-helloworld-1.0-1.x86_64.rpm)" "/lib/modules/$uname_xen/updates/helloworld.ko"
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
