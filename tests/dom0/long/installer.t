#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A disk is used as the products' installers use it, before there is a host: found on a CD, on USB sticks, and over
# HTTP, FTP and NFS; its driver loaded in the RAM disk; then installed into the new host's root. In both formats.
# shellcheck disable=SC2034,SC2154 # variables of lib.sh, and settings of a boot

# --- in dom0 --------------------------------------------------------------------------------------------

loaded() {
	is "$1: the module drives its device" "$(basename "$(readlink "$(pci_device 1234:11e8)/driver")")" helloworld
	is "$1: it found its firmware" "$(dmesg | grep -c 'helloworld .*hello, world: device id .* bytes of firmware')" "$greetings"
	greetings=$((greetings + 1))
}

unload() {
	rmmod helloworld
	rpm -qa 'helloworld*' 'update-*' 'control-*' | xargs rpm -e --force-debian
	is "$1: it is gone again" "$(find /lib/modules /lib/firmware -name 'helloworld*')" ""
}

xs_source() {
	step "XML format: $1"
	ok "$1: a disk is there" open_medium "$1" || return 0
	run xs_load
	is "$1: the driver goes into the RAM disk" "$status $out" "0 loaded helloworld" || note "$err"
	is "$1: only this kernel's" "$(rpm -qa | grep helloworld | LC_ALL=C sort | tr '\n' ' ')" \
		"helloworld-data-1.0-1.x86_64 helloworld-modules-xen-$k1-1.0-1.x86_64 "
	loaded "$1"
	unload "$1"
	close_medium
}

yum_source() {
	step "yum format: $1"
	ok "$1: a disk is there" open_medium "$1" || return 0
	run yum_load
	is "$1: dnf takes @drivers" "$status" 0 || note "$out
$err"
	loaded "$1"
	unload "$1"
	close_medium
}

# What the new host must hold, seen with its own rpm and the disk's own install.sh.
new_host() {
	is "$1: the packages" "$(chroot /run/target rpm -qa | grep ^helloworld | LC_ALL=C sort | sed 's/-1.0-1.x86_64//' | tr '\n' ' ')" \
		"helloworld-data helloworld-modules-kdump-$kdump helloworld-modules-xen-$k1 "
	is "$1: rpm -V" "$(chroot /run/target rpm -V helloworld-data "helloworld-modules-xen-$k1" 2>&1)" ""
	ok "$1: depmod has run" grep -q '^extra/helloworld.ko:' "/run/target/lib/modules/$k1/modules.dep"
	mount --bind $medium /run/target/mnt
	run chroot /run/target sh /mnt/install.sh --status
	like "$1: install.sh knows it later" "$out" "^$k1 .*covered by helloworld-modules-xen-$k1 1.0-1"
	umount /run/target/mnt
}

local_media() {
	# shellcheck source=../guest/installer.sh
	. /run/lab/tests/dom0/guest/installer.sh
	greetings=1
	step "which media hold a disk"
	look_around >/tmp/found
	# Which stick is seen first is a matter of luck.
	is "all are found" "$(sed 's/^sd[ab]/sd/' /tmp/found | LC_ALL=C sort | tr '\n' ' ')" "sd ext4 sd1 vfat sr0 iso9660 "
	while read -r device type; do xs_source "/dev/$device" </dev/null; done </tmp/found
	yum_source /dev/sr0

	step "into a new host, XML format"
	new_target /dev/vdc 11
	open_medium "/dev/$(sed -n 's/ vfat//p' /tmp/found)"
	run xs_install /run/target
	is "another version of the product: refused" "$status $out" "1 Repository dependency error: vendor:helloworld requires debian:main eq 12"
	close_target
	new_target /dev/vdc 12
	run xs_install /run/target
	is "the product's own version" "$status" 0 || note "$out
$err"
	like "it is recorded" "$(cat /run/target/etc/xensource/installed-repos/vendor:helloworld/XS-REPOSITORY)" 'name="helloworld"'
	new_host "XML"
	close_target
	close_medium

	step "into a new host, yum format"
	new_target /dev/vdd 12
	open_medium /dev/sr0
	run yum_install /run/target
	is "control and update packages pull the disk in" "$status" 0 || note "$out
$err"
	new_host "yum"
	close_target
	the_end
}

