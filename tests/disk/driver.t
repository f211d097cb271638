#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A real driver that was never written for this kit: Debian's source of adv-17v35x, a serial card with
# twenty PCI ids and a makefile that hard-codes `uname -r`.
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1
source=$(find /usr/src -maxdepth 1 -name 'adv-17v35x-*' | head -n 1)
if [ -z "$source" ]; then
	# Unpacked, not installed: installing it would build it for the kernel that runs.
	apt-get -qq download adv-17v35x-dkms 2>/dev/null && dpkg -x adv-17v35x-dkms_*.deb .
	source=$(find usr/src -maxdepth 1 -name 'adv-17v35x-*' | head -n 1)
fi
[ -n "$source" ] || { fail "the source of adv-17v35x"; done_testing; }
version=${source##*-}

run make -C "$kit" --no-print-directory new DISK="$tmp/adv" SOURCE="$(realpath "$source")"
is "make new takes its folder" "$status" 0 || echo "$err"
run build adv -j2 verify
is "it builds as it is, and the disk is right" "$status" 0 || printf '%s\n%s\n' "$out" "$err"
d=adv/out/adv-17v35x/disk
for kernel in "xen-$uname_xen" "kdump-$uname_kdump"; do
	uname=${kernel#*-}
	rpm=$d/adv-17v35x-modules-$kernel-$version-1.x86_64.rpm
	ok "there is a package for $kernel" test -f "$rpm"
	(cd "$tmp" && mkdir -p "root-$uname" && cd "root-$uname" && rpm2cpio "../$rpm" | cpio -id --quiet)
	ko=root-$uname/lib/modules/$uname/extra/adv17v35x.ko
	is "for its kernel" "$(modinfo -F vermagic "$ko" | cut -d' ' -f1)" "$uname"
	ok "its aliases are there" test "$(modinfo -F alias "$ko" | grep -c '^pci:')" -ge 20
	# Everything that it needs is in the kernel: depmod knows by its Module.symvers.
	touch "root-$uname/lib/modules/$uname/modules.order" "root-$uname/lib/modules/$uname/modules.builtin" \
		"root-$uname/lib/modules/$uname/modules.builtin.modinfo"
	run depmod -b "root-$uname" -e -E "/usr/src/linux-headers-$uname/Module.symvers" "$uname"
	is "depmod finds every symbol, with the right CRC" "$err" ""
	ok "and its aliases" grep -q '^alias pci:.* adv17v35x$' "root-$uname/lib/modules/$uname/modules.alias"
done
run "$ddk" show "$d/../adv-17v35x.iso"
like "ddk show names it" "$out" 'adv17v35x'
done_testing
