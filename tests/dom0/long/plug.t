#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The plug is pulled while a disk goes in, is replaced by a newer one, and goes out. Before rpm has begun nothing
# has changed; after that a second run finishes forward.
#
# One boot does all three while QEMU logs what reaches the disk. Each moment of power loss is then made from the
# log: all that was written up to it, or, with a cache seed, only what the disk had been told to flush and some
# of the rest. A second boot for each action finds the disks as they were left, and finishes. One more machine is
# killed for real, while the first disk goes in.
#   PLUG_MOMENTS=N  so many moments after rpm has begun, for each action (2)
#   PLUG_SEED=N     chooses the same moments again
#   PLUG_LOG=FILE PLUG_AT="ACTION:PHASE:ENTRIES:CACHE-SEED ..."  the moments of an earlier run, which keeps its log,
#                   and the two disks beside it, when it fails
# shellcheck disable=SC2034,SC2154 # variables of lib.sh, and settings of a boot

# --- in dom0 --------------------------------------------------------------------------------------------

# A sector behind the file system tells the log what goes on. The file system is not flushed for it.
mark() {
	printf '%s\n' "$*" | dd of=/dev/vda bs=512 seek="$end" conv=sync,notrunc oflag=direct 2>/dev/null
}

act() {
	step "$1"
	umount $cd 2>/dev/null
	mount_cd "$2"
	act_name=$1
	shift 2
	sync
	mark "begin $act_name"
	PATH=/run/lab/given:$PATH install_sh --yes "$@"
	is "$act_name" "$status" 0 || note "$out
$err"
	sync
	mark "end $act_name"
}

record() {
	chmod 755 $given/rpm $given/sync
	act install /dev/sr0
	act upgrade /dev/sr1
	act uninstall /dev/sr1 --uninstall
	the_end
}

# What a tree holds, the insides of the rpm database aside.
tree() {
	find "$1" -xdev \( -path "$1/var/lib/rpm/*" -o -path "$1/run" -o -path "$1/tmp" -o -path "$1/mnt" -o -path "$1/dev" \) -prune -o -printf '%P|%y|%m|%s|%T@|%l\n' | sort
	find "$1/etc" "$1/boot" "$1/lib/modules" -type f ! -path '*/kernel/*' -exec md5sum {} + | sort -k2
	chroot "$1" rpm -qa | sort
}

# Mounting finishes what the file system's journal holds, as the next start of the machine would.
plug_in() {
	mkdir -p "$1"
	mount -t ext4 "$2" "$1" || return 1
	for plug_dir in dev proc sys; do mount --bind /$plug_dir "$1/$plug_dir"; done
	mount -t tmpfs none "$1/run"
	mount -t tmpfs none "$1/tmp"
	mount --bind $cd "$1/mnt"
}

plug_out() {
	umount "$1/mnt" "$1/tmp" "$1/run" "$1/sys" "$1/proc" "$1/dev" "$1"
}

# What must be so after the second run.
finished() {
	case $action in
	uninstall)
		is "$at: nothing is left" "$(chroot "$root" rpm -qa | grep helloworld
			find "$root/lib" "$root/etc" -name '*helloworld*' -o -name installed-repos -o -name '*.rpmsave')" ""
		return
		;;
	install) finished_version=1.0 ;;
	upgrade) finished_version=1.1 ;;
	esac
	is "$at: the packages" "$(chroot "$root" rpm -qa --qf '%{NAME} %{VERSION}\n' | grep helloworld | sort)" \
		"helloworld-data $finished_version
helloworld-modules-kdump-$kdump $finished_version
helloworld-modules-xen-$k1 $finished_version"
	is "$at: rpm -V" "$(chroot "$root" rpm -qa 'helloworld*' | xargs chroot "$root" rpm -V 2>&1)" ""
	run chroot "$root" sh /mnt/install.sh --status
	is "$at: --status" "$status" 0 || note "$out $err"
	ok "$at: the record" cmp "$cd/install.sh" "$root/etc/xensource/installed-repos/vendor:helloworld/install.sh"
	is "$at: nothing half-made is left" "$(find "$root" -xdev -name '.vendor*' -o -name '*.rpmnew' -o -name '*;*' -o -name 'ddk-install.lock')" ""
}

# What tells one moment from another: configuration, records, modules, firmware, the database.
state() {
	find "$1/etc" "$1/lib/modules" "$1/lib/firmware" "$1/var/lib/rpm" -type f ! -path '*/kernel/*' -exec md5sum {} + | sort -k2 | md5sum | cut -d' ' -f1
}

