#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `make import-kernel` and `make kernels`: other people's header trees, beside the disk. tests/long/kernels.t builds
# against such trees.
. "$(dirname "$0")/lib.sh"

# fake_tree FOLDER UNAME: what makes a header tree one, for all but compiling.
fake_tree() {
	mkdir -p "$1/include/generated" "$1/include/config" "$1/scripts/mod"
	echo "#define UTS_RELEASE \"$2\"" >"$1/include/generated/utsrelease.h"
	echo 'CONFIG_CC_VERSION_TEXT=gcc-4 (Debian 4.1.2-1) 4.1.2' >"$1/include/config/auto.conf"
	printf '0x1234\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n' >"$1/Module.symvers"
	echo 'all:' >"$1/Makefile"
	printf '#!/bin/sh\n' >"$1/scripts/mod/modpost"
	chmod +x "$1/scripts/mod/modpost"
}
import() {
	run make -C "$kit" --no-print-directory import-kernel DISK="$tmp/disk" "$@"
}
make -s -C "$kit" new DISK="$tmp/disk" >/dev/null

# A tar of headers.
fake_tree tar/some/headers 6.1.0-7-amd64
tar -C tar -czf headers.tar.gz .
import TAR="$tmp/headers.tar.gz"
is "a tar" "$status" 0 || note "$err"
is "says where the tree is" "$out" "$tmp/disk/kernels/6.1.0-7-amd64"
ok "and it is all there" test -x disk/kernels/6.1.0-7-amd64/scripts/mod/modpost
import TAR="$tmp/headers.tar.gz"
is "a second time is refused" "$status" 2
like "with the reason" "$err" '6.1.0-7-amd64 is there already'

# kernel-devel, as an RPM: a tree in usr/src/kernels, with links into its own package.
fake_tree rpm/usr/src/kernels/4.19.0+1 4.19.0+1
mkdir -p rpm/lib/modules/4.19.0+1
ln -s /usr/src/kernels/4.19.0+1 rpm/lib/modules/4.19.0+1/build
mkdir -p rpm/usr/src/elsewhere
echo shared >rpm/usr/src/elsewhere/shared.h
ln -s /usr/src/elsewhere/shared.h rpm/usr/src/kernels/4.19.0+1/include/shared.h
cat >devel.spec <<'EOT'
Name: kernel-devel
Version: 4.19.0
Release: 1
Summary: x
License: x
AutoReqProv: no
%global __os_install_post %{nil}
%description
x
%install
cp -a "$FAKE_ROOT/." "$RPM_BUILD_ROOT/"
%files
/
EOT
FAKE_ROOT=$tmp/rpm rpmbuild -bb --nodeps --define "_topdir $tmp/rb" --define '_build_id_links none' devel.spec >/dev/null 2>&1
import RPM="$(find "$tmp/rb" -name '*.rpm')" FLAVOUR=xen
is "an RPM" "$status" 0 || note "$err"
is "a link within the package became the file" "$(cat disk/kernels/4.19.0+1/include/shared.h 2>/dev/null)" shared

