#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What interfaces a child package was written against.
#   import.sh pin TABLE DIR PROVIDER REVISION INTERFACE...
#       writes DIR/imports.pin: the revision, and of each interface its version there and the hash
#       of what was published of it. The one step that moves a package to other versions.
#   import.sh check TABLE DIR [OUT]
#       fails if the table no longer serves what is pinned or if that has changed; fills OUT, if
#       given, with the headers of these interfaces and no others, for the package to compile with.
set -eu

die() {
	echo "$*" >&2
	exit 1
}

# The version of interface $3 in revision $2 of provider $1.
in_revision() {
	awk -F' *[|] *' -v p="$1" -v r="$2" -v i="$3" '$1 == "revision" && $2 == p && $3 == r {
		n = split($4, pair, " ")
		for (k = 1; k <= n; k++) {
			split(pair[k], v, "=")
			if (v[1] == i)
				print v[2]
		}
	}' "$table"
}

# The header of interface $1, if version $2 is served.
header_of() {
	awk -F' *[|] *' -v i="$1" -v v="$2" '$1 == "interface" && $2 == i {
		split($4, span, "-")
		if (v >= span[1] + 0 && v <= span[2] + 0)
			print $6
	}' "$table"
}

hash_of() {
	sha256sum < "$frozen/$1_V$2.txt" | cut -d' ' -f1
}

pin() {
	provider=$1
	revision=$2
	shift 2
	{
		echo "# SPDX-License-Identifier: BSD-2-Clause"
		echo "# Made by tools/import.sh pin. Drift from it fails the build."
		echo "$provider $revision"
		for i; do
			version=$(in_revision "$provider" "$revision" "$i")
			[ -n "$version" ] || die "$table: $provider revision $revision has no $i"
			echo "$i $version $(hash_of "$i" "$version")"
		done
	} > "$dir/imports.pin.new"
	mv "$dir/imports.pin.new" "$dir/imports.pin"
}

check() {
	pinned=$dir/imports.pin
	[ -r "$pinned" ] || die "$dir: nothing is pinned; make import pins"
	provider=
	while read -r first second third; do
		case $first in
		'#'*) continue ;;
		esac
		if [ -z "$provider" ]; then
			provider=$first
			revision=$second
			continue
		fi
		header=$(header_of "$first" "$second")
		[ -n "$header" ] || die "$pinned: $first version $second is not served any more"
		[ "$(in_revision "$provider" "$revision" "$first")" = "$second" ] ||
			die "$pinned: $provider revision $revision does not have $first version $second"
		[ "$(hash_of "$first" "$second")" = "$third" ] ||
			die "$pinned: what is published of $first version $second has changed"
		if [ -n "$out" ]; then
			cp "$(dirname "$table")/$header" "$out/"
		fi
	done < "$pinned"
	[ -n "$provider" ] || die "$pinned: names no provider and revision"
}

[ $# -ge 3 ] || die "usage: import.sh pin|check TABLE DIR …"
mode=$1
table=$2
dir=$3
shift 3
frozen=$(dirname "$table")/frozen
out=
case $mode in
pin)
	[ $# -ge 3 ] || die "usage: import.sh pin TABLE DIR PROVIDER REVISION INTERFACE..."
	pin "$@"
	;;
check)
	if [ $# -ge 1 ]; then
		out=$1
		rm -rf "$out"
		mkdir -p "$out"
		cp "$(dirname "$table")/dk_interface.h" "$out/"
	fi
	check
	;;
*) die "usage: import.sh pin|check TABLE DIR …" ;;
esac
