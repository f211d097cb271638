#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Versions and kernels beside one another, edited configuration, other disks' claims.
# shellcheck disable=SC1091,SC2034,SC2046,SC2154 # lists of files; variables of lib.sh
. "$(dirname "$0")/lib.sh"
make_rpms base 1.0 1.1

new_disk "$S/d10" 1.0 $(hello_rpms 1.0)
new_disk "$S/d11" 1.1 $(rpm_of 1.1 hello-data "hello-modules-xen-$K1" "hello-modules-xen-$K2")
# A third version whose data package is that of the second.
new_disk "$S/d12" 1.2 $(rpm_of 1.1 hello-data) $(rpm_of 1.0 "hello-modules-xen-$K2")

new_root upgrade rpm
before=$(contents)
disk=$S/d10
run install_sh --yes
is "1.0: status" "$status" 0
rm "$R/etc/hello.conf"
echo "setting=mine" >"$R/etc/hello.conf"

disk=$S/d11
run install_sh --check
like "1.1 --check: upgrade" "$out" '^  upgrade hello-data 1.1-1 \(from 1.0 1 x86_64\)'
run install_sh
is "1.1: no question is asked for an upgrade" "$status" 0
is "the edited configuration is kept" "$(cat "$R/etc/hello.conf")" "setting=mine"
is "the new one is .rpmnew" "$(cat "$R/etc/hello.conf.rpmnew")" "setting=1.1"
like "and that is said" "$out" '^Note: /etc/hello.conf was edited and is kept; the new one is /etc/hello.conf.rpmnew'
is "data and modules" "$(packages)" \
	"hello-data-1.1 hello-modules-kdump-$D1-1.0 hello-modules-xen-$K1-1.1 hello-modules-xen-$K2-1.1 "
record=$R/etc/xensource/installed-repos/example:hello
ok "the record has 1.1" grep -q '^version 1.1$' "$record/packages"
like "the record keeps what 1.0 left" "$(cat "$record/packages")" "^package module hello-modules-kdump-$D1 - 1.0 1 "
like "a kernel that is not installed yet" "$out" '^  kernel 6.1.0-57.*: not installed here'
run install_sh --status
is "--status: all are covered" "$status" 0
unlike "--status: only installed kernels" "$out" "$(echo "$K2" | sed 's/+/\\+/')"

# The hotfix kernel comes.
mkdir -p "$R/lib/modules/$K2/kernel"
: >"$R/lib/modules/$K2/modules.order"
rm -f "$R/lib/modules/$K2"/modules.dep*
run install_sh --status
is "--status: modules.dep is out of date" "$status" 1
like "--status: and how to mend it" "$out" 'NOT ready: .* run depmod -a'
run install_sh --yes
is "the same disk again: status" "$status" 0
like "the same disk again: depmod" "$out" '^Running depmod for'
run install_sh --status
is "--status: the new kernel is covered" "$status" 0
like "--status: by its package" "$out" "covered by hello-modules-xen-6.1.0-57.* 1.1-1"
mkdir -p "$R/lib/modules/5.10.0-1-amd64/kernel"
run install_sh --status
is "--status: an older kernel is not" "$status" 1
like "--status: and named" "$out" '^5.10.0-1-amd64: NOT covered'
rm -r "$R/lib/modules/5.10.0-1-amd64"

# An older disk.
disk=$S/d10
snap=$(snapshot)
run install_sh --yes
is "an older disk: status" "$status" 3
like "an older disk: why" "$err" '^Error: the newer version 1.1 of example:hello is installed'
run install_sh --check
is "an older disk: --check: status" "$status" 3
like "an older disk: newer packages are kept" "$out" '^  keep hello-data 1.0-1 \(the newer 1.1 1 x86_64 is installed\)'
run install_sh --uninstall --yes
is "an older disk's --uninstall" "$status" 2
is "an older disk changes nothing" "$(snapshot)" "$snap"
run answer y "$SH $S/d10/install.sh --root $R"
is "an older disk, accepted at a terminal" "$status" 0
like "keeps what is newer" "$(packages)" "^hello-data-1.1 .*hello-modules-xen-$K1-1.1 "
disk=$S/d11
run install_sh --yes
is "back to the newer disk" "$status" 0

# A disk that shares a package version with the one before.
disk=$S/d12
run install_sh --yes
like "a package that did not change is skipped" "$out" '^  skip hello-data 1.1-1 \(already installed\)'
like "a newer package is kept" "$out" "^  keep hello-modules-xen-6.1.0-57.*newer 1.1"
is "status" "$status" 0

