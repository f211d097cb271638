#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# CC="ccache gcc" and CC="distcc gcc", as docs/farm.md says: the second build comes from the cache, a farm of one machine
# compiles, and the bytes are those of plain gcc.
. "$(dirname "$0")/lib.sh"
for tool in ccache distcc distccd; do
	command -v $tool >/dev/null || { fail "$tool is installed (make check-deps)"; done_testing; }
done
copy_example acme
cd "$tmp/acme" || exit 1
echo 'EXCLUDE.kdump = one kernel is enough here' >>disk.mk
o=out/helloworld/
unset CCACHE_DIR DISTCC_DIR DISTCC_HOSTS CCACHE_PREFIX CCACHE_CONFIGPATH XDG_CACHE_HOME XDG_CONFIG_HOME
export HOME="$tmp/home"
mkdir "$HOME"

build . -j2 >"$tmp/log" 2>&1 || { fail "a plain build" "$(cat "$tmp/log")"; done_testing; }
plain=$(fingerprint $o)

# again CC: a clean build.
again() {
	rm -rf out
	run timeout 120 make -C . --no-print-directory -j2 CC="$1"
}
# statistic NAME: of the user's own cache, as he would ask for it.
statistic() {
	ccache --print-stats | awk -v name="$1" '$1 == name { print $2 }'
}
hits() {
	echo $(($(statistic direct_cache_hit) + $(statistic preprocessed_cache_hit)))
}
again 'ccache gcc'
is "ccache: builds" "$status" 0 || note "$err"
is "ccache: to the same bytes" "$(fingerprint $o)" "$plain"
missed=$(statistic cache_miss)
hit=$(hits)
ok "ccache: the first build fills the user's cache" test "$missed" -gt 0
again 'ccache gcc'
is "ccache: a second clean build" "$status" 0
is "ccache: compiles nothing anew" "$(statistic cache_miss)" "$missed"
ok "ccache: all of it comes from the cache ($missed missed, $hit and then $(hits) hits)" test "$(hits)" -ge $((hit + missed))
is "ccache: to the same bytes again" "$(fingerprint $o)" "$plain"
cp -R ../acme ../moved
sed -i "s,^DDK ?=.*,DDK ?= $kit," ../moved/Makefile
rm -rf ../moved/out
run build ../moved -j2 CC='ccache gcc'
is "ccache: nor does a build in another folder" "$status:$(statistic cache_miss)" "0:$missed"

# A compile server for this test, which ends by itself at the latest. Several of these tests may run at once.
port=
for try in 1 2 3 4 5; do
	port=$((20000 + ($$ * 7 + try * 1231) % 20000))
	distccd --no-detach --daemon --port $port --listen 127.0.0.1 --allow 127.0.0.1 --jobs 2 --lifetime 300 \
		--log-stderr --log-level info 2>"$tmp/distccd.log" &
	server=$!
	sleep 1
	kill -0 $server 2>/dev/null && break
done
trap 'kill $server 2>/dev/null; rm -rf "$SCRATCH"' EXIT
export DISTCC_HOSTS="127.0.0.1:$port" DISTCC_FALLBACK=0
compiled() {
	grep -c 'COMPILE_OK' "$tmp/distccd.log"
}
again 'distcc gcc'
is "distcc: builds" "$status" 0 || note "$err
$(tail -n 5 "$tmp/distccd.log")"
is "distcc: to the same bytes" "$(fingerprint $o)" "$plain"
like "distcc: the server compiled the driver" "$(cat "$tmp/distccd.log")" 'COMPILE_OK .*helloworld\.c'
before=$(compiled)
# Both: what the cache has not seen is sent away.
echo '// changed' >>modules/helloworld-1.0/helloworld.c
export CCACHE_PREFIX=distcc
again 'ccache gcc'
is "ccache with distcc behind it: builds" "$status" 0 || note "$err"
ok "ccache with distcc behind it: the server had to do" test "$(compiled)" -gt "$before"
before=$(compiled)
again 'ccache gcc'
is "ccache with distcc behind it: once" "$status:$(compiled)" "0:$before"
unset CCACHE_PREFIX
sed -i 's/^static int helloworld_probe/static nosuchtype x;\n&/' modules/helloworld-1.0/helloworld.c
again 'distcc gcc'
like "distcc: an error there is an error here" "$err" '^modules/helloworld-1\.0/helloworld\.c:[0-9]+:[0-9]+: error: .*nosuchtype'
sed -i '/nosuchtype/d' modules/helloworld-1.0/helloworld.c
# Distcc leaves out a host for a minute after that, and remembers it here.
rm -rf "$HOME/.distcc"
kill $server
wait $server 2>/dev/null
again 'distcc gcc'
is "distcc: without a server make fails" "$status" 2
like "distcc: and says why" "$err" '^distcc.*ERROR: '
done_testing
