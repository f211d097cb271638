#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# resolve-spec.sh SPEC OUTPUT [RPM]...: puts in front of a vendor's spec all that this disk and release decide, so
# that the source RPM builds the same packages with plain `rpmbuild --rebuild` and without this kit.
# Reads spec_name, spec_version, spec_release, spec_epoch, spec_payload, spec_filedigest, spec_initrd, spec_module_dir,
# spec_kernel_view, spec_make_vars, and spec_kernels: lines ID|FLAVOUR|UNAME|KVER|TREE|NAME|VERSION|RELEASE|REQUIRES|SYMBOLS.
# With spec_label, the spec is that of a package that requires the given RPMs.
set -eu
: "${spec_name:?}" "${spec_version:?}" "${spec_release:?}" "${spec_epoch:?}" "${spec_payload:?}" "${spec_filedigest:?}"
: "${spec_module_dir=}" "${spec_initrd=}" "${spec_kernel_view=}" "${spec_make_vars=}"
spec=$1 output=$2
shift 2

kernel_lines() {
	printf '%s' "$spec_kernels" | sed 's/^ *//' | grep . || :
}

# Macro bodies of several lines: every line but the last ends in a backslash.
global() {
	printf '%%global %s ' "$1"
	sed '$!s/$/\\/'
}

settings() {
	cat <<-EOF
		# The lines down to the next row of dashes are the Driver Disk Kit's; the vendor's spec follows.
		# Built with SOURCE_DATE_EPOCH=$spec_epoch.
		%global ddk 1
		%global disk_version $spec_version
		%global disk_release $spec_release
		%global _binary_payload $spec_payload
		%global _source_payload $spec_payload
		%global _binary_filedigest_algorithm $spec_filedigest
		%global _source_filedigest_algorithm $spec_filedigest
		%global _build_id_links none
		%global debug_package %{nil}
		%global _buildhost localhost
		%global source_date_epoch_from_changelog 1
		%global use_source_date_epoch_as_buildtime 1
		%global clamp_mtime_to_source_date_epoch 1
	EOF
	# The path of the build folder must not be written into the source RPM, as %setup would. Files get the
	# time of unpacking (m): SOURCE_DATE_EPOCH may be set to a date to come, and make mistrusts the future.
	global unpack_source <<-'EOF'
		rm -rf "$RPM_BUILD_DIR/%{name}-%{version}"
		tar -C "$RPM_BUILD_DIR" -xmzf "$RPM_SOURCE_DIR/%{name}-%{version}.tar.gz"
		cd "$RPM_BUILD_DIR/%{name}-%{version}"
	EOF
	# Firmware can be ELF: only kernel modules are stripped. rpm lowers newer dates to the epoch, but
	# leaves older ones.
	global __os_install_post <<-EOF
		${spec_kernels:+%{ddk_all_built\}}
		find "\$RPM_BUILD_ROOT" -type f -name '*.ko' -exec strip -g {} +
		%{?ddk_sign_modules:find "\$RPM_BUILD_ROOT" -type f -name '*.ko' -exec %{ddk_sign_modules} {} +}
		find "\$RPM_BUILD_ROOT" -exec touch -h -d "@\$SOURCE_DATE_EPOCH" {} +
	EOF
}

