#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# One host over time: a first disk, a newer one for the same kernel, then a hotfix kernel beside the first,
# and back again. The root is kept from boot to boot.

first() {
	step "1.0"
	mount_cd /dev/sr0
	install_sh --yes
	is "1.0 goes in" "$status$err" 0
	ok "modprobe" modprobe helloworld
	is "the module's version" "$(cat /sys/module/helloworld/version)" 1.0
	echo "options helloworld name=admin" >/etc/modprobe.d/helloworld.conf

	step "1.1"
	umount $cd
	mount_cd /dev/sr1
	install_sh --check
	like "--check: an upgrade" "$out" "upgrade helloworld-modules-xen-$k1 1.1-1"
	install_sh --yes
	is "1.1 goes in" "$status$err" 0
	like "the edited configuration is spoken of" "$out" '^Note: /etc/modprobe.d/helloworld.conf was edited and is kept'
	is "it is kept" "$(cat /etc/modprobe.d/helloworld.conf)" "options helloworld name=admin"
	ok "the new one lies beside it" grep -q name=sky /etc/modprobe.d/helloworld.conf.rpmnew
	is "the data package is replaced" "$(rpm -q helloworld-data)" helloworld-data-1.1-1.x86_64
	is "so is the module's" "$(rpm -q "helloworld-modules-xen-$k1" | sed 's/.*-amd64-//')" 1.1-1.x86_64
	is "the old module runs until it is unloaded" "$(cat /sys/module/helloworld/version)" 1.0
	modprobe -r helloworld
	modprobe helloworld
	is "the new one is loaded then" "$(cat /sys/module/helloworld/version)" 1.1
	like "with the edited configuration" "$(dmesg | tail -n 3)" 'hello, admin:'
	umount $cd
	mount_cd /dev/sr0
	install_sh --yes
	is "1.0 does not go over it" "$status" 3
	step "a hotfix kernel"
	is "the kernel's package" "$(rpm -i --oldpackage --force-debian $given/kernel.rpm 2>&1)" ""
	run sh /etc/xensource/installed-repos/vendor:helloworld/install.sh --status
	is "--status: a kernel is not covered" "$status" 1
	like "the first kernel is" "$out" "^$k1 \(running\): covered by helloworld-modules-xen-$k1 1.1-1"
	like "the second is not" "$out" "^$k2: NOT covered"

	step "a disk for both kernels"
	umount $cd
	mount_cd /dev/sr2
	install_sh --yes
	is "1.2 goes in" "$status$err" 0
	both_kernels
	the_end
}

# What holds whichever kernel runs.
both_kernels() {
	for kernel in $k1 $k2; do
		ok "the module package for $kernel" rpm -q --quiet "helloworld-modules-xen-$kernel"
		is "rpm -V $kernel" "$(rpm -V "helloworld-modules-xen-$kernel" 2>&1)" ""
	done
	run sh /etc/xensource/installed-repos/vendor:helloworld/install.sh --status
	is "--status: both kernels are covered" "$status" 0
	like "the running one among them" "$out" "^$(uname -r) \(running\): covered by "
}

second() {
	step "the second kernel"
	is "runs" "$(uname -r)" "$k2"
	is "its own module was loaded by udev" "$(modinfo -F vermagic "$(modinfo -n helloworld)" | cut -d' ' -f1):$(cat /sys/module/helloworld/version)" "$k2:1.2"
	like "and drives the device" "$(dmesg)" 'hello, admin:'
	both_kernels
	the_end
}

again() {
	step "back to the first kernel"
	is "runs" "$(uname -r)" "$k1"
	is "its own module was loaded by udev" "$(modinfo -F vermagic "$(modinfo -n helloworld)" | cut -d' ' -f1):$(cat /sys/module/helloworld/version)" "$k1:1.2"
	both_kernels
	step "--uninstall"
	run sh /etc/xensource/installed-repos/vendor:helloworld/install.sh --uninstall --yes
	is "status" "$status$err" 0
	is "no module is left" "$(find /lib/modules/ -name 'helloworld*')" ""
	is "no package is left" "$(rpm -qa | grep helloworld)" ""
	is "the kernels are" "$(rpm -q kernel | wc -l)" 2
	ok "the edited configuration is saved" test -f /etc/modprobe.d/helloworld.conf.rpmsave
	the_end
}

. "$(dirname "$0")/lib.sh"

# version N: raises the disk and all that is on it.
version() {
	for example_value in RPM.VERSION DATA.RPM.VERSION DISK.VERSION; do
		set_value "$tmp/disk/disk.mk" "$example_value" "$1"
	done
	sed -i "s/MODULE_VERSION(\"[^\"]*\")/MODULE_VERSION(\"$1\")/" "$tmp"/disk/modules/*/helloworld.c
	for example_kind in modules/helloworld data/helloworld-data; do
		mv "$tmp/disk/$example_kind"-[0-9]* "$tmp/disk/$example_kind-$1"
	done
}

# The capture kernel has its own scenario; here it would only take time.
copy_example disk
set_value "$tmp/disk/disk.mk" EXCLUDE.kdump 'this scenario has no capture kernel'
example_disk disk
cp "$iso" "$tmp/1.0.iso"
version 1.1
sed -i 's/name=world/name=sky/' "$tmp"/disk/data/*/config/helloworld.conf
example_disk disk
cp "$iso" "$tmp/1.1.iso"
version 1.2
second_headers
example_disk disk KERNELS.xen="$xen $headers2"
cp "$iso" "$tmp/1.2.iso"

give kernel.rpm "$parts/$k2/kernel.rpm"
machine host
cds="$tmp/1.0.iso $tmp/1.1.iso $tmp/1.2.iso"
boot first -device edu || done_testing
kernel=$k2
boot second -device edu || done_testing
kernel=$k1
boot again -device edu
done_testing
