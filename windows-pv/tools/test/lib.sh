# SPDX-License-Identifier: BSD-2-Clause
# For the tests of scripts: works in a fresh directory $work, counts what went wrong.
# shellcheck shell=sh

# shellcheck disable=SC2034 # failed is for the script that includes this
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
failed=0

# passes NAME COMMAND…
passes() {
	what=$1
	shift
	if "$@" > "$work/log" 2>&1; then
		echo "ok   $what"
	else
		echo "FAIL $what"
		sed 's/^/    /' "$work/log"
		failed=1
	fi
}

# refuses NAME REASON COMMAND…: fails, and says why
refuses() {
	what=$1
	reason=$2
	shift 2
	if "$@" > "$work/log" 2>&1; then
		echo "FAIL $what: let through"
		failed=1
	elif grep -q -e "$reason" "$work/log"; then
		echo "ok   $what"
	else
		echo "FAIL $what: not for the reason: $reason"
		sed 's/^/    /' "$work/log"
		failed=1
	fi
}
