#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# openssl.sh one|two ISO FOLDER: MD5 and SHA-256 of an image and of every RPM in a folder, one after the other or both at once.
set -eu
digests() {
	openssl dgst "$1" "$2"
	openssl dgst "$1" "$3"/*.rpm
}
if [ "$1" = two ]; then
	digests -md5 "$2" "$3" &
	digests -sha256 "$2" "$3"
	wait $!
else
	digests -md5 "$2" "$3"
	digests -sha256 "$2" "$3"
fi
