#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# ddk same: RPMs and modules, compared with the signatures off both.
. "$(dirname "$0")/lib.sh"

module plain.ko 'a driver'
module other.ko 'another driver'
certificate one
certificate two
for name in one two; do
	cp plain.ko $name.ko
	sign_module $name.ko $name
done
package plain.rpm plain.ko
package again.rpm plain.ko

# same NAME VERDICT STATUS GIVEN BUILT
same() {
	run "$ddk" same "$4" "$5"
	is "$1" "$status $(printf '%s\n' "$out" | head -n 1)" "$3 $4: $2"
}

same "the same spec gives the same RPM" identical 0 plain.rpm again.rpm
run "$ddk" same -q plain.rpm again.rpm
is "-q says nothing of it" "$status$out$err" 0

# Modules.
run modinfo -F signer one.ko
is "kmod takes the signature for one" "$out" one
same "a signed module" "identical but for signatures" 0 one.ko plain.ko
same "two keys" "identical but for signatures" 0 one.ko two.ko
same "another module" different 1 one.ko other.ko
run "$ddk" same --strict one.ko two.ko
is "--strict wants the signatures too" "$status" 1
printf x | dd of=one.ko bs=1 seek=200 conv=notrunc 2>/dev/null
same "a module changed after signing" different 1 one.ko plain.ko
cp plain.ko one.ko
sign_module one.ko one
gzip -nk one.ko
gzip -nk plain.ko
same "compressed modules" "identical but for signatures" 0 one.ko.gz plain.ko.gz

# RPMs with signed modules inside.
package signed.rpm one.ko
package signed2.rpm two.ko
same "an RPM with a signed module" "identical but for signatures" 0 signed.rpm plain.rpm
same "and the other way" "identical but for signatures" 0 plain.rpm signed.rpm
same "RPMs with modules of two keys" "identical but for signatures" 0 signed.rpm signed2.rpm
run "$ddk" same --strict signed.rpm plain.rpm
is "--strict wants them the same" "$status" 1

# RPMs with a signature of their own.
if command -v gpg >/dev/null && command -v rpmsign >/dev/null; then
	GNUPGHOME=$tmp/gnupg
	export GNUPGHOME
	mkdir -m 0700 gnupg
	gpg -q --batch --passphrase '' --quick-gen-key 'Test <test@example.org>' rsa2048 sign never 2>/dev/null
	cp signed.rpm both.rpm
	rpmsign --define '_gpg_name test@example.org' --define '__gpg /usr/bin/gpg' --addsign both.rpm >log 2>&1 || cat log >&2
	not_ok "rpmsign changed the RPM" cmp -s signed.rpm both.rpm
	same "a signed RPM" "identical but for signatures" 0 both.rpm signed.rpm
	same "a signed RPM with a signed module" "identical but for signatures" 0 both.rpm plain.rpm
	gpgconf --kill gpg-agent 2>/dev/null || :
else
	fail "signed RPMs" "gpg and rpmsign are wanted: make check-deps"
fi

# Differences are named.
package firmware.rpm plain.ko firmware two
same "another firmware" different 1 firmware.rpm plain.rpm
like "by its path" "$out" '^  /lib/firmware/acme\.bin: 4 bytes, sha256 [0-9a-f]+\.\.\.; built 4 bytes, '
package signed-firmware.rpm one.ko firmware two
same "another firmware beside a signed module" different 1 signed-firmware.rpm plain.rpm
like "by its path as well" "$out" '^  /lib/firmware/acme\.bin: '
unlike "and the module is none" "$out" 'acme\.ko'
package other.rpm other.ko
same "another module in an RPM" different 1 other.rpm plain.rpm
like "by its path too" "$out" '^  /lib/modules/6\.1-x/extra/acme\.ko: '
package mode.rpm plain.ko mode 0755
same "another mode" different 1 mode.rpm plain.rpm
like "is told" "$out" '^  /lib/firmware/acme\.bin: mode 100755, built 100644'
package summary.rpm plain.ko summary Else
same "another header" different 1 summary.rpm plain.rpm
is "and what of it" "$(printf '%s\n' "$out" | tail -n +2)" "  header: Summary is Else, built A driver"
package more.rpm plain.ko extra_file 1
same "another list of files" different 1 more.rpm plain.rpm
like "and which" "$out" '^  /lib/firmware: is not in the given RPM|^  /lib/firmware: was not built'
package packed.rpm plain.ko _binary_payload w9.gzdio
run "$ddk" same packed.rpm plain.rpm
is "another compression" "$status" 1
like "is told from the header" "$out" 'header: Payloadflags is 9, built 6'
run "$ddk" same --json firmware.rpm plain.rpm
is "as JSON" "$(printf '%s' "$out" | jq -r '.verdict, (.differences | length > 0)' | tr '\n' ' ')" "different true "

# What is not sound.
head -c 3000 plain.rpm >cut.rpm
run "$ddk" same cut.rpm plain.rpm
is "an RPM cut short" "$status" 3
like "is named" "$err" '^ddk: error: cut\.rpm or plain\.rpm: '
run "$ddk" same absent plain.rpm
is "no file" "$status" 3
run "$ddk" same plain.ko plain.rpm
is "a module and an RPM" "$status" 1
run "$ddk" same plain.rpm
is "one file" "$status" 2
mkfifo pipe
run timeout 10 "$ddk" same pipe plain.rpm
is "a pipe is not waited for" "$status" 3
done_testing
