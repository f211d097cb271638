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

# The states that are begun from. keep_root makes one out of R, fresh_root gets it back.
keep_root() {
	rm -rf "$S/kept"
	mv "$R" "$S/kept"
}
fresh_root() {
	rm -rf "$R"
	cp -al "$S/kept" "$R"
	if [ -d "$R/var/lib/rpm" ]; then
		rm -r "$R/var/lib/rpm"
		cp -a "$S/kept/var/lib/rpm" "$R/var/lib/"
	fi
}

# After the second run: what must be so.
whole() {
	[ "$status" -eq 0 ] || wrong "the second run ends with $status: $err"
	[ "$(packages)" = "$want" ] || wrong "packages: $(packages)"
	stray=$(find "$R" -name '.example*' -o -name 'ddk-install.lock*' -o -name '*.rpmnew*' ! -name hello.conf.rpmnew)
	[ -z "$stray" ] || wrong "left behind: $stray"
	case $goal in
	installed)
		run install_sh --status
		[ "$status" -eq 0 ] || wrong "--status: $status $out"
		in_root -Va --nodeps --noscripts >"$S/verify" 2>&1 || wrong "rpm -V: $(cat "$S/verify")"
		grep -q "^version ${disk##*d1}" "$R/etc/xensource/installed-repos/example:hello/packages" 2>/dev/null ||
			grep -q '^version 1' "$R/etc/xensource/installed-repos/example:hello/packages" || wrong "no record"
		;;
	gone)
		[ "$(contents)" = "$empty" ] || wrong "the tree: $(contents | diff - "$S/empty" | grep '^[<>]')"
		;;
	esac
}

# every_step NAME HOW ARGUMENT...: kills at step 1, 2, 3 … until a run comes through.
every_step() {
	name=$1 how=$2
	shift 2
	faults=0 n=0 clean=0 forward=0
	fresh_root
	snap=$(snapshot)
	while :; do
		n=$((n + 1))
		shimmed "$n" "$how" "$@"
		reached || break
		if rpm_began; then
			forward=$((forward + 1))
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
	is "$name: killed $how each step: no faults" "$faults" 0
	ok "$name: $clean steps before rpm, $forward after it began" test "$clean" -gt 10 -a "$forward" -gt 8
	is "$name: in the end a run came through" "$status" 0
}

new_root kill rpm
empty=$(contents)
contents >"$S/empty"
keep_root
disk=$S/d10 goal=installed want=$(hello_packages 1.0)
every_step install before
every_step install after

new_root kill dpkg
keep_root
every_step "first install on a dpkg host" before

new_root kill rpm
run install_sh --yes
keep_root
disk=$S/d11
want="hello-data-1.1 hello-modules-kdump-$D1-1.0 hello-modules-xen-$K1-1.1 hello-modules-xen-$K2-1.1 "
every_step upgrade before
disk=$S/d10 goal=gone want=
every_step uninstall before --uninstall
every_step uninstall after --uninstall

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
	run install_sh --yes "$@"
	whole
	is "$name: rpm killed: the second run finishes" "$faults" 0
}
mid_rpm uninstall --uninstall
disk=$S/d11 goal=installed
want="hello-data-1.1 hello-modules-kdump-$D1-1.0 hello-modules-xen-$K1-1.1 hello-modules-xen-$K2-1.1 "
mid_rpm upgrade
new_root kill rpm
keep_root
disk=$S/d10 want=$(hello_packages 1.0)
mid_rpm install
done_testing
