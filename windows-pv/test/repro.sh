#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# repro.sh MAKE WORK O ARCH…: builds this tree's free build once more, from a copy in another place into another place,
# and compares images and PDBs before signing, byte by byte.
set -eu

make=$1
work=$2
first=$3
shift 3
arches=$* least=$((10 * $#))
rm -rf "$work"
mkdir -p "$work/a"
cp -r . "$work/a/windows-pv-copy"
MAKEFLAGS='' $make -s -C "$work/a/windows-pv-copy" "O=$work/out" BUILDS=free ARCHES="$arches" unsigned > "$work/log" 2>&1 ||
	{ tail "$work/log" >&2; exit 1; }
set --
for arch in $arches; do
	set -- "$@" "$first"/obj/free/"$arch"/*/*.sys "$first"/obj/free/"$arch"/*/*.pdb \
		"$first"/obj/program/"$arch"/*/*.exe "$first"/obj/program/"$arch"/*/*.pdb
done
for file; do
	cmp "$file" "$work/out/${file#"$first"/}"
done
[ $# -ge "$least" ]
if strings -a "$@" | grep -F -e "$first" -e "$(pwd)"; then
	echo "an image or a PDB holds the name of the directory it was built in" >&2
	exit 1
fi
rm -rf "$work"
mkdir -p "$work/a"
