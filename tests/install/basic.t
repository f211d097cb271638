#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The plain way through: check, dry-run, install, again, status, uninstall.
# shellcheck disable=SC1091,SC2034,SC2046,SC2154 # lists of files; variables of lib.sh
. "$(dirname "$0")/lib.sh"
make_rpms base 1.0

new_disk "$S/disk" 1.0 $(hello_rpms 1.0)
new_root help rpm

run install_sh --help
is "--help: status" "$status" 0
for word in --check --dry-run --batch --yes --root --status --uninstall --version 'licence'; do
	like "--help names $word" "$out" "$word"
done
run install_sh --version
is "--version" "$out" "example:hello 1.0 (release debian-12, kit 0.1.0)"
run install_sh --frobnicate
is "an unknown option is fatal" "$status" 1
like "and named" "$err" '^FATAL: --frobnicate: no such option'
run sh "$TOP/install.sh.in"
is "the template does not run" "$status" 1
like "and says what it is" "$err" 'template'

for kind in rpm dpkg xs; do
	T_PRODUCT=Debian T_BASE=debian:main T_BASE_VERSION=12
	[ "$kind" != xs ] || T_PRODUCT=XCP T_BASE=xcp:main T_BASE_VERSION=1.9.0
	new_disk "$S/disk-$kind" 1.0 $(hello_rpms 1.0)
	new_root "$kind" "$kind"
	# The fresh indexes of both depmods are the same but for their order.
	before=$(contents)
	snap=$(snapshot)

	run install_sh --check
	is "$kind: --check: status" "$status" 0
	like "$kind: --check prints the plan" "$out" "^  install hello-modules-xen-$K1 1.0-1 \(kernel $K1, xen\)"
	like "$kind: --check knows the kernels" "$out" "^  kernel $D1: covered"
	is "$kind: --check changes nothing" "$(snapshot)" "$snap"

	run install_sh --dry-run
	is "$kind: --dry-run: status" "$status" 0
	like "$kind: --dry-run prints the rpm command" "$out" "^Would run: rpm --root $R --dbpath /var/lib/rpm -Uv .*hello-data-1.0-1"
	is "$kind: --dry-run changes nothing" "$(snapshot)" "$snap"
	run install_sh --uninstall --yes
	is "$kind: nothing to uninstall yet" "$status$out" "0example:hello is not installed: nothing to do."
	is "$kind: and nothing changes" "$(snapshot)" "$snap"
	run install_sh --status
	is "$kind: --status before" "$status$err" 1
	like "$kind: --status before: not covered" "$out" "^$K1: NOT covered"

	run install_sh --yes
	is "$kind: install: status" "$status" 0
	is "$kind: install: nothing on stderr" "$err" ""
	like "$kind: install says so" "$out" "^Pack installation successful: example:hello 1.0"
	is "$kind: packages" "$(packages)" "$(hello_packages 1.0)"
	ok "$kind: modules.dep lists the module" grep -q '^extra/hello.ko:' "$R/lib/modules/$K1/modules.dep"
	ok "$kind: rpm verifies them" in_root -V --nodeps hello-data "hello-modules-xen-$K1" "hello-modules-kdump-$D1"
	record=$R/etc/xensource/installed-repos
	is "$kind: the record holds" "$(cd "$record/example:hello" && find . ! -name . | sort | tr '\n' ' ')" \
		"./XS-PACKAGES ./XS-REPOSITORY ./disk.info ./install.sh ./packages "
	is "$kind: nothing else beside it" "$(ls -A "$record")" "example:hello"
	ok "$kind: recorded install.sh is the disk's" cmp "$disk/install.sh" "$record/example:hello/install.sh"
	ok "$kind: recorded install.sh can run" test -x "$record/example:hello/install.sh"
	ok "$kind: no lock is left" test ! -L "$R/run/ddk-install.lock"
	run sh "$record/example:hello/install.sh" --root "$R" --status
	is "$kind: recorded --status" "$status" 0
	like "$kind: recorded --status: covered" "$out" "^$D1: covered by hello-modules-kdump-$D1 1.0-1"

	snap=$(snapshot)
	run install_sh --yes
	is "$kind: second run" "$status" 0
	like "$kind: second run: nothing to do" "$out" '^Already installed: nothing to do'
	is "$kind: second run changes nothing" "$(snapshot)" "$snap"
	run install_sh
	is "$kind: without --yes and terminal" "$status" 3
	like "$kind: it says --yes" "$err" '--yes'
	is "$kind: nothing changes" "$(snapshot)" "$snap"
	run sh "$record/example:hello/install.sh" --root "$R" --yes
	is "$kind: the recorded copy does not install" "$status" 1

	run install_sh --uninstall --check
	is "$kind: --uninstall --check" "$status" 0
	like "$kind: and its plan" "$out" '^  remove hello-data 1.0-1'
	run install_sh --uninstall
	is "$kind: --uninstall without --yes" "$status" 1
	is "$kind: changes nothing" "$(snapshot)" "$snap"
	run sh "$record/example:hello/install.sh" --root "$R" --uninstall --yes
	is "$kind: --uninstall without the medium" "$status" 0
	is "$kind: no packages" "$(packages)" ""
	is "$kind: the tree is as before" "$(contents)" "$before"
done
not_ok "no value was run as a command" test -e "$S/sourced"

# From elsewhere, through a link, from a place with a blank, as 'install'.
new_root elsewhere rpm
unset T_PRODUCT T_BASE T_BASE_VERSION
mkdir "$S/my disks"
new_disk "$S/my disks/a [1] disk" 1.0 $(hello_rpms 1.0)
ln -s "my disks/a [1] disk/install" "$S/link"
cd /
run sh "$S/link" --root "$S/roots/../roots/elsewhere/" -b
is "through a link: status" "$status" 0
is "through a link: packages" "$(packages)" "$(hello_packages 1.0)"
ok "install is recorded as install.sh" test -f "$R/etc/xensource/installed-repos/example:hello/install.sh"
cd "$S/my disks/a [1] disk" || exit
run sh install --root "$R" --batch
is "by its bare name: status" "$status" 0
cd /

# A root below which links are absolute must not lead to this host.
new_root links rpm
mv "$R/etc" "$R/real-etc"
ln -s "$S/outside" "$R/etc"
mkdir "$S/outside"
run install_sh --yes
is "a link out of the root is fatal" "$status" 1
is "and nothing is written there" "$(ls -A "$S/outside")" ""

# A root without a shell: rpm cannot run scripts there.
new_root bare dpkg
rm "$R/bin/sh" "$R/sbin/depmod"
run install_sh --yes
is "without a shell in the root: status" "$status" 0
like "it is said" "$err" "^Warning: $R/bin/sh is not there"
ok "depmod ran from outside" grep -q '^extra/hello.ko:' "$R/lib/modules/$K1/modules.dep"
run install_sh --status
is "status is covered" "$status" 0

# A package installed by hand is taken into the record.
new_root hand rpm
in_root -U --force-debian $(rpm_of 1.0 hello-data)
run install_sh --yes
is "a package is there already: status" "$status" 0
is "packages" "$(packages)" "$(hello_packages 1.0)"

# xapi is told on a live host only.
mkdir "$S/shim"
printf '#!/bin/sh\necho "$@" >>%s\n' "$S/xe.log" >"$S/shim/xe"
chmod 755 "$S/shim/xe"
new_root xe rpm
PATH=$S/shim:$PLAIN_PATH
run install_sh --yes
PATH=$PLAIN_PATH
is "--root leaves xe alone" "$status$(ls "$S/xe.log" 2>/dev/null)" 0
done_testing