# Packages of one version and the record of another: --status knows, whatever disk it came from.
status_knows() {
	record=$root/etc/xensource/installed-repos/vendor:helloworld
	[ -f "$record/packages" ] || return 0
	recorded=$(sed -n 's/^package [a-z]* \([^ ]*\) [^ ]* \([^ ]*\) \([^ ]*\) .*/\1-\2-\3/p' "$record/packages" | sort)
	have=$(chroot $root rpm -qa 'helloworld*' --qf '%{NAME}-%{VERSION}-%{RELEASE}\n' | sort)
	run chroot $root sh "${record#"$root"}/install.sh" --status
	if [ "$recorded" = "$have" ]; then
		unlike "$at: --status: the record is of these packages" "$out" '^NOT finished'
	else
		is "$at: --status: the record is not of these packages" "$status" 1
		like "$at: --status says so" "$out" '^NOT finished: helloworld-'
		like "$at: --status says what to do" "$out" '^Install that disk again'
		unrecorded=$((unrecorded + 1))
	fi
}

finish() {
	mount_cd "/dev/$medium"
	root=/run/root unrecorded=0
	set -- $moments
	for disk in /dev/vd[c-z]; do
		[ -b "$disk" ] || continue
		action=${1%%:*} at=$1
		shift
		step "$at"
		ok "$at: the file system" plug_in $root "$disk" || continue
		case $at in
		*:begin:*) tree $root >/tmp/before ;;
		*:before-rpm:*)
			tree $root >/tmp/after
			same "$at: nothing has changed" /tmp/before /tmp/after
			;;
		esac
		run chroot $root rpmdb --verifydb
		is "$at: rpm --verifydb" "$status$out$err" 0
		like "$at: the database knows the kernel" "$(chroot $root rpm -qa 2>&1)" "^kernel-6"
		option=
		[ "$action" != uninstall ] || option=--uninstall
		case $at in
		*:rpm:* | *:killed:*)
			step "$at: state $(state $root)"
			status_knows
			run chroot $root sh /mnt/install.sh --yes $option
			is "$at: a second run" "$status" 0 || note "$out
$err"
			finished
			;;
		esac
		plug_out $root
	done
	is "every moment had its disk" "$#" 0
	[ "$action:$replay" != upgrade:no ] || ok "the older record was met" test "$unrecorded" -gt 0
	the_end
}

# shellcheck source=../lib.sh
. "$(dirname "$0")/../lib.sh"

# --- on the host ----------------------------------------------------------------------------------------

: "${PLUG_MOMENTS:=2}" "${PLUG_SEED:=$(date +%s)}" "${PLUG_AT:=}"
log=${PLUG_LOG:-$results/plug.log}
disks=$(dirname "$log")
kdump=$(cat "$parts/kdump")
gcc -O2 -o "$tmp/powerloss" "$kit/tests/dom0/powerloss.c"
disk_size=$(stat -c %s "$parts/root.img")

# Sets number to one below $1; the same ones again for the same seed.
random() {
	PLUG_SEED=$(((PLUG_SEED * 1103515245 + 12345) % 2147483648))
	number=$((PLUG_SEED / 65536 % ($1 > 0 ? $1 : 1)))
}

# entry MARK: its place in the log.
entry() { sed -n "s/^\([0-9]*\) mark $*\$/\1/p" "$tmp/list"; }

# after ENTRY MARK: the first such mark's place from there on.
after() {
	sed -n "s/^\([0-9]*\) mark $2\$/\1/p" "$tmp/list" | while read -r n; do
		[ "$n" -lt "$1" ] || {
			echo "$n"
			break
		}
	done
}

# choose ACTION: sets at to its moments. One of them is when the packages are on the disk and the record is not.
choose() {
	choose_begin=$(entry "begin $1")
	choose_end=$(entry "end $1")
	choose_rpm=$(after "$choose_begin" rpm)
	at="$1:begin:$choose_begin:-"
	random $((choose_rpm - choose_begin))
	at="$at $1:before-rpm:$((choose_begin + 1 + number)):$PLUG_SEED $1:before-rpm:$choose_rpm:-"
	at="$at $1:rpm:$(after "$choose_rpm" synced):-"
	choose_n=1
	while [ "$choose_n" -lt "$PLUG_MOMENTS" ]; do
		random $((choose_end - choose_rpm - 1))
		choose_cache=-
		[ $((choose_n % 2)) -eq 0 ] || choose_cache=$PLUG_SEED
		at="$at $1:rpm:$((choose_rpm + 1 + number)):$choose_cache"
		choose_n=$((choose_n + 1))
	done
}

