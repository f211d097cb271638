#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What ddk check says of a signed disk that was changed, or is held against another key: the one rule that is broken.
. "$(dirname "$0")/lib.sh"
# shellcheck source=../lib/rpm.sh
. "$(dirname "$0")/../lib/rpm.sh"
certificate ours 'Our modules'
certificate other 'Other modules'
expired_certificate expired "$tmp/ours.key"
gpg_key ours rsa2048 0
gpg_key other rsa2048 0
gpg_key old rsa2048 1y --faked-system-time 20200101T000000
gpg --batch --armor --export other@example.org >"$tmp/other.asc"
gpg --batch --armor --export ours@example.org >"$tmp/ours.asc"
copy_example hello
cd "$tmp/hello" || exit 1
set_value disk.mk FORMATS yum
echo 'EXCLUDE.kdump = one kernel is enough here' >>disk.mk
run build . -j2 SIGN_KEY=../ours.key SIGN_CERT=../ours.pem GPG_KEY=ours@example.org
is "a signed disk" "$status" 0 || note "$err"
disk=out/helloworld/disk
rpm=helloworld-modules-xen-$uname_xen-1.0-1.x86_64.rpm
key=RPM-GPG-KEY-vendor
info='s/^signatures=.*/signatures=modules rpms/'
ok "ddk gate takes the module by its certificate" "$ddk" gate -q --uname "$uname_xen" --cert "$tmp/ours.pem" "$disk/$rpm"

# Without XP018: a flavour is left out on purpose.
found() {
	rules "$@" | sed 's/XP018 //'
}
# changed NAME RULES COMMAND...: a copy of the disk, x, after the command.
changed() {
	changed_name=$1 changed_rules=$2
	shift 2
	rm -rf x
	cp -R "$disk" x
	(cd x && "$@") >"$tmp/log" 2>&1 || cat "$tmp/log" >&2
	is "$changed_name" "$(found x)" "$changed_rules"
}
# Flips a bit in the first RSA signature of an RPM (a new-format or old-format packet of version 4, RSA, SHA-256).
break_signature() {
	perl -0777 -pi -e 's/(\x89\x01\x33\x04\x00\x01\x08.{60})(.)/$1 . chr(ord($2) ^ 1)/se' "$1"
}
# repack FOLDER: digests and sizes anew, without touching what the rules below are about.
metadata() {
	"$ddk" metadata --conf disk.info --installer "$kit/install.sh.in" --epoch 1700000000 ${1:+--key "$1"} .
}
resign() {
	for f in update.xml repodata/repomd.xml; do
		gpg --batch --yes --quiet --armor -u "$1" ${2:+--faked-system-time "$2"} -o $f.asc --detach-sign $f
	done
}
changed "the disk as it is" "" true
changed "required, and signed" "" sed -i "$info" disk.info
changed "another update.xml after signing" "SG010 " sed -i 's/enforce-homogeneity="false"/enforce-homogeneity="true"/' update.xml
changed "another repomd.xml after signing" "SG010 " sed -i 's,</repomd>,\n</repomd>,' repodata/repomd.xml
changed "no signature but text" "SG010 " sh -c 'echo x >update.xml.asc'
changed "one signature missing" "SG009 " rm repodata/repomd.xml.asc
changed "both missing, and a key named" "SG009 YU008 " rm repodata/repomd.xml.asc update.xml.asc
changed "no key file" "SG013 SG014 " rm $key
changed "a key file that is none" "SG013 SG014 " sh -c 'echo x >"$1"' sh $key
changed "a certificate that is none" "SG013 SG014 " sh -c 'echo x >module-signing.der'
changed "another key on the disk" "SG007 SG011 " cp "$tmp/other.asc" $key
changed "another certificate on the disk" "SG003 " cp "$tmp/other.pem" module-signing.der
changed "an expired certificate" "SG003 SG004 " cp "$tmp/expired.pem" module-signing.der

expired_key() {
	gpg --batch --armor --export old@example.org >>"$tmp/both.asc"
	gpg --batch --armor --export ours@example.org old@example.org >$key
	resign old@example.org '20200201T000000!'
}
changed "metadata signed with a key that has expired" "SG012 " expired_key

