#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# gpg-sign.sh KEY SIGNATURE FILE: signs FILE, detached and armoured. KEY is what gpg-key.sh wrote; the time of the
# signature is the disk's, so that an RSA or EdDSA key gives the same bytes each time.
set -eu
# shellcheck source=/dev/null # written by gpg-key.sh
. "$1"
: "${gpg_fingerprint:?}" "${gpg_hash:?}" "${gpg_time:?}"
gpg --batch --no-tty --yes --quiet --armor --digest-algo "$gpg_hash" --faked-system-time "$gpg_time!" \
	--local-user "$gpg_fingerprint!" --output "$2.new" --detach-sign "$3"
mv -f "$2.new" "$2"
