#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Three kernels of one flavour, whose headers Debian's archive still has side by side, on one disk: none of them
# installed, each with an RPM of its own.
. "$(dirname "$0")/../vendor/lib.sh"

unames=$(apt-cache search --names-only '^linux-headers-6\.1\.0-[0-9]+-amd64$' | cut -d' ' -f1 | sed 's/linux-headers-//' | sort -V | tail -n 3)
[ "$(echo "$unames" | wc -w)" -eq 3 ] || skip_all "the Debian archive does not offer three kernels"
apt-get -qq download linux-kbuild-6.1 >/dev/null 2>&1 || skip_all "the Debian archive cannot be reached"

small_module tri-1.0 tri
echo 'obj-m := tri.o' >tri-1.0/Kbuild
new tri "$tmp/tri-1.0"
is "make new" "$status" 0
for uname in $unames; do
	apt-get -qq download "linux-headers-$uname" "linux-headers-${uname%-amd64}-common" >/dev/null 2>&1
	run make -C "$kit" --no-print-directory import-kernel DISK="$tmp/tri" FLAVOUR=xen \
		DEB="$(find "$tmp" -maxdepth 1 -name '*.deb' | tr '\n' ' ')"
	is "import-kernel $uname" "$out" "$tmp/tri/kernels/$uname" || note "$err"
	rm -f linux-headers-*.deb
done
run make -C "$kit" --no-print-directory kernels DISK="$tmp/tri"
is "make kernels has all three for xen" "$(printf '%s\n' "$out" | grep -c '^6\.1\.0-[0-9]*-amd64 \* .* xen .*/tri/kernels/')" 3
echo 'EXCLUDE.kdump = three running kernels are enough here' >>tri/disk.mk
run build tri -j2 build-isos
is "one make builds for all" "$status" 0 || note "$out
$err"
for uname in $unames; do
	rpm=tri/out/tri/disk/tri-modules-xen-$uname-1.0-1.x86_64.rpm
	ok "an RPM for $uname" test -f "$rpm"
	is "which serves that kernel alone" "$(rpm -qpl --nosignature "$rpm")" "/lib/modules/$uname/extra/tri.ko"
	mkdir -p "root-$uname"
	(cd "root-$uname" && rpm2cpio "../$rpm" | cpio -id --quiet)
	is "built for it" "$(modinfo -F vermagic "root-$uname/lib/modules/$uname/extra/tri.ko" | cut -d' ' -f1)" "$uname"
done
run "$ddk" show tri/out/tri/tri.iso
for uname in $unames; do
	is "ddk show says which RPM serves $uname" "$(printf '%s\n' "$out" | grep -A 1 -F "tri-modules-xen-$uname-1.0-1.x86_64.rpm" | tail -n 1 | tr -d ' ')" "for$uname"
done
done_testing
