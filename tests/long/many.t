#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# DISKS: a make of several disks that is killed at any moment and run again.
. "$(dirname "$0")/../disk/lib.sh"
cd "$tmp" || exit 1
mkdir all
for d in one two; do
	make -s -C "$kit" new DISK="$tmp/all/$d" LABEL="disk_$d" >/dev/null
	echo 'EXCLUDE.kdump = one kernel is enough here' >>"all/$d/disk.mk"
done
build all/one -j2 >log 2>&1 || { fail "a disk builds by itself" "$(cat log)"; done_testing; }
alone=$(fingerprint all/one/out/disk_one/)
for pause in 0.2 0.8 1.6 2.4 3.2; do
	rm -rf all/*/out
	setsid make -f "$kit/Makefile" -j2 DISKS="all/one all/two" >log 2>&1 &
	pid=$!
	sleep "$pause"
	kill -KILL -- "-$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	run make -f "$kit/Makefile" --no-print-directory -j2 DISKS="all/one all/two"
	is "killed after $pause s" "$status:$(fingerprint all/one/out/disk_one/)" "0:$alone" || note "$err"
done
done_testing
