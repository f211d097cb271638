#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# tries.sh SCRIPT ARGUMENT…: runs a script of this folder, and again when it ends with 75: Wine did not start one of its
# processes, which happens by chance where `setarch -R` is not permitted (README.md, Addresses).
set -eu

for try in 1 2 3; do
	status=0
	sh "$@" || status=$?
	[ "$status" -eq 75 ] || exit "$status"
	echo "# try $try: Wine did not start a process"
done
exit 1
