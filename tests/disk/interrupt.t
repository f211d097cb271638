#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Killed at any moment and run again, a build ends with the same bytes.
. "$(dirname "$0")/lib.sh"
copy_example hello
cd "$tmp/hello" || exit 1
build . -j2 >"$tmp/log" 2>&1 || { fail "the first build" "$(cat "$tmp/log")"; done_testing; }
wanted=$(fingerprint out/helloworld/)

for pause in 0.05 0.3 0.8 1.4 2.0 2.6; do
	rm -rf out
	setsid make -j2 >"$tmp/log" 2>&1 &
	pid=$!
	sleep "$pause"
	kill -KILL -- "-$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	iso=out/helloworld/helloworld.iso
	if [ -e "$iso" ] && [ -e out/helloworld/helloworld.md5 ]; then
		(cd out/helloworld && md5sum -c --quiet helloworld.md5) >/dev/null 2>&1 || echo "# killed between the ISO and its sum"
	fi
	run build . -j2
	is "killed after $pause s" "$status:$(fingerprint out/helloworld/)" "0:$wanted"
done

# Killed while a finished disk is being replaced.
for pause in 0.1 0.6 1.4; do
	echo "$pause" >>data/helloworld-data-1.0/doc/README
	setsid make -j2 >"$tmp/log" 2>&1 &
	pid=$!
	sleep "$pause"
	kill -KILL -- "-$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	ok "killed after $pause s, there is a whole ISO" isoinfo -f -R -i out/helloworld/helloworld.iso
done
run build . -j2
once=$(fingerprint out/helloworld/)
rm -rf out
build . -j2 >"$tmp/log" 2>&1
is "a build on top of remains is that from nothing" "$(fingerprint out/helloworld/)" "$once"
done_testing