# Another disk holds the same data package, and one needs ours.
other=$R/etc/xensource/installed-repos/acme:other
mkdir "$other"
echo '<packages><package label="x" type="rpm" size="1" md5="0">hello-data-1.1-1.x86_64.rpm</package></packages>' >"$other/XS-PACKAGES"
need=$R/etc/xensource/installed-repos/acme:needs
repository "$need" acme needs 1.0 "<requires  name = 'hello'
	originator= \"example\" test=\"ge\" version=\"1.0\"/>"
snap=$(snapshot)
run install_sh --uninstall --yes
is "another disk requires this one: status" "$status" 2
like "and is named" "$err" '^Error: acme:needs requires example:hello'
is "nothing changes" "$(snapshot)" "$snap"
rm -r "$need"
run install_sh --uninstall --yes
is "--uninstall: status" "$status" 0
like "a shared package stays" "$out" '^  keep hello-data 1.1-1 \(acme:other has it too\)'
is "the others are gone" "$(packages)" "hello-data-1.1 "
ok "the other record is left alone" test -f "$other/XS-PACKAGES"
not_ok "ours is gone" test -e "$record"

# What has become newer by other means is not ours to remove; .rpmsave is told.
new_root newer rpm
disk=$S/d10
run install_sh --yes
in_root -U --force-debian $(rpm_of 1.1 "hello-modules-xen-$K1")
rm "$R/etc/hello.conf"
echo "setting=mine" >"$R/etc/hello.conf"
run install_sh --uninstall --yes
is "--uninstall beside a newer package: status" "$status" 0
like "the newer package is kept" "$out" "^  keep hello-modules-xen-$K1 \(1.1 1 x86_64 is installed"
is "and is there" "$(packages)" "hello-modules-xen-$K1-1.1 "
ok "the edited configuration is saved" test -f "$R/etc/hello.conf.rpmsave"
like "and that is said" "$out" '^Note: /etc/hello.conf was edited; your copy is /etc/hello.conf.rpmsave'

# Modules of a kernel that never came leave nothing behind.
new_root absent rpm
before=$(contents)
disk=$S/d11
run install_sh --yes
ok "modules lie there for later" test -f "$R/lib/modules/$K2/extra/hello.ko"
run install_sh --uninstall --yes
is "--uninstall leaves nothing" "$(contents)" "$before"

# A record as the product's own installer leaves it: metadata only.
new_root product rpm
disk=$S/d10
in_root -U --force-debian $(hello_rpms 1.0)
mkdir -p "$R/etc/xensource/installed-repos/example:hello"
cp "$S/d10/XS-REPOSITORY" "$S/d10/XS-PACKAGES" "$R/etc/xensource/installed-repos/example:hello/"
run install_sh --yes
like "after the product's installer: nothing to do" "$status$out" '^Already installed: nothing to do'
run install_sh --uninstall --yes
is "its packages can be removed: status" "$status" 0
is "and are" "$(packages)" ""

# Questions at a terminal.
new_root ask rpm
T_EULA=yes new_disk "$S/eula" 1.0 $(hello_rpms 1.0)
snap=$(snapshot)
run answer n "$SH $S/eula/install.sh --root $R"
is "licence declined: status" "$status" 4
like "the licence is shown" "$out" 'The licence of hello.'
like "licence declined: message" "$out" 'Declined: nothing has changed'
unlike "licence declined: no fault" "$out" 'FATAL|Error'
is "licence declined: nothing changes" "$(snapshot)" "$snap"
run install_sh
is "licence without a terminal: status" "$status" 4
like "says --yes" "$err" '--yes'
is "licence without a terminal: nothing changes" "$(snapshot)" "$snap"
run install_sh --check
is "licence: --check does not ask" "$status" 0
run answer Yes "$SH $S/eula/install.sh --root $R"
is "licence accepted: status" "$status" 0
run answer n "$SH $S/eula/install.sh --root $R"
is "already installed, declined: status" "$status" 3
run answer y "$SH $S/eula/install.sh --root $R --yes"
is "--yes at a terminal: status" "$status" 0
unlike "--yes asks nothing" "$out" 'y/N'
run answer y "$SH $S/eula/install.sh --root $R --uninstall"
is "uninstall accepted: status" "$status" 0
run install_sh --yes
like "--yes accepts the licence and says so" "$out" '^The licence above is accepted by --yes'
rm "$R/etc/hello.conf"
run answer y "echo | $SH $S/eula/install.sh --root $R"
is "a pipe is no terminal" "$status" 3
done_testing
