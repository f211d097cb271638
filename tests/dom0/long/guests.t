#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Guests of all types start under this dom0, with a disk from blkback and a network card from netback. What runs
# in them, and what dom0 does meanwhile, is up to a scenario: see guest/domains.sh.
# shellcheck disable=SC2034,SC2154 # variables of lib.sh, and settings of a boot

life() {
	domain "$type" "$type" /run/image "disk = [ 'phy:$loop,xvda,w' ]" "vif = [ 'bridge=$bridge,type=vif' ]" "$machine" &&
		xenstore-write "/local/domain/$domid/data/greeting" hello && domain_end "$type" 300
}

guests() {
	# shellcheck source=../guest/domains.sh
	. /run/lab/tests/dom0/guest/domains.sh
	step "Xen's tools"
	ok "they start" toolstack
	ok "the guests' image" domain_image /run/image $given/program
	ok "the guests' kernels" mount -t ext4 -o ro /dev/vdc /mnt
	address=2
	for type in $types; do
		step "$type"
		truncate -s 1M /run/$type.disk
		echo "dom0 greets $type" | dd of=/run/$type.disk conv=notrunc 2>/dev/null
		loop=$(losetup -f --show /run/$type.disk)
		domain_kernel=/mnt/vmlinux machine=
		# Only a newer machine takes an ELF file.
		[ $type != hvm ] || domain_kernel=/mnt/vmlinux-hvm machine="device_model_args_hvm = [ '-machine', 'xenfv-4.2' ]"
		extra="address=10.9.0.$address greeting=$type"
		ok "$type: starts, is told through the store, ends" undisturbed life || continue
		domain_results $type
		is "$type: what it wrote is on the disk" "$(dd if=/run/$type.disk bs=512 skip=1 count=1 2>/dev/null | tr -d '\0')" "$type greets dom0"
		losetup -d "$loop"
		address=$((address + 1))
	done
	the_end
}

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"
mkdir "$tmp/payload/given/program"
cat >"$tmp/payload/given/program/run" <<'END'
tries=0
until [ -b /dev/xvda ] || [ "$tries" -ge 300 ]; do
	sleep 0.1
	tries=$((tries + 1))
done
result() { if [ "$1" -eq 0 ]; then echo "ok - $2"; else echo "not ok - $2"; fi; }
[ "$(head -n 1 /dev/xvda)" = "dom0 greets $greeting" ]
result $? "reads from its disk what dom0 wrote"
printf '%s' "$greeting greets dom0" | dd of=/dev/xvda bs=512 seek=1 conv=sync,fsync 2>/dev/null
result $? "writes to it"
ping -c 2 -W 10 10.9.0.1 >/dev/null
result $? "its network card reaches dom0"
[ "$(cat /sys/hypervisor/type)" = xen ]
result $? "knows that it runs on Xen"
END
guest_kernels
memory=1024 cpus=2 spare=1536
settings="udev=no types='pv pvh'"
cpu=qemu64,+svm,+npt,+nrip-save
# shellcheck disable=SC2086 # a list of options
boot guests $guest_kernels
settings="udev=no types=hvm"
cpu=qemu64,+svm,+npt
# shellcheck disable=SC2086
boot guests $guest_kernels
done_testing
