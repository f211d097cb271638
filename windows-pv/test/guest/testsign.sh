#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# testsign.sh WORK STANDIN KEYS SERIAL: runs KEYS/testsign.cmd under Wine's cmd, with STANDIN in the places of
# net, certutil and bcdedit, and compares what they were called with, what was said, and the exit status.
# WORK/prefix is a prefix as Wine makes it. WINE and WINESERVER come from the environment.
set -eu

work=$1 standin=$2 keys=$3 serial=$4
run=$work/run/testsign
tests=0
failures=0

# shellcheck source=../wine/fresh-prefix.sh
. "$(dirname "$0")/../wine/fresh-prefix.sh"

# A name with what cmd takes for words and ends of blocks.
folder='test key (x64)'
place="$run/prefix/drive_c/$folder"
cert="C:\\$folder\\test.cer"
export WINEPATH='C:\tools' RECORD='C:\record.txt'
mkdir -p "$place" "$run/prefix/drive_c/tools"
cp "$keys/testsign.cmd" "$keys/test.cer" "$place/"
# The prefix has a net.exe and may have others, which come first on the path.
for tool in net certutil bcdedit; do
	cp "$standin" "$run/prefix/drive_c/tools/$tool.exe"
	cp "$standin" "$run/prefix/drive_c/windows/system32/$tool.exe"
done

# is NAME GOT WANT
is() {
	tests=$((tests + 1))
	if [ "$2" = "$3" ]; then
		echo "ok $tests - $1"
		return
	fi
	failures=$((failures + 1))
	printf 'not ok %s - %s\n#   got: %s\n#   want: %s\n' "$tests" "$1" "$2" "$3"
}

# testsign NAME FAIL ARGUMENT STATUS WORDS CALLS: with the tool failing whose line begins with FAIL.
testsign() {
	name=$1 want_status=$4 want_words=$5 want_calls=$6
	rm -f "$run/prefix/drive_c/record.txt"
	status=0
	# shellcheck disable=SC2086 # an argument, or none
	(cd "$place" && FAIL=$2 timeout 60 "$WINE" cmd /d /c testsign.cmd $3) > "$run/said" 2>> "$run/wine.log" ||
		status=$?
	is "$name: status" "$status" "$want_status"
	is "$name: what it says" "$(tr -d '\r' < "$run/said")" "$want_words"
	is "$name: what it calls" "$(tr -d '\r' < "$run/prefix/drive_c/record.txt" 2>/dev/null || true)" "$want_calls"
}

admin='net session'
root="certutil -f -addstore Root $cert"
publisher="certutil -f -addstore TrustedPublisher $cert"
on='bcdedit /set testsigning on'
off='bcdedit /set testsigning off'
unpublisher="certutil -delstore TrustedPublisher $serial"
unroot="certutil -delstore Root $serial"
done_='testsign: done; restart Windows'

testsign 'on' '' '' 0 "$done_" "$admin
$root
$publisher
$on"
testsign 'not an administrator' "$admin" '' 1 'testsign: run it as administrator' "$admin"
testsign 'Root refuses' "$root" '' 1 'testsign: the certificate was not imported into Root' "$admin
$root"
testsign 'TrustedPublisher refuses' "$publisher" '' 1 \
	'testsign: the certificate was not imported into TrustedPublisher' "$admin
$root
$publisher"
testsign 'test signing is not to be had' "$on" '' 1 \
	'testsign: test signing was not turned on; Secure Boot has to be off for it' "$admin
$root
$publisher
$on"
testsign 'off' '' OFF 0 "$done_" "$admin
$off
$unpublisher
$unroot"
for fails in "$off" "$unpublisher" "$unroot"; do
	case $fails in
	"$off") says='testsign: test signing was not turned off' ;;
	"$unpublisher") says='testsign: the certificate was not taken out of TrustedPublisher' ;;
	*) says='testsign: the certificate was not taken out of Root' ;;
	esac
	testsign "off, and $fails fails" "$fails" off 1 "$says" "$admin
$off
$unpublisher
$unroot"
done
testsign 'a word that it does not know' '' maybe 2 'usage: testsign.cmd [off]' "$admin"
rm "$place/test.cer"
testsign 'no certificate' '' '' 1 \
	"testsign: \"$cert\" is not there: copy it from the build's testkey folder" "$admin"

echo "1..$tests"
[ "$failures" -eq 0 ]
