#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# mutants.sh OUT COMPILER...: breaks lib/ and the simulator, one line at a time, in a copy, and
# expects the tests named beside each change to fail. Run from windows-pv. A change that no longer
# fits its file is an error too: the list must follow the sources.
set -eu

out=$1
shift
cases=test/sim/test/mutants.tbl
rm -rf "$out"
mkdir -p "$out"
cp -r lib test/sim "$out/"
bad=0
count=0

compile() {
	(cd "$out" && nice "$@" -std=gnu11 -w -O0 -Isim -Isim/platform -Isim/guest -Ilib \
		-Ilib/platform -Isim/test sim/core/*.c sim/store/*.c sim/backend/*.c \
		sim/platform/host.c $sources -lcmocka -lpthread -o mutant)
}

while IFS='^' read -r file test from to; do
	case $file in ''|'#'*) continue ;; esac
	count=$((count + 1))
	cp "$out/$file" "$out/saved"
	if ! FROM="$from" TO="$to" perl -0pe \
		's/\Q$ENV{FROM}\E/$ENV{TO}/ or exit 9' "$out/saved" > "$out/$file"; then
		echo "mutant $count: $file has no: $from"
		bad=1
		cp "$out/saved" "$out/$file"
		continue
	fi
	sources="sim/test/test_$test.c"
	if [ "$test" = guest ]; then
		sources="$sources sim/test/guest.c sim/test/guest_echo.c lib/pv_*.c"
	fi
	if ! compile "$@"; then
		echo "mutant $count: $file does not compile with: $to"
		bad=1
	elif (cd "$out" && timeout 120 ./mutant > log 2>&1); then
		echo "mutant $count: $test does not notice: $file: $from -> $to"
		bad=1
	fi
	cp "$out/saved" "$out/$file"
done < "$cases"
[ $bad -eq 0 ] && echo "PASS sim mutants: all $count noticed"
exit $bad
