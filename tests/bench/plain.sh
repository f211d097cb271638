#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# plain.sh KIT DRIVER DISK FOLDER: what the other ways of building a disk's modules need, in FOLDER: the kernels, the
# commands that compile the driver, a spec for each flavour as one writes it without the kit, and a dkms tree.
set -eu
kit=$1 driver=$2 disk=$3 folder=$4
rm -rf "$folder"
mkdir -p "$folder/rpm/SPECS" "$folder/dkms/source" "$folder/dkms/state"

make -s -C "$disk" show-config >"$folder/config"
# flavour|uname|tree
sed -nE 's/^kernel +([a-z]+)[0-9]+ +([^ ]+) +[^ ]+ +([^ ]+)$/\1|\2|\3/p' "$folder/config" >"$folder/kernels"
[ -s "$folder/kernels" ]
version=$(sed -nE 's/^RPM\.VERSION +*= ([^ ]*) .*/\1/p' "$folder/config")
source=$(find "$disk/modules" "$kit/modules" -mindepth 1 -maxdepth 1 -name "$driver-*" ! -name "$driver-data-*" | head -n 1)
data=$(find "$disk/data" -mindepth 1 -maxdepth 1 2>/dev/null | head -n 1)
vars=$(sed -n 's/^KERNEL_MAKE_VARS *= *//p' "$disk/disk.mk")
echo "$driver|$version|$source|$data" >"$folder/driver"

# The spec's own commands, for one kernel, with the kit's macro spelt out; make's -j stands apart.
sed -n '/^%build/,/^%{end_each_kernel}/p' "$disk/specs/$driver.spec" | sed '1d;/^%{for_each_kernel}/d;/^%{end_each_kernel}/d' |
	sed -E "s,%\{kernel_make\},make -C \"\$kernel_tree\" M=\"\$PWD\" $vars,; s/(^|[;&(] *)make /\1make @JOBS@ /g" >"$folder/commands"
sed 's/@JOBS@//' "$folder/commands" >"$folder/commands.limit"

environment() {
	printf 'kernel_flavour=%s kernel_uname=%s kernel_version=%s kernel_tree=%s\n' "$1" "$2" "$2" "$3"
	echo 'export kernel_flavour kernel_uname kernel_version kernel_tree'
}

{
	echo "all: $(cut -d'|' -f1 "$folder/kernels" | tr '\n' ' ')"
	while IFS='|' read -r flavour uname tree; do
		{
			environment "$flavour" "$uname" "$tree"
			echo "cd '$folder/limit/$flavour'"
			cat "$folder/commands.limit"
		} >"$folder/limit-$flavour.sh"
		printf '%s:\n\t+@sh -e %s\n' "$flavour" "$folder/limit-$flavour.sh"
	done <"$folder/kernels"
} >"$folder/limit.mk"

head_of() {
	cat <<-END
		Name: $1
		Version: $version
		Release: 1
		Summary: $1
		License: GPL-2.0-or-later
		Source0: $2-$version.tar.gz
		%global debug_package %{nil}
		%global _build_id_links none
		%global _binary_payload w9.gzdio
		%global _source_payload w9.gzdio
		%description
		$1
		%prep
		%setup -q -n $2-$version
	END
}
while IFS='|' read -r flavour uname tree; do
	{
		head_of "$driver-modules-$flavour" "$driver"
		echo '%build'
		environment "$flavour" "$uname" "$tree"
		sed 's/@JOBS@/%{?_smp_mflags}/' "$folder/commands"
		cat <<-END
			%install
			mkdir -p %{buildroot}/lib/modules/$uname/extra
			find . -name '*.ko' -exec cp {} %{buildroot}/lib/modules/$uname/extra/ ';'
			find %{buildroot} -name '*.ko' -exec strip -g {} +
			%files
			/lib/modules/$uname/extra
		END
	} >"$folder/rpm/SPECS/$flavour.spec"
done <"$folder/kernels"
if [ -n "$data" ]; then
	{
		head_of "$driver-data" "$driver-data"
		cat <<-END
			%install
			mkdir -p %{buildroot}/usr/share/$driver
			cp -R . %{buildroot}/usr/share/$driver/
			%files
			/usr/share/$driver
		END
	} >"$folder/rpm/SPECS/data.spec"
fi

# dkms wants its own description; Debian's packages bring theirs.
if [ -f "$source/dkms.conf" ]; then
	name=$(sed -nE 's/^PACKAGE_NAME="?([^"]*)"?$/\1/p' "$source/dkms.conf")
	dkms_version=$(sed -nE 's/^PACKAGE_VERSION="?([^"]*)"?$/\1/p' "$source/dkms.conf")
else
	name=$driver dkms_version=$version
fi
cp -R "$source" "$folder/dkms/source/$name-$dkms_version"
[ -f "$source/dkms.conf" ] || cat >"$folder/dkms/source/$name-$dkms_version/dkms.conf" <<END
PACKAGE_NAME="$name"
PACKAGE_VERSION="$dkms_version"
BUILT_MODULE_NAME[0]="$name"
DEST_MODULE_LOCATION[0]="/extra/"
MAKE[0]="make -C \${kernel_source_dir} M=\${dkms_tree}/$name/$dkms_version/build modules"
END
echo "$name|$dkms_version" >"$folder/dkms/name"
