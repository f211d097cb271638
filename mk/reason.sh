#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# reason.sh LOG: why the step of this log failed, in the words of whoever failed first. For a kernel's package step_kernel
# is its flavour and uname, and step_source the folder its source came from, which is what a person will edit.
set -u
log=$1

# Lines that begin with + are the shell's trace of a script.
first() {
	grep -vE '^\+|: \*\*\* Waiting for unfinished jobs' "$log" | grep -m 1 -E "$1"
}
compiler() {
	first '^ddk: error: |^[^ ]+: (fatal )?error: |^error: [^B]'
}
# Which module lacks which symbols: modpost says it, in one way or another of its versions, or the gate does.
symbols() {
	sed -nE -e 's/^(ERROR|WARNING): (modpost: )?"([^"]*)" \[(.*\/)?([^/]*)\] undefined!$/\5 \3/p' \
		-e 's/^error KO004 .*\/([^/]*\.ko[.a-z]*): symbol ([^:]*): exported neither .*/\1 \2/p' "$log" |
		LC_ALL=C sort -u | awk -v kernel="${step_kernel:-}" '
		function tell() {
			if (n) print module " needs " n " symbol" (n > 1 ? "s" : "") " that " (uname == "" ? "the kernel" : uname) " does not export:" names
		}
		BEGIN { flavour = kernel; sub(/ .*/, "", flavour); uname = kernel; sub(/^[^ ]* ?/, "", uname); if (flavour == "") flavour = "FLAVOUR" }
		$1 != module { tell(); module = $1; names = ""; n = 0 }
		{ names = names " " $2; n++ }
		END {
			tell()
			if (NR) print "if other modules export them, KBUILD_EXTRA_SYMBOLS." flavour " = their Module.symvers; EXCLUDE." flavour " = reason leaves the flavour out"
		}'
}

reason=$(compiler) || {
	reason=$(symbols)
	[ -n "$reason" ] || reason=$(first '^(ERROR|FATAL): |^error (\[|[A-Z]+[0-9]+ )|^[^ ]+:[0-9]+: Error: |undefined reference to|multiple definition of|fatal: |No space left|[Rr]ead-only file system' ||
		# What a shell or make could not run stands in front of the status that came of it.
		first '^([^ ]*/)?[a-z]*sh: .*(not found|Permission denied|No such file)|^make(\[[0-9]+\])?: [^*]*: (Command not found|No such file|Permission denied)|^distcc\[[0-9]+\] .*ERROR: ' ||
		first '^[^ ]+:[0-9]+: \*\*\* |^make(\[[0-9]+\])?: \*\*\* [^[]' ||
		first '^([^ ]*/)?(collect2|ld[.a-z]*): ' ||
		first '^make(\[[0-9]+\])?: \*\*\* ' ||
		first '(^|[^a-z_-])([Ee]rror|ERROR)( [^:]*)?: |not found|Permission denied' ||
		grep -v '^ *$' "$log" | tail -n 1)
}

# The copy that was compiled is gone: name the file that it was made from, if it is one of the vendor's.
copied=$(printf '%s\n' "$reason" | sed -nE '1s,^[^ :]*(/BUILD|/\.)/[^/ :]+/[^/ :]+/([^ :]+):.*,\2,p')
if [ -n "$copied" ] && [ -n "${step_source:-}" ]; then
	original=$step_source/$copied
	[ -e "$original" ] || original=$copied
	reason=${original#"$PWD/"}${reason#*"$copied"}
fi
# Assembler and linker name files of their own.
case $reason in
*Error:* | ld:* | *multiple\ definition* | *undefined\ reference*)
	target=$(sed -nE 's/^make(\[[0-9]+\])?: \*\*\* \[([^]]*[/ ])?([^]/ ]+)\] Error .*/\3/p' "$log" | head -n 1)
	reason="$reason${target:+ (making $target)}"
	;;
esac
# Where the gate looked is a folder that is gone as well.
reason=$(printf '%s\n' "$reason" | sed -E 's,^((error|warning) [A-Z]+[0-9]+) /[^ ]*/([^/ ]*\.rpm:),\1 \3,')
[ -z "${step_kernel:-}" ] || printf 'in flavour %s (%s):\n' "${step_kernel% *}" "${step_kernel#* }"
printf '%s\n' "${reason:-no output}"
