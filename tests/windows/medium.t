#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Drivers for Windows guests on a disk: what `ddk check` finds, one violation for each rule, and what `ddk show` tells.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/lib.sh"
scratch
kit=$(cd "$(dirname "$0")/../.." && pwd)
ddk=${ddk:-$kit/out/build/ddk}
# shellcheck disable=SC2034 # for package
package_inf=$kit/tests/windows/package.inf.in
cd "$SCRATCH" || exit 1

code_key test
mkdir good
package good/windows-pv xenbus 2.0.0.1 'PCI\VEN_5853&DEV_0001' 00000002,00000001
package good/windows-pv xenvif 2.0.0.1 'XENBUS\VEN_DK0001&DEV_VIF&REV_00000002,XENBUS\VEN_DK0002&DEV_VIF&REV_00000002'
mkdir good/windows-pv/testsign
openssl x509 -in test.crt -outform DER -out good/windows-pv/testsign/test.cer

# findings MEDIUM: rule and file of each.
findings() {
	run "$ddk" check --consumer guest "$1"
	printf '%s\n' "$out" | grep -E '^(error|warning|note) WP' | sed 's/^[a-z]* \(WP[0-9]*\) \([^ ]*\): .*/\1 \2/'
}
notes='WP009 windows-pv/xenbus/x64/xenbus.cat
WP009 windows-pv/xenbus/x86/xenbus.cat
WP009 windows-pv/xenvif/x64/xenvif.cat
WP009 windows-pv/xenvif/x86/xenvif.cat'
is "two good packages: only that they are test-signed" "$(findings good)" "$notes"

# violation RULE FILE NAME COMMAND...: in a copy of the good disk, the command, run in windows-pv/, breaks the rule.
violation() {
	violation_rule=$1 violation_file=$2 violation_name=$3
	shift 3
	rm -rf bad
	cp -R good bad
	(cd bad/windows-pv && "$@") || note "cannot: $*"
	like "$violation_rule: $violation_name" "$(findings bad)" "^$violation_rule windows-pv/?$violation_file"
	violated="$violated $violation_rule"
}
violated=
# again PACKAGE ARCH: catalog and signature after a change that Windows would not mind.
again() { (cd "$SCRATCH" && catalog_of "bad/windows-pv/$1/$2" "$1" test); }
edit() { sed -i "$2" "$1" && again "$(basename "$1" .inf)" "$(basename "$(dirname "$1")")"; }
resign() { (cd "$SCRATCH" && code_sign "bad/windows-pv/$1" "$2"); }

violation WP001 stray.txt 'a file elsewhere' touch stray.txt
violation WP001 xenvif/x86 'a folder without an INF' rm xenvif/x86/xenvif.inf
violation WP001 xenvif/x64/xenvif.sys 'a driver that is no image' sh -c 'echo text >xenvif/x64/xenvif.sys'
violation WP002 xenvif/x64/xenvif.inf 'an INF that Windows refuses' edit xenvif/x64/xenvif.inf 's/^Signature .*/Signature = "$CHICAGO$"/'
violation WP002 xenvif/x64/xenvif.inf 'a file of the INF is not there' rm xenvif/x64/xenvif.sys
violation WP003 xenvif/x64/xenvif.inf 'an INF with a section too much' edit xenvif/x64/xenvif.inf '$a[Nothing]\na = b'
violation WP004 xenvif/x64/xenvif.inf 'no catalog' rm xenvif/x64/xenvif.cat
violation WP004 xenvif/x64/xenvif.cat 'a catalog that is cut off' truncate -s 100 xenvif/x64/xenvif.cat
violation WP005 xenvif/x64/xenvif.inf 'an INF that was changed' sh -c 'echo >>xenvif/x64/xenvif.inf'
violation WP005 xenvif/x64/more.txt 'a file that is no member' touch xenvif/x64/more.txt
violation WP005 xenvif/x64/xenvif.cat 'a member that is not there' rm xenvif/x64/xenvif.sys
unsigned() { osslsigncode remove-signature -in "$1" -out "$1.new" >"$SCRATCH/log" && mv "$1.new" "$1"; }
violation WP006 xenvif/x64/xenvif.sys 'an unsigned driver' unsigned xenvif/x64/xenvif.sys
bare() { (cd xenvif/x64 && rm xenvif.cat && "$ddk" catalog --out xenvif.cat xenvif.sys xenvif.inf); }
violation WP006 xenvif/x64/xenvif.cat 'an unsigned catalog' bare
violation WP007 xenvif/x64/xenvif.sys 'a driver that was changed' flip xenvif/x64/xenvif.sys 1030
violation WP007 xenvif/x64/xenvif.cat 'a catalog that was changed' perl -0777 -pi -e 's/v\x001\x000\x000/v\x001\x001\x000/' xenvif/x64/xenvif.cat
expired_key old
violation WP008 xenvif/x64/xenvif.sys 'a certificate that has expired' resign xenvif/x64/xenvif.sys old
violation WP010 xenvif/x86/xenvif.inf 'another version in x86' edit xenvif/x86/xenvif.inf 's/2\.0\.0\.1/2.0.0.2/'
violation WP011 xenvif/x86/xenvif.sys 'another version in the driver' edit xenvif/x86/xenvif.inf 's/2\.0\.0\.1/2.0.0.2/'
violation WP012 xenvif/x86/xenvif.sys 'an x64 driver in x86' cp xenvif/x64/xenvif.sys xenvif/x86/
violation WP012 xenvif/x86/xenvif.inf 'an INF without models for x86' edit xenvif/x86/xenvif.inf 's/NTx86/NTamd64/'
violation WP021 xenvif/x64/xenvif.inf 'an INF with models for the other architecture' edit xenvif/x64/xenvif.inf \
	's/, NTamd64/, NTamd64, NTx86/; $a[Models.NTx86]\n%Device% = Install, PCI\\VEN_5853\&DEV_0001'
