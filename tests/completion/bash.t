#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What bash offers for `ddk`: its own machinery is driven as readline does it.
. "$(dirname "$0")/../lib/tap.sh"
scratch
kit=$(cd "$(dirname "$0")/../.." && pwd)
ddk=${ddk:-$kit/out/build/ddk}
cd "$SCRATCH" || exit 1
mkdir bin folder 'with blank'
ln -s "$ddk" bin/ddk
: >a.iso
: >a.rpm
: >a.ko
: >a.tar
: >a.txt
: >'with blank/b.iso'

# offers WORD...: what the last word is completed to.
offers() {
	# shellcheck disable=SC2016 # for the inner shell
	PATH=$PWD/bin:$PATH bash --norc -c '. "$1" && shift && COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) && _ddk 2>/dev/null && printf "%s\n" "${COMPREPLY[@]}"' \
		bash "$kit/completion/ddk.bash" "$@" | LC_ALL=C sort | tr '\n' ' '
}
# options COMMAND: what --help of this command begins lines with, as a list like that of offers.
options() {
	"$ddk" "$1" --help | grep -oE '^ +(-[a-z], )?--[a-z0-9-]+' | grep -oE -e '--.*' | LC_ALL=C sort | tr '\n' ' '
}
commands=$("$ddk" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p')
is "commands" "$(offers ddk '')" "$(printf '%s\n' $commands --help --version | LC_ALL=C sort | tr '\n' ' ')"
is "the beginning of one" "$(offers ddk chec)" "check "
for command in $commands; do
	is "options of $command" "$(offers ddk "$command" --)" "$(options "$command")"
	isnt "of which there are some" "$(options "$command")" ""
done
is "one option" "$(offers ddk check --str)" "--strict "
is "rules" "$(offers ddk check --explain '')" "$("$ddk" check --list-rules | cut -d' ' -f1 | LC_ALL=C sort | tr '\n' ' ')"
is "rules that begin so" "$(offers ddk check --explain KO00 | wc -w)" "$("$ddk" check --list-rules | grep -c '^KO00')"
is "rules, with =" "$(offers ddk check --explain = MD00 | wc -w)" "$("$ddk" check --list-rules | grep -c '^MD00')"
is "rules of inf" "$(offers ddk inf check --explain '')" "$("$ddk" inf check --list-rules | cut -d' ' -f1 | LC_ALL=C sort | tr '\n' ' ')"
run "$ddk" check --consumer nobody x
is "consumers" "$(offers ddk check --consumer '')" "$(printf '%s\n' "$err" | sed 's/.*there are //; s/,//g; s/ and / /' | tr ' ' '\n' | LC_ALL=C sort | tr '\n' ' ')"
is "media" "$(offers ddk check '')" "a.iso a.ko a.rpm bin folder with blank "
is "modules" "$(offers ddk gate a)" "a.ko a.rpm "
is "an image" "$(offers ddk stamp --epoch 1 a)" "a.iso "
is "a name with a blank is one" "$(offers ddk check 'with blank/')" "with blank/b.iso "
is "a file for an option" "$(offers ddk stamp --md5 a)" "a.iso a.ko a.rpm a.tar a.txt "
is "a folder for an option" "$(offers ddk gate --tree f)" "folder "
is "nothing where there is nothing to know" "$(offers ddk stamp --epoch '')" " "
is "the two of inf" "$(offers ddk inf '')" "--help check stamp "
is "a command that is none" "$(offers ddk nope --)" " "
# As bash itself loads it.
is "it is registered" "$(bash --norc -c '. "$1" && complete -p ddk' bash "$kit/completion/ddk.bash")" "complete -F _ddk ddk"
done_testing
