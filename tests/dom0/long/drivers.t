#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC1091,SC2034,SC2154 # lib.sh has the variables
# Drivers that were never written for this kit, in a host: many modules that need each other, and aliases of PCI
# devices. Then a hotfix kernel comes, and the same disks serve it.
# shellcheck disable=SC2034,SC2154 # variables of lib.sh, and settings of a boot

xtables=/etc/xensource/installed-repos/vendor:xtables-addons/install.sh
adv=/etc/xensource/installed-repos/vendor:adv-17v35x/install.sh

# load_all PACKAGE: each module of a package, with what it needs. xt_DNETMAP was built for a kernel that has NF_NAT
# as a module, and then only says that it declines.
load_all() {
	load_failed='' load_count=0
	for file in $(rpm -ql "$1" | grep '\.ko$'); do
		module=$(basename "$file" .ko)
		if modprobe "$module" 2>/tmp/log && [ -d "/sys/module/$module" ]; then
			load_count=$((load_count + 1))
		elif [ "$module" != xt_DNETMAP ]; then
			load_failed="$load_failed$module: $(cat /tmp/log) "
		fi
	done
	is "every module of $1 loads" "$load_failed" ""
	ok "so many: $load_count" test "$load_count" -ge "$2"
}

loads() {
	ok "a module that needs another of its package" modprobe xt_ipp2p
	is "got it" "$(ls /sys/module/compat_xtables/holders)" xt_ipp2p
	load_all "xtables-addons-modules-xen-$(uname -r)" 20
	load_all "adv-17v35x-modules-xen-$(uname -r)" 1
	is "the alias of its device" "$(modprobe --resolve-alias pci:v000013FEd00000018sv00000000sd00000000bc07sc00i02)" adv17v35x
	ok "the driver is registered" test -d /sys/bus/pci/drivers/ADVserial
	# That line has no end of its own: it shows when the next one comes.
	like "one module declined this kernel, in its own words" "$(dmesg | grep xt_)" 'xt_DNETMAP: CONFIG_NF_NAT is not available'
	unlike "the kernel has nothing to say against it" "$(dmesg | tail -n 60)" 'disagrees about|Unknown symbol|Oops|invalid module'
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
	the_end
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
	the_end
}

. "$(dirname "$0")/../lib.sh"
second_headers
driver_disk xtables-addons xtables-addons-dkms KERNELS.xen="$xen $headers2" EXCLUDE.kdump='no capture kernel here'
cds=$iso
driver_disk adv-17v35x adv-17v35x-dkms KERNELS.xen="$xen $headers2" EXCLUDE.kdump='no capture kernel here'
cds="$cds $iso"
give kernel.rpm "$parts/$k2/kernel.rpm"
machine host
boot fresh || done_testing
kernel=$k2
boot hotfix
done_testing
