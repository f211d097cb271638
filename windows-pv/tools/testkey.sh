#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# testkey.sh DIR NAME: makes, once, a key that signs test builds of this checkout: test.key and test.crt
# for the build host, test.cer and test.pfx (empty password) for a guest in test mode.
set -eu

dir=$1
name=$2
[ ! -e "$dir/test.cer" ] || exit 0
umask 077
mkdir -p "$dir"
cat > "$dir/req.cnf" <<CNF
[req]
distinguished_name = dn
x509_extensions = ext
prompt = no
[dn]
CN = $name test signing, $(date +%F)
[ext]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = codeSigning
subjectKeyIdentifier = hash
CNF
openssl req -x509 -newkey rsa:3072 -nodes -sha256 -days 3650 -config "$dir/req.cnf" \
	-keyout "$dir/test.key" -out "$dir/test.crt" 2> "$dir/openssl.log"
openssl pkcs12 -export -passout pass: -inkey "$dir/test.key" -in "$dir/test.crt" \
	-out "$dir/test.pfx"
openssl x509 -in "$dir/test.crt" -outform DER -out "$dir/test.cer.new"
mv "$dir/test.cer.new" "$dir/test.cer"
