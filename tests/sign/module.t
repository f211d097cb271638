#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# ddk sign by itself: the two forms of a signature, keys of each kind, and what it refuses.
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1
certificate ours 'Our modules'
certificate other 'Other modules'

# module FILE VERSION: no more than what tools read of one.
module() {
	printf '.section .modinfo,"a"\n.asciz "license=GPL"\n.asciz "name=m"\n.asciz "vermagic=%s SMP mod_unload "\n' "$2" | cc -c -x assembler - -o "$1"
}
sign() {
	"$ddk" sign --key ours.key --cert ours.pem "$@"
}
# verdict FILE UNAME CERT
verdict() {
	"$ddk" gate -q --uname "$2" --cert "$3" "$1" | sed -nE 's/^error ([A-Z]{2}[0-9]{3}) .*/\1/p' | tr '\n' ' '
}

for version in 3.7.0 3.10.0+2 4.2.8 4.3.0 4.19.0+1 6.1.0-56-amd64; do
	case $version in
	3.* | 4.2.*) form=X509 ;;
	*) form=PKCS#7 ;;
	esac
	module m.ko $version
	cp m.ko plain.ko
	ok "$version: signed" sign m.ko
	# kmod calls the older form by nothing, and knows its hash.
	is "$version: kmod reads the form of that kernel" "$(modinfo -F sig_id m.ko | sed 's/^$/X509/') $(modinfo -F sig_hashalgo m.ko)" "$form sha256"
	like "$version: and the signer" "$(modinfo -F signer m.ko)" '^(Test: )?Our modules$'
	is "$version: good" "$(verdict m.ko $version ours.pem)" ""
	is "$version: not the other's" "$(verdict m.ko $version other.pem)" "SG003 "
	sed 's/mod_unload/mod_reload/' m.ko >changed.ko
	is "$version: changed" "$(verdict changed.ko $version ours.pem)" "SG002 "
	cp m.ko again.ko
	ok "$version: signed again" sign again.ko
	ok "$version: to the same bytes" cmp m.ko again.ko
	ok "$version: and taken off" "$ddk" sign --remove again.ko
	ok "$version: the module is what it was" cmp again.ko plain.ko
done
# The older form has the key id in front of the signature, so that openssl verifies what is left of it.
module m.ko 3.10.0+2
cp m.ko plain.ko
sign m.ko
head -c -40 m.ko | tail -c 256 >signature
openssl x509 -in ours.pem -noout -pubkey >public
run openssl dgst -sha256 -verify public -signature signature plain.ko
is "openssl verifies the older form" "$status" 0

for hash in sha1 sha384 sha512; do
	module m.ko 6.1.0
	sign --hash $hash m.ko
	is "$hash" "$(modinfo -F sig_hashalgo m.ko) $(verdict m.ko 6.1.0 ours.pem)" "$hash "
done
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -keyout curve.key -out curve.pem -subj /CN=Curve -days 30 2>/dev/null
module m.ko 6.1.0
ok "a key of an elliptic curve signs" "$ddk" sign --key curve.key --cert curve.pem m.ko
is "and is verified" "$(verdict m.ko 6.1.0 curve.pem)" ""
module m.ko 3.10.0
run "$ddk" sign --key curve.key --cert curve.pem m.ko
is "but not in the older form" "$status" 1
like "which says so" "$err" 'kernels before 4.3 want an RSA key'
openssl x509 -in ours.pem -outform DER -out ours.der
module m.ko 6.1.0
ok "a certificate as DER" "$ddk" sign --key ours.key --cert ours.der m.ko
ok "--der writes it" "$ddk" sign --cert ours.pem --der out.der
ok "as openssl does" cmp out.der ours.der

module m.ko 2.6.32.43
cp m.ko plain.ko
run sign m.ko
is "a kernel that reads no signatures" "$status" 1
like "is named" "$err" 'm.ko: kernel 2.6.32.43 reads no signatures of modules'
ok "and the module left alone" cmp m.ko plain.ko
module m.ko 6.1.0
gzip -k m.ko
run sign m.ko.gz
like "a compressed module" "$err" 'compressed; sign first, compress after'
run sign ours.key
like "a file that is no module" "$err" 'ours.key: this is no ELF file'
run sign nowhere.ko
is "one that is not there" "$status" 3
run "$ddk" sign --key ours.key m.ko
is "no certificate" "$status" 2
run "$ddk" sign --key other.key --cert ours.pem m.ko
is "another's certificate" "$status" 2
run "$ddk" sign --key ours.pem --cert ours.pem m.ko
is "a key that is none" "$status" 3
chmod 0640 m.ko
sign m.ko
is "the mode stays" "$(stat -c %a m.ko)" 640
done_testing
