#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# ddk check, show and diff as a vendor meets them: a disk made here, as a folder and as an ISO.
. "$(dirname "$0")/../lib/tap.sh"
scratch
kit=$(cd "$(dirname "$0")/../.." && pwd)
ddk=${ddk:-$kit/out/build/ddk}
export NO_COLOR=1
cd "$SCRATCH" || exit 1

uname=6.1-x
name=acme-modules-xen-$uname

# rpm_with OUT VERSION DEVICE SCRIPT: a module RPM; the module is no more than what tools read of one.
rpm_with() {
	printf '%s\n' "$4" >script
	printf '.section .modinfo,"a"\n.asciz "%s"\n.asciz "%s"\n.asciz "%s"\n.asciz "%s"\n' license=GPL name=acme \
		"vermagic=$uname SMP" "alias=pci:v00008086d0000${3}sv*sd*bc*sc*i*" | cc -c -x assembler - -o acme.ko
	cat >acme.spec <<-END
		Name: $name
		Version: $2
		Release: 1
		Summary: A driver
		License: BSD-2-Clause
		Group: System Environment/Kernel
		%description
		A driver.
		%install
		mkdir -p \$RPM_BUILD_ROOT/lib/modules/$uname/extra
		cp $SCRATCH/acme.ko \$RPM_BUILD_ROOT/lib/modules/$uname/extra
		%post
		%include $SCRATCH/script
		%files
		/lib/modules/$uname/extra/acme.ko
	END
	mkdir -p "$1"
	rpmbuild -bb --quiet --target x86_64 --define "_topdir $SCRATCH/top" --define "_rpmdir $SCRATCH/$1" \
		--define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' --define '_binary_payload w6.gzdio' \
		--define '_binary_filedigest_algorithm 1' --define '__os_install_post %{nil}' --define '_build_id_links none' \
		--define 'debug_package %{nil}' acme.spec >log 2>&1 || cat log >&2
}

# disk DIR VERSION: metadata for the RPMs in DIR, and DIR.iso.
disk() {
	cat >disk.conf <<-END
		kit=0.1.0
		release=debian-12
		driver=acme
		label=acme-disk
		originator=acme
		vendor=Acme Corp
		text=A driver
		version=$2
		build=
		uuid=
		product=Debian
		product-version=12
		platform=
		platform-version=
		base=debian:main
		base-version=12
		arch=x86_64
		formats=xs
		guidance=
		eula=no
		kernel=xen $uname $uname $uname
	END
	printf '#!/bin/sh\nLABEL=@LABEL@\necho "$LABEL" >%s/ran\n' "$SCRATCH" >install.sh.in
	"$ddk" metadata --conf disk.conf --installer install.sh.in --epoch 1700000000 "$1" &&
		genisoimage -quiet -r -J -joliet-long -V acme-disk -o "$1.iso" "$1"
}

# JSON, by the parser that comes with the perl that prove runs under.
is_json() {
	printf '%s' "$1" | perl -MJSON::PP -0777 -ne 'decode_json($_)'
}
# json TEXT EXPRESSION: a value of it.
json() {
	printf '%s' "$1" | perl -MJSON::PP -0777 -ne '$j = decode_json($_); print '"$2"
}

rpm_with one 1.0 100E 'echo installed'
ok "a disk is made" disk one 1.0
for medium in one one.iso; do
	run "$ddk" check "$medium"
	is "check $medium" "$status $err" "0 "
	like "and counts" "$out" "^check: $medium: 0 errors, 0 warnings, 0 notes; 1 RPMs, "
	run "$ddk" show "$medium"
	is "show $medium" "$status $err" "0 "
	like "and the package" "$out" "^  $name-1.0-1.x86_64.rpm\$"
	run "$ddk" show --json "$medium"
	ok "show --json $medium is JSON" is_json "$out"
	is "and the label" "$(json "$out" '$j->{label}')" acme-disk
done
not_ok "nothing of a medium is run" test -e ran

# What a shell says of install.sh.
cp -a one broken
echo 'if' >>broken/install.sh
cp broken/install.sh broken/install
if command -v dash >/dev/null; then
	run "$ddk" check broken
	is "a broken install.sh is found" "$status" 1
	like "with the words of dash" "$out" '^error IN004 install.sh: .*[Ss]yntax error'
