#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# dom0 crashes, and the disk's module for the capture kernel loads there: under Xen, and on a bare kernel.
# The capture kernel finds the same root as dom0 had, and the same laboratory in it.
# shellcheck disable=SC2034,SC2154 # variables of lib.sh, and settings of a boot

crash() {
	step "installing the capture kernel and the disk"
	ok "the capture kernel" rpm -i --force-debian "$given/kernel.rpm"
	ok "the CD" mount_cd
	install_sh --yes
	is "install.sh" "$status" 0 || note "$out $err"
	install_sh --status
	is "every kernel is covered" "$status $(echo "$out" | grep -c ': covered by')" "0 2" || note "$out"

	step "loading the capture kernel"
	[ "$under_xen" = no ] || modprobe -a xen-privcmd xen-evtchn
	run kexec -p "/boot/vmlinuz-$kdump" --initrd="$given/initrd" \
		--append="console=ttyS0 is_kdump=1 nr_cpus=1 reset_devices irqpoll quiet panic=5 function_now=capture"
	is "kexec takes it" "$status" 0 || note "$out $err"
	crash_now
}

capture() {
	step "in the capture kernel"
	is "it runs" "$(uname -r)" "$kdump"
	is "/proc/vmcore begins as ELF does" "$(dd if=/proc/vmcore bs=1 skip=1 count=3 2>/dev/null)" ELF
	ok "/proc/vmcore holds dom0's memory" test "$(stat -c %s /proc/vmcore)" -gt 500000000
	who=OSRELEASE=$k1
	[ "$under_xen" = no ] || who=VMCOREINFO_XEN
	like "its notes tell who crashed" "$(head -c 65536 /proc/vmcore | tr -c '[:print:]' '\n')" "$who"
	step "the module"
	is "it is the disk's" "$(modinfo -n helloworld)" "/lib/modules/$kdump/extra/helloworld.ko"
	ok "its device had it loaded" test -e "/sys/bus/pci/drivers/helloworld/$(basename "$(pci_device 1234:11e8)")"
	like "it found device and firmware" "$(dmesg)" 'helloworld 0000:.*hello, world: device id 0x10000ed'
	the_end
}

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
example_disk disk
cds=$iso
kdump=$(cat "$parts/kdump")
give kernel.rpm "$parts/$kdump/kernel.rpm"
give initrd "$parts/$kdump/initrd"
settings="kdump=$kdump"
xen_options=crashkernel=192M,below=4G
boot crash -device edu
under_xen=no kernel_options=crashkernel=256M
boot crash -device edu
done_testing
