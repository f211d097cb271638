#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The key of modules in a token: SoftHSM's, by OpenSSL's pkcs11 engine or provider. The same signature as with a file.
. "$(dirname "$0")/lib.sh"
certificate ours 'Our modules'
cd "$tmp" || exit 1

command -v softhsm2-util >/dev/null || skip_all "softhsm2 is not installed: make check-deps"
mkdir tokens
printf 'directories.tokendir = %s/tokens\nobjectstore.backend = file\nlog.level = ERROR\n' "$tmp" >softhsm2.conf
SOFTHSM2_CONF=$tmp/softhsm2.conf
PKCS11_MODULE_PATH=$(find /usr/lib /usr/lib64 -name libsofthsm2.so 2>/dev/null | head -n 1)
export SOFTHSM2_CONF PKCS11_MODULE_PATH
openssl pkcs8 -topk8 -nocrypt -in ours.key -out ours.p8
{
	softhsm2-util --init-token --free --label acme --pin 1234 --so-pin 5678
	softhsm2-util --import ours.p8 --token acme --label modules --id 01 --pin 1234
} >log 2>&1 || cat log >&2
key='pkcs11:token=acme;object=modules;type=private'

printf '.section .modinfo,"a"\n.asciz "%s"\n.asciz "%s"\n.asciz "%s"\n' license=GPL name=acme "vermagic=6.1-x SMP" |
	cc -c -x assembler - -o plain.ko
cp plain.ko file.ko
cp plain.ko token.ko
ok "a module, signed with the file" "$ddk" sign --key ours.key --cert ours.pem --hash sha256 file.ko
export KBUILD_SIGN_PIN=1234
run "$ddk" sign --key "$key" --cert ours.pem --hash sha256 token.ko
is "and with the token" "$status" 0 || note "$err"
ok "to the same bytes" cmp file.ko token.ko
KBUILD_SIGN_PIN=9999 run "$ddk" sign --key "$key" --cert ours.pem --hash sha256 plain.ko
is "another PIN" "$status" 3
like "is refused" "$err" 'ddk: error: pkcs11:token=acme;.*: no private key that can be read .*PIN wants it in KBUILD_SIGN_PIN'
unset KBUILD_SIGN_PIN
run "$ddk" sign --key "$key" --cert ours.pem --hash sha256 plain.ko
is "no PIN is not asked for" "$status" 3
export KBUILD_SIGN_PIN=1234
run "$ddk" sign --key 'pkcs11:token=acme;object=none;type=private' --cert ours.pem --hash sha256 plain.ko
is "a key that is not in it" "$status" 3

copy_example hello
echo 'EXCLUDE.kdump = one kernel is enough here' >>hello/disk.mk
set_value hello/disk.mk SIGN_KEY "$key"
set_value hello/disk.mk SIGN_CERT "$tmp/ours.pem"
run build hello -j2
is "a disk builds with it" "$status" 0 || note "$err"
like "ddk show names the signer" "$("$ddk" show hello/out/helloworld/helloworld.iso)" '^helloworld .* signed by Our modules$'
is "the PIN is nowhere" "$(grep -rlw 1234 hello/out/debian-12/helloworld/work/*.* hello/out/debian-12/helloworld/log)" ""
done_testing
