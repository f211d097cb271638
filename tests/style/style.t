#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The house rules that a program can check.
. "$(dirname "$0")/../lib/tap.sh"
cd "$(dirname "$0")/../.." || exit 1

# Files of the project: what git tracks, or in a copy without git everything but results.
files() {
	git ls-files 2>/dev/null || find . -path ./out -prune -o -type f -print
}
c=$(files | grep -E '^(\./)?(src|tests|windows-pv)/.*\.[ch]$')
scripts=$(files | while read -r f; do
	[ ! -f "$f" ] || ! head -c 9 "$f" | grep -q '^#!/bin/sh' || echo "$f"
done)

# shellcheck disable=SC2086 # lists of words, all of them
{
	run clang-format --dry-run -Werror $c
	is "C is laid out as .clang-format says" "$status" 0 || diagnose "$(printf '%s\n' "$err" | grep error: | head -n 20)"
	ok "scripts are clean under shellcheck" shellcheck -x -P SCRIPTDIR -S warning -s sh $scripts install.sh.in
	for f in $scripts install.sh.in; do
		dash -n "$f" || fail "dash reads $f"
	done
}

missing=$(files | grep -vE '(^|/)(LICENSE|README[^/]*|\.gitignore|\.gitkeep|greeting\.bin)$|corpus/|\.(abi|txt)$' | while read -r f; do
	[ ! -f "$f" ] || head -n 5 "$f" | grep -q 'SPDX-License-Identifier' || echo "$f"
done)
is "every file says its licence" "$missing" ""

# Every header stands on its own.
flags=$(pkg-config --cflags rpm libxml-2.0 glib-2.0 libarchive)
# shellcheck disable=SC2086 # a list of words
broken=$(for h in $(echo "$c" | grep -E '^(\./)?src/.*\.h$'); do
	gcc -std=gnu11 -D_GNU_SOURCE -Isrc -fsyntax-only -x c $flags "$h" >/dev/null 2>&1 || echo "$h"
done)
is "every header stands on its own" "$broken" ""

done_testing
