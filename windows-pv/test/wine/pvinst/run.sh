#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# run.sh WORK PART…: pvinst.exe under Wine, with two generations of packages. WORK is what mk/wine.mk has made: pvinst/
# (pvinst.exe as shipped; pvinst-stop.exe, which ends behind the n-th line of its journal; pvdev.exe), prefix/. Parts:
# life, restart, stop, undo. WINE, WINESERVER, DDK, TEMPLATE and VENDOR come from the environment.
set -eu

work=$1
shift
run=$work/run/pvinst-$(echo "$*" | tr ' ' -)
# shellcheck source=../fresh-prefix.sh
. "$(dirname "$0")/../fresh-prefix.sh"
c=$run/prefix/drive_c
mkdir "$c/t"
cp "$work"/pvinst/*.exe "$c/t/"
# It stays between calls, as a system does; without it each call would be one behind a restart.
"$WINESERVER" -p

tests=0 failed=0
# is NAME GOT WANT; like NAME TEXT ERE
result() {
	tests=$((tests + 1))
	if [ "$1" -eq 0 ]; then
		echo "ok $tests - $2"
	else
		echo "not ok $tests - $2"
		printf '%s\n' "$3" | sed 's/^/# /'
		failed=$((failed + 1))
	fi
}
is() {
	if [ "$2" = "$3" ]; then result 0 "$1"; else result 1 "$1" "got:  $2
want: $3"; fi
}
like() {
	if printf '%s\n' "$2" | grep -qE -e "$3"; then result 0 "$1"; else result 1 "$1" "no line matches: $3
in: $2"; fi
}

# Wine keeps an INF under its own name, where Windows calls each oemN.inf: so generations have names of their own.
# package GENERATION NAME VERSION DATE IDS [REVISIONS]
package() {
	folder=$c/t/$1/$2/x64
	mkdir -p "$folder"
	head -c 2048 /dev/zero >"$folder/$2.sys"
	"$DDK" inf stamp "$TEMPLATE" --out "$folder/$2-$1.inf" --version "$3" --date "$4" --set NAME="$2" --set VENDOR="$VENDOR" --set ARCH=amd64 \
		--set SERVICE="$(printf %s "$2" | tr '[:lower:]' '[:upper:]')" --set IDS="$5" --set REVISIONS="${6:-}"
	printf catalog >"$folder/$2.cat"
	# Wine has no driver store. It looks for files where the INF was staged from, but once it has installed from its own
	# copy of the INF, beside that; and where they are not, for ever.
	cp "$folder/$2.sys" "$c/windows/inf/"
}
pci='PCI\VEN_5853&DEV_0001'
iface='XENBUS\VEN_DK0001&DEV_IFACE&REV_0000000'
vbd='XENBUS\VEN_DK0001&DEV_VBD&REV_00000001'
package one xenbus 1.0.0.0 2026-01-01 "$pci" 00000001
package one xeniface 1.0.0.0 2026-01-01 "${iface}1"
package two xenbus 2.0.0.0 2026-02-01 "$pci" 00000002
package two xeniface 2.0.0.0 2026-02-01 "${iface}2"
mkdir "$c/t/bus"
cp -R "$c/t/two/xenbus" "$c/t/bus/"

wine() { timeout -k 5 60 "$WINE" "$@" 2>>"$run/wine.log" </dev/null | tr -d '\r'; }
device() { wine 'C:\t\pvdev.exe' "$@"; }
# pv ARGUMENT…: sets out, err and status.
pv() {
	status=0
	timeout -k 5 60 "$WINE" "C:\\t\\${program:-pvinst}.exe" "$@" >"$run/out" 2>"$run/err" </dev/null || status=$?
	out=$(tr -d '\r' <"$run/out")
	err=$(tr -d '\r' <"$run/err")
	printf '%s\n' "+ $* -> $status" "$out" "$err" >>"$run/log.txt"
}
# installed: "xenbus 1.0.0.0, xeniface 1.0.0.0", in the order of names, by `pvinst list`.
versions() { printf '%s\n' "$out" | sed -n '/^installed/,/^devices/s/^  \([a-z]*\) *\([0-9.]*\) .*/\1 \2/p' | sort | paste -sd, | sed 's/,/, /g'; }
installed() {
	pv list
	versions
}
# state: the same, and the INFs that drive the devices.
state() {
	pv list
	echo "$(versions), $(printf '%s\n' "$out" | sed -n 's/.*driven by \([^ ]*\).*/\1/p' | paste -sd' ')"
}
version_of() {
	inf=$(device driver "$1")
	case $inf in
	*.inf) sed -n 's/^DriverVer *= *[^,]*,\([0-9.]*\).*/\1/p' "$c/windows/inf/$inf" | tr -d '\r' ;;
	*) echo "$inf" ;;
	esac
}
drivers() { echo "$(version_of "$pci") $(version_of "${iface}1")"; }
journal=$c/ProgramData/pvinst/journal
unplug='SYSTEM\CurrentControlSet\Services\XENFILT\Unplug'
# Drivers that start count themselves; the next boot goes by that.
count() {
	device set "$unplug" DISKS 2
	device set "$unplug" NICS 1
}
counted() { echo "$(device value "$unplug" DISKS) $(device value "$unplug" NICS)"; }
# safe WHERE STATE…: the next boot has the emulated devices, or else one of the states, in which nothing is missing.
safe() {
	where=$1
	shift
	now="$(counted) $(state)"
	case $now in "0 0 "*) return 0 ;; esac
	for whole; do
		[ "$now" != "2 1 $whole" ] || return 0
	done
	same=no
	echo "# $where: counted, installed, driven by: $now"
}
# As after a loss of power: drivers that are there start, and count themselves.
boot() {
	"$WINESERVER" -k || true
	"$WINESERVER" -w
	"$WINESERVER" -p
	case $(drivers) in *.*) count ;; esac
}
two_devices() {
	device add DKBUS "$pci"
	# As a bus would have it that offers both.
	device add DKIFACE "${iface}2,${iface}1"
}

