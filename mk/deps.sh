#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Installs the Debian packages named as arguments, where they are missing.
set -eu

missing=
for package in "$@"; do
	state=$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null || :)
	[ "$state" = installed ] || missing="$missing $package"
done
[ -n "$missing" ] || exit 0

if ! command -v apt-get >/dev/null; then
	echo "deps: apt-get is not here; install what these Debian packages hold by other means:$missing" >&2
	exit 1
fi
sudo=
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "deps: not root, and sudo is not here; as root run: apt-get install$missing" >&2
		exit 1
	fi
	sudo=sudo
fi

echo "  APT    $missing"
install() {
	# shellcheck disable=SC2086 # both are lists of words
	$sudo env DEBIAN_FRONTEND=noninteractive apt-get -qq -o DPkg::Lock::Timeout=300 \
		install -y --no-install-recommends $missing >"$log" 2>&1
}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
# Package lists may be absent or old: try with what is there, then with fresh ones.
install || { $sudo apt-get -qq -o DPkg::Lock::Timeout=300 update && install; } || {
	tail -n 20 "$log" >&2
	echo "deps: apt-get could not install:$missing" >&2
	exit 1
}
