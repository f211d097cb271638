#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# together.sh: looks at the facts of all disks: two must not write into one folder. Gives each a name for its lines:
# the label, or where that is another's too, the folder.
set -eu
: "${disks_work:?}"

fact() {
	sed -n "s/^$1=//p" "$disks_work/$2/facts"
}
while read -r number; do
	[ ! -e "$disks_work/$number/broken" ] || continue
	printf '%s\t%s\t%s\t%s\n' "$number" "$(fact label "$number")" "$(fact out "$number")" "$(cat "$disks_work/$number/given")"
done <"$disks_work/ids" >"$disks_work/all"

twice=$(cut -f3 "$disks_work/all" | sort | uniq -d | head -n 1)
[ -z "$twice" ] || {
	awk -F'\t' -v out="$twice" '$3 == out { n = n sep $4; sep = " and " } END {
		print "DISKS: " n " build into one folder, " out "; give one of them another LABEL, or build them one after the other" }' \
		"$disks_work/all" | tee "$disks_work/refused" >&2
	exit 2
}
awk -F'\t' '{ label[$1] = $2; given[$1] = $4; seen[$2]++ } END { for (n in label) print n "\t" (seen[label[n]] > 1 ? given[n] : label[n]) }' \
	"$disks_work/all" >"$disks_work/names"
while IFS='	' read -r number name; do
	printf '%s\n' "$name" >"$disks_work/$number/name"
done <"$disks_work/names"
