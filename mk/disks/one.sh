#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# one.sh facts NUMBER: asks the make of one disk for its label, release and folder of results
# one.sh build NUMBER GOAL...: runs it. Its lines begin with the disk's name, since several run at once.
set -u
verb=$1 number=$2
shift 2
: "${disks_work:?}" "${disks_kit:?}" "${MAKE:?}"
mine=$disks_work/$number
folder=$(cat "$mine/folder")

each() {
	"$MAKE" --no-print-directory -f "$disks_kit/Makefile" DISK="$folder" DISKS= "$@"
}

if [ "$verb" = facts ]; then
	# One that fails here fails its turn of building, so that -k goes on with the others.
	each -s disk-facts >"$mine/facts" 2>"$mine/err" || : >"$mine/broken"
	exit 0
fi

result() {
	printf '%s\n' "$1" >"$mine/result"
}
stop=$disks_work/stop
if [ -e "$stop" ]; then
	result 'not begun'
	exit 0
fi
result stopped
start=$(date +%s%N)
name=$(printf %s "$(cat "$mine/name")" | sed 's/[&\\/]/\\&/g')
status=1
mkfifo "$mine/out.fifo" "$mine/err.fifo" 2>/dev/null
# Over the line that tells of the steps under way.
erase=$([ -z "${ddk_live:-}" ] || printf '\r\033[K')
sed -u "s/^/$erase$name: /" <"$mine/out.fifo" &
sed -u -e "w $mine/err" -e "s/^/$erase$name: /" <"$mine/err.fifo" >&2 &
[ -e "$mine/broken" ] || rm -f "$(sed -n 's/^out=//p' "$mine/facts")/failure"
ddk_stop=$([ -n "${disks_keep:-}" ] || echo "$stop")
export ddk_stop
each "$@" >"$mine/out.fifo" 2>"$mine/err.fifo"
status=$?
wait
echo $((($(date +%s%N) - start) / 1000000)) >"$mine/ms"

# It never fails here: summary.sh does, once all have ended.
if [ "$status" -eq 0 ]; then
	result 'done'
	exit 0
fi
# A step that did not begin since another disk had failed left no failure of its own.
if [ -e "$stop" ] && grep -qxF 'stopped, since another disk failed' "$mine/err"; then
	exit 0
fi
result failed
[ -n "${disks_keep:-}" ] || : >"$stop"
