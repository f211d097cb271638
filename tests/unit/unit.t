#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Runs the C unit tests, each under sanitizers. UNITS has the programs; what one says is shown only if it fails.
. "$(dirname "$0")/../lib/tap.sh"
scratch

for unit in ${UNITS:?make check sets it}; do
	CMOCKA_MESSAGE_OUTPUT=TAP "$unit" >"$SCRATCH/log" 2>&1
	ok "${unit##*/}: $(grep -cE '^ok ' "$SCRATCH/log") tests" test $? -eq 0 || diagnose "$(grep -vE '^ok ' "$SCRATCH/log" | head -n 40)"
done
done_testing
