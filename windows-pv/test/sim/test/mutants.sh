#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# mutants.sh OUT COMPILER: breaks lib/ and the simulator, one place at a time, in a copy, and
# expects the test named beside each change to fail. Run from windows-pv. A change that no longer
# fits its file is an error too: the list must follow the sources.
set -eu

out=$1
cc=$2
table=$(pwd)/test/sim/test/mutants.tbl
rm -rf "$out"
mkdir -p "$out"
cp -r lib test/sim "$out/"
cd "$out"

compile() { # FILE
	mkdir -p "obj/$(dirname "$1")"
	nice "$cc" -std=gnu11 -w -O1 -Isim -Isim/platform -Isim/guest -Ilib -Ilib/platform \
		-Isim/test -c "$1" -o "obj/$1.o"
}

link() { # TEST
	extra=
	case $1 in guest|front) extra="$(echo obj/lib/pv_*.c.o) obj/sim/test/guest.c.o obj/sim/test/guest_echo.c.o" ;; esac
	# shellcheck disable=SC2086
	nice "$cc" obj/sim/core/*.o obj/sim/store/*.o obj/sim/backend/*.o obj/sim/platform/*.o \
		"obj/sim/test/test_$1.c.o" $extra -lcmocka -lpthread -o mutant
}

for file in sim/core/*.c sim/store/*.c sim/backend/*.c sim/platform/*.c sim/test/*.c lib/pv_*.c; do
	compile "$file"
done
for test in core memory event grant store attack device guest front; do
	link "$test"
	./mutant > log 2>&1 || { cat log; echo "mutants: $test fails as it is"; exit 1; }
done

bad=0
count=0
while IFS='^' read -r file test from to; do
	case $file in ''|'#'*) continue ;; esac
	count=$((count + 1))
	cp "$file" saved
	if ! FROM=$from TO=$to perl -0pe \
		's/\Q$ENV{FROM}\E/$ENV{TO}/ or die' saved > "$file" 2> log; then
		echo "mutant $count: $file has no: $from"
		bad=1
	elif ! compile "$file" || ! link "$test"; then
		echo "mutant $count: $file does not compile with: $to"
		bad=1
	elif timeout 120 ./mutant > log 2>&1; then
		echo "mutant $count: $test does not notice: $file: $from -> $to"
		bad=1
	fi
	cp saved "$file"
	compile "$file"
done < "$table"
[ $bad -ne 0 ] || echo "PASS sim mutants: all $count noticed"
exit $bad
