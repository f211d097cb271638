#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `ddk catalog`: what it writes, what it finds wrong, and what a reader that is not ours says to it.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/lib.sh"
scratch
kit=$(cd "$(dirname "$0")/../.." && pwd)
ddk=${ddk:-$kit/out/build/ddk}
cd "$SCRATCH" || exit 1

mkdir pkg
image pkg/one.sys 'first driver'
image pkg/two.sys 'second driver'
printf '[Version]\n' >pkg/one.inf
make_catalog() {
	run "$ddk" catalog --out "$1" --epoch 1700000000 --os 10_X64,10_X86 --hwid 'PCI\VEN_5853&DEV_0001' \
		pkg/one.sys pkg/two.sys pkg/one.inf
}
make_catalog pkg/a.cat
is "a catalog is written" "$status$err" 0
make_catalog again.cat
ok "the same files give the same bytes" cmp pkg/a.cat again.cat
run openssl asn1parse -inform DER -in pkg/a.cat
is "it is DER" "$status" 0
like "of a trust list" "$out" 1.3.6.1.4.1.311.10.1
like "dated as asked" "$out" 'UTCTIME +:231114221320Z'
like "with the digest of the INF" "$out" "$(openssl dgst -sha256 -r pkg/one.inf | cut -d' ' -f1 | tr a-f A-F)"

echo pdb >pkg/one.pdb
run "$ddk" catalog --verify pkg/a.cat pkg
is "it fits its package" "$status" 0
like "and is said to be unsigned" "$out" unsigned
run "$ddk" catalog --verify pkg/a.cat --ca /dev/null pkg
isnt "an unsigned catalog is not verified" "$status" 0
run "$ddk" catalog --verify pkg/a.cat
is "alone it can be read" "$status" 0

# What does not fit.
echo more >pkg/readme.txt
run "$ddk" catalog --verify pkg/a.cat pkg
is "a file more is found" "$status" 1
like "and named" "$out" 'pkg/readme.txt: is no member'
rm pkg/readme.txt
mv pkg/two.sys two.sys
run "$ddk" catalog --verify pkg/a.cat pkg
is "a missing file is found" "$status" 1
like "and named" "$out" "member 'two.sys' is not among"
cp pkg/one.sys pkg/two.sys
run "$ddk" catalog --verify pkg/a.cat pkg
like "a file in another's place is found: $status" "$out" 'pkg/two.sys: is not the file'
mv two.sys pkg/two.sys
for file in one.sys one.inf; do
	cp "pkg/$file" saved
	flip "pkg/$file" $(($(wc -c <saved) - 1))
	run "$ddk" catalog --verify pkg/a.cat pkg
	is "a changed $file is found" "$status" 1
	like "and named" "$out" "pkg/$file: is not the file"
	mv saved "pkg/$file"
done
head -c 100 pkg/a.cat >cut.cat
run "$ddk" catalog --verify cut.cat pkg
is "a catalog that is cut off is found: $out" "$status" 1

# What is refused.
echo text >text.sys
for files in text.sys "pkg/one.sys pkg/one.sys" "again.cat"; do
	# shellcheck disable=SC2086 # a list
	run "$ddk" catalog --out bad.cat $files
	isnt "no catalog of $files: $err" "$status" 0
	not_ok "and none is left" test -e bad.cat
done
run "$ddk" catalog --out bad.cat pkg/none.sys
is "a missing file" "$status" 3
run "$ddk" catalog --out bad.cat --os 95 pkg/one.sys
is "an unknown system" "$status" 2
run "$ddk" catalog --out bad.cat
is "no files" "$status" 2
run "$ddk" catalog --verify pkg/a.cat --epoch 1 pkg
is "an option of the other half" "$status" 2

if ! command -v osslsigncode >/dev/null; then
	skip "another reader, and signatures" "osslsigncode is not installed"
	done_testing
fi
certificate() {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$1.key" -out "$1.crt" -days 2 -subj "/CN=$1" \
		-addext "extendedKeyUsage=$2" 2>/dev/null
}
certificate signer codeSigning
certificate other codeSigning
certificate mail emailProtection
sign() { osslsigncode sign -h sha256 -certs "$1.crt" -key "$1.key" -in "$2" -out "$3"; }
independent() { osslsigncode verify -catalog signed.cat -CAfile signer.crt -in "$1"; }

run sign signer pkg/a.cat signed.cat
is "osslsigncode signs the catalog" "$status" 0
for name in one two; do
	run independent "pkg/$name.sys"
	is "osslsigncode accepts $name.sys by it" "$status" 0
	cp "pkg/$name.sys" changed.sys
	flip changed.sys 600
	run independent changed.sys
	isnt "and refuses it changed" "$status" 0
done
run sign signer pkg/one.sys embedded.sys
mkdir signed
cp embedded.sys signed/one.sys
run independent signed/one.sys
is "osslsigncode accepts one.sys signed after it was catalogued" "$status" 0
run "$ddk" catalog --verify signed.cat signed/one.sys pkg/two.sys pkg/one.inf
is "and so do we" "$status" 0
like "naming the signer, who is not verified" "$out" 'signed by CN=signer, not verified'

# The hash itself, as that reader calculates it of the same file.
run osslsigncode verify -CAfile signer.crt -in embedded.sys
digest=$(printf '%s\n' "$out" | sed -n 's/.*alculated message digest *: *\([0-9A-F]*\).*/\1/p' | head -n 1)
run openssl asn1parse -inform DER -in pkg/a.cat
like "and calculates the hash that is in the catalog" "$out" "${digest:-no digest shown}"

run "$ddk" catalog --verify signed.cat --ca signer.crt pkg
is "the signature leads to its certificate" "$status" 0
like "and is called verified" "$out" 'CN=signer, verified'
run "$ddk" catalog --verify signed.cat --ca other.crt pkg
is "and not to another" "$status" 1
run "$ddk" catalog --verify signed.cat --ca pkg/one.inf pkg
is "a CA that is none" "$status" 3
run sign mail pkg/a.cat mail.cat
if [ "$status" -eq 0 ]; then
	run "$ddk" catalog --verify mail.cat --ca mail.crt pkg
	is "a certificate for mail signs no code"
	like "and that is said" "$out" "not for signing code" "$status" 1
else
	skip "a certificate for mail signs no code" "osslsigncode does not sign with one"
fi

# A name in a signed catalog, changed without its length: one byte is enough.
cp signed.cat forged.cat
at=$(LC_ALL=C grep -abo 't.w.o...s.y.s' forged.cat | head -n 1 | cut -d: -f1)
[ -n "$at" ] || fail "the name is in the catalog"
flip forged.cat "$at"
run "$ddk" catalog --verify forged.cat --ca signer.crt
is "a forged catalog is found" "$status" 1
like "by its signature" "$out" 'does not fit the content'
done_testing
