#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# layout.sh CLANG NAME VERSION HEADER: prints what a published version of an interface consists of:
# its declarations as 32-bit code sees them (with calling conventions), then sizes and offsets of
# its structures on both architectures. One fact a line, so that a newer version only adds lines.
set -eu

clang=$1
name=$2
version=$3
header=$4
source=$(mktemp --suffix=.c)
trap 'rm -f "$source"' EXIT
printf '#include "%s"\n' "$header" > "$source"

compile() {
	"$clang" "--target=$1-pc-windows-gnu" -std=gnu11 -ffreestanding -fms-extensions -w \
		-D_WIN32_WINNT=0x0601 -isystem /usr/share/mingw-w64/include/ddk \
		-isystem /usr/share/mingw-w64/include -Iinterfaces -fsyntax-only -Xclang "$2" "$source"
}

compile i686 -ast-print | awk -v mine="DK_${name}_" -v version="$version" '
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
}'
for arch in x86_64 i686; do
	compile $arch -fdump-record-layouts-complete | awk -v arch=$arch -v mine="_DK_${name}_" \
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
	}'
done