life() {
	two_devices
	pv --help
	is "--help" "$status" 0
	pv
	is "no command" "$status" 2
	pv frobnicate
	like "an unknown one: $status" "$err" "'frobnicate': is no command"
	pv list
	like "list, before anything" "$(printf '%s\n' "$out" | paste -sd' ')" '^installed +none +devices'
	pv install --from 'C:\nowhere'
	is "no folder" "$status" 4
	pv install --from 'C:\t\one' --dry-run
	is "a dry run" "$status" 0
	like "says what would be done, subscribers first" "$(printf '%s\n' "$out" | paste -sd' ')" \
		'stage C:.*xeniface-one.inf stage C:.*xenbus-one.inf bind C:.*xeniface-one.inf bind C:.*xenbus-one.inf install: would be done'
	is "and does nothing" "$(installed)$(cat "$journal")" ""
	pv install --from 'C:\t\one' --quiet
	is "install --quiet" "$status$out$err" 0
	is "the packages are there" "$(installed)" "xenbus 1.0.0.0, xeniface 1.0.0.0"
	is "and drive the devices" "$(drivers)" "1.0.0.0 1.0.0.0"
	pv install --from 'C:\t\one'
	is "once more" "$status" 0
	like "there is nothing to do" "$out" '^install: nothing to do'

	pv upgrade --from 'C:\t\bus'
	is "a bus without the child's revision is refused" "$status" 3
	like "with the device, and what to do first" "$err" \
		'veto: device ROOT.DKIFACE.0000, driven by xeniface 1\.0\.0\.0, needs revision 00000001 of XENBUS, .*first upgrade xeniface to one for revision 00000002, or remove it'
	is "and nothing is changed" "$(drivers), $(installed)" "1.0.0.0 1.0.0.0, xenbus 1.0.0.0, xeniface 1.0.0.0"
	pv upgrade --from 'C:\t\bus' --json
	is "the same as JSON" "$status $(printf '%s\n' "$out" | jq -r '.outcome, .status, (.why | length), (.steps | length)' | paste -sd' ')" \
		"3 refused, nothing is changed 3 1 0"

	"$WINE" 'C:\t\pvdev.exe' hold 'C:\ProgramData\pvinst\journal' >"$run/held" 2>>"$run/wine.log" </dev/null &
	for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		grep -q held "$run/held" && break
		sleep 0.5
	done
	pv upgrade --from 'C:\t\two'
	is "while another one is at work" "$status" 5
	wait

	device set "$unplug" DISKS 2
	device set "$unplug" NICS 1
	pv upgrade --from 'C:\t\two' --json
	is "an upgrade of both" "$status" 0
	is "its steps" "$(printf '%s\n' "$out" | jq -r '[.steps[] | .step + (if .done then "" else "?" end)] | join(" ")')" \
		"restore stage stage bind bind unstage unstage"
	is "their services are there" "$(device value 'SYSTEM\CurrentControlSet\Services\XENBUS' Start)" 3
	is "the new ones drive the devices, the old ones are gone" "$(drivers), $(installed)" \
		"2.0.0.0 2.0.0.0, xenbus 2.0.0.0, xeniface 2.0.0.0"
	is "what was counted for the emulated devices' removal is forgotten" \
		"$(device value "$unplug" DISKS) $(device value "$unplug" NICS)" "0 0"
	pv install --from 'C:\t\one'
	is "older ones stay out: $status" "$(drivers)" "2.0.0.0 2.0.0.0"

	pv remove xenbus
	is "a bus that has a child stays" "$status" 3
	like "and says which" "$err" 'driven by xeniface, hangs on XENBUS; first remove xeniface'
	device filter '{4d36e97d-e325-11ce-bfc1-08002be10318}' other XENBUS another
	device set "$unplug" DISKS 2
	pv remove
	is "remove" "$status" 0
	is "nothing is left" "$(installed)" ""
	is "nor of the class's filters" "$(device filters '{4d36e97d-e325-11ce-bfc1-08002be10318}' | paste -sd' ')" "other another"
	is "nor a service" "$(device value 'SYSTEM\CurrentControlSet\Services\XENBUS' Start) $(device value 'SYSTEM\CurrentControlSet\Services\XENIFACE' Start)" "none none"
	is "the emulated disks come back first" "$(device value "$unplug" DISKS)" 0
	pv remove
	like "once more: $status" "$out" 'remove: nothing to do'
}