# What mk/update.spec is filled with.
whole_disk() {
	cat <<-EOF
		%global disk_package $spec_name
		%global disk_label $spec_label
		%global disk_requires $(if [ $# -gt 0 ]; then rpm -qp --nosignature --qf 'Requires: %{NAME} = %{VERSION}-%{RELEASE}\n' "$@"; fi |
			sed '$!s/$/\\/' | grep . || echo '%{nil}')
	EOF
}

# The package of one kernel, as the macro ddk_package_ID.
package() {
	while IFS='|' read -r id flavour uname kver tree name version release requires symbols; do
		global "ddk_package_$id" <<-EOF
			%package -n $name
			Version: $version
			Release: $release
			Summary: Kernel modules of $spec_name for $flavour kernel $uname
			Group: System Environment/Kernel
			AutoReqProv: no
			${requires:+Requires: $requires}
			%description -n $name
			Kernel modules of $spec_name for the $flavour kernel $uname.
			%post -n $name
			$(depmod "$uname")
			%postun -n $name
			$(depmod "$uname")
			$(initrd "$name" "$uname")
			%files -n $name
			%defattr(-,root,root,-)
			/lib/modules/$uname/$spec_module_dir/*
		EOF
	done
}

# A kernel that is not there has nothing to index, and depmod would complain; when it comes, its own package runs depmod.
depmod() {
	cat <<-EOF
		for kernel_file in /lib/modules/$1/kernel /lib/modules/$1/modules.* /boot/vmlinu[xz]-$1; do
		[ -e "\$kernel_file" ] || continue
		/sbin/depmod -a $1 || :
		break
		done
	EOF
}

# A host's initrd is made again once, after the whole transaction; the installer makes its own.
initrd() {
	[ "$spec_initrd" = yes ] || return 0
	cat <<-EOF
		%posttrans -n $1
		[ -z "\$XS_INSTALLATION" ] || exit 0
		for initrd in /boot/initrd-$2.img /boot/initramfs-$2.img /boot/initrd.img-$2; do
			[ -f "\$initrd" ] || continue
			if [ -f "\$initrd.cmd" ]; then sh "\$initrd.cmd"
			elif command -v dracut >/dev/null; then dracut -f "\$initrd" $2
			elif command -v update-initramfs >/dev/null; then update-initramfs -u -k $2
			elif command -v mkinitrd >/dev/null; then mkinitrd -f "\$initrd" $2
			else echo "no tool to make \$initrd again" >&2
			fi || echo "warning: \$initrd could not be made again; it lacks $spec_name" >&2
			break
		done
		exit 0
	EOF
}

kernel_macros() {
	kernel_lines | package
	ids=$(kernel_lines | cut -d'|' -f1 | tr '\n' ' ')
	# rpmbuild --define 'ddk_only ID' builds the package of one kernel, the same as if all were built.
	{
		printf '%%{?ddk_only:%%{expand:%%%%{?ddk_package_%%{ddk_only}}%%%%{!?ddk_package_%%{ddk_only}:%%%%{error:ddk_only is none of: %s}}}}' "$ids"
		for id in $ids; do printf '%%{!?ddk_only:%%{ddk_package_%s}}\n' "$id"; done
	} | global kernel_module_packages

	global ddk_each_id <<-EOF
		for ddk_id in %{?ddk_only}%{!?ddk_only:$ids}; do
		case \$ddk_id in
		$(kernel_lines | while IFS='|' read -r id flavour uname kver tree _ _ _ _ symbols; do
			echo "$id) kernel_flavour=$flavour kernel_uname=$uname kernel_version=$kver kernel_tree=$tree" \
				"KBUILD_EXTRA_SYMBOLS='$symbols' ;;"
		done)
		esac
	EOF
	# Some makefiles succeed and build nothing, when the kernel lacks an option that they want.
	global ddk_all_built <<-'EOF'
		%{ddk_each_id}
		[ -n "$(find "$RPM_BUILD_ROOT/lib/modules/$kernel_uname" -name '*.ko*' 2>/dev/null)" ] || {
		echo "error: %{name}: the build for flavour $kernel_flavour ($kernel_uname) left no module; if the driver cannot serve this kernel, say EXCLUDE.$kernel_flavour = reason in disk.mk" >&2
		exit 1
		}
		done
	EOF
	# Modules are stripped of debug information, so it need not be made, and build ids, which cover it, do not depend on who
	# compiled (distcc's compilers see other columns). Two things read it before that: versions of symbols in newer kernels,
	# and BTF where the kernel's own is at hand.
	global for_each_kernel <<-EOF
		%{ddk_each_id}
		$(! kernel_lines | cut -d'|' -f5 | grep -qx '' || find_tree)
		kernel_module_dir=$spec_module_dir
		export kernel_flavour kernel_uname kernel_version kernel_tree kernel_module_dir KBUILD_EXTRA_SYMBOLS
		ddk_debug=-g0
		! grep -qs '^CONFIG_GENDWARFKSYMS=y' "\$kernel_tree/include/config/auto.conf" || ddk_debug=
		[ ! -e "\$kernel_tree/vmlinux" ] || ddk_debug=
		export KCFLAGS="\$KCFLAGS \$ddk_debug -ffile-prefix-map=\$RPM_BUILD_DIR=."
		export KBUILD_BUILD_TIMESTAMP="@\$SOURCE_DATE_EPOCH" KBUILD_BUILD_USER=build KBUILD_BUILD_HOST=localhost
		ddk_source=\$RPM_BUILD_DIR/%{name}-%{version}
		ddk_copy=\$RPM_BUILD_DIR/\$ddk_id/%{name}-%{version}
		[ -d "\$ddk_copy" ] || { mkdir -p "\$RPM_BUILD_DIR/\$ddk_id"; cp -a "\$ddk_source" "\$ddk_copy"; }
		$([ "$spec_kernel_view" != merged ] || merged_view)
		cd "\$ddk_copy"
		(
	EOF
	printf ')\ndone\n' | global end_each_kernel
	global kernel_make <<-EOF
		make %{?_smp_mflags} -C "\$kernel_tree" M="\$PWD" $spec_make_vars
	EOF
	global install_modules <<-EOF
		mkdir -p "\$RPM_BUILD_ROOT/lib/modules/\$kernel_uname/$spec_module_dir"
		find . -name '*.ko' -exec cp {} "\$RPM_BUILD_ROOT/lib/modules/\$kernel_uname/$spec_module_dir/" ';'
		find "\$RPM_BUILD_ROOT/lib/modules/\$kernel_uname/$spec_module_dir" -name '*.ko' -exec chmod 0644 {} +
	EOF
}

# A tree that is in none of the system's places has no path in the source RPM: it may lie elsewhere on each machine.
find_tree() {
	cat <<-'EOF'
		if [ -z "$kernel_tree" ]; then
		for kernel_tree in "${ddk_kernels:-/usr/src/kernels}" /usr/src/kernels /usr/src/linux-headers /lib/modules; do
		case $kernel_tree in
		/usr/src/linux-headers) kernel_tree=$kernel_tree-$kernel_uname ;;
		/lib/modules) kernel_tree=$kernel_tree/$kernel_uname/build ;;
		*) kernel_tree=$kernel_tree/$kernel_uname ;;
		esac
		[ ! -f "$kernel_tree/Makefile" ] || break
		kernel_tree=
		done
		[ -n "$kernel_tree" ] || {
		echo "error: no header tree of kernel $kernel_uname: install its kernel-devel, or set ddk_kernels in the environment to a folder that has it as $kernel_uname" >&2
		exit 1
		}
		fi
	EOF
}

# Debian splits a tree in two; here is one that has it all: a link for whatever only one side has.
merged_view() {
	cat <<-'EOF'
		ddk_common=$(sed -n 's,^include /,/,p' "$kernel_tree/Makefile")
		if [ -n "$ddk_common" ]; then
		ddk_merge() (
		mkdir "$3"
		for entry in "$2"/* "$2"/.[!.]* "$1"/* "$1"/.[!.]*; do
		name=${entry##*/}
		if [ ! -e "$entry" ] || [ -e "$3/$name" ]; then continue; fi
		if [ -d "$1/$name" ] && [ -d "$2/$name" ] && [ ! -L "$2/$name" ]; then ddk_merge "$1/$name" "$2/$name" "$3/$name"
		else ln -s "$entry" "$3/$name"; fi
		done
		)
		ddk_view=$RPM_BUILD_DIR/$ddk_id/tree
		[ -d "$ddk_view" ] || ddk_merge "$(dirname "$ddk_common")" "$kernel_tree" "$ddk_view"
		kernel_tree=$ddk_view
		fi
	EOF
}

{
	settings
	[ -z "${spec_kernels:-}" ] || kernel_macros
	[ -z "${spec_label:-}" ] || whole_disk "$@"
	echo '# ----------------------------------------------------------------------'
	cat "$spec"
} >"$output"

# make's FILE.new: when FILE says the same, it was found good when it was new.
if [ "${output%.new}" != "$output" ] && cmp -s "$output" "${output%.new}"; then exit 0; fi
said=$(rpmspec -q --srpm --qf '%{NAME} %{VERSION} %{RELEASE}' "$output")
asked="$spec_name $spec_version $spec_release"
[ "$said" = "$asked" ] || {
	echo "error: $spec: Name, Version and Release are '$said', but the file's name and disk.mk say '$asked':" \
		"call the file NAME.spec, and use %{disk_version} and %{disk_release}" >&2
	rm -f "$output"
	exit 1
}
