#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# guests.sh build SOURCE OUT DDK MAKE: builds the packages for Windows guests into OUT/medium.
# guests.sh list FOLDER FILE: writes name and digest of each file that goes onto a disk, where there is one.
set -eu
case $1 in
build)
	source=$2 out=$3 ddk=$4 make=$5
	[ -d "$source" ] || {
		echo "WINDOWS_PV = yes: this kit has no $source; WINDOWS_PV = FOLDER takes packages that are built" >&2
		exit 2
	}
	for tool in clang lld-link osslsigncode; do
		command -v "$tool" >/dev/null || {
			echo "WINDOWS_PV = yes: no $tool here; \`make -C $source deps\` installs the Windows toolchain," \
				"and WINDOWS_PV = FOLDER takes packages that are built" >&2
			exit 2
		}
	done
	mkdir -p "$out"
	# Several disks are built at once, and share these.
	exec flock "$out.lock" "$make" --no-print-directory -C "$source" O="$out" DDK_PROGRAM="$ddk" ANALYZE=0 medium
	;;
list)
	cd "$2"
	find . -type f ! -name '*.pdb' | LC_ALL=C sort | while IFS= read -r file; do
		sha256sum "$file"
	done >"$3"
	[ -s "$3" ] || {
		echo "WINDOWS_PV: there is no package in $2; a package is a folder with x64/ or x86/ in it" >&2
		exit 2
	}
	;;
esac
