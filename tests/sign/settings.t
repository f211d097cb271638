#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Keys that will not do, each with a line that says what to do; and what each release wants.
. "$(dirname "$0")/lib.sh"
certificate ours 'Our modules'
certificate other 'Other modules'
gpg_key ours rsa2048 0
gpg_key curve ed25519 0
gpg_key old rsa2048 1y --faked-system-time 20200101T000000
copy_example hello
cd "$tmp/hello" || exit 1
ours="SIGN_KEY=$tmp/ours.key SIGN_CERT=$tmp/ours.pem"

# refused NAME ERE SETTING...
refused() {
	refused_name=$1 refused_ere=$2
	shift 2
	run build . -j2 "$@"
	isnt "$refused_name" "$status" 0
	like "$refused_name: and why" "$err" "$refused_ere"
	ok "$refused_name: no disk" test ! -e out/debian-12/helloworld/helloworld.iso
}
refused "a key without its certificate" 'SIGN_KEY is set and SIGN_CERT is not' "SIGN_KEY=$tmp/ours.key"
refused "a certificate without its key" 'SIGN_CERT is set and SIGN_KEY is not' "SIGN_CERT=$tmp/ours.pem"
refused "a key that is not there" 'SIGN_KEY = nowhere: no such file' SIGN_KEY=nowhere "SIGN_CERT=$tmp/ours.pem"
refused "the certificate of another key" 'is not the certificate of the key' "SIGN_KEY=$tmp/other.key" "SIGN_CERT=$tmp/ours.pem"
refused "a hash that nobody knows" "hash 'sha9'" "SIGN_KEY=$tmp/ours.key" "SIGN_CERT=$tmp/ours.pem" SIGN_HASH=sha9
cp "$tmp/ours.key" modules/helloworld-1.0/
refused "a key in a folder that is packed" 'ours.key lies in .*modules/helloworld-1.0, where files get into packages' \
	SIGN_KEY=modules/helloworld-1.0/ours.key "SIGN_CERT=$tmp/ours.pem"
rm modules/helloworld-1.0/ours.key
openssl rsa -aes256 -passout pass:open -in "$tmp/ours.key" -out "$tmp/locked.key" 2>/dev/null
refused "a key with a pass phrase that is not given" 'wants it in KBUILD_SIGN_PIN' "SIGN_KEY=$tmp/locked.key" "SIGN_CERT=$tmp/ours.pem"
refused "a GPG key that is not there" 'GPG_KEY = nobody: no such secret key in .*gpg --list-secret-keys' GPG_KEY=nobody
refused "a GPG key that has expired" 'GPG_KEY = old@example.org: it has expired' GPG_KEY=old@example.org
refused "several GPG keys of one name" 'GPG_KEY = example.org: 3 secret keys are called that' GPG_KEY=example.org
refused "a GPG key that the release cannot read" 'is of kind eddsa, and the release reads rsa' GPG_KEY=curve@example.org GPG_ALGORITHMS=rsa
refused "signed modules required, and no key" 'requires signed modules; set SIGN_KEY and SIGN_CERT' MODULE.SIGNATURES=required
refused "signed packages required, and no key" 'requires signed packages; set GPG_KEY' RPM.SIGNATURES=required
refused "another word" 'MODULE.SIGNATURES = yes: it is none, optional or required' MODULE.SIGNATURES=yes

# shellcheck disable=SC2086 # two words
KBUILD_SIGN_PIN=open run build . -j2 SIGN_KEY="$tmp/locked.key" SIGN_CERT="$tmp/ours.pem" GPG_KEY=curve@example.org MODULE.SIGNATURES=required RPM.SIGNATURES=required
is "a pass phrase in the environment, a key of an elliptic curve, and all of it required" "$status" 0 || note "$err"
is "disk.info says what is required" "$(grep ^signatures= out/helloworld/disk/disk.info)" "signatures=modules rpms"
is "ddk check is content" "$(rules out/helloworld/helloworld.iso)" ""
is "the pass phrase is nowhere" "$(grep -rl KBUILD_SIGN_PIN out)" ""

# A release whose readers know no signatures, of modules or of packages.
header_tree xen43 2.6.32.43-0.4.1.xs1.6.10.734.170748xen "$xen"
header_tree kdump43 2.6.32.43-0.4.1.xs1.6.10.734.170748kdump "$xen"
sed -i 's/^#if.*/&/' xen43 2>/dev/null || :
run build . show-config RELEASE=xcp-1.6 KERNELS.xen="$tmp/xen43" KERNELS.kdump="$tmp/kdump43"
like "show-config names what a release reads" "$out" '^MODULE.SIGNATURES +=.* none +\(.*releases/xcp-1.6.mk\)'
# shellcheck disable=SC2086 # two words
run build . -j2 RELEASE=xcp-1.6 ARCH=x86_64 KERNELS.xen="$tmp/xen43" KERNELS.kdump="$tmp/kdump43" $ours GPG_KEY=curve@example.org
is "a disk for XCP 1.6 builds with keys" "$status" 0 || note "$err"
like "and says that they serve nobody there" "$out" 'NOTE +release xcp-1.6 reads no signatures of modules packages: those stay unsigned'
is "its packages are not signed" "$(rpm -qp --nosignature --qf '%{RSAHEADER}%{DSAHEADER}' out/xcp-1.6/helloworld/disk/*.rpm | sed 's/(none)//g')" ""
ok "but its digest is" gpg --quiet --batch --verify out/xcp-1.6/helloworld/helloworld.sha256.asc out/xcp-1.6/helloworld/helloworld.sha256 2>/dev/null
done_testing