# named PACKAGE...: disk.info has them, for both architectures.
named() { for named_package; do echo "guest=$named_package x64 x86"; done >../disk.info; }
lost() { named xenbus xenvif && rm -r xenvif/x86; }
violation WP023 xenvif/x86 'an architecture that disk.info names' lost
violation WP023 xenvif/x64 'a package that it does not name' named xenbus
(cd bad/windows-pv && named xenvif xenbus) || note cannot
is "as it names them" "$(findings bad)" "$notes"
rm -r bad/windows-pv
like "WP023: all of it is gone" "$(findings bad)" '^WP023 windows-pv/xenvif/x64$'
violation WP013 '' 'no package for x86' sh -c 'rm -r */x86'
violation WP014 xenvif 'one package without x86' rm -r xenvif/x86
violation WP015 xenvif/x64/xenvif.inf 'a revision that the bus does not offer' edit xenvif/x64/xenvif.inf 's/REV_00000002/REV_00000003/g'
violation WP015 xenvif/x86/xenvif.inf 'a bus that offers nothing' edit xenbus/x86/xenbus.inf '/Revisions/s/0x00010000.*/0x00010000, 00000001/'
violation WP016 xenvif/x86/xenvif.inf 'a bus that is not on the disk' rm -r xenbus
violation WP017 'xenvif/x64/a\?b' 'a name that Windows does not take' touch 'xenvif/x64/a?b'
violation WP017 'xenvif/x64/(XENVIF.SYS|xenvif.sys)' 'a name twice but for its case' cp xenvif/x64/xenvif.sys xenvif/x64/XENVIF.SYS
long=$(printf %065d 0)
violation WP017 "xenvif/x64/$long" 'a name that is too long' touch "xenvif/x64/$long"
hwid() { (cd "$SCRATCH/bad/windows-pv/xenvif/x64" && rm xenvif.cat && "$ddk" catalog --out xenvif.cat --hwid 'PCI\VEN_1234&DEV_0001' xenvif.sys xenvif.inf); }
systems() { (cd "$SCRATCH/bad/windows-pv/xenvif/x64" && rm xenvif.cat && "$ddk" catalog --out xenvif.cat --os "$1" xenvif.sys xenvif.inf); }
violation WP022 xenvif/x64/xenvif.cat 'a catalog for x86 systems beside an x64 driver' systems 8_X86,10_X86
violation WP019 xenvif/x64/xenvif.cat 'hardware ids that are not the INF' hwid
violation WP020 xenvif/x64/xenvif.inf 'a service of two packages' edit xenvif/x64/xenvif.inf 's/AddService = XENVIF/AddService = XENBUS/'
violation WP020 xenvif/x64/xenvif.inf 'a device with two drivers' sh -c 'mkdir xennet && cp -R xenvif/x64 xennet/'

