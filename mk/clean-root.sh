#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# clean-root.sh FOLDER PACKAGES: a new Debian root of the host's own release, from the archives that the host's apt
# uses, with the packages that the file PACKAGES lists: NAME or NAME=VERSION, one a line. A version that
# the archive has no more is replaced by the present one, and said.
set -eu
root=$1 packages=$2

# What is mounted in the root, /proc for one, is seen by this script alone and goes with it, however it ends: whoever
# removes the root afterwards never meets the machine's own /proc in it.
if [ "${clean_root_apart:-}" != yes ]; then
	unshare --mount --pid --fork true 2>/dev/null || {
		echo "error: a clean root wants a mount namespace, and this system gives none (unshare --mount --pid)" >&2
		exit 1
	}
	clean_root_apart=yes exec unshare --mount --pid --fork --kill-child "$0" "$@"
fi

for proxy in http https; do
	value=$(apt-config shell v "Acquire::$proxy::Proxy" 2>/dev/null || :)
	eval "$value"
	[ -z "${v:-}" ] || export "${proxy}_proxy=$v"
	v=
done

# URI, suite, codename and component of each archive of Debian's.
archives=$(apt-get indextargets --format '$(REPO_URI) $(RELEASE) $(CODENAME) $(COMPONENT) $(ORIGIN) $(SHORTDESC)' |
	awk '$5 == "Debian" && $6 == "Packages" && !seen[$1, $2, $4]++ { print $1, $2, $3, $4 }')
# shellcheck disable=SC2046 # words of one line
set -- $(printf '%s\n' "$archives" | awk '$4 == "main" && $3 !~ /-/ { print; exit }')
[ $# -eq 4 ] || {
	echo "error: apt knows no Debian archive with main; \`apt-get update\` first" >&2
	exit 1
}
bad=$(grep -vE '^[a-z0-9][a-z0-9+.-]*(=[A-Za-z0-9.+:~-]+)?$' "$packages" || :)
[ -z "$bad" ] || {
	echo "error: no Debian package: $(printf '%s' "$bad" | head -n 1); BuildRequires have Debian's names here" >&2
	exit 1
}

log=$root.log
run() {
	"$@" >"$log" 2>&1 </dev/null || {
		tail -n 5 "$log" >&2
		exit 1
	}
}
run debootstrap --variant=minbase --include=ca-certificates "$3" "$root" "$1"
printf '%s\n' "$archives" | awk '{ print "deb", $1, $2, $4 }' >"$root/etc/apt/sources.list"
cp /etc/resolv.conf "$root/etc/resolv.conf" 2>/dev/null || :
apt() {
	chroot "$root" env DEBIAN_FRONTEND=noninteractive LC_ALL=C apt-get -qq -o APT::Sandbox::User=root "$@"
}
run apt update
wanted=
while read -r package; do
	if ! chroot "$root" apt-cache show "$package" >/dev/null 2>&1; then
		[ "$package" != "${package%%=*}" ] || continue
		echo "note: the archive has no $package any more; the present one is taken" >&2
		package=${package%%=*}
	fi
	wanted="$wanted $package"
done <"$packages"
# shellcheck disable=SC2086 # a list of words
run apt install -y --no-install-recommends $wanted
chroot "$root" apt-get clean
