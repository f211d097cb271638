#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# step.sh OUT V LOG TITLE COMMAND...: runs one step of a build. Its output goes to OUT/log/LOG.log, one line
# with the time it took to the terminal (none when TITLE is empty). When it fails, the first real
# error and the log's path are shown, and stand in OUT/failure.
set -u
out=$1 verbose=$2 log=$1/log/$3.log title=$4
shift 4

# Another of several disks has failed: begin nothing more.
if [ -n "${ddk_stop:-}" ] && [ -e "$ddk_stop" ]; then
	echo 'stopped, since another disk failed' >&2
	exit 1
fi

start=$(date +%s%N)
if [ "$verbose" = 1 ]; then
	echo "$*"
	# The status must survive the pipe, and sh has no pipefail.
	{ { step_log=$log "$@" 2>&1; echo $? >"$log.status"; } | tee "$log"; }
	status=$(cat "$log.status")
	rm -f "$log.status"
else
	step_log=$log "$@" >"$log" 2>&1
	status=$?
fi

if [ "$status" -eq 0 ]; then
	[ -n "$title" ] || exit 0
	ms=$((($(date +%s%N) - start) / 1000000))
	printf '  %s  %d.%ds\n' "$title" $((ms / 1000)) $((ms % 1000 / 100))
	exit 0
fi

reason=$("${0%/*}/reason.sh" "$log")
# On a full disk the log has no room for the reason either.
[ -s "$log" ] || [ "$(df -Pk "$out" | awk 'END { print $4 }')" -gt 256 ] || reason="$out: No space left on device"
{
	printf '%s\n' "$reason"
	printf 'log: %s\n' "$log"
} | tee -a "$out/failure" >&2
exit "$status"
