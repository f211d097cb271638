#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Each outside command fails in turn, and each rpm does nothing yet reports success. Either
# install.sh says so, changes nothing before rpm began, and finishes in a second run; or it
# reports success and all is there.
# shellcheck disable=SC1091,SC2034,SC2046,SC2154 # lists of files; variables of lib.sh
. "$(dirname "$0")/lib.sh"
. "$HERE/shim.sh"
make_rpms base 1.0 1.1
new_disk "$S/d11" 1.1 $(rpm_of 1.1 hello-data "hello-modules-xen-$K1" "hello-modules-kdump-$D1")
new_disk "$S/d10" 1.0 $(hello_rpms 1.0)

right() {
	[ "$(packages)" = "$want" ] || wrong "$1: packages: $(packages)"
	if [ -n "$want" ]; then
		for kernel in "$K1" "$D1"; do
			grep -q '^extra/hello.ko:' "$R/lib/modules/$kernel/modules.dep" || wrong "$1: modules.dep of $kernel"
		done
		cmp -s "$disk/install.sh" "$R/etc/xensource/installed-repos/example:hello/install.sh" || wrong "$1: no record"
	else
		[ ! -e "$R/etc/xensource" ] || wrong "$1: a record is left"
	fi
}

# each NAME HOW COMMANDS ARGUMENT...: COMMANDS is an ERE of names and arguments.
each() {
	name=$1 how=$2 which=$3
	shift 3
	fresh_root
	shimmed 0 before "$@"
	steps=$(sed -nE "s/^([0-9]+) ($which)( .*|\$)/\\1/p" "$SHIMS/log")
	fresh_root
	snap=$(snapshot)
	faults=0 failures=0 successes=0
	for n in $steps; do
		shimmed "$n" "$how" "$@"
		reached || break
		if [ "$status" -eq 0 ]; then
			successes=$((successes + 1))
			right "reported success"
		else
			failures=$((failures + 1))
			# Where the identity of the host cannot be read, it is not the right host.
			case $status:$err in
			1:*FATAL:' '* | 2:*Error:' '*) ;;
			*) wrong "status $status, message: $err" ;;
			esac
		fi
		if [ "$status" -ne 0 ] && ! rpm_began; then
			[ "$(snapshot)" = "$snap" ] || wrong "changed before rpm began"
			continue
		fi
		if [ "$status" -ne 0 ]; then
			run install_sh --yes "$@"
			[ "$status" -eq 0 ] || wrong "the second run ends with $status: $err"
			right "second run"
		fi
		fresh_root
		snap=$(snapshot)
	done
	is "$name: $how: no faults" "$faults" 0
	ok "$name: $how: $failures failures, $successes harmless" test "$failures" -ge 4
}

new_root fail rpm
keep_root
disk=$S/d10 want=$(hello_packages 1.0)
each "install, any command" fail '[a-z0-9]+'
each "install, rpm" nothing rpm
new_root fail dpkg
keep_root
each "install on a dpkg host, rpm" fail rpm
new_root fail rpm
run install_sh --yes
keep_root
want=
each "uninstall, what changes" fail 'rpm|mv|sync|depmod|mkdir|mktemp|ln' --uninstall
each "uninstall, rpm" nothing 'rpm' --uninstall
disk=$S/d11 want=$(hello_packages 1.1)
each "upgrade, rpm" fail rpm

# depmod: the scripts of the packages fail, so install.sh has to run its own.
new_root depmod rpm
rm "$R/sbin/depmod"
mkdir "$S/nodepmod"
printf '#!/bin/sh\nexit 1\n' >"$S/nodepmod/depmod"
chmod 755 "$S/nodepmod/depmod"
PATH=$S/nodepmod:$PLAIN_PATH
run install_sh --yes
PATH=$PLAIN_PATH
is "depmod fails: status" "$status" 1
like "depmod fails: message" "$err" '^FATAL: depmod -a .* failed'
run install_sh --yes
is "depmod works again: status" "$status" 0
right "depmod works again"
like "a failing script is said" "$(printf '%s' "$out$err")" 'Pack installation successful'
done_testing
