#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A driver disk goes into a host that never had one, does its work there, and leaves nothing behind.

fresh() {
	step "what this machine is"
	is "dom0 of a Xen" "$(cat /sys/hypervisor/type):$(cat /sys/hypervisor/version/major)" xen:4
	is "the kernel" "$(uname -r)" "$k1"
	edu=$(pci_device 1234:11e8)
	nic=$(pci_device 8086:100e)
	not_ok "nothing drives the device" test -e "$edu/driver"
	root_names >/tmp/names.before

	step "mounting the CD, its digest"
	is "md5 of the image" "$(head -c "$(cat $given/size)" /dev/sr0 | md5sum | cut -d' ' -f1)" "$(cut -d' ' -f1 $given/md5)"
	ok "the CD can be mounted" mount_cd

	step "digests of the root"
	root_digests >/tmp/digests.before
	root_times >/tmp/times.before

	step "install.sh --check"
	install_sh --check
	is "--check: status" "$status$err" 0
	like "--check: the running kernel is covered" "$out" "^  kernel $k1 \(running\): covered"
	like "--check: the other flavour's kernel is not here" "$out" '^  kernel .*-cloud-amd64: not installed here; '

	step "install.sh --dry-run"
	install_sh --dry-run
	is "--dry-run: status" "$status$err" 0
	like "--dry-run: the rpm that would run" "$out" '^Would run: rpm --dbpath /var/lib/rpm -Uv .*helloworld-data-1.0-1.x86_64.rpm'

	step "the root is the same"
	root_times >/tmp/times.after
	root_digests >/tmp/digests.after
	same "no inode of the root has changed" /tmp/times.before /tmp/times.after
	same "no content of the root has changed" /tmp/digests.before /tmp/digests.after

	step "install.sh --yes"
	install_sh --yes
	is "install: status" "$status$err" 0
	like "install: what is next" "$out" '^Next: modprobe helloworld$'
	unlike "install: depmod does not complain of the capture kernel, which is not here" "$out" 'WARNING'
	module=helloworld-modules-xen-$k1
	is "rpm -V finds nothing" "$(rpm -V helloworld-data "$module" 2>&1)" ""
	is "the record" "$(ls /etc/xensource/installed-repos/vendor:helloworld)" "$(printf '%s\n' XS-PACKAGES XS-REPOSITORY disk.info install.sh packages update.xml)"
	umount $cd
	recorded=/etc/xensource/installed-repos/vendor:helloworld/install.sh
	run sh $recorded --status
	is "--status, from the record" "$status" 0
	like "--status: the running kernel" "$out" "^$k1 \(running\): covered by $module 1.0-1"

	step "the device appears"
	not_ok "not loaded by the installation" test -d /sys/module/helloworld
	udevadm control --reload
	udevadm trigger --settle --action=add "$edu"
	is "its alias loads the module" "$(basename "$(readlink "$edu/driver")")" helloworld
	like "the module got its firmware" "$(dmesg)" "hello, world: device id 0x1....ed, $(wc -c </lib/firmware/helloworld/greeting.bin) bytes of firmware"
	like "the udev rule acted" "$(udevadm info "$edu")" '^E: (CURRENT_)?TAGS=:helloworld:'

	step "modprobe"
	ok "modprobe -r" modprobe -r helloworld
	sed -i 's/name=world/name=moon/' /etc/modprobe.d/helloworld.conf
	ok "modprobe" modprobe helloworld
	like "the configuration counts" "$(dmesg)" 'hello, moon: '
	like "rpm -V sees the edited configuration" "$(rpm -V helloworld-data 2>&1)" '^..5.* c /etc/modprobe.d/helloworld.conf'
	sed -i 's/name=moon/name=world/' /etc/modprobe.d/helloworld.conf

	step "a second disk: igb_uio"
	ok "its CD" mount_cd /dev/sr1
	install_sh --yes
	is "install: status" "$status$err" 0
	ok "modprobe igb_uio" modprobe igb_uio
	[ ! -e "$nic/driver" ] || basename "$nic" >"$nic/driver/unbind"
	echo 8086 100e >/sys/bus/pci/drivers/igb_uio/new_id
	is "bound by new_id" "$(basename "$(readlink "$nic/driver")")" igb_uio
	ok "its device" test -c /dev/uio0
	ok "modprobe -r igb_uio" modprobe -r igb_uio
	install_sh --uninstall --yes
	is "uninstall: status" "$status$err" 0

	step "--uninstall"
	run sh $recorded --uninstall --dry-run
	is "--uninstall --dry-run: status" "$status$err" 0
	is "and it is still there" "$(rpm -q helloworld-data)" helloworld-data-1.0-1.x86_64
	run sh $recorded --uninstall --yes
	is "--uninstall: status" "$status$err" 0
	like "a loaded module is spoken of" "$out" 'A module that is loaded stays'
	ok "the loaded module can be unloaded" rmmod helloworld
	is "no package is left" "$(rpm -qa | grep -v -e ^dom0-base -e ^kernel-)" ""
	root_names >/tmp/names.after
	same "nothing is left behind" /tmp/names.before /tmp/names.after
	root_digests | grep -v ' /var/lib/rpm/' >/tmp/digests.after
	grep -v ' /var/lib/rpm/' /tmp/digests.before >/tmp/digests.want
	same "and all else is as it was" /tmp/digests.want /tmp/digests.after
	the_end
}

. "$(dirname "$0")/lib.sh"
driver_disk uio dpdk-kmods-dkms
uio=$iso
example_disk disk
give md5 "${iso%.iso}.md5"
wc -c <"$iso" >"$tmp/payload/given/size"
cds="$iso $uio"
boot fresh -device edu -device e1000
done_testing
