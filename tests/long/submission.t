#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make verify-submission in a Debian root that was made for it: nothing there but what the sources say they need.
. "$(dirname "$0")/../submission/lib.sh"

[ "$(id -u)" -eq 0 ] || skip_all "debootstrap wants root"
command -v debootstrap >/dev/null || skip_all "debootstrap is not installed: make lab-deps"
apt-get -qq download --print-uris debootstrap >/dev/null 2>&1 || skip_all "the Debian archive cannot be reached"

copy_example one
echo 'BuildRequires: bc' >requires
sed -i '/^Source0:/r requires' one/specs/helloworld.spec
sed -i 's/^%build$/&\nbc --version/' one/specs/helloworld.spec
if ! command -v bc >/dev/null; then
	# What only the clean root has shows that the build ran there.
	sed -i 's/^bc --version$/! command -v bc || bc --version/' one/specs/helloworld.spec
fi
run build one -j2 submission
is "a disk whose source needs bc" "$status" 0 || note "$err"
run make -s -C "$kit" verify-submission BUNDLE="$tmp/one/out/helloworld/helloworld-submission.tar" CLEANROOT=debootstrap
is "verified in a clean root" "$status" 0 || note "$out
$err"
like "which is said" "$out" '^rebuild: debootstrap'
is "every package is the same" "$(printf '%s\n' "$out" | grep -c '^  identical  ')" 5

# A package that the source does not name is not there.
sed -i '/^BuildRequires: bc/d; s/^! command.*/bc --version/' one/specs/helloworld.spec
if command -v bc >/dev/null; then
	ok "the disk is cleaned" build one clean
	run build one -j2 submission
	is "a source that does not say what it needs" "$status" 0 || note "$err"
	run make -s -C "$kit" verify-submission BUNDLE="$tmp/one/out/helloworld/helloworld-submission.tar" CLEANROOT=debootstrap
	isnt "does not build there" "$status" 0
	like "and what is missing is said" "$err" 'helloworld-1\.0-1\.src\.rpm does not build: .*bc'
else
	skip "a source that does not say what it needs" "bc is not installed here, so that it would not build here either"
fi
done_testing