# generation N: packages N.0.0.0 in C:\t\gN; the revision is another in every second.
generation() {
	revision=0000000$(($1 % 2 + 1))
	package "g$1" xenbus "$1.0.0.0" "$(date -u -d "2026-01-01 + $1 days" +%F)" "$pci" "$revision"
	package "g$1" xeniface "$1.0.0.0" "$(date -u -d "2026-01-01 + $1 days" +%F)" "$iface${revision#0000000}"
}
generation_state() { echo "xenbus $1.0.0.0, xeniface $1.0.0.0, xenbus-g$1.inf xeniface-g$1.inf"; }

# until_line N COMMAND...: pvinst, which ends behind the n-th line that it writes.
until_line() {
	line=$1
	shift
	program=pvinst-stop
	PVINST_STOP=$line pv "$@"
	program=pvinst
}

# stopped forward|undo: an upgrade for each line of the journal, that ends behind it and is run again: forwards, or with
# the power gone in between and the medium away, backwards as long as that is possible. Sets n, have, the generation that
# is installed, and went, the lines behind which it went forwards.
stopped() {
	way=$1 n=0 same=yes went=
	two_devices
	generation 1
	pv install --from 'C:\t\g1'
	have=1
	is "generation 1: $status" "$(state)" "$(generation_state 1)"
	while :; do
		n=$((n + 1)) next=$((have + 1))
		rm -rf "$c/t/g$next"
		generation $next
		count
		until_line $n upgrade --from "C:\\t\\g$next"
		[ "$status" -eq 99 ] && [ $n -le 40 ] || break
		safe "$way, stopped behind line $n" "$(generation_state $have)"
		set -- upgrade --from "C:\\t\\g$next"
		if [ "$way" = undo ]; then
			boot
			mv "$c/t/g$next" "$c/t/away"
			if [ $((n % 2)) -eq 0 ]; then set -- --undo; else set -- upgrade --from "C:\\t\\g$have"; fi
		fi
		# It is cut off again where it begins.
		until_line 1 "$@"
		safe "$way, stopped behind line $n, and again: $status" "$(generation_state $have)" "$(generation_state $next)"
		pv "$@"
		[ "$way" = forward ] || mv "$c/t/away" "$c/t/g$next"
		now="$status $(state)"
		if [ "$now" = "0 $(generation_state $next)" ]; then
			have=$next went="$went $n"
		elif [ "$now" != "0 $(generation_state $have)" ] || [ "$way" = forward ]; then
			same=no
			echo "# $way to $next, stopped behind line $n: $now"
		fi
	done
	have=$next
	is "$way: stopped behind each of $((n - 1)) lines, all is whole afterwards, and no boot without a disk" "$same" yes
}

