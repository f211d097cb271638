#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# variant.sh VARIANT DRIVER WORK JOBS: one way to build a driver's modules, from a clean start that clean-VARIANT makes;
# nothing, data and code are the kit's second make.
set -eu
variant=$1 driver=$2 jobs=$4
disk=$3/disks/$driver plain=$3/plain/$driver
IFS='|' read -r _ version source data <"$plain/driver"
IFS='|' read -r dkms_name dkms_version <"$plain/dkms/name"

# dkms keeps a signing key in its own folder, and goes by /etc/dkms: both are private ones here.
private_dkms() {
	namespace='unshare --mount'
	[ "$(id -u)" -eq 0 ] || namespace='unshare --mount --map-root-user'
	# shellcheck disable=SC2016 # the inner shell's
	$namespace sh -c 'mount --bind "$1/state" /var/lib/dkms && shift && exec dkms "$@"' sh "$plain/dkms" "$@" \
		--dkmstree "$plain/dkms/state" --sourcetree "$plain/dkms/source" -m "$dkms_name" -v "$dkms_version"
}

# One flavour after the other, as the guide of 2012 has it; $1 is rpmbuild's -j.
plain_way() {
	cd "$plain/rpm"
	mkdir -p SOURCES disk
	tar -C "${source%/*}" --transform "s,^${source##*/},$driver-$version," -czf "SOURCES/$driver-$version.tar.gz" "${source##*/}"
	[ -z "$data" ] || tar -C "${data%/*}" --transform "s,^${data##*/},$driver-data-$version," \
		-czf "SOURCES/$driver-data-$version.tar.gz" "${data##*/}"
	nodeps=
	[ ! -e /var/lib/dpkg/status ] || nodeps=--nodeps
	for spec in SPECS/*.spec; do
		rpmbuild -ba $nodeps --define "_topdir $PWD" --define "_smp_mflags -j$1" "$spec"
	done
	find RPMS SRPMS -name '*.rpm' -exec cp {} disk/ ';'
	genisoimage -quiet -r -J -joliet-long -V PLAIN -o plain.iso disk
	md5sum plain.iso >plain.md5
}

case $variant in
clean-kit) make -s -C "$disk" clean ;;
clean-limit)
	rm -rf "$plain/limit"
	mkdir "$plain/limit"
	while IFS='|' read -r flavour _ _; do cp -R "$source" "$plain/limit/$flavour"; done <"$plain/kernels"
	;;
clean-serial | clean-parallel)
	cd "$plain/rpm"
	rm -rf BUILD BUILDROOT RPMS SRPMS SOURCES disk plain.iso
	;;
clean-dkms)
	rm -rf "$plain/dkms/state"
	mkdir "$plain/dkms/state"
	private_dkms add
	;;
kit | nothing | data | code) make -C "$disk" --no-print-directory -j "$jobs" ;;
limit) make -f "$plain/limit.mk" --no-print-directory -j "$jobs" ;;
serial) plain_way 1 ;;
parallel) plain_way "$jobs" ;;
dkms)
	kernels=$(sed -E 's/^[^|]*\|([^|]*)\|.*/-k \1/' "$plain/kernels")
	# shellcheck disable=SC2086 # options
	private_dkms build $kernels -j "$jobs"
	;;
*)
	echo "variant.sh: $variant: no such way" >&2
	exit 2
	;;
esac
