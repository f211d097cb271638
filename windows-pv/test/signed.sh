#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# signed.sh CERTIFICATE WORK IMAGE...: each verifies, a driver has page hashes that are right, and none verifies with
# one bit of its code changed.
set -eu

certificate=$1
work=$2
shift 2
verifies() { osslsigncode verify -CAfile "$certificate" -in "$1" > "$work/signed.log" 2>&1; }
for sys; do
	if ! verifies "$sys"; then
		echo "$sys: does not verify" >&2
		exit 1
	fi
	said=$(sed -n 's/^Page hash  *: //p' "$work/signed.log")
	found=$(sed -n 's/^Calculated page hash  *: //p' "$work/signed.log")
	case $sys in
	*.sys) wanted=yes ;;
	*) wanted=no ;;
	esac
	if { [ -z "$said" ] && [ "$wanted" = yes ]; } || [ "$said" != "$found" ]; then
		echo "$sys: page hashes: '$said', but the pages have '$found'" >&2
		exit 1
	fi
	cp "$sys" "$work/changed.sys"
	byte=$(od -An -tu1 -j 1500 -N 1 "$sys")
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\$(printf '%o' $((byte ^ 1)))" |
		dd of="$work/changed.sys" bs=1 seek=1500 conv=notrunc 2> "$work/dd.log"
	if verifies "$work/changed.sys"; then
		echo "$sys: verifies although it was changed" >&2
		exit 1
	fi
done
