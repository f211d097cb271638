#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# make submission and make verify-submission, with the example disk.
. "$(dirname "$0")/lib.sh"

copy_example one
mkdir -p elsewhere
cp -R one elsewhere/two
for d in one elsewhere/two; do
	sed -i "s,^DDK ?=.*,DDK ?= $kit," $d/Makefile
done
run build one -j2 submission
is "make submission" "$status" 0 || note "$err"
tar=one/out/helloworld/helloworld-submission.tar
like "names what it made" "$out" '^one/out/debian-12/helloworld/helloworld-submission\.tar$|^out/debian-12/helloworld/helloworld-submission\.tar$'
ok "in another folder as well" build elsewhere/two -j1 submission
ok "to the same bytes" cmp $tar elsewhere/two/out/helloworld/helloworld-submission.tar || note "$(
	"$ddk" unbundle -q $tar x && "$ddk" unbundle -q elsewhere/two/out/helloworld/helloworld-submission.tar y && diff -r x y)" >&2
cp -p $tar before.tar
ok "and again" build one submission
ok "it is the same" cmp $tar before.tar
is "and not written anew" "$(stat -c %Y $tar)" "$(stat -c %Y before.tar)"

# tables FILE ID: how many tables a section of a report has.
tables() {
	xmllint --xpath "count(//*[@id='$2']//*[local-name()='table'])" "$1"
}

# What is in it.
like "one owner and one time" "$(TZ=UTC tar --full-time -tvf $tar | awk '{ print $2, $4, $5 }' | LC_ALL=C sort -u | tr '\n' ';')" \
	'^root/root [0-9-]{10} 00:00:00;$'
is "names are sorted" "$(tar -tf $tar | LC_ALL=C sort -c 2>&1)" ""
ok "unbundle takes it" "$ddk" unbundle -q $tar b
(cd b && sha256sum --quiet -c SHA256SUMS)
is "its sums" $? 0
for file in README report.html check.txt check.json show.txt show.json sbom.cdx.json toolchain.tsv kernels.tsv config/disk.mk config/release.mk \
	config/config.json iso/helloworld.iso iso/helloworld.md5 iso/helloworld.sha256 SRPMS/helloworld-1.0-1.src.rpm \
	RPMS/helloworld-data-1.0-1.x86_64.rpm specs/update-helloworld.spec "symbols/xen1-$uname_xen.tsv" "symbols/kdump1-$uname_kdump.tsv" \
	"log/rpm-helloworld-modules-xen-$uname_xen-1.0-1.x86_64.log"; do
	ok "$file" test -s "b/$file"
done
is "the disk" "$(cmp b/iso/helloworld.iso one/out/helloworld/helloworld.iso 2>&1)" ""
is "and all its RPMs" "$(cd b/RPMS && echo *.rpm)" "$(cd one/out/helloworld/disk && echo *.rpm)"
is "nothing says where it was built" "$(grep -rlF -e "$tmp" -e "$kit" b)" ""
is "config.json has values with origins" "$(jq -r '.values[] | select(.name == "LABEL") | .value, .origin' b/config/config.json | tr '\n' ' ')" \
	"helloworld DISK/disk.mk "
is "and kernels" "$(jq -r '.kernels[].uname' b/config/config.json | tr '\n' ' ')" "$uname_xen $uname_kdump "
like "symbols have version and exporter" "$(cat b/symbols/xen1-*.tsv)" '^helloworld	__pci_register_driver	0x[0-9a-f]{8}	vmlinux	-	'
like "the toolchain has the compiler" "$(cat b/toolchain.tsv)" '^compiler	.*[0-9]+\.[0-9]+'
like "and the header tree's package" "$(cat b/toolchain.tsv)" "^header tree $xen	linux-headers-"
is "the report has no comparison" "$(tables b/report.html changes)" 0

# The bill of materials.
is "sbom.cdx.json keeps to CycloneDX 1.5" "$(jq -rf "$kit/tests/submission/cyclonedx.jq" b/sbom.cdx.json)" ""
is "the checker finds a breach" "$(jq '.components[0].type = "driver"' b/sbom.cdx.json | jq -rf "$kit/tests/submission/cyclonedx.jq")" "components: type driver"
sbom() {
	jq -r "$1" b/sbom.cdx.json
}
is "every package with its digest" "$(sbom '.components[] | "\(.hashes[0].content)  \(.properties[] | select(.name == "ddk:file") | .value | sub("^.*/"; ""))"' | LC_ALL=C sort)" \
	"$(cd b && sha256sum RPMS/*.rpm SRPMS/*.rpm | sed 's,  .*/,  ,' | LC_ALL=C sort)"
mkdir root
(cd root && rpm2cpio "../b/RPMS/helloworld-modules-xen-$uname_xen-1.0-1.x86_64.rpm" | cpio -id --quiet)
is "the module with its digest and licence" "$(sbom '.components[].components[]? | select(.type == "device-driver" and (.["bom-ref"] | test("xen"))) | "\(.name) \(.licenses[0].license.name) \(.hashes[0].content)"')" \
	"helloworld Dual BSD/GPL $(sha256sum root/lib/modules/*/extra/helloworld.ko | cut -c1-64)"
is "firmware" "$(sbom '[.. | objects | select(.type? == "firmware" and (.components | not)) | .name] | join(" ")')" /lib/firmware/helloworld/greeting.bin
like "the source tarball" "$(sbom '.components[] | select(.type == "file") | .components[].name')" '^helloworld-1\.0\.tar\.gz$'
is "the source's licence" "$(sbom '.components[] | select(.purl | test("/helloworld@.*arch=src")) | .licenses[0].expression')" "GPL-2.0-only OR BSD-2-Clause"
like "and the toolchain" "$(sbom '.formulation[0].components[].name')" '^compiler$'

