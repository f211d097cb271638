#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The harness itself: whatever becomes of a guest, the test knows. The emulator is a script here.
. "$(dirname "$0")/lib.sh"

# A guest that does what $guest says.
emulator() { timeout 2 sh -c "$guest"; }

# outcome GUEST: boots it as a test of its own.
outcome() {
	guest=$1
	status=0
	(tap_count=0 tap_failed=0 TAP_FAILURES='' && boot nothing && done_testing) >"$tmp/outcome" 2>&1 8>&1 || status=$?
	out=$(cat "$tmp/outcome")
}
good='echo "# step: first"; echo "ok 1 - it works"; echo "1..1"'

outcome "$good; echo end 0"
is "a good guest: status" "$status" 0
like "its results are taken over" "$out" '^ok 1 - it works$'
is "no console is kept" "$(find "$results" -name 'harness-*')" ""
outcome "$(printf '%s' "$good; echo end 0" | sed 's/";/\\r";/g')"
is "line ends of a terminal" "$status" 0
outcome 'echo "# step: first"; echo "# step: the second"; sleep 100'
is "a guest that hangs: status" "$status" 1
like "where it hangs" "$out" '^# no end after [0-9]+ s; the step that hangs: the second$'
outcome 'echo "# step: the only"'
is "a guest that dies: status" "$status" 1
like "where it died" "$out" '^# the guest went away in step: the only$'
outcome 'exit 3'
is "no guest at all" "$status" 1
like "the emulator's status" "$out" '^# emulator: status 3'
outcome 'echo "ok 1 - it works"; echo end 0'
is "no plan" "$status" 1
outcome 'echo "ok 1 - it works"; echo 1..2; echo end 0'
is "a plan that was not kept" "$status" 1
outcome 'echo "not ok 1 - it works"; echo "# got: 1"; echo 1..1; echo end 1'
is "a test that fails" "$status" 1
like "and why" "$out" '^# got: 1$'
outcome 'echo "ok 1 - later # SKIP no device"; echo 1..1; echo end 0'
is "a test that is left out" "$status" 0
like "with its reason" "$out" '^ok 1 - later # SKIP no device$'

# The guest's side of a scenario, in this host's shell.
emulator() {
	printf '%s\n' "$guest" '. "$(dirname "$0")/lib.sh"' >"$tmp/payload/tests/dom0/guest.t"
	(
		lab=$tmp/payload function=nothing
		export lab function
		sh "$tmp/payload/tests/dom0/guest.t" 2>&1
		echo "end $?"
	)
}
outcome 'nothing() { is "one" 1 1; the_end; }'
is "a good scenario: status" "$status" 0
like "its result" "$out" '^ok 1 - one$'
outcome 'nothing() { is "one" 1 1; no_such_word; the_end; }'
is "a word that does not exist: status" "$status" 1
like "which" "$out" '^# .*/guest.t: 1: .*no_such_word: not found$'
outcome 'nothing() { is "one" "$(no_such_word)" ""; the_end; }'
is "such a word in a substitution: status" "$status" 1
outcome 'nothing() { is "one" "$(echo "$no_such_value")" ""; the_end; }'
is "a variable that nobody set: status" "$status" 1
outcome 'nothing() { is "one" 1 1; return 0; the_end; }'
is "a scenario that stops before its end: status" "$status" 1
like "that is said" "$out" '^# it stopped before the_end$'
outcome 'nothing() { is "one" 1 1; exit 0; the_end; }'
is "one that leaves its shell: status" "$status" 1
outcome 'something() { is "one" 1 1; the_end; }'
is "the function does not exist: status" "$status" 1
outcome 'nothing() { is "one" 1 1; fi; the_end; }'
is "no shell can read it: status" "$status" 1
done_testing
