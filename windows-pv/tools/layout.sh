#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# layout.sh dump CLANG WORK HEADER...: has the compiler say what it makes of the headers.
# layout.sh print WORK NAME VERSION: prints what a published version of an interface consists of:
# its declarations as 32-bit code sees them (with calling conventions), then sizes and offsets of
# its structures on both architectures. One fact a line, so that a newer version only adds lines.
set -eu

dump() {
	clang=$1
	work=$2
	shift 2
	printf '#include "%s"\n' "$@" > "$work/all.c"
	for run in i686:-ast-print:declarations x86_64:-fdump-record-layouts-complete:x86_64 \
		i686:-fdump-record-layouts-complete:i686; do
		rest=${run#*:}
		"$clang" "--target=${run%%:*}-pc-windows-gnu" -std=gnu11 -ffreestanding -fms-extensions \
			-w -D_WIN32_WINNT=0x0601 -Intddk -isystem /usr/share/mingw-w64/include/ddk \
			-isystem /usr/share/mingw-w64/include -Iinterfaces -fsyntax-only \
			-Xclang "${rest%:*}" "$work/all.c" > "$work/dump.${rest#*:}"
	done
}

if [ "$1" = dump ]; then
	shift
	dump "$@"
	exit 0
fi
work=$2
name=$3
version=$4

awk -v mine="DK_${name}_" -v version="$version" '
/^(typedef|struct|enum|union) / { block = ""; inside = 1 }
inside {
	sub(/^ +/, "")
	block = block == "" ? $0 : block " " $0
	if ($0 !~ /;$/ || (block ~ /{/ && block !~ /}[^}]*;$/))
		next
	inside = 0
	if (block !~ "[^A-Z_]_?" mine)
		next
	if (match(block, "struct _" mine "INTERFACE_V[0-9]+")) {
		n = substr(block, RSTART, RLENGTH)
		sub(/.*_V/, "", n)
		if (n != version)
			next
	}
	print "declaration " block
}' "$work/dump.declarations"
for arch in x86_64 i686; do
	awk -v arch=$arch -v mine="_DK_${name}_" \
		-v version="$version" '
	/^\*\*\* Dumping/ { record = "" }
	/^ +0 \| / && record == "" {
		record = $4
		keep = index(record, mine) == 1 &&
			(record !~ /_INTERFACE_V[0-9]+$/ || record ~ "_INTERFACE_V" version "$")
		next
	}
	keep && /\|/ {
		sub(/^ +/, "")
		gsub(/ +/, " ")
		print "layout " arch " " record " " $0
	}' "$work/dump.$arch"
done