# sign_rpm FILE USER TIME: in place of the signature it has.
sign_rpm() {
	printf 'gpg_fingerprint=%s\ngpg_hash=sha256\ngpg_time=%s\n' \
		"$(gpg --batch --with-colons --list-keys "$2@example.org" | sed -n 's/^fpr:*\([^:]*\):*/\1/p')" "$3" >"$tmp/sign.key"
	"$kit/mk/sign-rpm.sh" "$tmp/sign/$1" "$1" "$tmp/sign.key" && mv "$tmp/sign/$1" "$1"
}
# rpm_of_key USER TIME: one RPM is of that key, whose public part is on the disk.
rpm_of_key() {
	gpg --batch --armor --export ours@example.org "$1@example.org" >$key
	sign_rpm helloworld-data-1.0-1.x86_64.rpm "$1" "$2"
	metadata $key
	resign ours@example.org
}
# 1 February 2020, when it was valid.
changed "an RPM signed with a key that has expired" "SG012 " rpm_of_key old 1580515200
like "names it" "$("$ddk" check x)" '^warning SG012 helloworld-data-1\.0-1\.x86_64\.rpm: key [0-9a-f]+ has expired or was revoked'
changed "an RPM signed with another key that is on the disk" "" rpm_of_key other "$(date +%s)"
revoked_key() {
	rpm_of_key gone "$(date +%s)"
	sed 's/^:---/---/' "$GNUPGHOME"/openpgp-revocs.d/"$(gpg --batch --with-colons --list-keys gone@example.org | sed -n 's/^fpr:*\([^:]*\):*/\1/p')".rev |
		gpg --batch --quiet --import
	gpg --batch --armor --export ours@example.org gone@example.org >$key
	metadata $key
	resign ours@example.org
}
gpg_key gone rsa2048 0
changed "an RPM signed with a key that was revoked since" "SG012 " revoked_key

unsigned_rpm() {
	rpmsign --delsign helloworld-data-1.0-1.x86_64.rpm
	metadata $key
	resign ours@example.org
}
changed "one RPM unsigned, and a key named" "SG005 " unsigned_rpm
no_key_named() {
	rpmsign --delsign helloworld-data-1.0-1.x86_64.rpm
	metadata ''
	resign ours@example.org
}
changed "one RPM unsigned, and no key named" "SG008 " no_key_named
none_signed() {
	rpmsign --delsign ./*.rpm SRPMS/*.rpm
	metadata ''
	rm -f ./*.asc repodata/*.asc $key
	sed -i "$info" disk.info
}
changed "RPMs unsigned and required" "SG005 YU008 " none_signed
broken_rpm() {
	break_signature helloworld-data-1.0-1.x86_64.rpm
	metadata $key
	resign ours@example.org
}
changed "an RPM whose signature was changed" "SG006 " broken_rpm

# rebuild SPEC-PART: a module RPM with another module in it, signed like the rest.
repack() {
	mkdir -p "$tmp/re" && rm -rf "$tmp/re/root"
	mkdir "$tmp/re/root"
	rpm2cpio "$rpm" | (cd "$tmp/re/root" && cpio -id --quiet)
	"$@" "$tmp/re/root/lib/modules/$uname_xen/extra/helloworld.ko"
	module_rpm "$tmp/re" "$tmp/re/RPMS" "${rpm%-1.0-1.x86_64.rpm}" w6.gzdio "$uname_xen" "cp -R $tmp/re/root/. \$RPM_BUILD_ROOT/"
	cp "$tmp/re/RPMS/$rpm" .
	sign_rpm "$rpm" ours "$(date +%s)"
	metadata $key
	resign ours@example.org
}
changed "the same module in an RPM of our own" "" repack true
changed "a module that was changed after signing" "SG002 " repack sed -i 's/whom to greet/whom to treat/'
changed "a module that lost its signature" "" repack "$ddk" sign --remove
without_signature() {
	repack "$ddk" sign --remove
	sed -i "$info" disk.info
}
changed "a module that lost its signature, and required" "SG001 " without_signature
stripped() {
	repack strip -g
}
changed "a module that was stripped after signing is unsigned" "" stripped

rm -rf x
is "held against another certificate" "$(found $disk --cert "$tmp/other.pem")" "SG003 "
is "held against another key" "$(found $disk --key "$tmp/other.asc")" "SG007 SG011 "
is "held against our own" "$(found $disk --key "$tmp/ours.asc" --cert "$tmp/ours.pem")" ""
run "$ddk" check --key "$tmp/none" $disk
is "a key that cannot be read" "$status" 3
like "is named" "$err" "$tmp/none: No such file"
run "$ddk" check --cert "$tmp/ours.key" $disk
like "nor is a key a certificate" "$err" 'ours.key: no X.509 certificate'
# Without gpgv nothing can be said of detached signatures, and that is no reason to be content.
if $namespace true 2>/dev/null; then
	is "gpgv not installed" "$($namespace sh -c 'mount --bind /dev/null /usr/bin/gpgv && exec "$1" check "$2"' sh "$ddk" $disk |
		sed -nE 's/^error ([A-Z]{2}[0-9]{3}) .*/\1/p' | sort -u)" SG015
else
	skip "gpgv not installed" "no mount namespace here"
fi
is "one RPM by itself" "$(found $disk/$rpm)" "SG014 "
is "one RPM with a key" "$(found $disk/$rpm --key "$tmp/ours.asc" --cert "$tmp/ours.pem")" ""
missing=$("$ddk" check --list-rules | sed -n 's/^\(SG[0-9]*\) .*/\1/p' | while read -r rule; do
	grep -q "\b$rule\b" "$kit/tests/sign/check.t" || echo "$rule"
done)
is "every rule about signatures has a case here" "$missing" ""
done_testing
