#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# mend.sh FROM TO: copies Xen's public headers from FROM to TO/xen so that a Windows compiler sees
# the layout that Xen sees.
#  - Xen's `unsigned long` is as wide as a pointer; in 64-bit Windows it is 32 bits.
#  - Xen's 32-bit ABI aligns nothing to more than 4 bytes; 32-bit Windows aligns 64-bit integers
#    to 8. (A typedef of lower alignment does not do: clang's Windows layout ignores it.)
set -eu

from=$1
to=$2

tmp=$to/xen.tmp.$$
rm -rf "$tmp"
mkdir -p "$tmp"
trap 'rm -rf "$tmp"' EXIT
(cd "$from" && find . -name '*.h' ! -path './arch-arm*' ! -path './foreign/*' ! -path './sys/*') |
while read -r f; do
	mkdir -p "$tmp/$(dirname "$f")"
	# Headers without a struct may be lists that are included inside one: left as they are.
	if ! grep -q 'struct' "$from/$f"; then
		sed 's/\<unsigned long\>/uintptr_t/g; s/(long)/(intptr_t)/g' "$from/$f" > "$tmp/$f"
		continue
	fi
	{
		printf '#ifndef __ASSEMBLY__\n#include <stdint.h>\n'
		printf '#ifdef __i386__\n#pragma pack(push, 4)\n#endif\n#endif\n'
		sed 's/\<unsigned long\>/uintptr_t/g; s/(long)/(intptr_t)/g' "$from/$f"
		printf '#if defined(__i386__) && !defined(__ASSEMBLY__)\n#pragma pack(pop)\n#endif\n'
	} > "$tmp/$f"
done
rm -rf "$to/xen"
mv "$tmp" "$to/xen"
trap - EXIT
