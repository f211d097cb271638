#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# kernel-list.sh BUILDROOT RELEASE COMPILER CC FLAVOURS: a table of the header trees in kernel_rows: lines
# TREE|UNAME|KVER|FLAVOUR|built. A tree that a build takes has a star.
set -eu
root=$1 release=$2 wanted=$3 cc=$4 flavours=$5
: "${kernel_rows?}"
rows=$(mktemp)
warnings=$(mktemp)
trap 'rm -f "$rows" "$warnings"' EXIT

# The compiler a kernel was built with, as the tree tells it: in its configuration, or in compile.h of old kernels.
compiler_of() {
	text=
	for file in "$1/include/config/auto.conf" "$1/.config"; do
		[ -n "$text" ] || text=$(sed -nE 's/^CONFIG_CC_VERSION_TEXT="?([^"]*)"?$/\1/p' "$file" 2>/dev/null | head -n 1)
	done
	[ -n "$text" ] || text=$(sed -nE 's/^#define LINUX_COMPILER "(.*)"$/\1/p' "$1/include/generated/compile.h" "$1/include/linux/compile.h" 2>/dev/null | head -n 1)
	[ -n "$text" ] || text=$(sed -nE 's/^# Compiler: *(.*)$/\1/p' "$1/.config" 2>/dev/null | head -n 1)
	[ -n "$text" ] || {
		number=$(sed -nE 's/^CONFIG_GCC_VERSION=([1-9][0-9]*)$/\1/p' "$1/.config" 2>/dev/null | head -n 1)
		[ -z "$number" ] || text="gcc $((number / 10000)).$((number / 100 % 100)).$((number % 100))"
	}
	brand=gcc
	case $text in *clang*) brand=clang ;; esac
	number=$(printf '%s\n' "$text" | sed 's/([^)]*)//g' | grep -oE '(^| )[0-9]+\.[0-9]+(\.[0-9]+)?' | head -n 1 | tr -d ' ')
	[ -z "$number" ] || echo "$brand $number"
}

ours=$($cc -dumpfullversion -dumpversion 2>/dev/null || :)
brand=gcc
if $cc --version 2>/dev/null | grep -q clang; then brand=clang; fi
echo "UNAME|KVER|FLAVOUR|MODULE.SYMVERS|COMPILER|TREE" >"$rows"
printf '%s' "$kernel_rows" | sed 's/^ *//' | grep . | sort -t'|' -k4,4 -k2,2V | while IFS='|' read -r tree uname kver flavour built; do
	symvers=none
	[ ! -s "$root$tree/Module.symvers" ] || symvers="$(wc -l <"$root$tree/Module.symvers") symbols"
	theirs=$(compiler_of "$root$tree")
	echo "$uname${built:+ *}|$kver|$flavour|$symvers|${theirs:-unknown}|$tree" >>"$rows"
	[ "$symvers" != none ] || echo "warning: $uname has no Module.symvers: no module can be held against it, and a build for it stops" >>"$warnings"
	if [ -z "$root" ] && [ -n "$theirs" ]; then
		# Options of the compiler, and plugins, change from one major version to the next.
		[ "${theirs%%.*}" = "$brand ${ours%%.*}" ] ||
			echo "warning: $uname was built with $theirs, the compiler here is $brand ${ours:-unknown}; BUILDROOT=FOLDER builds in a chroot that has the kernel's" >>"$warnings"
	fi
done
if [ "$(wc -l <"$rows")" -gt 1 ]; then
	awk -F'|' 'NR == FNR { for (i = 1; i <= NF; i++) if (length($i) > w[i]) w[i] = length($i); next }
		{ for (i = 1; i < NF; i++) printf "%-" w[i] "s  ", $i; print $NF }' "$rows" "$rows"
fi
cat "$warnings" >&2
for flavour in $flavours; do
	grep -qE "^[^|]* \*\|[^|]*\|$flavour\|" "$rows" || echo "release $release (compiler $wanted) has no header tree for flavour $flavour here, or the disk leaves it out" >&2
done
