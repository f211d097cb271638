#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# abi.sh TABLE XEN-HEADERS CC: writes, to standard output, a header of static assertions that pin
# each layout of TABLE to what CC, a Linux compiler, sees in the unmodified headers. The numbers
# are read from assembly output, so 32-bit Linux needs neither a C library nor a run.
set -eu

table=$1
headers=$2
cc=$3
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

mkdir -p "$tmp/include"
ln -s "$(cd "$headers" && pwd)" "$tmp/include/xen"
awk '
BEGIN {
	print "#define __XEN_INTERFACE_VERSION__ 0x00040e00"
	print "#include <stddef.h>\n#include <stdint.h>"
	print "void abi(void);"
	fmt = "\t__asm__ volatile(\"\\n->%s = %%c0\" : : \"i\"((long)(%s)));\n"
}
/^#/ || NF == 0 { next }
$1 == "header" { print "#include <" $2 ">"; next }
!begun { print "void abi(void)\n{"; begun = 1 }
$1 == "const" { printf fmt, $2, $2; next }
$1 == "type" {
	t = $2
	sub(/@/, " ", t)
	printf fmt, "sizeof(" t ")", "sizeof(" t ")"
	for (i = 3; i <= NF; i++) {
		printf fmt, "offsetof(" t ", " $i ")", "offsetof(" t ", " $i ")"
		s = "sizeof(((" t " *)0)->" $i ")"
		# A flexible array has no size.
		if ($i != "ring")
			printf fmt, s, s
	}
	next
}
{ print "abi.tbl:" NR ": not understood: " $0 > "/dev/stderr"; exit 1 }
END { print "}" }
' "$table" > "$tmp/abi.c"

for bits in 64 32; do
	$cc "-m$bits" -ffreestanding -O1 -w -I"$tmp/include" -S -o "$tmp/abi$bits.s" "$tmp/abi.c"
	sed -n 's/^->\(.*\) = \$\{0,1\}\(-\{0,1\}[0-9]*\)$/\1|\2/p' "$tmp/abi$bits.s" > "$tmp/abi$bits"
	[ "$(wc -l < "$tmp/abi$bits")" -eq "$(grep -c -e '->.* = %c0' "$tmp/abi.c")" ]
done

echo '/* SPDX-License-Identifier: BSD-2-Clause */'
echo '/* Made by lib/abi/abi.sh from lib/abi/abi.tbl: what Linux sees. Do not edit. */'
echo '#include <stddef.h>'
echo '#include "pv_xen.h"'
sed -n 's/^header \(.*\)/#include <\1>/p' "$table"
for bits in 64 32; do
	if [ $bits = 64 ]; then echo '#if defined(__x86_64__)'; else echo '#elif defined(__i386__)'; fi
	awk -F'|' '{ printf "_Static_assert(%s == %s, \"%s is not what Linux sees\");\n", $1, $2, $1 }' \
		"$tmp/abi$bits"
done
echo '#else'
echo '#error "no layout known for this processor"'
echo '#endif'
