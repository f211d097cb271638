#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The new host's root lies on a controller that only the disk's module drives. The module is built from the kernel's
# own source, and the kernel's package here lacks it. At install time it is loaded from the disk, and goes with it
# into the root and its initrd; the host starts from there; then a newer disk on the running host makes the initrd
# again, and the host starts with the new module.
# shellcheck disable=SC2034,SC2154 # variables of lib.sh, and settings of a boot

# --- in dom0 --------------------------------------------------------------------------------------------

boot_initrd=/boot/initrd-$(uname -r).img

# in_initrd ROOT: the digest of the module that is in the initrd, and of the one that is installed.
in_initrd() {
	rm -rf /tmp/initrd
	mkdir /tmp/initrd
	(cd /tmp/initrd && busybox cpio -i <"$1$boot_initrd" 2>/dev/null)
	md5sum </tmp/initrd/modules/vmw_pvscsi.ko
	md5sum <"$1/lib/modules/$(uname -r)/extra/vmw_pvscsi.ko"
}

install_time() {
	# shellcheck source=../guest/installer.sh
	. /run/lab/tests/dom0/guest/installer.sh
	step "without the driver"
	not_ok "there is no disk" test -e /sys/block/sda
	ok "the kernel's package has no such module" test -z "$(find /lib/modules -name 'vmw_pvscsi*')"
	step "the driver goes into the RAM disk"
	ok "the CD" open_medium /dev/sr0
	run xs_load
	is "it is loaded" "$status $out" "0 loaded vmw_pvscsi" || note "$err"
	udevadm settle
	tries=0
	until [ -b /dev/sda ] || [ $tries -ge 100 ]; do
		sleep 0.2
		tries=$((tries + 1))
	done
	ok "the disk is there" test -b /dev/sda

	step "the new host"
	ok "its root" new_target /dev/sda 12
	mkdir /run/target/usr/share/mkinitrd
	cp /run/lab/tests/dom0/guest/initramfs /run/target/usr/share/mkinitrd/init
	cp /run/lab/tests/dom0/guest/mkinitrd /run/target/usr/sbin/
	echo "mkinitrd $boot_initrd $(uname -r)" >"/run/target$boot_initrd.cmd"
	echo "the product's" >"/run/target$boot_initrd"
	run xs_install /run/target
	is "the disk goes in" "$status" 0 || note "$out
$err"
	is "no package makes an initrd while the installer runs" "$(cat "/run/target$boot_initrd")" "the product's"
	step "the initrd, once, at the end"
	run chroot /run/target sh "$boot_initrd.cmd"
	is "it is made" "$status$err" 0
	is "the module is in it" "$(in_initrd /run/target | uniq | wc -l)" 1
	close_target
	the_end
}

# What holds after each start.
started() {
	step "$1"
	is "the root lies on the controller" "$(findmnt -n -o SOURCE /) $(cat /sys/block/sda/device/vendor)" "/dev/sda QEMU    "
	is "which the disk's module drives" "$(cat /sys/module/vmw_pvscsi/version)" "$2"
	is "and which is nowhere but in the disk's package" "$(rpm -qf "$(modinfo -n vmw_pvscsi)" --qf '%{NAME}')" "vmw_pvscsi-modules-xen-$k1"
}

newer() {
	started "the first start" "$version1"
	step "a newer disk on the running host"
	old=$(md5sum <"$boot_initrd")
	mount_cd
	install_sh --yes
	is "install.sh" "$status" 0 || note "$out
$err"
	isnt "it makes the initrd again" "$(md5sum <"$boot_initrd")" "$old"
	is "with the new module" "$(in_initrd '' | uniq | wc -l)" 1
	is "the old one runs on" "$(cat /sys/module/vmw_pvscsi/version)" "$version1"
	the_end
}

again() {
	started "the second start" "$version2"
	the_end
}

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# --- on the host ----------------------------------------------------------------------------------------

echo 'obj-m := vmw_pvscsi.o' | kernel_driver "$tmp/vmw_pvscsi-1.0" drivers/scsi/vmw_pvscsi.c drivers/scsi/vmw_pvscsi.h
run make -C "$kit" --no-print-directory new DISK="$tmp/disk" SOURCE="$tmp/vmw_pvscsi-1.0"
is "make new" "$status" 0 || note "$out
$err"

# pvscsi_disk: builds the disk; sets iso and version, the module's.
pvscsi_disk() {
	run build "$tmp/disk" -j2 build-isos
	is "the disk builds" "$status" 0 || {
		note "$out
$err"
		done_testing
	}
	iso=$tmp/disk/out/vmw_pvscsi/vmw_pvscsi.iso
	version=$(sed -n 's/^#define PVSCSI_DRIVER_VERSION_STRING *"\(.*\)"/\1/p' "$tmp"/disk/modules/*/vmw_pvscsi.h)
}

controller="-device pvscsi,id=scsi -device scsi-hd,bus=scsi.0,drive=root"
pvscsi_disk
version1=$version
machine host
cds=$iso disk_root=''
# shellcheck disable=SC2086 # a list of options
boot install_time -drive "if=none,id=root,format=raw,cache=unsafe,file=$tmp/host.img" $controller

set_value "$tmp/disk/disk.mk" RPM.VERSION 1.1
set_value "$tmp/disk/disk.mk" DISK.VERSION 1.1
mv "$tmp/disk/modules/vmw_pvscsi-1.0" "$tmp/disk/modules/vmw_pvscsi-1.1"
sed -i 's/^\(#define PVSCSI_DRIVER_VERSION_STRING *\)".*"/\1"1.1-newer"/' "$tmp/disk/modules/vmw_pvscsi-1.1/vmw_pvscsi.h"
pvscsi_disk
version2=$version

# The boot loader's part: the kernel is the same, the initrd is what the host has in /boot.
disk_root=$tmp/host.img root_interface=if=none,id=root cds=$iso initrd=$tmp/initrd
kernel_options="lab_root=/dev/sda lab_payload=/dev/vda"
settings="version1=$version1 version2=$version2"
for start in newer again; do
	rm -f "$initrd"
	debugfs -R "dump /boot/initrd-$k1.img $initrd" "$disk_root" 2>/dev/null
	# shellcheck disable=SC2086 # a list of options
	boot $start $controller
done
done_testing
