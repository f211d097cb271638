#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# install.sh is killed at each of its outside commands. Before rpm began nothing may have
# changed; after that a second run must finish the work.
# shellcheck disable=SC1091,SC2034,SC2046,SC2154 # lists of files; variables of lib.sh
. "$(dirname "$0")/lib.sh"
. "$HERE/shim.sh"
make_rpms base 1.0 1.1
new_disk "$S/d10" 1.0 $(hello_rpms 1.0)
new_disk "$S/d11" 1.1 $(rpm_of 1.1 hello-data "hello-modules-xen-$K1" "hello-modules-xen-$K2")

# After the second run: what must be so.
whole() {
	[ "$status" -eq 0 ] || wrong "the second run ends with $status: $err"
	[ "$(packages)" = "$want" ] || wrong "packages: $(packages)"
	stray=$(find "$R" -name '.example*' -o -name 'ddk-install.lock*' -o -name '*;*' -o -name '*.rpmnew*' ! -name hello.conf.rpmnew)
	[ -z "$stray" ] || wrong "left behind: $stray"
	case $goal in
	installed)
		for kernel in "$K1" "$D1"; do
			grep -q '^extra/hello.ko:' "$R/lib/modules/$kernel/modules.dep" || wrong "modules.dep of $kernel"
		done
		in_root -Va --nodeps --noscripts >"$S/verify" 2>&1 || wrong "rpm -V: $(cat "$S/verify")"
		cmp -s "$disk/install.sh" "$R/etc/xensource/installed-repos/example:hello/install.sh" || wrong "no record"
		;;
	gone)
		[ "$(contents)" = "$empty" ] || wrong "the tree: $(contents | diff - "$S/empty" | grep '^[<>]')"
		;;
	esac
}

# every_step NAME WHICH ARGUMENT...: kills before each step that changes something (a kill before
# one that only reads is the same as before the next), and with WHICH=all before each of the
# others too as long as rpm has not begun.
every_step() {
	name=$1 which=$2
	shift 2
	fresh_root
	shimmed 0 before "$@"
	is "$name: comes through when nobody kills it" "$status" 0
	SHIM_AT=999
	rpm_began
	steps=$(sed -nE 's/^([0-9]+) (depmod|mkdir|cp|mv|rm|rmdir|chmod|sync|ln|rpm --root.*(--initdb|-Uv|-ev))( .*|$)/\1/p' \
		"$SHIMS/log")
	[ "$which" != all ] || steps="$(seq 1 "$began") $(echo "$steps" | awk -v b="$began" '$1 > b')"
	like "$name: syncs before the record gets its place or goes" "$(tr '\n' ' ' <"$SHIMS/log")" \
		' sync .* mv |rm -rf .* sync'
	fresh_root
	faults=0 clean=0 forward=0 unrecorded=0
	snap=$(snapshot)
	for n in $steps; do
		shimmed "$n" before "$@"
		reached || break
		if rpm_began; then
			forward=$((forward + 1))
			if [ "$name" = upgrade ] && [ "$(packages)" = "$want" ] &&
				grep -q '^version 1.0$' "$R/etc/xensource/installed-repos/example:hello/packages" 2>/dev/null; then
				unrecorded=$((unrecorded + 1))
				run install_sh --status
				echo "$status $out" | grep -q '^NOT finished: hello-data is 1.1-1, the record has 1.0-1$' || wrong "--status: $out"
			fi
			run install_sh --yes "$@"
			whole
			fresh_root
			snap=$(snapshot)
		else
			clean=$((clean + 1))
			[ "$(snapshot)" = "$snap" ] || wrong "changed before rpm began"
			rm -f "$R/run/ddk-install.lock"
		fi
	done
	is "$name: killed before each step: no faults" "$faults" 0
	ok "$name: $clean steps before rpm, $forward after it began" test "$clean" -ge 3 -a "$forward" -ge 8
}

new_root kill rpm
empty=$(contents)
contents >"$S/empty"
keep_root
disk=$S/d10 goal=installed want=$(hello_packages 1.0)
every_step install all

new_root kill dpkg
keep_root
every_step "first install on a dpkg host" changing

new_root kill rpm
run install_sh --yes
keep_root
disk=$S/d11
want="hello-data-1.1 hello-modules-kdump-$D1-1.0 hello-modules-xen-$K1-1.1 hello-modules-xen-$K2-1.1 "
every_step upgrade changing
ok "upgrade: --status spoke of the older record $unrecorded times" test "$unrecorded" -ge 2
disk=$S/d10 goal=gone want=
every_step uninstall changing --uninstall

# rpm itself is killed inside its transaction, by a script of a package.
mid_rpm() {
	name=$1
	shift
	faults=0 SHIM_AT=0 SHIM_HOW=inside
	fresh_root
	: >"$R/kill-rpm"
	run install_sh --yes "$@"
	is "$name: rpm killed: status" "$status" 1
	like "$name: rpm killed: message" "$err" '^FATAL: rpm failed: packages may be .* in part'
	rm "$R/kill-rpm"
	# What a power failure leaves of files that rpm was writing.
	[ "$goal" != installed ] || for half in "lib/modules/$K1/extra/hello.ko" lib/firmware/hello/hello.fw; do
		mkdir -p "$R/${half%/*}"
		: >"$R/$half;6b0187be"
	done
	if [ "$name" = upgrade ]; then
		run install_sh --status
		is "$name: rpm killed: --status" "$status" 1
		like "$name: rpm killed: --status says so" "$out" '^NOT finished: hello-.* the record '
		like "$name: rpm killed: and what to do" "$out" '^Install that disk again'
	fi
	run install_sh --yes "$@"
	[ "$name" != upgrade ] || like "$name: the second run says what it found" "$out" '^Note: an earlier run was not finished: hello-'
	whole
	is "$name: rpm killed: the second run finishes" "$faults" 0
	[ "$goal" != installed ] || {
		run install_sh --status
		unlike "$name: finished, and --status knows" "$out" 'NOT finished'
	}
}
mid_rpm uninstall --uninstall
disk=$S/d11 goal=installed
want="hello-data-1.1 hello-modules-kdump-$D1-1.0 hello-modules-xen-$K1-1.1 hello-modules-xen-$K2-1.1 "
mid_rpm upgrade
new_root kill rpm
keep_root
disk=$S/d10 want=$(hello_packages 1.0)
mid_rpm install

# install.sh is killed while its rpm lives on: the second run waits for that.
fresh_root
rm "$R/sbin/depmod"
# shellcheck disable=SC2016 # expands there
printf '#!/bin/sh\ni=0; while [ -e /slow ] && [ $i -lt 3000000 ]; do i=$((i + 1)); done\n' >"$R/sbin/depmod"
chmod 755 "$R/sbin/depmod"
: >"$R/slow"
"$SH" "$disk/install.sh" --root "$R" --yes >"$S/first" 2>&1 &
pid=$!
n=0
until grep -q '^Running rpm' "$S/first" || [ "$n" -ge 50 ]; do
	sleep 0.1
	n=$((n + 1))
done
while [ -z "$(packages)" ] && [ "$n" -lt 100 ]; do
	sleep 0.1
	n=$((n + 1))
done
kill -9 "$pid"
wait "$pid" 2>/dev/null
(
	sleep 2
	rm "$R/slow"
) &
run install_sh --yes
is "rpm lives on: the second run: status" "$status" 0
like "rpm lives on: the second run waits" "$out" '^Waiting for another rpm'
faults=0
whole
is "rpm lives on: the second run finishes" "$faults" 0
wait
done_testing