# The disk before.
sed -i 's/hello/hullo/' elsewhere/two/modules/helloworld-1.0/helloworld.c
run build elsewhere/two -j2 submission "PREVIOUS=$tmp/$tar"
is "a submission with the one before, of a changed driver" "$status" 0 || note "$err"
like "warns of the versioning" "$out" 'NOTE +the rules of versioning are not kept'
ok "and it unpacks" "$ddk" unbundle -q elsewhere/two/out/helloworld/helloworld-submission.tar c
like "diff.txt says which" "$(cat c/diff.txt)" 'error VE00[12345]'
is "diff.json too" "$(jq .versioning_kept c/diff.json)" false
isnt "and the report" "$(tables c/report.html changes)" 0
run build one submission PREVIOUS=/nonexistent.iso
isnt "a disk before that is not there" "$status" 0
like "is told" "$err" 'PREVIOUS = /nonexistent\.iso: no such file'

# Verified.
mkdir verify
verify() {
	TMPDIR=$tmp/verify run make -s -C "$kit" verify-submission "$@"
}
verify BUNDLE="$tmp/$tar"
is "make verify-submission" "$status" 0 || note "$out
$err"
like "says how" "$out" '^rebuild: topdir'
is "and that each package is the same" "$(printf '%s\n' "$out" | grep -c '^  identical  ')" 5
like "in the end" "$out" '^verified: '

# Signed, by keys that are made here: what whoever builds it again does not have.
GNUPGHOME=$tmp/gnupg
export GNUPGHOME
mkdir -m 0700 gnupg
gpg -q --batch --passphrase '' --quick-gen-key 'Test <test@example.org>' rsa2048 sign never 2>/dev/null
certificate ours
run build one -j2 submission SIGN_KEY="$tmp/ours.key" SIGN_CERT="$tmp/ours.crt" GPG_KEY=test@example.org
is "make submission of a signed disk" "$status" 0 || note "$err"
gpgconf --kill all 2>/dev/null
verify BUNDLE="$tmp/$tar"
is "is verified without the keys" "$status" 0 || note "$out
$err"
is "every package but for its signatures" "$(printf '%s\n' "$out" | grep -c '^  identical but for signatures ')" 5
ok "it unpacks" "$ddk" unbundle -q $tar signed
is "and says nothing of where the keys are" "$(grep -rlF -e "$tmp" signed)" ""
is "nor has any of them" "$(grep -rl 'PRIVATE KEY' signed)" ""
like "the report names the signer" "$(xmllint --xpath 'string(//*[@id="modules"])' signed/report.html)" 'ours'

# A bundle whose packages are not what its sources give, made by someone who knows how to make sums.
mv b helloworld-submission
bad=helloworld-submission
cp "c/RPMS/helloworld-modules-xen-$uname_xen-1.0-1.x86_64.rpm" $bad/RPMS/
module plain.ko plain
package $bad/RPMS/astray-1.0-1.x86_64.rpm plain.ko
bundle_again $bad bad.tar
verify BUNDLE="$tmp/bad.tar"
isnt "another package" "$status" 0
like "is found" "$out" "^  different +helloworld-modules-xen-"
like "with the file in it" "$out" "^    /lib/modules/$uname_xen/extra/helloworld\.ko: "
like "as is one without a source" "$out" '^  NOT REBUILT: .* astray-1\.0-1'
like "and that the disk has others" "$out" '^  is another on helloworld\.iso.* RPMS/helloworld-modules-xen-'
like "the rest is the same" "$out" '^  identical +helloworld-data-'
like "in the end as well" "$out" '^NOT verified'
verify BUNDLE="$tmp/bad.tar" PREBUILT=astray-1.0-1.x86_64.rpm
like "PREBUILT says what needs no source" "$out" '^  prebuilt, not compared +astray-1\.0-1'
isnt "which mends nothing else" "$status" 0

# Before anything is built.
sed -i 's/[0-9a-f]\{64\}/'"$(printf '%064d' 0)/" $bad/kernels.tsv
bundle_again $bad bad.tar
verify BUNDLE="$tmp/bad.tar"
isnt "another header tree" "$status" 0
like "is told" "$err" "^error: kernel $uname_xen: $xen is not the tree it was built against"
printf 'xen1\txen\tx\t/etc/../$(id)\t-\t-\n' >$bad/kernels.tsv
bundle_again $bad bad.tar
verify BUNDLE="$tmp/bad.tar"
isnt "a hostile path of a tree" "$status" 0
like "is refused" "$err" 'is no path of a header tree'
printf 'xen1\txen\tx y=/etc\t/usr/src/x\t-\t-\n' >$bad/kernels.tsv
bundle_again $bad bad.tar
verify BUNDLE="$tmp/bad.tar"
like "and a hostile name of a kernel" "$err" 'is no name of a kernel'
echo changed >$bad/README
tar -cf bad.tar $bad
verify BUNDLE="$tmp/bad.tar"
isnt "a changed bundle" "$status" 0
like "is refused by its sums" "$err" 'README: its sha256 is not that of SHA256SUMS'
verify
like "no bundle" "$err" 'BUNDLE is not set'
verify BUNDLE="$tmp/$tar" CLEANROOT=elsewhere
like "a root that is none" "$err" 'CLEANROOT = elsewhere: it is debootstrap or topdir'
is "nothing is left behind" "$(ls verify)" ""
done_testing
