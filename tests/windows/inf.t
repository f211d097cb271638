#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `ddk inf`: from a template to a package that holds together, and what is said where it does not.
. "$(dirname "$0")/../lib/tap.sh"
. "$(dirname "$0")/lib.sh"
scratch
kit=$(cd "$(dirname "$0")/../.." && pwd)
ddk=${ddk:-$kit/out/build/ddk}
template=$kit/tests/windows/test.inf.in
cd "$SCRATCH" || exit 1

# stamp DEVICE: with the vendor's own device, or none.
stamp() {
	run "$ddk" inf stamp "$template" --out test.inf --version 1.2.3.4 --date 2026-11-21 --set PREFIX=DK \
		--set VENDOR='Test, and others' --set VENDOR_DEVICE_ID="$1"
}
stamp C000
is "a template is stamped" "$status$err" 0
like "with version and date" "$(cat test.inf)" '^DriverVer = 11/21/2026,1\.2\.3\.4$'
is "the vendor's device is in it" "$(grep -c 'DEV_C000' test.inf)" 1
unlike "and no token" "$(cat test.inf)" '@'
cp test.inf first.inf
stamp C000
ok "the same again gives the same bytes" cmp test.inf first.inf
stamp ''
is "without a device, its line is left out" "$(grep -c 'PCI' test.inf)" "$(($(grep -c PCI first.inf) - 1))"
run "$ddk" inf stamp "$template" --out bad.inf --version 1.2.3.4 --date 2026-11-21 --set PREFIX=DK
is "a token without a value" "$status" 2
like "is named with its line" "$err" 'line [0-9]+: .*@VENDOR'
not_ok "and nothing is written" test -e bad.inf
for arguments in '--version 1.2.3 --date 2026-11-21' '--version 1.2.3.4 --date 2026-02-30' '--date 2026-11-21' \
	'--version 1.2.3.4 --date 2026-11-21 --set x=1' '--version 1.2.3.4 --date 2026-11-21 --set A=1 --set A=2'; do
	# shellcheck disable=SC2086 # arguments
	run "$ddk" inf stamp "$template" --out bad.inf $arguments
	is "refused: $arguments" "$status" 2
done

# A package of it, in Device Manager's way: INF, driver and catalog in one folder.
mkdir pkg
cp test.inf pkg/
image pkg/test.sys driver
run "$ddk" catalog --out pkg/test.cat --epoch 1 pkg/test.sys pkg/test.inf
is "it is catalogued" "$status" 0
run "$ddk" inf check --dir pkg --strict pkg/test.inf
is "the package holds together" "$status" 0
note "$out"
run "$ddk" catalog --verify pkg/test.cat pkg
is "and its catalog fits" "$status" 0
rm pkg/test.sys
run "$ddk" inf check --dir pkg --json pkg/test.inf
is "a missing file is found" "$status" 1
is "by its rule" "$(printf '%s\n' "$out" | grep -c '"rule": "IF015"')" 1
run "$ddk" inf check pkg/test.inf
is "without --dir files are not looked for" "$status" 0

sed 's/^AddReg  *= Parameters/AddReg = Others/' test.inf >bad.inf
run "$ddk" inf check bad.inf
is "a section that is not there" "$status" 1
like "is named with its line and the cure" "$out" '^error IF010 bad.inf:[0-9]+: there is no section \[Others\]; add'
like "and the one that nobody names any more" "$out" '^warning IF011 bad.inf:[0-9]+: no line names \[Parameters\]'
printf '%s\n' '[Unused]' >>pkg/test.inf
run "$ddk" inf check pkg/test.inf
is "a warning alone does not fail" "$status" 0
run "$ddk" inf check --strict pkg/test.inf
is "but with --strict" "$status" 1
if command -v iconv >/dev/null; then
	{ printf '\377\376' && iconv -t UTF-16LE test.inf; } >wide.inf
	run "$ddk" inf check wide.inf
	is "the same in UTF-16LE" "$status" 0
fi

run "$ddk" inf check none.inf
is "a file that is not there" "$status" 3
run "$ddk" inf check
is "no file" "$status" 2
run "$ddk" inf read test.inf
is "an unknown verb" "$status" 2
run "$ddk" inf check --list-rules
rules=$(printf '%s\n' "$out" | cut -d' ' -f1)
is "the rules have ids of their own" "$(printf '%s\n' "$rules" | sort -u | wc -l)" "$(printf '%s\n' "$rules" | wc -l)"
for rule in $rules; do
	run "$ddk" inf check --explain "$rule"
	like "$rule is explained: $status" "$out" '^Cure: .'
done
run "$ddk" inf check --explain IF999
is "an unknown rule" "$status" 2
done_testing
