#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# An RPM that others made and signed, on a disk of ours: it keeps their signature, unless ours is asked for.
. "$(dirname "$0")/lib.sh"
gpg_key ours rsa2048 0
gpg_key theirs rsa2048 0
copy_example hello
cd "$tmp/hello" || exit 1
o=out/helloworld
echo 'EXCLUDE.kdump = one kernel is enough here' >>disk.mk
acme_cli cli
gpg --batch --armor --export theirs@example.org >cli/theirs.asc
cp cli/RPMS/noarch/acme-cli-3.2-7.noarch.rpm plain.rpm
printf 'gpg_fingerprint=%s\ngpg_hash=sha256\ngpg_time=%s\n' \
	"$(gpg --batch --with-colons --list-keys theirs@example.org | sed -n 's/^fpr:*\([^:]*\):*/\1/p')" "$(date +%s)" >theirs.key
"$kit/mk/sign-rpm.sh" "$tmp/hello/signed.rpm" plain.rpm ./theirs.key
set_value disk.mk EXTRA_RPMS cli/RPMS/noarch/acme-cli-3.2-7.noarch.rpm
set_value disk.mk GPG_KEY ours@example.org
rpm=$o/disk/acme-cli-3.2-7.noarch.rpm
key_of() {
	rpm -qp --nosignature --qf '%{RSAHEADER:pgpsig}' "$1" | grep -o '[0-9a-f]*$'
}
ours=$(gpg --batch --with-colons --list-keys ours@example.org | sed -n 's/^pub:[^:]*:[^:]*:[^:]*:\([^:]*\):.*/\1/p' | tr A-F a-f)

run build . -j2
is "one that nobody signed" "$status" 0 || note "$err"
is "is signed by us" "$(key_of $rpm)" "$ours"
cp signed.rpm cli/RPMS/noarch/acme-cli-3.2-7.noarch.rpm
run build . -j2
isnt "one of theirs, whose key is not on the disk" "$status" 0
like "is refused, and why is said" "$out$err" 'SG007 acme-cli-3\.2-7\.noarch\.rpm'
set_value disk.mk EXTRA_KEYS cli/theirs.asc
run build . -j2
is "with their key" "$status" 0 || note "$err"
ok "it is theirs, to the byte" cmp $rpm signed.rpm
ok "their key lies on the disk" cmp $o/disk/RPM-GPG-KEY-theirs cli/theirs.asc
isnt "the rest is signed by us" "$(key_of $o/disk/helloworld-data-1.0-1.x86_64.rpm)" "$(key_of $rpm)"
is "ddk check has nothing to say of keys" "$(rules $o/helloworld.iso | tr " " "\n" | grep ^SG)" ""
run build . -j2
unlike "nothing is signed twice" "$out" '^  (SIGN|ISO) '
run build . -j2 RESIGN=yes
is "asked for our signature" "$status" 0 || note "$err"
is "it has that" "$(key_of $rpm)" "$ours"
ok "and is the same but for it" "$ddk" same --quiet $rpm plain.rpm
cp cli/theirs.asc cli/RPM-GPG-KEY-vendor
run build . EXTRA_KEYS=cli/RPM-GPG-KEY-vendor
isnt "a key file called as ours" "$status" 0
like "is refused" "$err" 'EXTRA_KEYS: .*RPM-GPG-KEY-vendor would be called RPM-GPG-KEY-vendor, as our own key is'
run build . EXTRA_KEYS=cli/none.asc
like "and one that is not there" "$err" 'EXTRA_KEYS: no such file: cli/none\.asc'
run build . RESIGN=perhaps
like "RESIGN is a yes or no" "$err" 'RESIGN = perhaps: it is yes or no'
done_testing
