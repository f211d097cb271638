#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# ddk report: one page, whatever the medium calls itself; tests/long/report.t looks at it in a browser.
. "$(dirname "$0")/lib.sh"

# xpath EXPRESSION: of the page.
xpath() {
	xmllint --xpath "$1" page.html 2>&1
}
# one_page NAME: the page is whole, and neither loads nor runs anything.
one_page() {
	ok "$1: well-formed" xmllint --noout --nonet page.html
	ok "$1: a parser of HTML reads it to its end" sh -c 'xmllint --html --nonet page.html 2>/dev/null | grep -q "Written by ddk"'
	is "$1: no element that runs or loads" "$(xpath 'count(//*[local-name()="script" or local-name()="link" or local-name()="img" or local-name()="iframe"
		or local-name()="object" or local-name()="embed" or local-name()="base" or local-name()="form" or local-name()="svg"])')" 0
	is "$1: no attribute either" "$(xpath 'count(//@src | //@srcset | //@style | //@action | //@background | //@poster | //@*[starts-with(name(), "on")])')" 0
	is "$1: links stay on the page" "$(xpath 'count(//@href[not(starts-with(., "#"))])')" 0
	is "$1: and lead somewhere" "$(xpath 'count(//@href[not(substring(., 2) = //@id)])')" 0
	is "$1: the style loads nothing" "$(xpath 'string(//*[local-name()="style"])' | grep -cE 'url\(|@import|expression')" 0
	like "$1: a policy forbids it as well" "$(xpath 'string(//*[local-name()="meta"][@http-equiv="Content-Security-Policy"]/@content)')" "^default-src 'none'; style-src 'unsafe-inline'"
	is "$1: printable ASCII" "$(LC_ALL=C grep -c '[^ -~]' page.html)" 0
}

# A good disk.
module plain.ko 'a driver for all'
mkdir good
package good/acme-modules-1.0-1.x86_64.rpm plain.ko
run "$ddk" report --out page.html good
is "a folder with one RPM" "$status $out$err" "0 "
one_page "a folder"
like "the matrix has the module" "$(xpath '//*[@id="matrix"]//*[local-name()="tbody"]//*[local-name()="th"]/text()')" acme
like "the module is explained" "$(xpath 'string(//*[@id="modules"])')" 'a driver for all'
like "findings have rule, text and cure" "$(xpath 'string(//*[@id="findings"])')" 'MD001'
like "with their severity as a word" "$(xpath 'string(//*[@id="findings"])')" 'error'
is "as many as check has" "$(xpath 'count(//*[@id="findings"]//*[local-name()="tbody"]/*)')" "$("$ddk" check --json good | jq '.findings | length')"
is "every table has heads" "$(xpath 'count(//*[local-name()="table"][not(.//*[local-name()="th"][@scope="col"])])')" 0
is "one h1" "$(xpath 'count(//*[local-name()="h1"])')" 1

# A disk that means ill, wherever it has words.
evil='"&gt;&lt;script&gt;alert(1)&lt;/script&gt;&lt;img src=x onerror=alert(1)&gt;&apos;'
plain_evil='\"><script>alert(1)</script><img src=x onerror=alert(1)>'
module evil.ko "$plain_evil"
mkdir evil
package 'evil/acme-modules-1.0-1.x86_64.rpm' evil.ko summary '<script>alert(2)</script>' license '<b>GPL</b>'
printf '<repository originator="%s" name="%s" product="p" version="&lt;i&gt;1"><description>%s</description></repository>\n' \
	'&lt;a href=javascript:alert(1)&gt;' '&lt;/title&gt;&lt;script&gt;alert(3)&lt;/script&gt;' "$(printf %s "$evil" | sed 's/"/\&quot;/')" >evil/XS-REPOSITORY
cp evil/acme-modules-1.0-1.x86_64.rpm 'evil/<svg onload=alert(4)>.rpm'
printf '\033]0;x\007' >"evil/$(printf 'name\033[31m<u>')"
: >"evil/$(printf 'caf\303\251<script>')"
printf 'vendor=<script>alert(5)</script>\nlabel=<script>\n' >evil/disk.info
jq -n --arg x '</td><script>alert(6)</script>' '{values: [{name: $x, value: $x, origin: $x}], kernels: [{id: $x, flavour: $x, uname: $x, package: $x, tree: $x}, 7, {}]}' >config.json
printf '<script>\t"><script>alert(7)</script>\n' >tools.tsv
run "$ddk" report --out page.html --config config.json --tools tools.tsv --previous good evil
is "a disk that means ill" "$status $err" "0 "
one_page "ill-meant"
like "its words are there, as words" "$(xpath 'string(//*[local-name()="h1"])')" '^</title><script>alert\(3\)</script>'
like "those of the configuration too" "$(xpath 'string(//*[@id="provenance"])')" '</td><script>alert\(6\)</script>'
like "and of the tools" "$(xpath 'string(//*[@id="provenance"])')" '"><script>alert\(7\)</script>'
like "and of the module" "$(xpath 'string(//*[@id="modules"])')" '<img src=x onerror=alert\(1\)>'
like "and of what differs" "$(xpath 'string(//*[@id="changes"])')" '<script>alert'
run "$ddk" sbom --tools tools.tsv evil
is "its bill of materials keeps to CycloneDX" "$(printf '%s' "$out" | jq -rf "$kit/tests/submission/cyclonedx.jq")" ""
is "with the licence as it stands" "$(printf '%s' "$out" | jq -r '.components[0].licenses[0].license.name')" '<b>GPL</b>'

# The command line.
run "$ddk" report good
is "no --out" "$status" 2
run "$ddk" report --out page.html absent
is "no medium" "$status" 3
run "$ddk" report --out page.html --previous absent good
is "no disk before" "$status" 3
run "$ddk" report --out no/such/folder.html good
is "no place for it" "$status" 3
echo '[1' >config.json
run "$ddk" report --out page.html --config config.json good
is "a configuration that is none" "$status" 3
like "is named with its line" "$err" '^ddk: error: config\.json:[0-9]+: '
echo '[]' >config.json
run "$ddk" report --out page.html --config config.json good
like "as is one that is no object" "$err" 'not an object'
echo 'no tab' >tools.tsv
run "$ddk" report --out page.html --tools tools.tsv good
like "and tools without a tab" "$err" "^ddk: error: tools\\.tsv: 'no tab': "
run "$ddk" sbom
is "sbom without a medium" "$status" 2
run "$ddk" sbom --epoch never good
is "sbom with a date that is none" "$status" 2
run "$ddk" show --sums good
is "show --sums" "$out" "$(cd good && sha256sum *.rpm)"
run "$ddk" gate --uname 6.1-x --imports imports.tsv plain.ko
is "gate --imports" "$status $(head -n 1 imports.tsv)" "0 # module	symbol	crc	exporter	namespace	flags"
run "$ddk" gate --uname 6.1-x --imports no/such/imports.tsv plain.ko
is "gate --imports to nowhere" "$status" 3
done_testing
