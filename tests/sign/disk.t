#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A disk that is signed throughout, verified by those who made the formats: rpm, gpg, openssl and kmod.
. "$(dirname "$0")/lib.sh"
certificate ours 'Our modules'
gpg_key ours rsa2048 0
copy_example hello
cd "$tmp/hello" || exit 1
o=out/helloworld

run build . -j2
is "a disk builds without keys" "$status" 0
is "and says once that it is unsigned, and who will refuse it" "$(printf '%s\n' "$out" |
	grep -cE '^  NOTE +not signed: modules \(kernels .*, packages \(.*gpgcheck.*, metadata \(xapi .*; installer and install.sh ask for no')" 1
unlike "in one line" "$(printf '%s\n' "$out" | grep NOTE | sed 1d)" .
mv out unsigned

sign() {
	build . "$@" SIGN_KEY=../ours.key SIGN_CERT="$tmp/ours.pem" GPG_KEY=ours@example.org
}
run sign -j2
is "a signed disk builds" "$status" 0 || note "$out
$err"
unlike "and is not called unsigned" "$out" 'NOTE'
run "$ddk" check --strict $o/helloworld.iso
is "ddk check has nothing to say of it" "$status $(printf '%s' "$out" | tail -n 1 | grep -o '[0-9]* errors.*notes')" "0 0 errors, 0 warnings, 0 notes"

# Modules.
rpm2cpio "$o/helloworld-modules-xen-$uname_xen-1.0-1.x86_64.rpm" | cpio -id --quiet
ko=lib/modules/$uname_xen/extra/helloworld.ko
is "kmod reads the signature" "$(modinfo -F signer $ko) $(modinfo -F sig_hashalgo $ko) $(modinfo -F sig_id $ko)" "Our modules sha256 PKCS#7"
cp $ko plain.ko
"$ddk" sign --remove plain.ko
size=$(wc -c <plain.ko)
# The message lies between the module and the 40 bytes of struct module_signature and magic.
tail -c "+$((size + 1))" $ko | head -c -40 >message
ok "openssl verifies it over the module" openssl cms -verify -inform DER -in message -content plain.ko -binary -noverify \
	-certfile "$tmp/ours.pem" -nointern -out /dev/null 2>"$tmp/log" || cat "$tmp/log"
mkdir before
(cd before && rpm2cpio "../unsigned/helloworld/helloworld-modules-xen-$uname_xen-1.0-1.x86_64.rpm" | cpio -id --quiet)
ok "without it the module is that of the unsigned disk" cmp plain.ko "before/$ko"
sign_file=$(find /usr/lib/linux-kbuild-* -name sign-file 2>/dev/null | head -n 1)
if [ -n "$sign_file" ]; then
	"$sign_file" sha256 "$tmp/ours.key" "$tmp/ours.pem" plain.ko
	ok "the kernel's own tool makes the same bytes" cmp plain.ko $ko
else
	skip "the kernel's own tool makes the same bytes" "no sign-file beside the header trees"
fi
ok "the certificate on the disk is ours" sh -c 'openssl x509 -inform DER -in "$1" | cmp - "$2"' sh $o/disk/module-signing.der "$tmp/ours.pem"

# Packages and metadata, as a stranger with nothing but the disk.
mkdir "$tmp/db" "$tmp/stranger"
chmod 0700 "$tmp/stranger"
ok "rpm imports the key on the disk" rpmkeys --dbpath "$tmp/db" --import $o/disk/RPM-GPG-KEY-vendor
for rpm in $o/disk/*.rpm $o/disk/SRPMS/*.rpm; do
	run rpmkeys --dbpath "$tmp/db" -Kv "$rpm"
	is "rpm -K: ${rpm##*/}" "$status $(printf '%s\n' "$out" | grep -c 'RSA/SHA256 Signature, key ID [0-9a-f]*: OK')" "0 2"
done
gpg --homedir "$tmp/stranger" --quiet --batch --import $o/disk/RPM-GPG-KEY-vendor 2>/dev/null
for f in disk/update.xml disk/repodata/repomd.xml helloworld.sha256; do
	ok "gpg --verify: $f" gpg --homedir "$tmp/stranger" --quiet --batch --verify $o/$f.asc $o/$f 2>"$tmp/log" || cat "$tmp/log"
done
like "update.xml names the key" "$(cat $o/disk/update.xml)" ' key="RPM-GPG-KEY-vendor" '
run "$ddk" show $o/helloworld.iso
like "ddk show names who signed the modules" "$out" '^helloworld .* signed by Our modules$'
like "and the packages" "$out" '^  signed +5 of 5 RPMs, key [0-9a-f]{16}; metadata$'

# The same again, and what has no key in it.
first=$(fingerprint $o/)
run sign
unlike "nothing is signed twice" "$out" '^  (SIGN|RPM|ISO) '
mv out signed
run sign -j2
is "from the start" "$status" 0
is "the bytes are the same" "$(fingerprint $o/)" "$first"
is "no private key is in what was built, the logs included" "$(grep -rlE 'PRIVATE KEY' out; grep -rlF "$(sed -n 3p "$tmp/ours.key")" out)" ""
(cd "$tmp" && rpm2cpio hello/out/helloworld/helloworld-1.0-1.src.rpm | cpio -i --quiet --to-stdout '*.spec' >signed.spec
	rpm2cpio hello/unsigned/helloworld/helloworld-1.0-1.src.rpm | cpio -i --quiet --to-stdout '*.spec' >unsigned.spec)
ok "the spec in the source RPM is that of the unsigned disk" cmp "$tmp/signed.spec" "$tmp/unsigned.spec"
ok "and without signatures the source RPMs are the same" "$ddk" same --quiet $o/helloworld-1.0-1.src.rpm unsigned/helloworld/helloworld-1.0-1.src.rpm
mkdir "$tmp/plain"
(cd "$tmp/plain" && rpmbuild --rebuild --define "_topdir $tmp/plain" "$tmp/hello/$o/helloworld-1.0-1.src.rpm") >"$tmp/log" 2>&1
is "plain rpmbuild --rebuild without a key" $? 0 || cat "$tmp/log"
for rpm in "$tmp"/plain/RPMS/x86_64/*.rpm; do
	ok "gives the unsigned ${rpm##*/}" cmp "$rpm" "unsigned/helloworld/${rpm##*/}"
done
for rpm in "$tmp"/plain/RPMS/x86_64/*.rpm; do
	ok "which but for signatures is the signed one" "$ddk" same "$rpm" "$o/${rpm##*/}"
done
run rpmbuild --rebuild --define "_topdir $tmp/plain" --define "ddk_sign_modules $ddk sign --key $tmp/ours.key --cert $tmp/ours.pem" $o/helloworld-1.0-1.src.rpm
(cd "$tmp/plain" && rpm2cpio "RPMS/x86_64/helloworld-modules-xen-$uname_xen-1.0-1.x86_64.rpm" | cpio -id --quiet)
ok "with a key it signs the modules, too" cmp "$tmp/plain/$ko" $ko

# Keys come and go.
run build . -j2 GPG_KEY=ours@example.org
like "without SIGN_KEY the modules are built again" "$out" 'RPM +helloworld-modules'
like "and that is said" "$out" 'NOTE +not signed: modules \(kernels that enforce signatures refuse them\); '
ok "and no certificate stays on the disk" test ! -e $o/disk/module-signing.der
run build . -j2
is "without any key the disk is the unsigned one" "$(fingerprint $o/disk)" "$(fingerprint unsigned/helloworld/disk)"
ok "and no signature lies beside it" test ! -e $o/helloworld.sha256.asc
done_testing
