#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make-iso.sh ISO CONF CONTENT FOLDER DDK: stages the disk, writes its metadata, makes the ISO with its digests beside
# it, and lets nothing out that `ddk check` refuses. CONTENT sets disk_rpms, disk_srpms, disk_eula,
# disk_installer, disk_windows, disk_vendor and disk_epoch, and how to sign: disk_cert, disk_keys, disk_gpg, disk_key, disk_formats, disk_signed; FOLDER is where the staged disk is kept.
set -eu
iso=$1 conf=$2 content=$3 folder=$4 ddk=$5
# shellcheck source=/dev/null # written by iso.mk
. "$content"
: "${disk_rpms:?}" "${disk_srpms?}" "${disk_eula?}" "${disk_installer:?}" "${disk_vendor:?}" "${disk_epoch:?}"
: "${disk_windows?}" "${disk_cert?}" "${disk_keys?}" "${disk_gpg?}" "${disk_key:?}" "${disk_formats:?}" "${disk_signed?}"
name=${iso##*/}
name=${name%.iso}
new=${iso%/*}.new
stage=${iso%/*}.stage

rm -rf "$new" "$stage"
trap 'rm -rf "$new" "$stage"' EXIT
mkdir -p "$new" "$stage" "${iso%/*}"
# shellcheck disable=SC2086 # lists of files
"${0%/*}/put.sh" "$stage" $disk_rpms
# shellcheck disable=SC2086
[ -z "$disk_srpms" ] || "${0%/*}/put.sh" "$stage/SRPMS" $disk_srpms
if [ -n "$disk_windows" ]; then
	(cd "$disk_windows" && find . -type f ! -name '*.pdb') | while IFS= read -r file; do
		mkdir -p "$stage/windows-pv/${file%/*}"
		cp "$disk_windows/$file" "$stage/windows-pv/${file%/*}/"
	done
fi
[ -z "$disk_eula" ] || cp "$disk_eula" "$stage/EULA"
for key in $disk_keys; do cp "${key%=*}" "$stage/${key##*=}"; done
[ -z "$disk_cert" ] || "$ddk" sign --cert "$disk_cert" --der "$stage/module-signing.der"
if [ -n "$disk_gpg" ]; then
	# shellcheck source=/dev/null # written by gpg-key.sh
	. "$disk_gpg"
	gpg --batch --no-tty --armor --export-options export-minimal --export "${gpg_fingerprint:?}" >"$stage/$disk_key"
fi
"$ddk" metadata --conf "$conf" --installer "$disk_installer" --epoch "$disk_epoch" ${disk_signed:+--key "$disk_key"} \
	--metadata-md5 "$new/$name.metadata.md5" "$stage"
case $disk_gpg,$disk_formats in
?*,*yum*)
	for file in update.xml repodata/repomd.xml; do
		"${0%/*}/gpg-sign.sh" "$disk_gpg" "$stage/$file.asc" "$stage/$file"
	done
	;;
esac

# Left to itself, genisoimage lays folders out in the order in which the file system happens to list them.
(cd "$stage" && find . -type f | LC_ALL=C sort | sed 's,^\./,,; s/[\\=]/\\&/g; s/.*/&=&/' >"$new/files" &&
	genisoimage -quiet -input-charset utf-8 -r -J -joliet-long -V "$(printf %.32s "$name")" -A "$(printf %.128s "$disk_vendor")" \
		-graft-points -path-list "$new/files" -o "$new/$name.iso")
rm "$new/files"
"$ddk" stamp --epoch "$disk_epoch" --md5 "$new/$name.md5" --sha256 "$new/$name.sha256" "$new/$name.iso"
"$ddk" check "$new/$name.iso"
[ -z "$disk_gpg" ] || "${0%/*}/gpg-sign.sh" "$disk_gpg" "$new/$name.sha256.asc" "$new/$name.sha256"

rm -rf "$folder"
mv "$stage" "$folder"
for file in "$new"/*.*; do
	case $file in
	*.iso) ;;
	*) mv -f "$file" "${iso%/*}/" ;;
	esac
done
# Last, since make goes by it.
mv -f "$new/$name.iso" "$iso"
