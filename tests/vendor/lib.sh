# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What the tests of `make new` and of other people's drivers and kernels share.
# shellcheck source=../disk/lib.sh
. "$(dirname "$0")/../disk/lib.sh"
cd "$tmp" || exit 1

# small_module FOLDER NAME: one module in C.
small_module() {
	mkdir -p "$1"
	cat >"$1/$2.c" <<-EOC
		// SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
		#include <linux/module.h>
		static int __init ${2}_init(void) { return 0; }
		static void __exit ${2}_exit(void) { }
		module_init(${2}_init);
		module_exit(${2}_exit);
		MODULE_LICENSE("GPL");
		MODULE_DESCRIPTION("Small module $2");
	EOC
}

# new DISK SOURCE [SETTING]...: make new, in $tmp.
new() {
	new_disk=$1 new_source=$2
	shift 2
	run make -C "$kit" --no-print-directory new DISK="$tmp/$new_disk" SOURCE="$new_source" "$@"
}

# build_lines DISK: what its spec does for each kernel to build.
build_lines() {
	sed -n '/^%{for_each_kernel}/,/^%{end_each_kernel}/p' "$1"/specs/*[!a].spec | sed '/^%{end_each_kernel}/q' | sed '1d;$d'
}

# dkms_source PACKAGE: Debian's package of a driver's source, in $tmp; sets deb, or returns 1. Where the archive
# cannot be reached, a test has nothing to test.
dkms_source() {
	deb=$(find "$tmp" -maxdepth 1 -name "$1_*.deb")
	[ -n "$deb" ] || (cd "$tmp" && apt-get -qq download "$1") >/dev/null 2>&1 || return 1
	deb=$(find "$tmp" -maxdepth 1 -name "$1_*.deb")
	[ -n "$deb" ]
}

# check_driver PACKAGE DRIVER FLAVOURS MODULE...: from Debian's source package to a disk whose modules depmod takes as
# they are, without a line written by hand.
check_driver() {
	driver_package=$1 driver=$2 driver_flavours=$3
	shift 3
	dkms_source "$driver_package" || {
		skip "$driver" "the Debian archive cannot be reached"
		return
	}
	new "$driver" "$deb"
	is "$driver: make new" "$status" 0 || { note "$err"; return 0; }
	run build "$driver" -j2 build-isos
	is "$driver: builds as it is, gate and check included" "$status" 0 || { note "$out
$err"; return 0; }
	run "$ddk" check "$driver/out/$driver/$driver.iso"
	is "$driver: ddk check finds no error" "$status" 0
	for driver_flavour in xen kdump; do
		eval "driver_uname=\$uname_$driver_flavour"
		driver_rpm=$(find "$driver/out/$driver/disk" -name "$driver-modules-$driver_flavour-$driver_uname-*.rpm")
		case " $driver_flavours " in
		*" $driver_flavour "*) ;;
		*)
			is "$driver: no package for $driver_flavour" "$driver_rpm" ""
			like "$driver: and make says why" "$(build "$driver" build-isos)" "flavour $driver_flavour is excluded"
			continue
			;;
		esac
		driver_root=$tmp/root-$driver-$driver_flavour
		mkdir -p "$driver_root"
		(cd "$driver_root" && rpm2cpio "$tmp/$driver_rpm" | cpio -id --quiet)
		driver_modules=$driver_root/lib/modules/$driver_uname
		is "$driver: modules for $driver_flavour" "$(cd "$driver_modules/extra" && find . -name '*.ko' | sed 's,.*/,,; s/\.ko$//' | LC_ALL=C sort | tr '\n' ' ')" \
			"$(printf '%s\n' "$@" | LC_ALL=C sort | tr '\n' ' ')"
		is "$driver: all built for $driver_uname" "$(find "$driver_modules" -name '*.ko' -exec modinfo -F vermagic {} \; | cut -d' ' -f1 | sort -u)" "$driver_uname"
		: >"$driver_modules/modules.order"
		: >"$driver_modules/modules.builtin"
		: >"$driver_modules/modules.builtin.modinfo"
		# The kernel's own modules are not in this root: what they export counts as the kernel's.
		awk -F'\t' -v OFS='\t' '{ $3 = "vmlinux"; print }' "/usr/src/linux-headers-$driver_uname/Module.symvers" >symvers
		run depmod -b "$driver_root" -e -E "$tmp/symvers" "$driver_uname"
		is "$driver: depmod finds every symbol for $driver_flavour" "$err" ""
	done
}
