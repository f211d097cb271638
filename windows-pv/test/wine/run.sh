#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# run.sh WORK SUITE [WORD…]: runs one suite of the harness in a fresh prefix, prints its TAP. WORK is what
# mk/wine.mk has made: bin/ (all that goes into the prefix), prefix/ (a prefix as Wine makes it).
# WINE and WINESERVER come from the environment, WINE_LIMIT is in seconds.
set -eu

work=$1
shift
run=$work/run/$(echo "$*" | tr ' ' -)
limit=${WINE_LIMIT:-240}

# shellcheck source=fresh-prefix.sh
. "$(dirname "$0")/fresh-prefix.sh"
cp -R "$work/bin/dktest" "$run/prefix/drive_c/"
cp "$work"/bin/drivers/*.sys "$run/prefix/drive_c/windows/system32/drivers/"

rc=0
timeout -k 10 "$limit" "$WINE" 'C:\dktest\dkwine.exe' "$@" > "$run/tap" 2> "$run/wine.log" || rc=$?
tr -d '\r' < "$run/tap"
cp "$run/prefix/drive_c/dktest/log.txt" "$run/log.txt" 2>/dev/null || true
if [ "$rc" -ge 124 ]; then
	echo "not ok - $* was not done within $limit s"
elif [ "$rc" -eq 0 ] && ! grep -q '^1\.\.[1-9]' "$run/tap"; then
	echo "not ok - $* ended without a plan"
	rc=1
fi
if [ "$rc" -ne 0 ]; then
	echo "# $*: status $rc; the drivers' log ($run/log.txt) ends:"
	tail -n 30 "$run/log.txt" 2>/dev/null | sed 's/^/#   /'
	sed 's/^/# wine: /' "$run/wine.log"
fi
exit "$rc"
