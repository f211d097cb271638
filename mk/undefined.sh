#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# undefined.sh BUILD-FOLDER SYMVERS...: every symbol that a module lacks, in modpost's words: modpost itself stops after ten.
set -eu
folder=$1
shift
lists=$(mktemp)
trap 'rm -f "$lists"' EXIT

for symvers; do
	cut -f2 "$symvers"
done >"$lists"
# A module is what has a list of its objects.
find "$folder" -name '*.mod' -type f | sed 's/\.mod$/.o/' | while read -r object; do
	[ ! -f "$object" ] || echo "$object"
done >"$lists.objects"
while read -r object; do
	nm "$object" 2>/dev/null | sed -nE 's/.* [a-zA-Z] __ksymtab_(.*)$/\1/p'
done <"$lists.objects" >>"$lists"
while read -r object; do
	# The linker and modpost bring these.
	nm -u "$object" 2>/dev/null | sed -n 's/^ *U //p' | grep -vxE '_GLOBAL_OFFSET_TABLE_|__this_module' | grep -vxF -f "$lists" |
		sed "s,.*,ERROR: modpost: \"&\" [${object%.o}.ko] undefined!,"
done <"$lists.objects"
rm -f "$lists.objects"