programs() { mkdir -p tools/x64 tools/x86 && for arch in x64 x86; do (cd "$SCRATCH" && image "bad/windows-pv/tools/$arch/tool.exe" tool $arch "2.0.0.$1" && code_sign "bad/windows-pv/tools/$arch/tool.exe" test) || return 1; shift; done; }
violation WP011 tools/x86/tool.exe 'a program of another version' programs 1 2
(cd bad/windows-pv && programs 1 1) || note cannot
is "of the same one" "$(findings bad)" "$notes"

# One of the alternatives is enough.
rm -rf bad && cp -R good bad
(cd bad/windows-pv && edit xenvif/x64/xenvif.inf 's/DK0002&DEV_VIF&REV_00000002/DK0002\&DEV_VIF\&REV_00000009/') || note cannot
is "an id more is no finding" "$(findings bad)" "$notes"

# Images.
iso() { genisoimage -quiet -r "$@"; }
iso -J -joliet-long -o good.iso good
is "an ISO with Joliet" "$(findings good.iso | sort)" "$notes"
iso -o plain.iso good
like "WP018: an ISO without Joliet" "$(findings plain.iso)" '^WP018 windows-pv/xenvif/x64/xenvif.sys'
rm -rf bad && cp -R good bad
touch "bad/windows-pv/xenvif/x64/$(printf %070d 0)"
iso -J -o mangled.iso bad
like "WP018: a name that Joliet cuts" "$(findings mangled.iso)" '^WP018 windows-pv/xenvif/x64/0000'
violated="$violated WP018 WP009"
is "every rule of the topic has its violation" \
	"$("$ddk" check --list-rules | sed -n 's/^\(WP[0-9]*\) .*/\1/p' | sort)" "$(printf '%s\n' $violated | sort -u)"

run "$ddk" check --json --consumer guest good.iso
is "as JSON, by rule" "$(printf '%s\n' "$out" | jq -r '[.findings[].rule] | unique | join(" ")')" WP009
is "and whom it concerns" "$(printf '%s\n' "$out" | jq -r '.findings[0].consumers | join(" ")')" guest

# What is on it.
run "$ddk" show good.iso
like "show: package, version, date, architectures" "$out" '^xenbus 2\.0\.0\.1, 11/01/2026, x64, x86$'
like "show: devices" "$out" '^  devices +PCI.VEN_5853&DEV_0001$'
like "show: revisions offered" "$out" '^  offers +XENBUS 00000002 00000001$'
like "show: revisions needed" "$out" '^  needs +XENBUS 00000002 .VIF.$'
like "show: signer and his dates" "$out" "^  signed by +CN=test, $(date -u +%F) to [0-9-]{10}, no time stamp\$"
run "$ddk" show --json good.iso
is "show --json: packages" "$(printf '%s\n' "$out" | jq -r '[.windows_pv[].name] | join(" ")')" "xenbus xenvif"
is "show --json: offered" "$(printf '%s\n' "$out" | jq -c '.windows_pv[0].architectures[0].offers')" \
	'{"bus":"XENBUS","revisions":["00000002","00000001"]}'
is "show --json: needed" "$(printf '%s\n' "$out" | jq -c '.windows_pv[1].architectures[1].needs')" \
	'[{"bus":"XENBUS","device":"VIF","revision":"00000002"}]'
is "show --json: files and signers" "$(printf '%s\n' "$out" | jq -r \
	'.windows_pv[0].architectures[0].files[] | [.path, .version, .signature.signer] | join(" ")' | sort)" \
	"windows-pv/xenbus/x64/xenbus.cat  CN=test
windows-pv/xenbus/x64/xenbus.inf  
windows-pv/xenbus/x64/xenbus.sys 2.0.0.1 CN=test"
run "$ddk" show --sums good.iso
like "show --sums has them" "$out" "^$(sha256sum <good/windows-pv/xenbus/x64/xenbus.sys | cut -d' ' -f1)  windows-pv/xenbus/x64/xenbus.sys\$"

done_testing
