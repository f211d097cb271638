#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Drivers that were never written for this kit, in a host: many modules that need each other, and aliases of PCI
# devices. Then a hotfix kernel comes, and the same disks serve it.

xtables=/etc/xensource/installed-repos/vendor:xtables-addons/install.sh
adv=/etc/xensource/installed-repos/vendor:adv-17v35x/install.sh

# load_all PACKAGE: each module of a package, alone, with what it needs.
load_all() {
	load_failed=
	for file in $(rpm -ql "$1" | grep '\.ko$'); do
		module=$(basename "$file" .ko)
		modprobe "$module" 2>/tmp/log || load_failed="$load_failed$module: $(cat /tmp/log) "
		[ -d "/sys/module/$module" ] || load_failed="$load_failed$module is not there "
		is "$module is built for the kernel that runs" "$(modinfo -F vermagic "$module" | cut -d' ' -f1)" "$(uname -r)"
	done
	is "every module of $1 loads" "$load_failed" ""
}

loads() {
	load_all "xtables-addons-modules-xen-$(uname -r)"
	ok "one that others need came with them" test "$(ls /sys/module/compat_xtables/holders | wc -l)" -gt 5
	load_all "adv-17v35x-modules-xen-$(uname -r)"
	is "the alias of its device" "$(modprobe --resolve-alias pci:v000013FEd00000018sv00000000sd00000000bc07sc00i02)" adv17v35x
	ok "the driver is registered" test -d /sys/bus/pci/drivers/adv17v35x
	unlike "the kernel has nothing to say against it" "$(dmesg)" 'disagrees about|Unknown symbol|BUG|Oops|invalid module'
}

fresh() {
	for device in sr0 sr1; do
		step "the disk in $device"
		mount_cd /dev/$device
		install_sh --check
		is "--check" "$status$err" 0
		install_sh --yes
		is "it goes in" "$status$err" 0
		umount $cd
	done
	for package in $(rpm -qa | grep -e ^xtables -e ^adv); do
		is "rpm -V $package" "$(rpm -V "$package" 2>&1)" ""
	done
	step "loading"
	loads
	step "a hotfix kernel"
	is "its package" "$(rpm -i --oldpackage --force-debian $given/kernel.rpm 2>&1)" ""
	for installer in $xtables $adv; do
		run sh $installer --status
		is "--status" "$status" 0
		like "the running kernel" "$out" "^$k1 \(running\): covered by "
		like "the new kernel" "$out" "^$k2: covered by "
	done
}

hotfix() {
	step "loading under the hotfix kernel"
	is "it runs" "$(uname -r)" "$k2"
	loads
	step "--uninstall"
	for installer in $xtables $adv; do
		run sh $installer --uninstall --yes
		is "status" "$status$err" 0
	done
	is "no module is left" "$(find /lib/modules/ -path '*/extra/*')" ""
	is "no package is left" "$(rpm -qa | grep -e ^xtables -e ^adv)" ""
}

. "$(dirname "$0")/../lib.sh"
second_headers
driver_disk xtables-addons xtables-addons-dkms KERNELS.xen="$xen $headers2" EXCLUDE.kdump='no capture kernel here'
cds=$iso
driver_disk adv-17v35x adv-17v35x-dkms KERNELS.xen="$xen $headers2" EXCLUDE.kdump='no capture kernel here'
cds="$cds $iso"
give kernel.rpm "$parts/$k2/kernel.rpm"
machine host
boot fresh
kernel=$k2
boot hotfix
done_testing
