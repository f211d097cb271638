#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# sign.sh KEYDIR IN OUT: embeds a SHA-256 signature of the test key, for a .sys with a hash of each page, so
# that Windows can also prove a page that it reads later. With SIGN_CMD set in the environment, that
# program is called as SIGN_CMD IN OUT instead: a real signing service.
set -eu

keys=$1
in=$2
out=$3
pages=
case $in in *.sys) pages=-ph ;; esac
rm -f "$out.new"
if [ -n "${SIGN_CMD:-}" ]; then
	# shellcheck disable=SC2086 # a command with arguments
	$SIGN_CMD "$in" "$out.new"
else
	# shellcheck disable=SC2086 # an option, or none
	osslsigncode sign $pages -h sha256 -certs "$keys/test.crt" -key "$keys/test.key" \
		-n "$(basename "$in")" -in "$in" -out "$out.new" > "$out.log" ||
		{ cat "$out.log" >&2; exit 1; }
	rm -f "$out.log"
fi
mv "$out.new" "$out"
