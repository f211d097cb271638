# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# shellcheck disable=SC2154 # $kit and $tmp are the reader's
# The emulated machine, for whoever boots one: $parts, pack, emulator. Wants $kit, and $tmp for its own files.

# shellcheck disable=SC2034 # for the scenarios
{
	parts=${dom0_parts:-$("$kit/tests/dom0/parts.sh")} || exit 1
	k1=$(cat "$parts/uname1") k2=$(cat "$parts/uname2")
}
kernel=$k1 under_xen=yes cpu=qemu64 cpus=1 memory=1024 spare=512 xen_options='' kernel_options='' settings='' cds='' disk_root='' disk_log='' root_interface=if=virtio

# pack FUNCTION SCENARIO: what the guest finds in /run/lab.
pack() {
	mkdir -p "$tmp/payload/tests"
	cp -R "$kit/tests/lib" "$kit/tests/dom0" "$tmp/payload/tests/"
	cp "$kit/tests/dom0/guest/init" "$tmp/payload/init"
	{
		# A capture kernel has what comes after the crash on its command line.
		echo "function=\${function_now:-$1} scenario=$2 k1=$k1 k2=$k2 under_xen=$under_xen"
		echo "$settings"
	} >"$tmp/payload/conf"
	tar -c -C "$tmp/payload" -f "$tmp/payload.tar" .
}

# unpacked UNAME: the kernel as the ELF file that lies in its vmlinuz, at $tmp/vmlinux-UNAME. To unpack it costs a real
# processor a third of a second and an emulated one eight. The places are those of Linux's boot protocol.
unpacked() {
	[ ! -s "$tmp/vmlinux-$1" ] || return 0
	unpacked_from=$parts/$1/vmlinuz
	unpacked_setup=$(od -An -tu1 -j 497 -N 1 "$unpacked_from")
	# shellcheck disable=SC2046 # two numbers
	set -- "$1" $(od -An -tu4 -j 584 -N 8 "$unpacked_from")
	# The last four bytes of the payload are its size.
	tail -c +$(((unpacked_setup + 1) * 512 + $2 + 1)) "$unpacked_from" | head -c $(($3 - 4)) | xz -dc >"$tmp/vmlinux-$1"
}

# emulator COMMAND... [QEMU OPTION]...: runs the command, qemu or what runs it, with the options of the machine.
# Without a root of its own it gets the common one, and what it writes is thrown away.
emulator() {
	emulator_root=format=raw,cache=unsafe,file=$parts/root.img,snapshot=on
	[ -z "$disk_root" ] || emulator_root=format=raw,cache=unsafe,file=$disk_root
	# The log has the flushes, too; the files themselves need none.
	[ -z "$disk_log" ] || {
		: >"$disk_log"
		emulator_root=cache=writeback,driver=blklogwrites,log-super-update-interval=1
		emulator_root=$emulator_root,file.driver=raw,file.file.driver=file,file.cache.no-flush=on,file.file.filename=$disk_root
		emulator_root=$emulator_root,log.driver=raw,log.file.driver=file,log.cache.no-flush=on,log.file.filename=$disk_log
	}
	set -- "$@" -accel tcg -cpu "$cpu" -smp "$cpus" -m $((memory + spare)) -display none -vga none -no-reboot -net none \
		-drive "$emulator_root,$root_interface" \
		-drive "file=$tmp/payload.tar,if=virtio,format=raw,readonly=on"
	# What only costs time here: guards against neighbours and hardware, zeroing of memory, tests of the kernel by itself.
	emulator_quick='mitigations=off init_on_alloc=0 cryptomgr.notests'
	unpacked "$kernel"
	emulator_kernel=$tmp/vmlinux-$kernel emulator_initrd=${initrd:-$parts/$kernel/initrd}
	if [ "$under_xen" = no ]; then
		set -- "$@" -kernel "$emulator_kernel" -append "console=ttyS0 quiet $emulator_quick $kernel_options" -initrd "$emulator_initrd"
	else
		set -- "$@" -kernel "$parts/xen" \
			-append "console=com1 com1=115200,8n1 dom0_mem=${memory}M,max:${memory}M no-real-mode edd=off spec-ctrl=no bootscrub=0 $xen_options" \
			-initrd "$emulator_kernel console=hvc0 quiet $emulator_quick $kernel_options,$emulator_initrd"
	fi
	emulator_index=0
	for emulator_cd in $cds; do
		set -- "$@" -drive "file=$emulator_cd,if=ide,index=$emulator_index,media=cdrom,readonly=on"
		emulator_index=$((emulator_index + 1))
	done
	"$@"
}
