#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The line that tells what is under way, on a terminal and nowhere else.
. "$(dirname "$0")/lib.sh"
unset CI NO_COLOR DISK
export TERM=xterm
copy_example acme
cd "$tmp/acme" || exit 1
# The driver takes a while to compile.
sed -i 's/^obj-m.*/&\nKBUILD_CFLAGS += $(shell sleep 0.7)/' modules/helloworld-1.0/Kbuild

# terminal COMMAND: on a terminal of 70 columns; sets out to all that it was sent, status, and screen to what is left there.
terminal() {
	rm -rf out
	status=0
	script -q -e -c "stty cols 70; $1" "$tmp/typescript" </dev/null >/dev/null 2>&1 || status=$?
	read_terminal
}
escape=$(printf '\033')
return=$(printf '\r')
read_terminal() {
	out=$(sed -e '/^Script started/d' -e '/^Script done/d' -e "s/$return*\$//" "$tmp/typescript")
	# Each erasure takes away what stood in the line.
	screen=$(printf '%s\n' "$out" | sed "s/.*$return$escape\\[K//")
}
# The same but for times.
timeless() {
	sed -E 's/  [0-9]+\.[0-9]s$//' | LC_ALL=C sort
}
# What was drawn, one a line.
drawn() {
	printf '%s\n' "$out" | sed "s/$return$escape\\[K/\\n/g" | grep -E '^  (\[[0-9]+\] )?[^ ].* [0-9]+s( \||$)|^  \[[0-9]+\] '
}
plain=$(build . -j2)
terminal 'make --no-print-directory -j2'
is "on a terminal" "$status" 0
is "what is left on the screen is what is printed elsewhere" "$(printf '%s\n' "$screen" | timeless)" "$(printf '%s\n' "$plain" | timeless)"
like "in between there were flavour, kernel, what is compiled, and for how long" "$(drawn)" "xen $uname_xen: CC helloworld\.o [0-9]+s"
like "for all that is under way" "$(drawn)" '^  \[2\] .* \| '
is "no wider than the terminal" "$(drawn | awk 'length($0) > 69')" ""
unlike "and without colours" "$out" "$escape\\[[0-9;]*m"
ok "some times a second at most" test "$(drawn | wc -l)" -lt 200
is "nothing of it is left running" "$(ps -eo args | grep -F "live.sh $tmp" | grep -vc grep)" 0

# Nowhere else.
unlike "not where there is no terminal" "$plain" "$escape"
for setting in 'TERM=dumb' 'CI=true' 'V=1'; do
	terminal "$setting make --no-print-directory -j2 build-rpms"
	is "$setting: builds" "$status" 0
	unlike "$setting: no line" "$out" "$escape\\[K"
done

# A failure, and what make says of it.
cp modules/helloworld-1.0/helloworld.c "$tmp/good.c"
sed -i 's/^static int helloworld_probe/static nosuchtype x;\n&/' modules/helloworld-1.0/helloworld.c
terminal 'make --no-print-directory -j2'
is "a failure" "$status" 2
like "is told in lines of its own" "$screen" '^modules/helloworld-1\.0/helloworld\.c:[0-9]+:[0-9]+: error: .*nosuchtype'
is "as are those of make" "$(printf '%s\n' "$screen" | grep -F '***' | grep -v '^make: \*\*\*')" ""
cp "$tmp/good.c" modules/helloworld-1.0/helloworld.c

# Ctrl-C, which a shell makes its background commands deaf to.
rm -rf out
: >"$tmp/typescript"
{
	for _ in $(seq 100); do
		! grep -qF "xen $uname_xen" "$tmp/typescript" || break
		sleep 0.2
	done
	printf '\003'
	sleep 2
} | script -q -e -f -c 'stty cols 70; env --default-signal=INT make --no-print-directory -j2' "$tmp/typescript" >/dev/null 2>&1
read_terminal
like "Ctrl-C: a line was there" "$(drawn)" 'xen'
is "Ctrl-C: and is gone" "$(printf '%s\n' "$screen" | tail -n 3 | grep -E '^  \[?[0-9x]' || :)" ""
like "Ctrl-C: make says so" "$screen" '^make: \*\*\* .*Interrupt'
terminal 'make --no-print-directory -j2'
is "and goes on the next time" "$status:$(printf '%s\n' "$screen" | timeless | tail -n 1 | cut -c1-4)" "0:$(printf '%s\n' "$plain" | timeless | tail -n 1 | cut -c1-4)"

# Several disks share the line.
rm -rf out ../disks
mkdir ../disks
for d in one two; do
	cp -R . "../disks/$d"
	printf 'LABEL = %s\nEXCLUDE.kdump = one kernel is enough here\n' "$d" >>"../disks/$d/disk.mk"
done
terminal "make --no-print-directory -f $kit/Makefile -j2 DISKS=$tmp/disks OUT=$tmp/many"
is "several disks" "$status" 0
like "are in one line" "$(drawn)" "one xen $uname_xen.*two xen|two xen $uname_xen.*one xen"
is "and each of their lines says whose it is" "$(printf '%s\n' "$screen" | grep -vE '^(one|two): |^(disk|one|two) +|summary\.json$')" ""
done_testing
