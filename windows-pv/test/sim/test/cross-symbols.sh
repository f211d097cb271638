#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# cross-symbols.sh PLATFORM_H: reads nm's list of all objects; fails if one needs a name that no
# other defines and that PLATFORM_H does not declare.
set -eu

allowed=" memcpy memmove memset memcmp strlen strcmp strncmp ___chkstk_ms"
awk -v platform="$(cat "$1")" -v allowed="$allowed " '
	NF == 2 && $1 == "U" { need[$2] = 1 }
	NF == 3 && $2 ~ /^[A-TV-Z]$/ { have[$3] = 1 }
	END {
		for (name in need) {
			if (name in have || index(allowed, " " name " "))
				continue
			if (index(platform, name "("))
				continue
			print "sim: needs " name
			bad = 1
		}
		if (!bad)
			print "PASS sim cross: stands on its platform alone"
		exit bad
	}'
