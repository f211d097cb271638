#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# summary.sh SUMMARY DDK GOAL...: what became of each disk, as a table for people and in SUMMARY for programs. Fails when
# a disk failed, with the names and first errors of those that did.
set -eu
summary=$1 ddk=$2
shift 2
: "${disks_work:?}"
[ ! -e "$disks_work/refused" ] || {
	rm -rf "$disks_work"
	exit 2
}

iso=no
for goal; do
	case $goal in build-isos | verify | submission) iso=yes ;; esac
done
fact() {
	[ ! -f "$disks_work/$2/facts" ] || sed -n "s/^$1=//p" "$disks_work/$2/facts"
}
# One disk: lines KEY=VALUE, with what is known of it.
tell() {
	mine=$disks_work/$1
	result=$(cat "$mine/result" 2>/dev/null || echo 'not begun')
	echo "name=$(cat "$mine/name")"
	echo "folder=$(cat "$mine/given")"
	echo "label=$(fact label "$1")"
	echo "release=$(fact release "$1")"
	echo "version=$(fact version "$1")"
	echo "result=$result"
	[ ! -f "$mine/ms" ] || echo "ms=$(cat "$mine/ms")"
	out=$(fact out "$1")
	if [ "$result" = 'done' ] && [ $iso = yes ]; then
		image=$out/$(fact label "$1").iso
		echo "iso=$image"
		echo "size=$(wc -c <"$image")"
		"$ddk" check --json "$image" >"$mine/check" || :
		sed -n '/"summary"/,$s/^ *"\(errors\|warnings\|notes\)": \([0-9]*\).*/\1=\2/p' "$mine/check"
	fi
	if [ "$result" = failed ]; then
		# Where no step failed, it is what make itself said first.
		if [ -s "$out/failure" ]; then
			echo "error=$(grep -v '^in flavour ' "$out/failure" | head -n 1)"
			echo "log=$(sed -n 's/^log: //p' "$out/failure" | head -n 1)"
		else
			echo "error=$(grep -v '^ *$' "$mine/err" | head -n 1 | sed -E 's/^[^ ]*:[0-9]+: \*\*\* //; s/\. +Stop\.$//; s/^make(\[[0-9]+\])?: \*\*\* //')"
		fi
	fi
}
while read -r number; do
	tell "$number"
	echo
done <"$disks_work/ids" | { iconv -c -f UTF-8 -t UTF-8 2>/dev/null || :; } >"$disks_work/told"

awk -v json="$disks_work/json" '
	function text(s) {
		gsub(/\\/, "\\\\", s)
		gsub(/"/, "\\\"", s)
		gsub(/\t/, "\\t", s)
		gsub(/[\001-\037\177]/, " ", s)
		return "\"" s "\""
	}
	function member(key, value) { printf "%s\n      \"%s\": %s", comma, key, value >json; comma = "," }
	function cell(column, value) {
		table[rows, column] = value
		if (length(value) > width[column]) width[column] = length(value)
	}
	function row(a, b, c, d, e, f, g) {
		rows++
		cell(1, a); cell(2, b); cell(3, c); cell(4, d); cell(5, e); cell(6, f); cell(7, g)
	}
	function disk() {
		if (!("name" in v)) return
		printf "%s\n    {", (n++ ? "," : "") >json
		comma = ""
		member("name", text(v["name"])); member("folder", text(v["folder"]))
		for (i = 1; i <= 3; i++) member(facts[i], v[facts[i]] == "" ? "null" : text(v[facts[i]]))
		member("result", text(v["result"]))
		member("seconds", "ms" in v ? sprintf("%.3f", v["ms"] / 1000) : "null")
		member("iso", "iso" in v ? text(v["iso"]) : "null")
		for (i = 4; i <= 7; i++) member(facts[i], facts[i] in v ? v[facts[i]] + 0 : "null")
		member("error", "error" in v ? text(v["error"]) : "null")
		member("log", v["log"] == "" ? "null" : text(v["log"]))
		printf "\n    }" >json
		row(v["name"], v["release"] == "" ? "-" : v["release"], v["result"], "ms" in v ? sprintf("%.1fs", v["ms"] / 1000) : "-",
			"size" in v ? v["size"] : "-", "errors" in v ? v["errors"] : "-", "warnings" in v ? v["warnings"] : "-")
		if (v["result"] != "done") bad = 1
		if (v["result"] == "failed") failed[++nfailed] = v["name"] " (" v["folder"] "): " v["error"] (v["log"] == "" ? "" : "\n  log: " v["log"])
		delete v
	}
	BEGIN {
		split("label release version size errors warnings notes", facts, " ")
		printf "{\n  \"format\": 1,\n  \"disks\": [" >json
		row("disk", "release", "result", "time", "bytes", "errors", "warnings")
	}
	/^$/ { disk(); next }
	{ key = $0; sub(/=.*/, "", key); value = $0; sub(/^[^=]*=/, "", value); v[key] = value }
	END {
		printf "\n  ],\n  \"result\": \"%s\"\n}\n", (bad ? "failed" : "done") >json
		for (r = 1; r <= rows; r++) {
			line = sprintf("%-" width[1] "s  %-" width[2] "s  %-" width[3] "s", table[r, 1], table[r, 2], table[r, 3])
			for (c = 4; c <= 7; c++) line = line sprintf("  %" width[c] "s", table[r, c])
			print line
		}
		fflush()
		for (i = 1; i <= nfailed; i++) print "failed: " failed[i] >"/dev/stderr"
		exit bad
	}' "$disks_work/told" && status=0 || status=1
mv -f "$disks_work/json" "$summary"
echo "$summary"
rm -rf "$disks_work"
exit "$status"
