#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Two builds in two folders on two days give the same bytes, and so does plain rpmbuild with the SRPM.
. "$(dirname "$0")/lib.sh"
copy_example one
mkdir -p "$tmp/elsewhere/deeper"
cp -R "$tmp/one" "$tmp/elsewhere/deeper/two"
# The other day: other dates on every file, older and newer than the changelog's.
find "$tmp/elsewhere" -type f -exec touch -d '2001-02-03' {} +
touch -d '2033-01-01' "$tmp/elsewhere/deeper/two/modules/helloworld-1.0/helloworld.c"
two=$tmp/elsewhere/deeper/two
sed -i "s,^DDK ?=.*,DDK ?= $kit," "$tmp/one/Makefile" "$two/Makefile"

# A spec that writes its build folder into the SRPM, as %setup does.
for d in "$tmp/one" "$two"; do
	sed -i 's/^%{unpack_source}/%setup -q/' "$d/specs/helloworld-data.spec"
done
ok "one" build "$tmp/one" -j2
umask 077
# Another kind of file system lists folders in another order.
$namespace sh -c 'mkdir "$1/out" && mount -t tmpfs none "$1/out" && TZ=Asia/Tokyo LANG=C.UTF-8 make -C "$1" -j1 &&
	cp -R "$1/out" "$1/kept"' sh "$two" >"$tmp/log" 2>&1 || { TZ=Asia/Tokyo build "$two" -j1 && mv "$two/out" "$two/kept"; } >>"$tmp/log" 2>&1
is "two, with another umask, time zone, file system and -j" $? 0 || cat "$tmp/log"
umask 022
a=$(fingerprint "$tmp/one/out/helloworld/")
b=$(fingerprint "$two/kept/helloworld/")
if $namespace true 2>/dev/null; then
	is "all files are the same" "$b" "$a"
else
	is "all files are the same but the data package's (no mount namespace here)" "$(echo "$b" | grep -v data)" "$(echo "$a" | grep -v data)"
fi

# A machine that never saw this kit.
mkdir "$tmp/plain"
srpm=$tmp/one/out/helloworld/helloworld-1.0-1.src.rpm
(cd "$tmp/plain" && env -i PATH="$PATH" HOME="$tmp/plain" rpmbuild --rebuild --define "_topdir $tmp/plain" "$srpm") >"$tmp/log" 2>&1
is "rpmbuild --rebuild of the SRPM, without the kit" $? 0 || cat "$tmp/log"
for rpm in "$tmp"/plain/RPMS/x86_64/*.rpm; do
	ok "gives the same ${rpm##*/}" cmp "$rpm" "$tmp/one/out/helloworld/${rpm##*/}"
done
is "for both flavours" "$(find "$tmp/plain/RPMS" -name '*.rpm' | wc -l)" 2
run rpmbuild --rebuild --define "_topdir $tmp/plain" --define 'ddk_only nope' "$srpm"
isnt "a selection that is none is refused" "$status" 0
like "by name" "$err" 'ddk_only is none of: xen1 kdump1'
run rpmbuild -bs --define "_topdir $tmp/plain" "$kit/specs/helloworld.spec"
isnt "the bare spec is refused" "$status" 0
like "with what to do" "$err" 'rpmbuild --rebuild|make'
done_testing
