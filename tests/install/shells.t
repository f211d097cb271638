#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# install.sh in each shell that can be had, and a look for what bash 3.2 or a plain POSIX
# shell does not know. No bash 3.2 can be had here; the list below stands in for it.
# shellcheck disable=SC1091,SC2034,SC2086,SC2046,SC2154 # lists of files; variables of lib.sh
. "$(dirname "$0")/lib.sh"
make_rpms base 1.0
new_disk "$S/disk" 1.0 $(hello_rpms 1.0)
new_root shells rpm
before=$(contents)

for shell in dash bash "bash --posix" "busybox ash" sh; do
	command -v "${shell%% *}" >/dev/null || {
		skip "$shell" "not installed"
		continue
	}
	ok "$shell -n" $shell -n "$disk/install.sh"
	SH=$shell
	run install_sh --yes
	is "$shell: install" "$status$err" 0
	is "$shell: packages" "$(packages)" "$(hello_packages 1.0)"
	run install_sh --status
	is "$shell: --status" "$status$err" 0
	run install_sh --uninstall --yes
	is "$shell: --uninstall" "$status$err" 0
	is "$shell: leaves nothing" "$(contents)" "$before"
	run $shell -u "$disk/install.sh" --root "$R" --check
	is "$shell -u: --check" "$status$err" 0
done

if command -v shellcheck >/dev/null; then
	run shellcheck -s sh "$TOP/install.sh.in"
	is "shellcheck" "$status$out" 0
	run shellcheck -s sh "$HERE"/*.t "$HERE/lib.sh" "$TOP/tests/lib/tap.sh"
	is "shellcheck of these tests" "$status$out" 0
else
	skip "shellcheck" "not installed"
fi

# Comments and quoted words aside, none of these may stand in the script.
sed 's/^[[:blank:]]*#.*//; s/[[:blank:]]#.*//' "$TOP/install.sh.in" >"$S/code"
absent() {
	run grep -nE "$2" "$S/code"
	is "no $1" "$out" ""
}
# The patterns find what they are meant to find.
cat >"$S/samples" <<'END'
eval "$x"
[[ a ]]
local x
declare -A x
mapfile x
readarray x
coproc x
a &>> log
a |& b
a &> log
${x^^}
${x,,}
${x@Q}
${x:0:1}
${x/a/b}
${!x}
x+=1
x=(1)
$'\t'
<<< word
<(cmd)
function f
source f
echo -e
printf -v x
read -t 1
;& 
{1..3}
((i++))
let i
test a == b
[ a == b ]
which sh
sed -i f
sed -E f
grep -P f
grep -o f
readlink -f f
mktemp --tmpdir
cp --reflink
sort -V
stat -c %s
realpath f
sync -f
set -o pipefail
trap x ERR
wait -n
truncate -s 0 f
timeout 5 f
x=$(case a in
END
patterns='\beval\b|\[\[|\blocal\b|\bdeclare\b|\bmapfile\b|\breadarray\b|\bcoproc\b|&>|\|&|\$\{[A-Za-z_]+(\^|,|@|:[0-9]|/)|\$\{!|[A-Za-z_]\+=|[A-Za-z_]=\(|(^|[[:blank:]=(])\$'\''|<<<|<\(|\bfunction\b|\bsource\b|\becho\b|printf -v|\bread -[a-qs-z]|;&|\{[0-9]+\.\.|(^|[^$])\(\(|\blet\b| == |(^|[|;&]|\$\()[[:blank:]]*which |\bsed -[iEr]|\bgrep -[Po]|readlink -|mktemp --|\bcp --|sort -V|(^|[|;&]|\$\()[[:blank:]]*stat |realpath|sync -|pipefail|\bERR\b|wait -n|\btruncate\b|\btimeout\b|\$\(case'
is "the list finds each of its samples" "$(grep -vE "$patterns" "$S/samples")" ""
absent "construct newer than bash 3.2, dash or tools of 2006" "$patterns"
absent "python, perl, awk or xmllint" '\b(python|perl|awk|xmllint)[0-9]*\b'
absent "sourcing of a file" '(^|[;&|])[[:blank:]]*\. '
done_testing