network() {
	# shellcheck source=../guest/installer.sh
	. /run/lab/tests/dom0/guest/installer.sh
	greetings=1
	step "network"
	interface=$(ls "$(pci_device 8086:100e)/net")
	ip address add 10.0.2.15/24 dev "$interface"
	ip link set "$interface" up
	ok "the server is there" busybox wget -q -O /dev/null "$http/disk.info"
	xs_source "$http"
	xs_source "$ftp"
	xs_source "$nfs"
	yum_source "$http"
	the_end
}

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# --- on the host ----------------------------------------------------------------------------------------
PATH=$PATH:/usr/sbin:/sbin
for tool in mformat sfdisk ganesha.nfsd; do
	command -v $tool >/dev/null || skip_all "$tool is not installed; make lab-deps installs it"
done
/usr/bin/python3 -c 'import pyftpdlib' 2>/dev/null || skip_all "python3-pyftpdlib is not installed; make lab-deps installs it"

example_disk disk
share=$(realpath "$tmp/disk/out/helloworld/disk")
kdump=$(cat "$parts/kdump")

# A stick with a partition table and vfat, and one that is a file system as a whole.
truncate -s 32M "$tmp/vfat" "$tmp/ext4"
printf '2048,,c\n' | sfdisk -q "$tmp/vfat"
mformat -i "$tmp/vfat@@1M" -T $((30 * 2048)) ::
mcopy -s -i "$tmp/vfat@@1M" "$share"/* ::
mke2fs -q -t ext4 -d "$share" "$tmp/ext4"

cds=$iso
settings="kdump=$kdump"
boot local_media -device edu -device qemu-xhci \
	-drive "if=none,id=vfat,format=raw,file=$tmp/vfat,readonly=on" -device usb-storage,drive=vfat \
	-drive "if=none,id=ext4,format=raw,file=$tmp/ext4,readonly=on" -device usb-storage,drive=ext4 \
	-drive "if=none,id=target1,format=raw,file=$parts/root.img,snapshot=on" -device virtio-blk-pci,drive=target1,addr=1e \
	-drive "if=none,id=target2,format=raw,file=$parts/root.img,snapshot=on" -device virtio-blk-pci,drive=target2,addr=1f

# Servers on this machine's own address, seen by the guest as 10.0.2.2; none needs a right but NFS', whose file
# handles are root's.
port=$((20000 + $$ % 10000 * 3))
servers=
trap 'kill $servers 2>/dev/null; rm -rf "$SCRATCH"' EXIT
busybox httpd -f -p "127.0.0.1:$port" -h "$share" &
servers=$!
/usr/bin/python3 -m pyftpdlib -i 127.0.0.1 -p $((port + 1)) -d "$share" >"$tmp/ftp.log" 2>&1 &
servers="$servers $!"
cat >"$tmp/ganesha.conf" <<END
NFS_CORE_PARAM { NFS_Protocols = 4; NFS_Port = $((port + 2)); Bind_addr = 127.0.0.1; Enable_NLM = false; Enable_RQUOTA = false; }
NFSV4 { Graceless = true; RecoveryBackend = fs; RecoveryRoot = $tmp/recovery; }
NFS_KRB5 { Active_krb5 = false; }
EXPORT { Export_Id = 1; Path = $share; Pseudo = /disk; Access_Type = RO; Squash = None; SecType = sys; FSAL { Name = VFS; } }
END
mkdir "$tmp/recovery"
ganesha.nfsd -F -L "$tmp/ganesha.log" -f "$tmp/ganesha.conf" -p "$tmp/ganesha.pid" &
servers="$servers $!"
cds=
settings="http=http://10.0.2.2:$port ftp=ftp://10.0.2.2:$((port + 1)) nfs=nfs:$((port + 2)):/disk"
boot network -device edu -netdev user,id=net -device e1000,netdev=net
[ "$tap_failed" -eq 0 ] || tail -n 5 "$tmp/ftp.log" "$tmp/ganesha.log" >&2
done_testing
