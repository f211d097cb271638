# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# TAP for tests written in sh: source this first. Each test file gets a scratch folder in $tmp, which
# goes away at the end (KEEP=1 keeps it), and ends with done_testing.

tap_count=0
tap_failed=0
# shellcheck disable=SC2034 # the tests use it
kit=$(cd "$(dirname "$0")/../.." && pwd)
tmp=$(mktemp -d "${TMPDIR:-/tmp}/ddk-test.XXXXXX")
trap '[ -n "${KEEP:-}" ] || rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM

pass() {
	tap_count=$((tap_count + 1))
	echo "ok $tap_count - $1"
}

# fail NAME [DETAIL]
fail() {
	tap_count=$((tap_count + 1))
	tap_failed=$((tap_failed + 1))
	echo "not ok $tap_count - $1"
	[ -z "${2:-}" ] || printf '%s\n' "$2" | sed 's/^/# /'
}

# run COMMAND...: sets status, out (standard output) and err (standard error).
run() {
	status=0
	out=$("$@" 2>"$tmp/.err") || status=$?
	err=$(cat "$tmp/.err")
}

# ok NAME COMMAND...: the command succeeds.
ok() {
	tap_name=$1
	shift
	run "$@"
	if [ "$status" -eq 0 ]; then pass "$tap_name"; else fail "$tap_name" "status $status of: $*
$out
$err"; fi
}

# is GOT WANTED NAME
is() {
	if [ "$1" = "$2" ]; then pass "$3"; else fail "$3" "     got: $1
  wanted: $2"; fi
}

isnt() {
	if [ "$1" != "$2" ]; then pass "$3"; else fail "$3" "got what it must not be: $1"; fi
}

# like TEXT ERE NAME: some line of the text matches.
like() {
	if printf '%s\n' "$1" | grep -qE -e "$2"; then pass "$3"; else fail "$3" "no line matches $2:
$1"; fi
}

unlike() {
	if printf '%s\n' "$1" | grep -qE -e "$2"; then fail "$3" "a line matches $2:
$1"; else pass "$3"; fi
}

# skip_all REASON: nothing of this file can run here.
skip_all() {
	echo "1..0 # SKIP ${1:?a skip wants a reason}"
	exit 0
}

done_testing() {
	echo "1..$tap_count"
	[ "$tap_failed" -eq 0 ]
	exit
}
