#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# WINDOWS_PV: packages for Windows guests get onto a disk, and only then.
. "$(dirname "$0")/../disk/lib.sh"
. "$(dirname "$0")/lib.sh"
# shellcheck disable=SC2034 # for package
package_inf=$kit/tests/windows/package.inf.in
copy_example one
d=$tmp/one
iso=$d/out/helloworld/helloworld.iso
# A disk without a data package and with one flavour builds sooner.
sed -i '/^DATASPEC/d' "$d/disk.mk"
set_value "$d/disk.mk" EXCLUDE.kdump 'not needed here'
mkdir "$d/guests"
(cd "$tmp" && code_key test && package one/guests xenbus 1.0.0.0 'PCI\VEN_5853&DEV_0001' 00000001 &&
	package one/guests xeniface 1.0.0.0 'XENBUS\VEN_DK0001&DEV_IFACE&REV_00000001')
echo symbols >"$d/guests/xenbus/x64/xenbus.pdb"

run build "$d" -j2
is "a disk without them builds: $err" "$status" 0
unlike "and has none" "$(isoinfo -f -R -i "$iso")" windows-pv

set_value "$d/disk.mk" WINDOWS_PV guests
run build "$d" -j2
is "WINDOWS_PV = FOLDER: $err" "$status" 0
wanted=$(cd "$d/guests" && find . -type f ! -name '*.pdb' | sed 's,^\.,/windows-pv,' | LC_ALL=C sort)
is "its files are on the disk, under their names" "$(isoinfo -f -R -i "$iso" | grep 'windows-pv.*\.' | LC_ALL=C sort)" "$wanted"
is "for Windows too, which reads Joliet" "$(isoinfo -f -J -i "$iso" | grep 'windows-pv.*\.' | LC_ALL=C sort)" "$wanted"
is "with their bytes" "$("$ddk" show --sums "$iso" | grep -c "$(sha256sum <"$d/guests/xenbus/x64/xenbus.cat" | cut -d' ' -f1)")" 1
is "disk.info names them" "$(grep '^guest=' "$d/out/helloworld/disk/disk.info" | paste -sd' ')" \
	"guest=xenbus x64 x86 guest=xeniface x64 x86"
run "$ddk" check --consumer guest "$iso"
is "and nothing is wrong with them: $out" "$status" 0
like "test signing apart" "$out" '0 errors, 0 warnings, 4 notes'
run "$ddk" show "$iso"
like "ddk show tells of them" "$out" '^xeniface 1\.0\.0\.0, 11/01/2026, x64, x86$'
like "make show-config too" "$(build "$d" show-config)" '^WINDOWS_PV += guests +.*disk.mk'

first=$(sha256sum <"$iso")
build "$d" -s >"$tmp/log" 2>&1
is "without a change nothing is made anew" "$(find "$iso" -newer "$tmp/log")" ""
cp -R "$d" "$tmp/two"
rm -rf "$tmp/two/out"
find "$tmp/two" -type f -exec touch -d 2001-02-03 {} +
ok "in another folder" build "$tmp/two" -s -j2
is "the same packages give the same ISO" "$(sha256sum <"$tmp/two/out/helloworld/helloworld.iso")" "$first"
(cd "$tmp" && package one/guests xeniface 1.0.0.1 'XENBUS\VEN_DK0001&DEV_IFACE&REV_00000001')
ok "a changed package" build "$d" -s
like "is on the new ISO" "$("$ddk" show "$iso")" '^xeniface 1\.0\.0\.1,'

# What does not get out.
(cd "$tmp" && package one/guests xeniface 1.0.0.2 'XENBUS\VEN_DK0001&DEV_IFACE&REV_00000009')
run build "$d"
isnt "a package that needs what the bus does not offer: no disk" "$status" 0
like "and the reason" "$err" 'WP015 windows-pv/xeniface/x64/xeniface.inf: .*needs revision 00000009 of XENBUS'
rm -r "$d/guests"
run build "$d"
is "a folder that is not there" "$status" 2
like "is named with variable and cure" "$err" 'disk.mk: WINDOWS_PV = guests: it is no, yes, or a folder'
mkdir "$d/guests"
run build "$d"
like "an empty folder" "$err" 'WINDOWS_PV: there is no package in .*/guests'

# The kit's own.
set_value "$d/disk.mk" WINDOWS_PV yes
mkdir "$tmp/bin"
for program in /usr/bin/* /bin/*; do
	case ${program##*/} in
	clang | lld-link | osslsigncode) ;;
	*) ln -sf "$program" "$tmp/bin/" ;;
	esac
done
run env PATH="$tmp/bin" make -C "$d" --no-print-directory
isnt "without the Windows toolchain" "$status" 0
like "the message says how to get it" "$err" 'no clang here; .*windows-pv deps. installs the Windows toolchain'
run env PATH="$tmp/bin" make -C "$d" --no-print-directory WINDOWS_PV=no
is "and nothing else needs it: $err" "$status" 0
missing=$(for tool in clang lld-link osslsigncode llvm-rc x86_64-w64-mingw32-gcc i686-w64-mingw32-gcc; do
	command -v "$tool" >/dev/null || echo "$tool"
done)
if [ -n "$missing" ]; then
	skip "WINDOWS_PV = yes" "no $(echo $missing) here: make -C windows-pv deps"
else
	run build "$d" -j2
	is "WINDOWS_PV = yes builds them: $err" "$status" 0
	out=$("$ddk" show "$iso")
	like "the bus is on the disk" "$out" '^xenbus 1\.0\.0\.0, .*, x64, x86$'
	like "and says what it offers" "$out" '^  offers +XENBUS 00000001'
	like "with the installer" "$(isoinfo -f -J -i "$iso")" '^/windows-pv/pvinst/x86/pvinst.exe$'
	like "with the test certificate" "$(isoinfo -f -J -i "$iso")" '^/windows-pv/testsign/test.cer$'
	run "$ddk" check --consumer guest --strict "$iso"
	is "nothing is wrong with it: $out" "$status" 0
fi
done_testing