else
	skip "a broken install.sh" "dash is not installed"
fi
not_ok "and not run" test -e ran

# One file.
run "$ddk" check --strict one/$name-1.0-1.x86_64.rpm
is "an RPM by itself" "$status $err" "0 "
is "and what is counted" "$out" "check: one/$name-1.0-1.x86_64.rpm: 0 errors, 0 warnings, 0 notes"
rpm_with service 1.0 100E 'systemctl start acme'
run "$ddk" check --strict service/$name-1.0-1.x86_64.rpm
is "an RPM that starts a service" "$status" 1
like "and where" "$out" "^warning RP007 $name-1.0-1.x86_64.rpm:%postin: line 1: systemctl start acme; "
run "$ddk" check service/$name-1.0-1.x86_64.rpm
is "is only warned of" "$status" 0
echo 'no module' >text.ko
run "$ddk" check --json text.ko
is "a .ko that is none" "$status" 1
is "in JSON" "$(json "$out" '$j->{findings}[0]{rule}')" KO001
run "$ddk" show text.ko
is "show says so too" "$status" 1

run "$ddk" check --strict acme.ko
is "a module by itself" "$status $out" "0 check: acme.ko: 0 errors, 0 warnings, 0 notes"
run "$ddk" show acme.ko
like "and shown" "$out" '^acme, GPL, unsigned$'
run "$ddk" show --json acme.ko
is "also as JSON" "$(json "$out" '$j->{packages}[0]{modules}[0]{devices}[0]{id}')" 8086:100e
run "$ddk" diff acme.ko acme.ko
is "and compared" "$status $err" "0 "

# Another kernel's symbols.
printf '.section .modinfo,"a"\n.asciz "license=GPL"\n.asciz "vermagic=x"\n.data\n.quad kfree\n' |
	cc -c -x assembler - -o user.ko
printf '[whitelist]\n\tprintk\n\tkfree\n' >kabi
run "$ddk" gate --symvers kabi acme.ko user.ko
is "gate with a list" "$status" 0
printf '[whitelist]\n\tprintk\n' >kabi
run "$ddk" gate --symvers kabi acme.ko user.ko
is "gate with a list that lacks a symbol" "$status" 1
like "and who uses it" "$out" '^error KO021 kfree: not exported; used by user.ko; '
run "$ddk" gate --json --symvers kabi acme.ko user.ko
is "and in JSON" "$(json "$out" '$j->{symbols}[0]{symbol} . $j->{symbols}[0]{users}[0]{module}')" kfreeuser.ko
printf '[whitelist]\nprintk kfree\n' >kabi
run "$ddk" gate --symvers kabi acme.ko
is "a list that is none" "$status" 3
like "is told by its line" "$err" '^ddk: error: kabi:2: '

# From one disk to the next.
rpm_with two 1.1 100F 'echo installed'
disk two 1.1
run "$ddk" diff one.iso two
is "diff of good versions" "$status $err" "0 "
like "the disk" "$out" '^  ~ version 1\.0 -> 1\.1$'
like "the device" "$out" '^    \+ alias pci 8086:100f$'
like "the package" "$out" "^  ~ $name 1\.0-1 -> 1\.1-1\$"
is "nothing is wider than 80 columns" "$(printf '%s\n' "$out" | grep -E '.{81}')" ""
rpm_with three 1.0 1010 'echo installed'
disk three 0.9
run "$ddk" diff one three.iso
is "diff of bad versions" "$status" 1
for rule in VE001 VE005 VE007; do
	like "finds $rule" "$out" "^  error $rule "
done
run "$ddk" diff --json one three.iso
is "and as JSON" "$status $(json "$out" 'join " ", sort map { $_->{rule} } @{$j->{findings}}')" "1 VE001 VE005 VE007"
run "$ddk" diff one absent
is "diff of what is not there" "$status" 3

# Names of devices.
mkdir ids
printf '8086  Intel Corporation\n\t100e  82540EM\n' >ids/pci.ids
run "$ddk" show --ids ids one
is "show --ids" "$status" 0
like "and the name" "$out" '^  pci        8086:100e Intel Corporation 82540EM$'
run "$ddk" show --ids
is "--ids wants a folder" "$status" 2

done_testing
