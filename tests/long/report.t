#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The report of a submission in a browser: really light and really dark, nothing wider than the window, nothing
# loaded from elsewhere. KEEP=FOLDER keeps the pictures.
. "$(dirname "$0")/../submission/lib.sh"

command -v chromium >/dev/null || skip_all "chromium is not installed: make lab-deps"
command -v ip >/dev/null || skip_all "iproute2 is not installed: make lab-deps"
command -v pngtopnm >/dev/null || skip_all "netpbm is not installed: make lab-deps"

# A browser calls its maker, whatever it is told; in a network of its own, with nothing but lo, it cannot.
alone='unshare --net'
[ "$(id -u)" -eq 0 ] || alone='unshare --net --map-root-user'
# browse WIDTH OPTION...: a browser that has seen nothing before.
browse() {
	width=$1
	shift
	rm -rf profile
	# shellcheck disable=SC2016 # for the inner shell
	run $alone sh -c 'ip link set lo up && exec "$@"' sh timeout 120 chromium --headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking \
		--disable-component-update --disable-sync --hide-scrollbars --user-data-dir="$tmp/profile" --log-net-log="$tmp/net.json" \
		--window-size="$width,1600" "$@"
}
# What the page may not do, a copy of it without the policy does for us: it says how wide it became.
measured() {
	sed 's,<meta http-equiv[^>]*>,,; \|</body>|,$d' "$1"
	cat <<-'END'
		<script>document.title = document.documentElement.scrollWidth + " " + innerWidth + " " +
		getComputedStyle(document.body).backgroundColor + " " + document.querySelectorAll("section").length</script></body></html>
	END
}
# brightness FILE: of a picture, 0 black to 100 white, on average.
brightness() {
	pngtopnm "$1" 2>/dev/null | ppmtopgm | pamsumm -mean -normalize -brief | awk '{ printf "%d", $1 * 100 }'
}
dark=--blink-settings=preferredColorScheme=0
light=--blink-settings=preferredColorScheme=1

# Two disks: the second with something in every section of the page.
copy_example one
build one -j2 submission >log 2>&1 || cat log >&2
cp -R one two
sed -i 's/hello/hullo/' two/modules/helloworld-1.0/helloworld.c
build two -j2 submission "PREVIOUS=$tmp/one/out/helloworld/helloworld.iso" >log 2>&1 || cat log >&2
ok "a report" "$ddk" unbundle -q two/out/helloworld/helloworld-submission.tar b
cp b/report.html page.html
measured page.html >measured.html

browse 1200 "$light" --screenshot="$tmp/light.png" "file://$tmp/page.html"
is "in light" "$status" 0 || note "$err"
browse 1200 "$dark" --screenshot="$tmp/dark.png" "file://$tmp/page.html"
is "in dark" "$status" 0 || note "$err"
browse 500 "$light" --screenshot="$tmp/narrow.png" "file://$tmp/page.html"
is "in a narrow window" "$status" 0 || note "$err"
ok "light is bright: $(brightness light.png) of 100" test "$(brightness light.png)" -gt 85
ok "dark is dark: $(brightness dark.png) of 100" test "$(brightness dark.png)" -lt 20
ok "dark has words on it" test "$(brightness dark.png)" -gt 4
ok "the narrow one is as bright" test "$(brightness narrow.png)" -gt 80
if [ -n "${KEEP:-}" ]; then
	cp light.png dark.png narrow.png "$KEEP/"
fi

for width in 1200 800 500; do
	browse $width "$dark" --dump-dom "file://$tmp/measured.html"
	title=$(printf '%s\n' "$out" | sed -n 's,.*<title>\(.*\)</title>.*,\1,p' | head -n 1)
	# shellcheck disable=SC2086 # words
	set -- $title
	is "at $width nothing is wider than the window ($title)" "${1:-none}" "${2:-nothing}"
done
like "dark by the page's own colours" "$title" 'rgb\(13, 17, 23\) 5$'
browse 800 --dump-dom "file://$tmp/page.html"
is "the page itself runs nothing" "$(printf '%s\n' "$out" | grep -c '<title>helloworld 1.0</title>')" 1

# What a page loads stands in the browser's log of its network. A page that does load shows that the log works.
asked() {
	grep -oE 'SiteForCookies: \{site=file://[^"]*","url":"[^"]*' net.json | sed 's/.*"url":"//' | grep -v '^file:' | sort -u
}
is "nothing is loaded from elsewhere" "$(asked)" ""
sed -e 's,<meta http-equiv[^>]*>,,' -e 's,</body>,<img src="http://127.0.0.1:9/x.png"/></body>,' page.html >loads.html
browse 800 --dump-dom "file://$tmp/loads.html"
like "which the log would tell" "$(asked)" '^http://127\.0\.0\.1:9/x\.png$'

# An ill-meant page: the escapes hold, and were they to fail, the policy would.
sed -e 's,</body>,<script>document.title = "run"</script><img src="http://127.0.0.1:9/x.png" onerror="document.title = 1"/></body>,' page.html >ill.html
browse 800 --dump-dom "file://$tmp/ill.html"
is "the policy stops a script" "$(printf '%s\n' "$out" | grep -c '<title>helloworld 1.0</title>')" 1
is "and what it would load" "$(asked)" ""

# On paper.
browse 800 --print-to-pdf="$tmp/page.pdf" "file://$tmp/page.html"
is "it can be printed" "$status $(head -c 5 page.pdf)" "0 %PDF-"
done_testing
