# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# A scenario is one file, read on both sides: functions that run in dom0, then this file, then what the host
# does. In the guest this file runs the one function that was asked for, and ends. README.md has an example.
#
# In the guest, beside tests/lib/tap.sh:
#   the_end            the last word of the function: without it the guest stopped half-way
#   step TEXT          says what comes next; when the guest hangs, the host tells where
#   mount_cd [DEVICE]  mounts a CD at $cd
#   install_sh ARGS    runs the disk's install.sh; sets out, err, status
#   root_digests, root_times, root_names  what the root holds: contents; times, changes of inodes included; names
#   same NAME FILE FILE  compares two such lists
#   pci_device IDS     the sysfs folder of a PCI device, such as 1234:11e8
# On the host:
#   example_disk NAME [SETTING...]  builds a copy of the example disk; sets iso
#   driver_disk NAME SOURCE [SETTING...]  a disk made of Debian's package of a driver's source, or of a folder; sets iso
#   kernel_driver FOLDER FILE...    such a folder, with files of the kernel's own source; its Kbuild is read from stdin
#   second_headers                  the headers of the second kernel; sets headers2
#   guest_kernels                   an image with kernels for guests of dom0, unpacked: vmlinux, and vmlinux-hvm; sets
#                                   guest_kernels to the emulator's options, which make it the last disk
#   machine NAME       a root that is kept from one boot to the next; without it each boot has a fresh one
#   give NAME FILE     a file for the guest, at $given/NAME
#   boot FUNCTION [QEMU OPTION]...  boots, runs the function in the guest, takes over its results; fails when the
#     guest did not come to its end
#     cds="ISO ..." (/dev/sr0 and so on) kernel=UNAME under_xen=no bound=SECONDS memory=MB spare=MB cpu=TYPE cpus=N xen_options= kernel_options= settings="name=value ..." change it
#     settings="udev=no ...": no udev, which starts a boot some seconds earlier; the drives are there all the same
#     dies=yes: the guest is killed, see at_step; what it said until then counts
case $0 in
*/long/*) tests=$(dirname "$0")/../.. ;;
*) tests=$(dirname "$0")/.. ;;
esac

# --- in dom0 --------------------------------------------------------------------------------------------

if [ -n "${function:-}" ]; then
	set -u
	# shellcheck source=../lib/tap.sh
	. "$tests/lib/tap.sh"
	: "${lab:=/run/lab}"
	cd=/mnt at_end=no
	# shellcheck disable=SC2034 # for the scenarios
	given=$lab/given
	# shellcheck source=/dev/null
	. "$lab/conf"

	the_end() { at_end=yes; }

	step() { echo "# step: $*"; }

	mount_cd() {
		cd_tries=0
		until [ -b "${1:-/dev/sr0}" ] || [ "$cd_tries" -ge 100 ]; do
			sleep 0.1
			cd_tries=$((cd_tries + 1))
		done
		mount -t iso9660 -o ro "${1:-/dev/sr0}" "$cd"
	}

	install_sh() { run sh "$cd/install.sh" "$@"; }

	# What rpm leaves beside its database when it reads is no change of the host.
	root_find() { find / -xdev \( -path /root -o -path /mnt -o -path /tmp -o -path /run -o -name 'rpmdb.sqlite-*' -o -name .rpm.lock \) -prune -o "$@"; }
	# Digests cost time here; programs, libraries and the kernel's own modules are left to root_times.
	root_digests() {
		root_find \( -path '/usr/*bin' -o -path '/usr/lib/*-linux-gnu' -o -path '/usr/lib/xen-*' -o -path '/usr/lib/python*' -o \
			-path '/lib/modules/*/kernel' -o -path '/usr/lib/modules/*/kernel' -o -path /usr/share \) -prune -o -type f -exec md5sum {} + | sort -k2
	}
	root_times() { root_find ! -path /var/lib/rpm -printf '%p|%y|%m|%U|%G|%T@|%C@|%l\n' | sort; }
	root_names() { root_find -path /var/lib/rpm/\* -prune -o -printf '%p|%y|%m|%U|%G|%l\n' | sort; }

	# same NAME BEFORE AFTER: two files with the above; says what differs.
	same() {
		if cmp -s "$2" "$3"; then pass "$1"; else fail "$1" "$(diff "$2" "$3" | head -n 20)"; fi
	}

	pci_device() {
		for folder in /sys/bus/pci/devices/*; do
			[ "$(cat "$folder/vendor"):$(cat "$folder/device")" != "0x${1%:*}:0x${1#*:}" ] || {
				echo "$folder"
				return 0
			}
		done
		return 1
	}

	# The capture kernel goes on with the results, in a plan of its own.
	crash_now() {
		step "crashing"
		[ "$tap_failed" -eq 0 ] || done_testing
		printf '1..%d\n' "$tap_count"
		sync
		echo 1 >/proc/sys/kernel/sysrq
		echo c >/proc/sysrq-trigger
		sleep 5
		fail "a crash is the end"
	}

	"$function"
	[ "$at_end" = yes ] || fail "$function came to its end" "it stopped before the_end" || :
	done_testing
fi

# --- on the host ----------------------------------------------------------------------------------------

scenario=${0#"$tests/"}
scenario=$(cd "$(dirname "$0")" && pwd)/${0##*/}
# shellcheck source=../disk/lib.sh
. "$tests/disk/lib.sh"
scenario=${scenario#"$kit/tests/dom0/"}
results=$kit/out/check/dom0
mkdir -p "$results"

command -v qemu-system-x86_64 >/dev/null || skip_all "qemu-system-x86_64 is not installed; make lab-deps installs it"
# shellcheck source=machine.sh
. "$tests/dom0/machine.sh"
bound=${DOM0_BOUND:-} dies=no
mkdir -p "$tmp/payload/given"

example_disk() {
	example_name=$1
	shift
	[ -d "$tmp/$example_name" ] || copy_example "$example_name"
	run build "$tmp/$example_name" -j2 "$@" build-isos
	built_iso "$example_name"
}

driver_disk() {
	driver_name=$1 driver_source=$2
	shift 2
	[ -d "$driver_source" ] || driver_source=$(find "$parts/debs" -name "${driver_source}_*.deb")
	run make -C "$kit" --no-print-directory new DISK="$tmp/$driver_name" SOURCE="$driver_source"
	[ "$status" -ne 0 ] || run build "$tmp/$driver_name" -j2 "$@" build-isos
	built_iso "$driver_name"
}

kernel_driver() {
	kernel_driver=$1
	shift
	mkdir "$kernel_driver"
	dpkg-deb --fsys-tarfile "$(find "$parts/debs" -name 'linux-source-*.deb')" 2>/dev/null | tar -xO --wildcards './usr/src/linux-source-*.tar.xz' |
		xz -dc | (
		for kernel_file; do
			shift
			set -- "$@" "*/$kernel_file"
		done
		tar -x --occurrence=1 --transform='s,.*/,,' -C "$kernel_driver" --wildcards "$@"
	)
	cat >"$kernel_driver/Kbuild"
}

# built_iso NAME: takes over what the last build made.
built_iso() {
	iso=$(find "$tmp/$1/out/debian-12" -maxdepth 2 -name '*.iso' 2>/dev/null)
	[ "$status" -ne 0 ] || [ ! -f "$iso" ] || return 0
	fail "$1: the disk builds" "$out
$err"
	done_testing
}

second_headers() {
	mkdir "$tmp/second"
	: >"$tmp/second/disk.mk"
	run make -C "$kit" --no-print-directory import-kernel DISK="$tmp/second" DEB="$(find "$parts/debs" -name "linux-headers-${k2%-amd64}-*" | tr '\n' ' ')"
	# shellcheck disable=SC2034 # for the scenarios
	headers2=$tmp/second/kernels/$k2
	ok "the headers of $k2 are imported" test -d "$headers2"
}

# The device model of an HVM guest reads a packed kernel byte by byte through a port, for minutes; an ELF file is written
# into the guest's memory. It is a program for i386 and wants one for that, though it knows those of 64 bits.
guest_kernels() {
	unpacked "$k1"
	mkdir "$tmp/guest-kernels"
	cp "$tmp/vmlinux-$k1" "$tmp/guest-kernels/vmlinux"
	cp "$tmp/vmlinux-$k1" "$tmp/guest-kernels/vmlinux-hvm"
	printf '\003' | dd of="$tmp/guest-kernels/vmlinux-hvm" bs=1 seek=18 conv=notrunc 2>/dev/null
	mke2fs -q -t ext4 -O ^has_journal -d "$tmp/guest-kernels" "$tmp/guest-kernels.img" 192M
	rm -r "$tmp/guest-kernels"
	guest_kernels="-drive if=none,id=guest-kernels,format=raw,readonly=on,file=$tmp/guest-kernels.img"
	guest_kernels="$guest_kernels -device virtio-blk-pci,drive=guest-kernels,addr=1e"
}

machine() {
	disk_root=$tmp/$1.img
	cp --sparse=always "$parts/root.img" "$disk_root"
}

give() { cp "$2" "$tmp/payload/given/$1"; }

# Seconds that a boot may take: 300, and more where the processors have other work as well.
patience() { awk -v cpus="$(nproc)" '{ print int(300 * (1 + $1 / cpus)) }' /proc/loadavg; }

# Processor seconds of all that this test has started and that has ended, which no other work on the host blurs.
cpu_seconds() {
	times >"$tmp/times"
	sed -n '2s/[ms ]/ /gp' "$tmp/times" | awk '{ print int(($1 + $3) * 60 + $2 + $4) }'
}

# at_step TEXT: a scenario may act when the guest announces a step.
at_step() { :; }

boot() {
	boot_function=$1 boot_bound=${bound:-$(patience)}
	shift
	boot_name=${scenario%.t}-$boot_function
	boot_console=$results/$(echo "$boot_name" | tr / -).console
	pack "$boot_function" "$scenario"
	mkfifo "$tmp/line"
	cpu_seconds >"$tmp/cpu"
	emulator timeout -k 5 "$boot_bound" qemu-system-x86_64 -monitor none -serial "file:$boot_console" -serial stdio "$@" </dev/null >"$tmp/line" 2>"$tmp/qemu.err" &
	boot_qemu=$!
	boot_step='starting Xen and dom0' boot_began=$(date +%s) boot_count=0 boot_plan='' boot_end='' boot_bad=0
	while IFS= read -r boot_line; do
		boot_take "$(printf %s "$boot_line" | tr -d '\r')"
	done <"$tmp/line"
	boot_status=0
	wait "$boot_qemu" || boot_status=$?
	rm "$tmp/line"
	boot_judge
}

# boot_take LINE: one line of the guest's results.
boot_take() {
	case $1 in
	'ok '*'# SKIP '*) boot_text=${1#* - } && skip "${boot_text%% # SKIP*}" "${1##*# SKIP }" && boot_count=$((boot_count + 1)) ;;
	'ok '*) pass "${1#* - }" && boot_count=$((boot_count + 1)) ;;
	'not ok '*) fail "${1#* - }" || boot_count=$((boot_count + 1)) boot_bad=1 ;;
	1..*) boot_plan=$((boot_plan + ${1#1..})) ;;
	'# step: '*)
		boot_step=${1#'# step: '}
		note "$(($(date +%s) - boot_began))s $boot_step"
		at_step "$boot_step"
		;;
	'end '*) boot_end=${1#end } ;;
	# The guest's shell complains, and goes on: a word that does not exist, a variable that nobody set.
	*/tests/dom0/*.t:' '[0-9]*:' '*) fail "$boot_name: no word against the scenario" "$1" || boot_bad=1 ;;
	# tap.sh says these here as well.
	'# failed: '* | '# '*' tests failed') ;;
	# What follows a failure explains it.
	*) if [ "$boot_bad" -eq 1 ]; then diagnose "${1#'# '}"; else note "${1#'# '}"; fi ;;
	esac
}

boot_judge() {
	boot_before=$(cat "$tmp/cpu")
	cpu_seconds >"$tmp/cpu"
	note "$boot_name took $(($(date +%s) - boot_began))s, $(($(cat "$tmp/cpu") - boot_before))s of a processor"
	if [ "$dies" = yes ] && [ -z "$boot_end" ] && [ "$boot_status" -eq 137 ]; then
		note "killed in step: $boot_step"
		rm -f "$boot_console"
	elif [ -z "$boot_end" ]; then
		boot_why="the guest went away in step: $boot_step"
		[ "$boot_status" -ne 124 ] || boot_why="no end after $boot_bound s; the step that hangs: $boot_step"
		fail "$boot_name" "$boot_why
emulator: status $boot_status $(cat "$tmp/qemu.err")
console, in $boot_console:
$(tail -n 15 "$boot_console" 2>&1 | tr -d '\r')"
	elif [ "$boot_plan" != "$boot_count" ]; then
		fail "$boot_name" "planned ${boot_plan:-no plan}, seen $boot_count; console: $boot_console" || :
	elif [ "$boot_bad" -eq 1 ]; then
		diagnose "console: $boot_console"
	else
		rm -f "$boot_console"
	fi
}
