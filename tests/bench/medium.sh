#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# medium.sh KIT FOLDER COUNT: a disk with COUNT more RPMs of 2 MiB that do not compress, as FOLDER/COUNT/bulk.iso with its
# digests; the RPMs of its root in FOLDER/COUNT/rpms, the module RPMs in FOLDER/modules. Kept once made, and what a
# larger medium has is taken from there.
set -eu
kit=$1 folder=$2 count=$3
[ ! -f "$folder/$count/bulk.iso" ] || exit 0
new=$folder/$count.new
rm -rf "$new" "${new%.new}"
mkdir -p "$new/top" "$folder/modules"

mkdir -p "$new/top/RPMS"
cat >"$new/bulk.spec" <<'END'
Name: bulk
Version: 1.0
Release: 1
Summary: Data
License: BSD-2-Clause
Group: Applications/File
BuildArch: noarch
AutoReqProv: no
%global _binary_payload w0.gzdio
%global _binary_filedigest_algorithm 1
%global __os_install_post %{nil}
%global debug_package %{nil}
%global _buildhost localhost
%description
Data.
%{lua:
for i = 1, tonumber(rpm.expand("%{count}")) do
	local n = string.format("%04d", i)
	print("%package " .. n .. "\nSummary: Data\nGroup: Applications/File\n%description " .. n ..
		"\nData.\n%files " .. n .. "\n/lib/firmware/bulk/" .. n .. "\n")
end
}
%install
mkdir -p %{buildroot}/lib/firmware/bulk
cd %{buildroot}/lib/firmware/bulk
openssl enc -aes-128-ctr -nosalt -K 00 -iv 00 -in /dev/zero 2>/dev/null | head -c $((%{count} * 2097152)) |
	split -a 4 --numeric-suffixes=1 -b 2097152 - ""
END
generate() {
	nodeps=
	[ ! -e /var/lib/dpkg/status ] || nodeps=--nodeps
	rpmbuild -bb --quiet $nodeps --define "_topdir $new/top" --define "count $count" \
		--define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' "$new/bulk.spec"
	rm -rf "$new/top/BUILD" "$new/top/BUILDROOT"
}
last=bulk-$(printf %04d "$count")-1.0-1.noarch.rpm
larger=$(find "$folder" -path "*/rpms/$last" | head -n 1)
if [ -n "$larger" ]; then
	for number in $(seq -f %04.0f 1 "$count"); do
		ln "${larger%/*}/bulk-$number-1.0-1.noarch.rpm" "$new/top/RPMS/"
	done
else
	generate
fi

make -s -C "$kit" new DISK="$new/disk" LABEL=bulk
echo "OUT = $new/disk/out" >>"$new/disk/disk.mk"
echo "EXTRA_RPMS = \$(wildcard $new/top/RPMS/*.rpm)" >>"$new/disk/disk.mk"
make -C "$new/disk" --no-print-directory -j "$(nproc)"
built=$new/disk/out/bulk
mkdir "$new/rpms"
ln "$built"/disk/*.rpm "$new/rpms/"
ln -f "$built"/disk/*-modules-*.rpm "$folder/modules/"
for suffix in md5 sha256 metadata.md5 iso; do
	mv "$(realpath "$built/bulk.$suffix")" "$new/bulk.$suffix"
done
rm -rf "$new/disk" "$new/top"
mv "$new" "$folder/$count"
