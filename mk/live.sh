#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# live.sh FOLDER NUMBER: draws the steps that are under way in one line of a terminal, over and over, until it is killed or
# step NUMBER, the process that started it, is gone. Each step has a file in FOLDER, named by its number: START|LOG|WHAT.
# Each has a live.sh as well; that of the oldest draws, so the line goes on for as long as there is a step.
set -u
folder=$1 number=$2
# The terminal, also within a command substitution.
exec 9>&1

# Quick steps should not make it flicker.
while sleep 0.3 && kill -0 "$number" 2>/dev/null && [ -e "$folder/$number" ]; do
	[ ! -e "$folder/off" ] || continue
	oldest='' first='' count=0
	set --
	for file in "$folder"/[0-9]*; do
		step=${file##*/}
		# One that was killed could not take its file away.
		kill -0 "$step" 2>/dev/null || { rm -f "$file"; continue; }
		{ IFS='|' read -r start log what <"$file"; } 2>/dev/null || continue
		if [ -z "$oldest" ] || [ "$start" -lt "$first" ]; then oldest=$step first=$start; fi
		count=$((count + 1))
		set -- "$@" "$file"
	done
	[ "$oldest" = "$number" ] || continue
	size=$(stty size <&9 2>/dev/null) || size='24 80'
	line=$(cat "$@" 2>/dev/null | sort -n | while IFS='|' read -r start log what; do
		printf '%s|%s|' "$start" "$what"
		# What the kernel's make said last, or where rpmbuild is.
		tail -c 4000 "$log" 2>/dev/null | sed -nE -e 's/^  ([A-Z][A-Z0-9]+)( \[M\])? +([^ ]*\/)?([^ /]+)$/\1 \4/p' \
			-e 's/^Executing\((%[a-z]+)\).*/\1/p' -e 's/^Processing files.*/packing/p' | tail -n 1 | sed 's/^\(MODPOST\) .*/\1/' | tr -d '\n|'
		echo
	done | awk -F'|' -v now="$(date +%s)" -v width="${size#* }" -v count="$count" '
		{ line = line (NR > 1 ? " | " : "") $2 ($3 == "" ? "" : ": " $3) " " int(now - $1 / 1000) "s" }
		END {
			line = "  " (count > 1 ? "[" count "] " : "") line
			gsub(/[^ -~]/, "?", line)
			# A full line would make some terminals scroll.
			print substr(line, 1, (width > 20 ? width : 80) - 1)
		}')
	[ -e "$folder/off" ] || [ ! -e "$folder/$number" ] || printf '\r\033[K%s' "$line"
done