undo() {
	stopped undo
	is "as many lines as there is to say: begin, 7 steps, planned, 14, end" $((n - 1)) 24
	is "taken back until all new drivers are bound, gone on with from there" "$went" " 19 20 21 22 23 24"
}

stop() {
	stopped forward
	is "as many lines as there is to say" $((n - 1)) 24
	# Half a line is none.
	next=$((have + 1))
	generation $next
	until_line 14 upgrade --from "C:\\t\\g$next"
	printf '0123456789abcdef do' >>"$journal"
	pv upgrade --from "C:\\t\\g$next"
	is "a torn line at the end: $status" "$(state)" "$(generation_state $next)"
	# A removal goes forward alone. Removing takes these devices away, which no bus makes anew.
	n=0 same=yes
	while :; do
		n=$((n + 1)) have=$(state)
		count
		until_line $n remove
		[ "$status" -eq 99 ] && [ $n -le 40 ] || break
		safe "remove, stopped behind line $n" "$have"
		boot
		until_line 1 remove
		safe "remove, stopped behind line $n, and again: $status" "$have"
		pv remove
		now="$status $(counted) $(state)"
		[ "$now" = "0 0 0 , " ] || {
			same=no
			echo "# remove, stopped behind line $n: $now"
		}
		two_devices
		pv install --from 'C:\t\g1'
	done
	is "remove: stopped behind each of $((n - 1)) lines, nothing is left, and the emulated devices come back before that" \
		"$same $((n - 1))" "yes 18"
}

# Disks that may be in use are taken away after a restart only.
restart() {
	package one xenvbd 1.0.0.0 2026-01-01 "$vbd"
	device add DKBUS "$pci"
	device add DKVBD "$vbd"
	pv install --from 'C:\t\one'
	is "a disk's driver goes in" "$status $(version_of "$vbd")" "0 1.0.0.0"
	device set "$unplug" DISKS 1
	pv remove
	# 3010, of which the shell sees a byte.
	is "removing it wants a restart" "$status" 194
	is "for which the emulated disks are asked back" "$(device value "$unplug" DISKS)" 0
	is "and until then nothing is removed" "$(version_of "$vbd")" 1.0.0.0
	pv remove
	is "without the restart it stays so" "$status $(version_of "$vbd")" "194 1.0.0.0"
	"$WINESERVER" -k || true
	"$WINESERVER" -w
	"$WINESERVER" -p
	# The driver has counted itself again.
	device set "$unplug" DISKS 1
	pv remove
	is "afterwards it is removed" "$status $(installed)" "0 "
	is "and the emulated disks stay: counted once more, forgotten once more" "$(device value "$unplug" DISKS)" 0
}

for part in "$@"; do
	"$part"
done
echo "1..$tests"
[ "$failed" -eq 0 ] || {
	echo "# $failed failed; $run/log.txt has every call"
	exit 1
}
