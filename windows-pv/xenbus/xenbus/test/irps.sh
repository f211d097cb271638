#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# irps.sh TABLE WDM_H WORK: the table of PnP IRPs names every one that the system's header has, each
# once, and no other.
set -eu

table=$1
header=$2
work=$3
mkdir -p "$work"

# In the header they stand between the first of PnP and the first of power.
sed -n '/^#define IRP_MN_START_DEVICE/,/^#define IRP_MN_WAIT_WAKE/p' "$header" |
	sed -n 's/^#define IRP_MN_\([A-Z_]*\).*/\1/p' | grep -vx WAIT_WAKE | sort > "$work/known"
sed -n 's/^PNP(\([A-Z_]*\),.*/\1/p' "$table" | sort > "$work/handled"
# A header that was not understood proves nothing.
[ "$(wc -l < "$work/known")" -ge 23 ] || { echo "$header: only $(wc -l < "$work/known") IRPs" >&2; exit 1; }
if ! diff "$work/known" "$work/handled" > "$work/diff"; then
	echo "$table and $header differ (< is in the header only):" >&2
	cat "$work/diff" >&2
	exit 1
fi
