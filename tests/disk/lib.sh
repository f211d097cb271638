# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# What the tests of building disks share.
# shellcheck source=../lib/tap.sh
. "${tests:-$(dirname "$0")/..}/lib/tap.sh"
scratch
tmp=$SCRATCH
kit=$(cd "${tests:-$(dirname "$0")/..}/.." && pwd)

# The tests' own makes have their own job servers.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
export NO_COLOR=1
ddk=${ddk:-$kit/out/build/ddk}
xen=$(find /usr/src -maxdepth 1 -name 'linux-headers-6.1.0-*-amd64' ! -name '*-cloud-*' ! -name '*-rt-*' | sort -V | tail -n 1)
kdump=$(find /usr/src -maxdepth 1 -name 'linux-headers-6.1.0-*-cloud-amd64' | sort -V | tail -n 1)
uname_xen=${xen#/usr/src/linux-headers-}
uname_kdump=${kdump#/usr/src/linux-headers-}

# header_tree NAME UNAME FROM: a header tree of a kernel that calls itself UNAME, at $tmp/NAME: a copy of FROM in
# which only that name is another.
header_tree() {
	cp -R "$3" "$tmp/$1"
	for tap_link in scripts tools; do
		ln -sfn "$(realpath "$3/$tap_link")" "$tmp/$1/$tap_link"
	done
	echo "#define UTS_RELEASE \"$2\"" >"$tmp/$1/include/generated/utsrelease.h"
}

# What gives a command mounts of its own, as root or as anyone.
namespace='unshare --mount'
[ "$(id -u)" -eq 0 ] || namespace='unshare --mount --map-root-user'

# build DISK GOAL-OR-SETTING...: a make as a vendor would run it.
build() {
	tap_disk=$1
	shift
	make -C "$tap_disk" --no-print-directory "$@"
}

# copy_example NAME: a disk of its own, a copy of the example, in $tmp/NAME.
copy_example() {
	make -s -C "$kit" new DISK="$tmp/$1" >/dev/null
}

# set_value FILE VARIABLE VALUE: one line of a disk.mk.
set_value() {
	{ grep -v "^$2 *=" "$1" || :; echo "$2 = $3"; } >"$1.new"
	mv "$1.new" "$1"
}

# acme_cli FOLDER: a command line tool of a vendor, FOLDER/RPMS/noarch/acme-cli-3.2-7.noarch.rpm.
acme_cli() {
	mkdir -p "$1"
	cat >"$1/acme-cli.spec" <<-'EOF'
		Name: acme-cli
		Version: 3.2
		Release: 7
		Summary: A command line tool
		License: Proprietary
		BuildArch: noarch
		%description
		A prebuilt tool.
		%install
		mkdir -p %{buildroot}/usr/sbin
		printf '#!/bin/sh\necho acme\n' >%{buildroot}/usr/sbin/acme
		chmod 755 %{buildroot}/usr/sbin/acme
		%files
		/usr/sbin/acme
	EOF
	rpmbuild -bb --quiet --define "_topdir $(realpath "$1")" "$1/acme-cli.spec" >"$tmp/acme-cli.log" 2>&1 || cat "$tmp/acme-cli.log" >&2
}

# The names and bytes of everything under a folder.
fingerprint() {
	(cd "$1" && find . -type f ! -path './work/*' ! -path './log/*' ! -name failure -exec md5sum {} + | LC_ALL=C sort -k2)
}
