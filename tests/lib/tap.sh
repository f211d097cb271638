# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
#
# TAP for shell tests, to be read with '.'. A test ends with done_testing: without its plan
# line prove calls the test failed, so a test that dies half-way never passes.
#
#   ok NAME COMMAND...      the command succeeds
#   not_ok NAME COMMAND...  the command fails
#   is NAME GOT WANT        two strings are equal
#   isnt NAME GOT UNWANTED  two strings differ
#   like NAME TEXT ERE      a line of the text matches (unlike: none does)
#   run COMMAND...          runs it; sets out, err and status; stdin is empty
#   skip NAME REASON        one test that cannot run here
#   skip_all REASON         the whole file cannot run here; a reason is a must
#   note TEXT               a remark
#   diagnose TEXT           why a test failed; `make check` says it again at its end
#   scratch                 sets SCRATCH to a directory that goes with the test

tap_count=0
tap_failed=0
SCRATCH=
# Results have a way out of their own: `ok NAME COMMAND >/dev/null` silences the command, not its result.
exec 8>&1

tap_result() {
	tap_count=$((tap_count + 1))
	if [ "$1" -eq 0 ]; then
		printf 'ok %d - %s\n' "$tap_count" "$2" >&8
	else
		printf 'not ok %d - %s\n' "$tap_count" "$2" >&8
		diagnose "${0##*/tests/}: failed: $2"
		tap_failed=$((tap_failed + 1))
	fi
	return "$1"
}

note() {
	printf '%s\n' "$*" | sed 's/^/# /'
}

# prove shows standard error only.
diagnose() {
	note "$*" >&2
	[ -z "${TAP_FAILURES:-}" ] || note "$*" >>"$TAP_FAILURES"
}

pass() { tap_result 0 "$1"; }

# fail NAME [TEXT]
fail() {
	tap_result 1 "$1" || :
	[ -z "${2:-}" ] || diagnose "$2"
	return 1
}

ok() {
	tap_name=$1
	shift
	if "$@"; then pass "$tap_name"; else fail "$tap_name" "failed: $*"; fi
}

not_ok() {
	tap_name=$1
	shift
	if "$@"; then fail "$tap_name" "succeeded: $*"; else pass "$tap_name"; fi
}

is() {
	if [ "$2" = "$3" ]; then
		pass "$1"
	else
		fail "$1"
		tap_difference "$2" "$3"
		return 1
	fi
}

isnt() {
	if [ "$2" = "$3" ]; then fail "$1" "got what must not be: $2"; else pass "$1"; fi
}

# Many lines are told apart by diff.
tap_difference() {
	scratch
	printf '%s\n' "$1" >"$SCRATCH/.got"
	printf '%s\n' "$2" >"$SCRATCH/.want"
	case $1$2 in
	*"
"*) diagnose "$(diff "$SCRATCH/.want" "$SCRATCH/.got")" ;;
	*) diagnose "got:  $1
want: $2" ;;
	esac
}

like() {
	if printf '%s\n' "$2" | grep -E -e "$3" >/dev/null; then
		pass "$1"
	else
		fail "$1" "no line matches: $3
in: $2"
	fi
}

unlike() {
	if printf '%s\n' "$2" | grep -E -e "$3" >/dev/null; then
		fail "$1" "a line matches: $3
in: $2"
	else
		pass "$1"
	fi
}

scratch() {
	[ -n "$SCRATCH" ] && return 0
	SCRATCH=$(mktemp -d "${TMPDIR:-/tmp}/ddk-test.XXXXXX") || exit 1
	trap 'rm -rf --one-file-system "$SCRATCH"' EXIT
	trap 'exit 1' HUP INT TERM
}

# shellcheck disable=SC2034 # out, err and status are for the caller
run() {
	scratch
	status=0
	"$@" </dev/null >"$SCRATCH/.out" 2>"$SCRATCH/.err" 8>&- || status=$?
	out=$(cat "$SCRATCH/.out")
	err=$(cat "$SCRATCH/.err")
}

skip() {
	tap_count=$((tap_count + 1))
	printf 'ok %d - %s # SKIP %s\n' "$tap_count" "$1" "${2:?skip: give the reason}" >&8
}

skip_all() {
	printf '1..0 # SKIP %s\n' "${1:?skip_all: give the reason}"
	exit 0
}

done_testing() {
	printf '1..%d\n' "$tap_count"
	[ "$tap_failed" -eq 0 ] && exit 0
	note "$tap_failed of $tap_count tests failed"
	exit 1
}
