#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# step.sh OUT V LOG TITLE COMMAND...: runs one step of a build. Its output goes to OUT/log/LOG.log, one line
# with the time it took to the terminal (none when TITLE is empty). When it fails, the first real
# error and the log's path are shown, and stand in OUT/failure. On a terminal a line below tells what is under way
# (live.sh); ddk_live and ddk_live_tty say where, when the steps of several disks share one.
set -u
out=$1 verbose=$2 log=$1/log/$3.log title=$4
shift 4

# Another of several disks has failed: begin nothing more.
if [ -n "${ddk_stop:-}" ] && [ -e "$ddk_stop" ]; then
	echo 'stopped, since another disk failed' >&2
	exit 1
fi

start=$(date +%s%N)
live=${ddk_live:-} erase=
if [ -z "$live" ] && [ -t 1 ] && [ "$verbose" != 1 ] && [ "${TERM:-dumb}" != dumb ] && [ -z "${CI:-}" ]; then
	live=$out/work/live
fi
# on_terminal COMMAND...: with the terminal as its output, also where lines go through a pipe first.
on_terminal() {
	if [ -n "${ddk_live_tty:-}" ]; then "$@" >"$ddk_live_tty"; else "$@"; fi
}
live_begin() {
	mkdir -p "$live"
	what=${step_kernel:-$(printf %s "$title" | tr -s ' ')}
	printf '%s|%s|%s\n' $((start / 1000000)) "$log" "${ddk_live:+${out##*/} }${what:-preparing}" >"$live/.$$"
	mv "$live/.$$" "$live/$$"
	on_terminal "${0%/*}/live.sh" "$live" $$ &
	painter=$!
	[ -n "${ddk_live:-}" ] || erase=$(printf '\r\033[K')
	trap 'live_end; trap - INT; kill -INT $$' INT
	trap 'live_end; trap - TERM; kill $$' TERM
}
live_end() {
	rm -f "$live/$$"
	kill "$painter" 2>/dev/null
	wait "$painter" 2>/dev/null
	on_terminal printf '\r\033[K'
}
[ -z "$live" ] || live_begin
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

if [ -n "$live" ]; then
	# After a failure make speaks for itself, and does not know of the line.
	[ "$status" -eq 0 ] || [ -n "${ddk_live:-}" ] || : >"$live/off"
	live_end
fi
if [ "$status" -eq 0 ]; then
	[ -n "$title" ] || exit 0
	ms=$((($(date +%s%N) - start) / 1000000))
	printf '%s  %s  %d.%ds\n' "$erase" "$title" $((ms / 1000)) $((ms % 1000 / 100))
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
