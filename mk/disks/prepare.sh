#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# prepare.sh SUMMARY FOLDER...: the disks to build: each FOLDER, or those in it when it holds disks. Leaves in
# $disks_work a folder for each, and their numbers in `ids`.
set -eu
summary=$1
shift
: "${disks_work:?}"

rm -rf "$disks_work"
mkdir -p "$disks_work" 2>/dev/null || {
	echo "SUMMARY=$summary: its folder cannot be written; give another" >&2
	exit 2
}
# That of an earlier run must not be taken for this one's.
rm -f "$summary"

count=0
add() {
	folder=$(realpath "$1")
	# Named twice, it is still one disk.
	for other in "$disks_work"/*/folder; do
		[ ! -f "$other" ] || [ "$(cat "$other")" != "$folder" ] || return 0
	done
	count=$((count + 1))
	mkdir "$disks_work/$count"
	printf '%s\n' "$folder" >"$disks_work/$count/folder"
	printf '%s\n' "${1%/}" >"$disks_work/$count/given"
	basename "$folder" >"$disks_work/$count/name"
}
for given; do
	if [ -f "$given/disk.mk" ]; then
		add "$given"
		continue
	fi
	before=$count
	for inner in "${given%/}"/*/disk.mk; do
		[ ! -f "$inner" ] || add "${inner%/disk.mk}"
	done
	[ "$count" -gt "$before" ] || {
		echo "DISKS: $given: no disk.mk there, nor in a folder of it; \`make new DISK=$given\` writes a disk" >&2
		rm -rf "$disks_work"
		exit 2
	}
done
seq "$count" >"$disks_work/ids"
