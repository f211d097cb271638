# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# shellcheck disable=SC2154 # out and status are those of tests/lib/tap.sh
# Does with a medium what the products' installers do before and while they install, no more and no less: their
# commands, their order, their idea of what is on the medium. From README.Repositoryformat; nothing of the kit
# is used here. The root that it runs in is a RAM disk as theirs: what is written there is gone after the boot.
#
#   look_around         finds the local media that hold a disk; prints DEVICE and file system
#   open_medium SOURCE  /dev/NAME, http://, ftp:// or nfs:PORT:/PATH
#   get NAME FILE       fetches a file of the medium
#   close_medium
#   xs_load, yum_load             the driver goes into the RAM disk, and is loaded
#   new_target DEVICE VERSION     a root with that version of the product, at /run/target; close_target
#   xs_install ROOT, yum_install ROOT  the disk goes into the target
medium=/run/medium
base=

# Everything removable and everything that is a disk, its partitions where it has some, read-only.
look_around() {
	mkdir -p $medium
	for look_disk in /sys/block/sd* /sys/block/sr* /sys/block/vd* /sys/block/nvme*; do
		[ -e "$look_disk" ] && [ "$(cat "$look_disk/size")" -gt 0 ] || continue
		set -- "$look_disk"/"${look_disk##*/}"*
		[ -e "$1" ] || set -- "$look_disk"
		for look_part; do
			for look_type in iso9660 vfat ext4; do
				mount -t $look_type -o ro "/dev/${look_part##*/}" $medium 2>/dev/null || continue
				[ ! -f $medium/XS-REPOSITORY ] && [ ! -f $medium/update.xml ] || echo "${look_part##*/} $look_type"
				umount $medium
				break
			done
		done
	done
}

# /dev/NAME says it all; a port other than the usual one is for the laboratory, where servers run beside others.
open_medium() {
	source=$1
	mkdir -p $medium
	case $source in
	/dev/*) mount -o ro "$source" $medium ;;
	nfs:*)
		open_port=${source#nfs:}
		# The program of nfs-common would only fill in the address.
		mount -i -t nfs4 -o "ro,soft,proto=tcp,port=${open_port%%:*},addr=10.0.2.2,clientaddr=10.0.2.15" \
			"10.0.2.2:${open_port#*:}" $medium
		;;
	esac || return 1
	for base in '' packages/ packages.main/ packages.linux/ packages.site/; do
		get XS-REPOSITORY /dev/null && return 0
		get update.xml /dev/null && return 0
	done
	return 1
}

get() {
	case $source in
	*://*) busybox wget -q -O "$2" "$source/$base$1" 2>/dev/null ;;
	*) cat "$medium/$base$1" >"$2" 2>/dev/null ;;
	esac
}

close_medium() {
	! mountpoint -q $medium || umount $medium
}

# elements NAME FILE: each element's attributes and text, one a line. A tag may be broken over lines.
elements() { tr '\n\t' '  ' <"$2" | sed "s/<$1 /\n&/g" | grep "^<$1 "; }
# tag NAME FILE: the first one's attributes alone.
tag() { elements "$1" "$2" | sed 's/>.*//; q'; }
attribute() { sed -n "s/.* $1=[\"']\([^\"']*\)[\"'].*/\1/p"; }

# The product's own packages are in the root already.
new_target() {
	mkdir -p /run/target
	mount "$1" /run/target
	for target_dir in dev proc sys; do mount --bind /$target_dir /run/target/$target_dir; done
	mkdir -p /run/target/etc/xensource/installed-repos/debian:main
	echo "<repository originator=\"debian\" name=\"main\" product=\"debian\" version=\"$2\"><description>base</description></repository>" \
		>/run/target/etc/xensource/installed-repos/debian:main/XS-REPOSITORY
}

close_target() { umount /run/target/sys /run/target/proc /run/target/dev /run/target; }

# --- the XML format -------------------------------------------------------------------------------------

# Sets identifier, and writes "TYPE SIZE MD5 KERNEL FILE" of each package to /tmp/packages.
xs_read() {
	get XS-REPOSITORY /tmp/repository && get XS-PACKAGES /tmp/package-list || return 1
	identifier=$(tag repository /tmp/repository | attribute originator):$(tag repository /tmp/repository | attribute name)
	elements package /tmp/package-list | while read -r xs_line; do
		for xs_name in type size md5 kernel; do
			printf '%s ' "$(printf '%s\n' "${xs_line%%>*}" | attribute $xs_name)"
		done
		xs_line=${xs_line#*>}
		echo "${xs_line%%<*}"
	done >/tmp/packages
}

xs_load() {
	xs_read || return 1
	mkdir -p /tmp/drivers
	while read -r type size md5 kernel file; do
		case $type in driver*) ;; *) continue ;; esac
		[ "$kernel" = any ] || [ "$kernel" = "$(uname -r)" ] || continue
		get "$file" "/tmp/drivers/$file" || return 1
		[ "$(wc -c <"/tmp/drivers/$file") $(md5sum <"/tmp/drivers/$file")" = "$size $md5  -" ] || {
			echo "$file appears damaged"
			return 1
		}
		rpm -i --force-debian "/tmp/drivers/$file" && depmod || return 1
		for ko in $(rpm -qlp "/tmp/drivers/$file" | grep '\.ko$'); do
			xs_module=$(basename "$ko" .ko | tr - _)
			! grep -q "^$xs_module " /proc/modules || continue
			for xs_needed in $(modinfo -F depends "$ko" | tr , ' '); do
				grep -q "^$xs_needed " /proc/modules || modprobe "$xs_needed" || return 1
			done
			insmod "$ko" || return 1
			echo "loaded $xs_module"
		done
	done </tmp/packages
}

