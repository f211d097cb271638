#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# cross-check.sh OBJECTS XEN-HEADERS GEN CC...
# Two things that compiling alone does not show: what lib/'s objects want from outside, and that
# the layout assertions fail where a layout is wrong.
set -eu

objects=$1
headers=$2
gen=$3
shift 3

# What a compiler may call by itself and the kernel exports. No arithmetic: libgcc is not linked.
allowed='_?(memcpy|memset|memcmp)'
for dir in clang-x64 clang-x86 gcc-x64 gcc-x86; do
	nm -A "$objects/$dir"/pv_*.o > "$objects/$dir.nm"
	awk '$(NF - 1) ~ /^[TDBR]$/ { print $NF }' "$objects/$dir.nm" | sort -u > "$objects/$dir.defined"
	awk '$(NF - 1) == "U" { print $NF }' "$objects/$dir.nm" | sort -u > "$objects/$dir.wanted"
	if ! grep -q 'pv_xs_pump$' "$objects/$dir.defined" || ! grep -q memcpy "$objects/$dir.wanted"; then
		echo "$dir: the list of symbols cannot be right" >&2
		exit 1
	fi
	outside=$(comm -13 "$objects/$dir.defined" "$objects/$dir.wanted" | grep -v -x -E "$allowed" || :)
	if [ -n "$outside" ]; then
		echo "$dir: lib/ calls something from outside: $outside" >&2
		exit 1
	fi
done

raw=$objects/raw
rm -rf "$raw"
mkdir -p "$raw/asserts"
ln -s "$(cd "$headers" && pwd)" "$raw/xen"
cp "$gen/pv_abi_asserts.h" "$raw/asserts/"
for cc in "$@"; do
	# shellcheck disable=SC2086 # a compiler and its options
	if $cc -std=gnu11 -ffreestanding -Ilib -I"$raw/asserts" -isystem "$raw" \
		-c lib/abi/abi_check.c -o "$raw/abi_check.o" 2> "$raw/log"; then
		echo "$cc: Xen's headers pass unmended: the assertions assert nothing" >&2
		exit 1
	fi
	if ! grep -q 'is not what Linux sees' "$raw/log"; then
		cat "$raw/log" >&2
		echo "$cc: failed for another reason than a layout" >&2
		exit 1
	fi
done
