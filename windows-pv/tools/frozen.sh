#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# frozen.sh check|freeze CLANG TABLE: compares every version of every interface with its file in
# interfaces/frozen, or writes the files that are not there yet. It never changes one.
set -eu

mode=$1
clang=$2
table=$3
dir=$(dirname "$table")/frozen
here=$(dirname "$0")
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
now=$work/now
status=0

# name version header
versions() {
	awk -F' *[|] *' '$1 == "interface" {
		split($4, v, "-")
		for (n = v[1]; n <= v[2]; n++)
			print $2, n, $6
	}' "$table"
}

# The methods that the table documents, in the order of the structure.
methods() {
	awk -F' *[|] *' -v name="$1" -v version="$2" '$1 == "method" && $2 == name {
		n = split($3, v, "-")
		if (version >= v[1] + 0 && (n == 1 ? version == v[1] : v[2] == "" || version <= v[2] + 0))
			print $4
	}' "$table" | sort
}

versions > "$now.list"
# shellcheck disable=SC2046 # words
sh "$here/layout.sh" dump "$clang" "$work" $(awk '{ print $3 }' "$now.list" | sort -u)
while read -r name version header; do
	file=$dir/${name}_V$version.txt
	sh "$here/layout.sh" print "$work" "$name" "$version" > "$now"
	sed -n "s/^layout x86_64 _DK_${name}_INTERFACE_V$version [0-9]* | DK_[A-Z0-9_]* //p" "$now" |
		grep -vx -e Acquire -e Release | sort > "$now.members"
	methods "$name" "$version" > "$now.methods"
	if ! cmp -s "$now.members" "$now.methods"; then
		echo "$table: the methods of $name version $version are not those of $header:" >&2
		diff "$now.methods" "$now.members" >&2 || true
		status=1
	fi
	if [ -e "$file" ]; then
		if grep -Fxv -f "$now" "$file" | grep -v '^#'; then
			echo "$file: published, and no longer what $header says; make a new version" >&2
			status=1
		fi
	elif [ "$mode" = freeze ]; then
		{
			echo "# SPDX-License-Identifier: BSD-2-Clause"
			echo "# Published: never edited, never made again."
			cat "$now"
		} > "$file"
		echo "froze $file"
	else
		echo "$file: not there; publish the version by: make freeze" >&2
		status=1
	fi
done < "$now.list"
for file in "$dir"/*_V*.txt; do
	key=$(basename "$file" .txt)
	if ! grep -qx "${key%_V*} ${key##*_V} .*" "$now.list"; then
		echo "$table: ${key%_V*} version ${key##*_V} was published and is no longer served" >&2
		status=1
	fi
done
exit $status