# Debian's three packages.
deb() {
	tar -C "$2" -cJf data.tar.xz . && echo 2.0 >debian-binary && tar -czf control.tar.gz debian-binary && rm -f "$1.deb" && ar rc "$1.deb" debian-binary control.tar.gz data.tar.xz
}
fake_tree flavour/usr/src/linux-headers-6.1.0-8-amd64 6.1.0-8-amd64
rm -rf flavour/usr/src/*/scripts
ln -s ../../lib/linux-kbuild-6.1/scripts flavour/usr/src/linux-headers-6.1.0-8-amd64/scripts
ln -s ../../lib/linux-kbuild-6.1/tools flavour/usr/src/linux-headers-6.1.0-8-amd64/tools
echo 'include /usr/src/linux-headers-6.1.0-8-common/Makefile' >flavour/usr/src/linux-headers-6.1.0-8-amd64/Makefile
mkdir -p flavour/usr/src/linux-headers-6.1.0-8-amd64/arch/x86 common/usr/src/linux-headers-6.1.0-8-common/include/linux kbuild/usr/lib/linux-kbuild-6.1/scripts/mod kbuild/usr/lib/linux-kbuild-6.1/tools
mkdir -p common/usr/src/linux-headers-6.1.0-8-common/arch/x86/include common/usr/src/linux-headers-6.1.0-8-common/arch/arm64
echo '# the real one' >common/usr/src/linux-headers-6.1.0-8-common/Makefile
echo >common/usr/src/linux-headers-6.1.0-8-common/include/linux/module.h
cp tar/some/headers/scripts/mod/modpost kbuild/usr/lib/linux-kbuild-6.1/scripts/mod/
deb flavour flavour && deb common common && deb kbuild kbuild
import DEB="$tmp/flavour.deb"
is "the flavour alone is refused" "$status" 2
like "and says what else is wanted" "$err" 'needs linux-headers-6.1.0-8-common as well'
import DEB="$tmp/common.deb"
like "as is the common package alone" "$err" 'package of the flavour is wanted too'
import DEB="$tmp/flavour.deb $tmp/common.deb $tmp/kbuild.deb"
is "all three" "$status" 0 || note "$err"
t=disk/kernels/6.1.0-8-amd64
is "are one tree that stands alone" "$(find "$t" -type l)" ""
is "with the common Makefile" "$(cat "$t/Makefile")" '# the real one'
ok "both parts of the headers" test -f "$t/include/linux/module.h" -a -f "$t/include/generated/utsrelease.h" -a -d "$t/arch/x86/include"
ok "and no other architecture" test ! -e "$t/arch/arm64"

# What is no tree, or would write elsewhere.
refuse() {
	tried=$1 pattern=$2
	shift 2
	import "$@"
	is "$tried: refused" "$status" 2
	like "$tried: says why" "$err" "^import-kernel: .*$pattern"
	is "$tried: nothing is left" "$(find disk/kernels -mindepth 1 -maxdepth 1 -name '.*')" ""
}
echo text >junk
mkdir bare && touch bare/x && tar -cf bare.tar bare
fake_tree nosym 6.1.0-1-amd64 && rm nosym/Module.symvers && tar -cf nosym.tar nosym
fake_tree dots ../../out && tar -cf dots.tar dots
fake_tree link 6.1.0-2-amd64 && ln -s ../../../../../../etc/passwd link/include/x.h && tar -cf link.tar link
tar -cPf absolute.tar "$tmp/junk"
fake_tree two/a 6.1.0-3-amd64 && fake_tree two/b 6.1.0-4-amd64 && tar -cf two.tar two
refuse "nothing said" 'say what to import'
refuse "no such file" 'no such file' TAR=/nowhere.tar
refuse "not a tar" 'not a tarball' TAR="$tmp/junk"
refuse "not an RPM" 'not a package' RPM="$tmp/junk"
refuse "not a Debian package" 'not a Debian package' DEB="$tmp/junk"
refuse "no header tree" 'no header tree' TAR="$tmp/bare.tar"
refuse "no Module.symvers" 'without Module.symvers' TAR="$tmp/nosym.tar"
refuse "a uname with a path" 'no plain UTS_RELEASE' TAR="$tmp/dots.tar"
refuse "a link out of the package" 'leads out of the package' TAR="$tmp/link.tar"
refuse "an absolute member" 'leads out' TAR="$tmp/absolute.tar"
refuse "two trees" '2 header trees' TAR="$tmp/two.tar"
refuse "an odd flavour" 'FLAVOUR' TAR="$tmp/headers.tar.gz" FLAVOUR=a/b

# The list.
run make -C "$kit" --no-print-directory kernels DISK="$tmp/disk"
is "make kernels" "$status" 0 || note "$err"
like "lists what the host has" "$out" "^$uname_xen +$uname_xen +xen +[0-9]+ symbols +gcc [0-9.]+ +/usr/src/"
like "and what was imported, which a build takes" "$out" "^6\.1\.0-7-amd64 \* +6\.1\.0-7-amd64 +xen +1 symbols +gcc 4\.1\.2 +$tmp/disk/kernels/6\.1\.0-7-amd64$"
like "all of it" "$out" '^6\.1\.0-8-amd64 \* '
like "FLAVOUR says what the release does not know" "$out" '^4\.19\.0\+1 \* +4\.19\.0\+1 +xen '
like "a compiler of another major version is warned of" "$err" "warning: 6\.1\.0-7-amd64 was built with gcc 4\.1\.2, the compiler here is gcc"
unlike "one of the same is not" "$err" "$uname_xen was built"
run make -C "$kit" --no-print-directory kernels DISK="$tmp/disk" RELEASE=xcp-1.6
is "for a release without a tree it lists as well" "$status" 0 || note "$err"
like "and says so" "$err" 'release xcp-1.6 .*no header tree for flavour kdump'
run make -C disk --no-print-directory show-config
is "a tree that the release does not know is no surprise to a build" "$status" 2
like "which wants to be told" "$err" 'OVERRIDE_RELEASE'
rm -rf disk/kernels/4.19.0+1
run make -C disk --no-print-directory show-config
is "without it" "$(printf '%s\n' "$out" | sed -n 's/^kernel xen[0-9]* *\([^ ]*\) .*/\1/p' | tr '\n' ' ')" '6.1.0-7-amd64 6.1.0-8-amd64 '
done_testing
