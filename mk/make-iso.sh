#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make-iso.sh ISO CONF EPOCH DDK: stages the disk, writes its metadata, makes the ISO with its digests beside it,
# and lets nothing out that `ddk check` refuses. Reads disk_dir, disk_rpms, disk_srpms, disk_eula,
# disk_installer and disk_vendor from the environment.
set -eu
: "${disk_dir:?}" "${disk_rpms:?}" "${disk_srpms?}" "${disk_eula?}" "${disk_installer:?}" "${disk_vendor:?}"
iso=$1 conf=$2 epoch=$3 ddk=$4
name=${iso##*/}
name=${name%.iso}
new=${iso%/*}.new
stage=${iso%/*}.stage

rm -rf "$new" "$stage"
trap 'rm -rf "$new" "$stage"' EXIT
mkdir -p "$new" "$stage" "${iso%/*}"
put() {
	ln "$1" "$2/" 2>/dev/null || cp "$1" "$2/"
}
for rpm in $disk_rpms; do
	put "$rpm" "$stage"
done
for srpm in $disk_srpms; do
	mkdir -p "$stage/SRPMS"
	put "$srpm" "$stage/SRPMS"
done
[ -z "$disk_eula" ] || cp "$disk_eula" "$stage/EULA"
"$ddk" metadata --conf "$conf" --installer "$disk_installer" --epoch "$epoch" --metadata-md5 "$new/$name.metadata.md5" "$stage"

genisoimage -quiet -r -J -joliet-long -V "$(printf %.32s "$name")" -A "$(printf %.128s "$disk_vendor")" -o "$new/$name.iso" "$stage"
"$ddk" stamp --epoch "$epoch" --md5 "$new/$name.md5" --sha256 "$new/$name.sha256" "$new/$name.iso"
"$ddk" check "$new/$name.iso"

rm -rf "$disk_dir"
mv "$stage" "$disk_dir"
for file in "$new"/*.*; do
	case $file in
	*.iso) ;;
	*) mv -f "$file" "${iso%/*}/" ;;
	esac
done
# Last, since make goes by it.
mv -f "$new/$name.iso" "$iso"
