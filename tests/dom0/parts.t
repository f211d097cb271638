#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What the laboratory is made of: made once, whole or not at all, and what is missing is said.
# shellcheck source=../lib/tap.sh
. "$(dirname "$0")/../lib/tap.sh"
scratch
parts=$(cd "$(dirname "$0")" && pwd)/parts.sh
command -v qemu-system-x86_64 >/dev/null || skip_all "the laboratory is not installed; make lab-deps"
made=${dom0_parts:-$("$parts")} || exit 1
for file in xen root.img uname1 uname2; do
	ok "$file is there" test -s "$made/$file"
done
for uname in "$(cat "$made/uname1")" "$(cat "$made/uname2")"; do
	for file in vmlinuz initrd kernel.rpm; do
		ok "$file of $uname" test -s "$made/$uname/$file"
	done
done
isnt "two kernels" "$(cat "$made/uname1")" "$(cat "$made/uname2")"

run "$parts"
is "made once: the same folder again" "$status:$out" "0:$made"
is "and not a word more" "$err" ""

# No package lists, as on a fresh machine.
mkdir "$SCRATCH/lists" "$SCRATCH/cache"
echo "Dir::State::lists \"$SCRATCH/lists/\"; Dir::Cache::pkgcache \"\"; Dir::Cache::srcpkgcache \"\";" >"$SCRATCH/apt.conf"
run env APT_CONFIG="$SCRATCH/apt.conf" DOM0_CACHE="$SCRATCH/cache" "$parts"
is "apt knows no package: status" "$status" 1
like "apt knows no package: message" "$err" '^dom0: apt does not .*; run apt-get update'
is "apt knows no package: nothing is printed" "$out" ""
is "apt knows no package: nothing is left" "$(ls -A "$SCRATCH/cache")" ""
: >"$SCRATCH/file"
run env DOM0_CACHE="$SCRATCH/file/cache" "$parts"
isnt "a cache that cannot be: status" "$status" 0
like "a cache that cannot be: message" "$err" "^dom0: $SCRATCH/file/cache cannot be written; DOM0_CACHE names another folder"
done_testing
