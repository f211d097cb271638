#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# publish.sh FOLDER PATTERN FILE...: puts finished files into FOLDER (as links where that is
# possible), takes away those of an earlier build that match PATTERN, and names what is there.
set -eu
folder=$1 pattern=$2
shift 2

for file; do
	final=$folder/${file##*/}
	# shellcheck disable=SC3013 # not POSIX, but dash, busybox and bash have it
	if ! [ "$file" -ef "$final" ]; then
		ln -f "$file" "$final.new" 2>/dev/null || cp -p "$file" "$final.new"
		mv -f "$final.new" "$final"
	fi
done
for old in "$folder"/$pattern; do
	for file; do
		[ "${file##*/}" != "${old##*/}" ] || continue 2
	done
	rm -f "$old"
done
for file; do
	final=$folder/${file##*/}
	printf '%s\n' "${final#"$PWD/"}"
done
