#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# shellcheck disable=SC2059 # what is typed has tabs in it
# What zsh makes of `ddk` and the tab key, in a zsh on a terminal of its own.
. "$(dirname "$0")/../lib/tap.sh"
scratch
kit=$(cd "$(dirname "$0")/../.." && pwd)
ddk=${ddk:-$kit/out/build/ddk}
command -v zsh >/dev/null || { fail "zsh is installed (make check-deps)"; done_testing; }
mkdir -p "$SCRATCH/bin" "$SCRATCH/work/folder"
ln -s "$ddk" "$SCRATCH/bin/ddk"
: >"$SCRATCH/work/only.iso"
: >"$SCRATCH/work/other.txt"

# types TEXT: what stands on the terminal after it was typed; a tab completes.
types() {
	cat >"$SCRATCH/type.zsh" <<-'EOZ'
		zmodload zsh/zpty
		zpty -b shell "TERM=dumb COLUMNS=200 LINES=100 zsh -f -i"
		say() { zpty -w shell "$1" }
		# Everything up to a mark, or for ten seconds.
		until_mark() {
			local part all= i
			for i in {1..100}; do
				while zpty -r -t shell part 2>/dev/null; do all+=$part; done
				[[ $all == *$1* ]] && break
				sleep 0.1
			done
			print -r -- $all
		}
		say "PS1= PS2= RPS1=; unsetopt zle_bracketed_paste prompt_cr prompt_sp beep; setopt no_list_ambiguous; LISTMAX=1000; fpath=($KIT/completion \$fpath); autoload -U compinit; compinit -u -D; PATH=$SCRATCH/bin:\$PATH; cd $SCRATCH/work; print rea''dy"
		until_mark ready >/dev/null
		zpty -w -n shell "$TYPED"
		sleep 1
		zpty -w -n shell $'\C-a print -r -- "<\C-e>" $((40 + 2))\n'
		until_mark '> 42' | tail -n 50
		zpty -d shell
	EOZ
	export SCRATCH
	KIT=$kit TYPED=$(printf "$1") timeout 60 zsh -f "$SCRATCH/type.zsh" 2>&1 | tr -d '\r\007'
}
like "a command" "$(types 'ddk chec\t')" '<ddk check ?>'
like "commands are listed with what they do" "$(types 'ddk s\t\t')" 'stamp +-- give an ISO fixed dates'
like "an option" "$(types 'ddk check --stri\t')" '<ddk check --strict ?>'
text=$(types 'ddk gate --\t\t')
for option in $("$ddk" gate --help | grep -oE -e '--[a-z-]+' | sort -u | grep -vx -e --help); do
	like "$option of gate" "$text" "^$option +-- "
done
like "a rule" "$(types 'ddk check --explain MD00\t\t')" 'MD001 +-- '
like "a consumer" "$(types 'ddk check --consumer inst\t')" '<ddk check --consumer installer ?>'
like "a medium" "$(types 'ddk check o\t')" '<ddk check only\.iso ?>'
like "a folder" "$(types 'ddk gate --tree f\t')" '<ddk gate --tree folder/? ?>'
done_testing
