#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A kernel-devel package as Red Hat's and XCP-ng's are laid out, made of Debian's headers: imported, built for, in a chroot
# too, and what of it gets into packages: nothing of where it lies.
. "$(dirname "$0")/../vendor/lib.sh"

# usr/src/kernels/UNAME with the whole tree, and the links in lib/modules/UNAME that the kernel's own package brings.
tree=$tmp/devel/usr/src/kernels/$uname_xen
common=$(sed -n 's,^include \(/.*\)/Makefile,\1,p' "$xen/Makefile")
mkdir -p "$tree" "$tmp/devel/lib/modules/$uname_xen"
cp -a "$common/." "$tree/"
rm -rf "$tree/scripts" "$tree/tools"
(cd "$xen" && find . -mindepth 1 -maxdepth 1 ! -name Makefile ! -name scripts ! -name tools -exec cp -a {} "$tree/" \;)
for part in scripts tools; do cp -aL "$xen/$part" "$tree/$part"; done
ln -s "/usr/src/kernels/$uname_xen" "$tmp/devel/lib/modules/$uname_xen/build"
ln -s build "$tmp/devel/lib/modules/$uname_xen/source"
cat >devel.spec <<'EOT'
Name: kernel-devel
Version: 6.1.0
Release: 1
Summary: Development package for building kernel modules
License: GPL-2.0-only
AutoReqProv: no
Provides: kernel-devel-uname-r = 6.1.0
%global __os_install_post %{nil}
%global _binary_payload w1.gzdio
%description
Headers and makefiles.
%install
cp -a "$DEVEL/." "$RPM_BUILD_ROOT/"
%files
%defattr(-,root,root)
/usr/src/kernels
/lib/modules
EOT
DEVEL=$tmp/devel rpmbuild -bb --define "_topdir $tmp/rb" --define '_build_id_links none' devel.spec >rb.log 2>&1
devel=$(find "$tmp/rb" -name 'kernel-devel-*.rpm')
isnt "a kernel-devel package" "$devel" "" || note "$(tail -n 5 rb.log)"
rm -rf "$tmp/devel"

small_module drv-1.0 drv
echo 'obj-m := drv.o' >drv-1.0/Kbuild
new drv "$tmp/drv-1.0"
echo 'EXCLUDE.kdump = one kernel is enough here' >>drv/disk.mk
sed -i "s,^DDK ?=.*,DDK ?= $kit," drv/Makefile
mkdir -p far/away
cp -R drv far/away/other
for disk in drv far/away/other; do
	run make -C "$kit" --no-print-directory import-kernel DISK="$tmp/$disk" RPM="$devel" FLAVOUR=xen
	is "import-kernel RPM= into $disk" "$out" "$tmp/$disk/kernels/$uname_xen" || note "$err"
	is "a tree without a link that leads out" "$(find "$disk/kernels/$uname_xen" -type l ! -exec test -e {} \; -print | head -n 3)" ""
	run build "$disk" -j2
	is "builds for it" "$status" 0 || note "$err"
	like "and not for the one that is installed" "$(build "$disk" show-config)" "^kernel xen1 .*$tmp/$disk/kernels/$uname_xen\$"
done
is "two folders, the same bytes" "$(fingerprint far/away/other/out/drv/)" "$(fingerprint drv/out/drv/)"
srpm=drv/out/drv/drv-1.0-1.src.rpm
rpm=$tmp/drv/out/drv/drv-modules-xen-$uname_xen-1.0-1.x86_64.rpm
rpm2cpio "$srpm" | cpio -i --quiet --to-stdout '*.spec' >resolved.spec
unlike "the source RPM does not say where the tree lay" "$(cat resolved.spec)" "$tmp|kernels/6"

# Where this kit never was.
rebuild() {
	rm -rf plain
	run env -i PATH="$PATH" HOME="$tmp" "$@" rpmbuild --rebuild --define "_topdir $tmp/plain" "$srpm"
}
mkdir elsewhere
cp -R "drv/kernels/$uname_xen" elsewhere/
rebuild ddk_kernels="$tmp/elsewhere"
is "rpmbuild --rebuild with the tree somewhere" "$status" 0 || note "$(printf '%s\n' "$err" | tail -n 3)"
ok "gives the same package" cmp "plain/RPMS/x86_64/${rpm##*/}" "$rpm"
rebuild
is "and with the tree that is installed" "$status" 0
ok "that too, as it is the same kernel" cmp "plain/RPMS/x86_64/${rpm##*/}" "$rpm"
sed "s/$uname_xen/9.9.9-none/g" resolved.spec >drv.spec
run rpmbuild -bb --define "_topdir $tmp/plain" --define "_sourcedir $tmp/drv/out/debian-12/drv/work/source" drv.spec
isnt "without a tree it fails" "$status" 0
like "and says what is wanted" "$err" 'error: no header tree of kernel 9\.9\.9-none: install its kernel-devel, or set ddk_kernels'

# Another tree of that kernel is another build.
cp -R "drv/kernels/$uname_xen" another
run build drv -j2 KERNELS.xen="$tmp/another"
like "a tree in another place is built against" "$out" '^  RPM +drv-modules-xen'
is "to the same bytes" "$(fingerprint far/away/other/out/drv/)" "$(fingerprint drv/out/drv/)"

# In a chroot, where the import is the chroot's own.
root=$tmp/root
mkdir -p "$root/usr/src" "$root/etc" "$root/dev" "$root/tmp" "$root/var/tmp"
for d in bin sbin lib lib64; do ln -s usr/$d "$root/$d"; done
cp /etc/passwd /etc/group "$root/etc/"
cp -R /etc/alternatives "$root/etc/"
for d in bin sbin lib lib64 share include libexec; do [ ! -d "/usr/$d" ] || mkdir -p "$root/usr/$d"; done
rm -rf drv/kernels drv/out
run make -C "$kit" --no-print-directory import-kernel DISK="$tmp/drv" BUILDROOT="$root" RPM="$devel" FLAVOUR=xen
is "import-kernel into BUILDROOT" "$out" "$root/usr/src/kernels/$uname_xen" || note "$err"
# shellcheck disable=SC2016 # for the inner shell
run $namespace sh -c '
	for d in bin sbin lib lib64 share include libexec; do [ ! -d "/usr/$d" ] || mount --rbind "/usr/$d" "$1/usr/$d" || exit; done
	mount --rbind /dev "$1/dev" && make -C "$2/drv" --no-print-directory -j2 BUILDROOT="$1"' sh "$root" "$tmp"
is "a disk builds for it" "$status" 0 || note "$out
$err"
ok "to the same module" cmp "$rpm" "far/away/other/out/drv/${rpm##*/}"
done_testing
