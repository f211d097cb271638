#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC1091,SC2034,SC2154 # lib.sh has the variables
# Drivers that were never written for this kit, in a host: many modules that need each other, aliases of PCI
# devices, and a network card's, which dom0's own kernel lacks. Then a hotfix kernel comes, and the same disks serve it.
# shellcheck disable=SC2034,SC2154 # variables of lib.sh, and settings of a boot

xtables=/etc/xensource/installed-repos/vendor:xtables-addons/install.sh
adv=/etc/xensource/installed-repos/vendor:adv-17v35x/install.sh
nic=/etc/xensource/installed-repos/vendor:vmxnet3/install.sh

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

# The network card finds its driver by itself, and carries something.
network() {
	card=$(pci_device 15ad:07b0)
	udevadm trigger --settle --action=add "$card"
	is "the network card has its driver" "$(basename "$(readlink "$card/driver")")" vmxnet3
	is "it is the disk's, for this kernel" "$(rpm -qf "$(modinfo -n vmxnet3)" --qf '%{NAME}')" "vmxnet3-modules-xen-$(uname -r)"
	interface=$(ls "$card/net")
	ip address add 10.0.2.15/24 dev "$interface"
	ip link set "$interface" up
	ok "the card reaches another machine" busybox ping -c 2 -W 10 10.0.2.2
}

loads() {
	network
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
	for device in sr0 sr1 sr2; do
		step "the disk in $device"
		mount_cd /dev/$device
		install_sh --check
		is "--check" "$status$err" 0
		install_sh --yes
		is "it goes in" "$status$err" 0
		umount $cd
	done
	for package in $(rpm -qa | grep -e ^xtables -e ^adv -e ^vmxnet3); do
		is "rpm -V $package" "$(rpm -V "$package" 2>&1)" ""
	done
	step "loading"
	loads
	step "a hotfix kernel"
	is "its package" "$(rpm -i --oldpackage --force-debian $given/kernel.rpm 2>&1)" ""
	for installer in $xtables $adv $nic; do
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
	for installer in $xtables $adv $nic; do
		run sh $installer --uninstall --yes
		is "status" "$status$err" 0
	done
	is "no module is left" "$(find /lib/modules/ -path '*/extra/*')" ""
	is "no package is left" "$(rpm -qa | grep -e ^xtables -e ^adv -e ^vmxnet3)" ""
	the_end
}

. "$(dirname "$0")/../lib.sh"
second_headers
cds=
# both_kernels NAME SOURCE: a disk for the first kernel and for the one to come.
both_kernels() {
	driver_disk "$@" KERNELS.xen="$xen $headers2" EXCLUDE.kdump='no capture kernel here'
	cds="$cds $iso"
}
both_kernels xtables-addons xtables-addons-dkms
both_kernels adv-17v35x adv-17v35x-dkms
printf '%s\n' 'obj-m := vmxnet3.o' 'vmxnet3-y := vmxnet3_drv.o vmxnet3_ethtool.o' |
	kernel_driver "$tmp/vmxnet3-1.0" drivers/net/vmxnet3/vmxnet3_drv.c drivers/net/vmxnet3/vmxnet3_ethtool.c \
		drivers/net/vmxnet3/vmxnet3_int.h drivers/net/vmxnet3/vmxnet3_defs.h drivers/net/vmxnet3/upt1_defs.h
both_kernels vmxnet3 "$tmp/vmxnet3-1.0"
give kernel.rpm "$parts/$k2/kernel.rpm"
machine host
card='-netdev user,id=net -device vmxnet3,netdev=net'
# shellcheck disable=SC2086 # a list of options
boot fresh $card || done_testing
kernel=$k2
# shellcheck disable=SC2086
boot hotfix $card
done_testing
