#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Hosts that the disk is not for, or that cannot take it: the right words, the right exit status, and the host
# stays as it was. Only a disk that becomes full while rpm writes is found out too late for that.

# refused NAME STATUS ERE [ARGS]: install.sh says no in those words, and no inode of the root has changed.
refused() {
	step "$1"
	refused_name=$1 refused_status=$2 refused_words=$3
	shift 3
	[ $# -gt 0 ] || set -- --yes
	root_times >/tmp/times.before
	install_sh "$@"
	is "$refused_name: status" "$status" "$refused_status"
	like "$refused_name: message" "$err" "$refused_words"
	root_times >/tmp/times.after
	same "$refused_name: nothing has changed" /tmp/times.before /tmp/times.after
}

# copy_disk: the disk, where it can be damaged.
copy_disk() {
	rm -rf /tmp/disk
	cp -R /mnt /tmp/disk
	chmod -R u+w /tmp/disk
	cd=/tmp/disk
}

# The disk's data package runs /tmp/fill, where there is one, when rpm has begun: something else on the host takes the
# room that install.sh saw.
full_meanwhile() {
	step "the root becomes full while rpm runs"
	cat >/tmp/fill <<-'FILL'
	fallocate -l "$(df -k --output=avail / | tail -n 1 | tr -d " ")K" /var/full
	dd if=/dev/zero of=/var/full2 bs=1024 2>/dev/null
	sync
	FILL
	install_sh --yes
	ok "full while rpm runs: the room was taken" test "$(df -k --output=avail / | tail -n 1 | tr -d " ")" -lt 1000
	is "full while rpm runs: status" "$status" 1
	like "full while rpm runs: rpm's words" "$err" '^rpm: error: '
	like "full while rpm runs: message" "$err" '^FATAL: rpm failed: packages may be installed in part: the disk is full: make room there and run this again'
	rm /tmp/fill
	run rpmdb --verifydb
	is "full while rpm runs: the database" "$status$out$err" 0
	like "full while rpm runs: it knows the host" "$(rpm -qa)" '^kernel-6'
	install_sh --yes
	is "full all the time: refused" "$status" 1
	like "full all the time: message" "$err" '^FATAL: .* has [0-9]+ KiB free, [0-9]+ are needed: make room there'
	rm /var/full /var/full2
	install_sh --yes
	is "room again: a second run goes on" "$status$err" 0
	run rpmdb --verifydb
	is "room again: the database" "$status$out$err" 0
	is "room again: the packages" "$(rpm -qa 'helloworld*' --qf '%{NAME}\n' | sort | tr '\n' ' ')" "$1"
	is "room again: rpm -V" "$(rpm -qa 'helloworld*' | xargs rpm -V 2>&1)" ""
	is "room again: nothing half-made is left" "$(find / -xdev -path /tmp -prune -o \( -name '*;????????' -o -name '.vendor*' \) -print)" ""
	install_sh --uninstall --yes
	is "room again: --uninstall" "$status$err" 0
	is "room again: no package is left" "$(rpm -qa 'helloworld*')" ""
}

refusals() {
	mount_cd
	rpms=$(cd $cd && echo *.rpm)
	cp /etc/os-release /tmp/os-release

	cat >/etc/xensource-inventory <<-'INVENTORY'
	PRODUCT_BRAND='XenServer'
	PRODUCT_VERSION='6.5.0'
	PLATFORM_NAME='XCP'
	INVENTORY
	refused "another product" 2 "^Error: /etc/xensource-inventory: the product is 'XenServer' \('XCP'\), this disk is for 'debian': get the disk for this product"
	rm /etc/xensource-inventory

	sed -i 's/12/11/' /usr/lib/os-release
	refused "another version" 2 "^Error: unsatisfied dependency debian:main eq 12 \(/etc/os-release says '11'\): get the disk for this version"
	cat /tmp/os-release >/usr/lib/os-release

	# The disk fits the product; no kernel here is one of its own. That is said, and is no fault.
	umount $cd
	mount_cd /dev/sr1
	step "another kernel"
	install_sh --check
	is "another kernel: --check: status" "$status$err" 0
	like "another kernel: it is not covered" "$out" "^  kernel $k1 \(running\): NOT covered by this disk"
	like "another kernel: the disk's own is not here" "$out" "^  kernel $k2: not installed here; its modules are installed for later"
	run sh $cd/install.sh --status
	is "another kernel: --status: status" "$status" 1
	like "another kernel: --status" "$out" "^$k1 \(running\): NOT covered"
	full_meanwhile "helloworld-data helloworld-modules-xen-$k2 "

	umount $cd
	mount_cd /dev/sr2
	refused "a missing dependency" 1 "^FATAL: missing dependency acme:base: install that disk first"
	umount $cd
	mount_cd /dev/sr0

	module=$(cd $cd && echo helloworld-modules-xen-*.rpm)
	copy_disk
	printf X | dd of="$cd/$module" bs=1 seek=9000 conv=notrunc 2>/dev/null
	refused "a damaged package" 1 "^FATAL: MD5 mismatch on $module \(expected [0-9a-f]{32}\): the copy is damaged: copy it again"
	copy_disk
	truncate -s 9000 "$cd/$module"
	refused "a package cut short" 1 "^FATAL: $module has 9000 bytes, not [0-9]+: the copy is not whole: copy it again"
	rm "$cd/$module"
	refused "a package that is not there" 1 "^FATAL: $module missing: /tmp/disk does not hold the whole disk: copy all of it"
	cd=/mnt

	mount -o remount,ro /
	refused "a read-only root" 1 '^FATAL: .*: mount it read-write'
	mount -o remount,rw /

	fallocate -l "$(df -k --output=avail / | tail -n 1 | tr -d " ")K" /var/full
	refused "a full disk" 1 '^FATAL: .* has [0-9]+ KiB free, [0-9]+ are needed: make room there'
	rm /var/full

	mv /var/lib/rpm /var/lib/rpm.away
	refused "no rpm database" 1 '^FATAL: /var/lib/rpm: no rpm database: this is no host that takes RPMs'
	mkdir /var/lib/rpm
	rpm --initdb
	refused "an empty rpm database" 1 '^FATAL: /var/lib/rpm: the rpm database is empty: run rpm --rebuilddb'
	rm -r /var/lib/rpm
	mv /var/lib/rpm.away /var/lib/rpm
	head -c 20000 /dev/urandom >/tmp/noise
	cp /var/lib/rpm/rpmdb.sqlite /tmp/rpmdb
	dd if=/tmp/noise of=/var/lib/rpm/rpmdb.sqlite conv=notrunc 2>/dev/null
	rm -f /var/lib/rpm/rpmdb.sqlite-*
	refused "a damaged rpm database" 1 '^FATAL: /var/lib/rpm: the rpm database cannot be read .*: run rpm --rebuilddb'
	cat /tmp/rpmdb >/var/lib/rpm/rpmdb.sqlite

	step "the host is as good as ever"
	install_sh --yes
	is "the disk goes in" "$status$err" 0
	is "all of it" "$(rpm -qa | grep -c helloworld)" "$(set -- $rpms; echo $(($# - 2)))"
	the_end
}

. "$(dirname "$0")/lib.sh"
example_disk disk
first=$iso
copy_example needs
set_value "$tmp/needs/disk.mk" REQUIRES 'acme:base ge 1.0'
set_value "$tmp/needs/disk.mk" LABEL needs
set_value "$tmp/needs/disk.mk" EXCLUDE.kdump 'no capture kernel here'
example_disk needs
needs=$iso
second_headers
copy_example other
printf '%s\n' '%pre' '[ ! -e /tmp/fill ] || sh /tmp/fill' >>"$tmp/other/specs/helloworld-data.spec"
example_disk other KERNELS.xen="$headers2" LABEL=other EXCLUDE.kdump='no capture kernel here' 
cds="$first $iso $needs" settings=udev=no
boot refusals
done_testing