# pull MOMENT FILE: the disk as it was left.
pull() {
	pull_where=${1#*:*:}
	cp --sparse=always "$parts/root.img" "$2"
	set -- "$2" "${pull_where%:*}" "${pull_where#*:}"
	[ "$3" != - ] || set -- "$1" "$2"
	"$tmp/powerloss" "$log" "$@"
}

if [ -z "${PLUG_LOG:-}" ]; then
	example_disk disk
	cp "$iso" "$disks/plug-1.0.iso"
	for value in RPM.VERSION DATA.RPM.VERSION DISK.VERSION; do
		set_value "$tmp/disk/disk.mk" "$value" 1.1
	done
	for kind in modules/helloworld data/helloworld-data; do
		mv "$tmp/disk/$kind-1.0" "$tmp/disk/$kind-1.1"
	done
	example_disk disk
	cp "$iso" "$disks/plug-1.1.iso"
fi

# Tells the log when rpm begins, if it is one that changes the host, and when all is on the disk.
cat >"$tmp/rpm" <<END
#!/bin/sh
case " \$* " in
*' --test '*) ;;
*' -Uv '* | *' -ev '*)
	echo "# step: rpm" >/dev/ttyS1
	printf 'rpm\n' | dd of=/dev/vda bs=512 seek=$((disk_size / 512)) conv=sync,notrunc oflag=direct 2>/dev/null
	;;
esac
exec /usr/bin/rpm "\$@"
END
cat >"$tmp/sync" <<END
#!/bin/sh
/usr/bin/sync
printf 'synced\n' | dd of=/dev/vda bs=512 seek=$((disk_size / 512)) conv=sync,notrunc oflag=direct 2>/dev/null
END
give rpm "$tmp/rpm"
give sync "$tmp/sync"
settings="udev=no end=$((disk_size / 512))"
cds="$disks/plug-1.0.iso $disks/plug-1.1.iso"
if [ -z "${PLUG_LOG:-}" ]; then
	machine plug
	truncate -s +4096 "$disk_root"
	disk_log=$log
	rm -f "$log"
	boot record
	disk_log='' disk_root=''
	rm "$tmp/plug.img"
fi
"$tmp/powerloss" "$log" "$parts/root.img" >"$tmp/list"

# The machine that is killed. How long after rpm has begun is a matter of luck, and printed.
note "PLUG_SEED=$PLUG_SEED; $(tail -n 1 "$tmp/list" | cut -d' ' -f1) writes and flushes"
random 3000
if [ -z "${PLUG_LOG:-}" ]; then
	machine killed
	delay=$(printf '%d.%03d' $((number / 1000)) $((number % 1000)))
	# shellcheck disable=SC2317 # boot calls it
	at_step() {
		[ "$1" != rpm ] || (sleep "$delay" && kill -9 "$(cat "$tmp/pid")") &
	}
	dies=yes
	boot record -pidfile "$tmp/pid"
	dies=no disk_root=''
fi
at_step() {
	case $1 in
	*': state '*) echo "$1" >>"$tmp/states" ;;
	esac
}

under_xen=no
for action in install upgrade uninstall; do
	if [ -n "$PLUG_AT" ]; then
		at=$(printf '%s\n' $PLUG_AT | grep "^$action:" | tr '\n' ' ')
		[ -n "$at" ] || continue
	else
		choose "$action"
	fi
	note "PLUG_AT=\"$at\""
	set --
	[ "$action" != install ] || [ -n "${PLUG_LOG:-}" ] || at="$at install:killed:$delay:-"
	n=0
	for moment in $at; do
		case $moment in
		*:killed:*) mv "$tmp/killed.img" "$tmp/$n.disk" ;;
		*) pull "$moment" "$tmp/$n.disk" ;;
		esac
		set -- "$@" -drive "file=$tmp/$n.disk,if=none,id=left$n,format=raw,cache=unsafe" \
			-device "virtio-blk-pci,drive=left$n,addr=$(printf %x $((16 + n)))"
		n=$((n + 1))
	done
	case $action in
	install) medium=sr0 ;;
	*) medium=sr1 ;;
	esac
	replay=no
	[ -z "$PLUG_AT" ] || replay=yes
	settings="udev=no kdump=$kdump medium=$medium moments='$at' replay=$replay"
	boot finish "$@"
	rm "$tmp"/*.disk
done

# A seed and a moment are the same again, as whoever looks for a fault needs them.
if [ -z "${PLUG_LOG:-}" ]; then
	again=$(sed -n '/^upgrade:rpm:[0-9]*:[0-9]/{s/: state .*//p;q;}' "$tmp/states")
	isnt "a moment with a seed was among them" "$again" ""
	run env dom0_parts="$parts" PLUG_LOG="$log" PLUG_AT="${again:-none}" "$0"
	is "$again, once more" "$status" 0 || note "$out
$err" >&2
	is "it is the same moment" "$(echo "$out" | sed -n 's/^# [0-9]*s \(.*: state \)/\1/p')" "$(grep "^$again: state " "$tmp/states")"
	[ "$tap_failed" -gt 0 ] || rm "$log" "$disks/plug-1.0.iso" "$disks/plug-1.1.iso"
fi
done_testing