# xs_install ROOT: after the product itself has gone into it.
xs_install() {
	xs_read || return 1
	elements requires /tmp/repository >/tmp/requires || :
	while read -r xs_line; do
		xs_name=$(printf '%s\n' "$xs_line" | attribute originator):$(printf '%s\n' "$xs_line" | attribute name)
		xs_want=$(printf '%s\n' "$xs_line" | attribute version)
		xs_have=$(tag repository "$1/etc/xensource/installed-repos/$xs_name/XS-REPOSITORY" | attribute version)
		[ "$xs_have" = "$xs_want" ] || {
			echo "Repository dependency error: $identifier requires $xs_name eq $xs_want"
			return 1
		}
	done </tmp/requires
	while read -r type size md5 kernel file; do
		get "$file" "$1/tmp/$file" || return 1
		xs_name=$(chroot "$1" rpm -q --qf '%{NAME}' -p "tmp/$file")
		xs_version=$(chroot "$1" rpm -q --qf '%{VERSION}-%{RELEASE}' -p "tmp/$file")
		[ "$(chroot "$1" rpm -q --qf '%{VERSION}-%{RELEASE}' "$xs_name")" = "$xs_version" ] ||
			XS_INSTALLATION=1 chroot "$1" rpm -U --force-debian "tmp/$file" || return 1
		rm "$1/tmp/$file"
	done </tmp/packages
	mkdir -p "$1/etc/xensource/installed-repos/$identifier"
	get XS-REPOSITORY "$1/etc/xensource/installed-repos/$identifier/XS-REPOSITORY"
	get XS-PACKAGES "$1/etc/xensource/installed-repos/$identifier/XS-PACKAGES"
}

# --- the yum format -------------------------------------------------------------------------------------

yum() {
	mkdir -p /tmp/repos
	yum_url=file://$medium
	case $source in *://*) yum_url=$source ;; esac
	printf '[main]\nreposdir=/tmp/repos\ncachedir=/run/yuminstaller\nlogdir=/run\ngpgcheck=0\ndiskspacecheck=0\ngroup_command=compat\n' >/tmp/dnf.conf
	printf '[disk]\nname=disk\nbaseurl=%s/%s\n' "$yum_url" "$base" >/tmp/repos/disk.repo
	XS_INSTALLATION=1 dnf -y --config=/tmp/dnf.conf --releasever=8 --setopt=module_platform_id=platform:el8 "$@"
}

# No insmod by the installer: the packages' depmod, and udev, load what the machine has.
yum_load() {
	get update.xml /tmp/update.xml || return 1
	yum group list --ids | grep '(drivers)' || return 1
	yum --installroot=/ install @drivers || return 1
	udevadm trigger --action=add
	udevadm settle --timeout=60
}

yum_install() {
	get update.xml /tmp/update.xml || return 1
	yum --installroot="$1" install "$(tag update /tmp/update.xml | attribute control)" \
		"update-$(tag update /tmp/update.xml | attribute name-label)"
}
