#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The documents say what the kit does: names in one are compared with names in the other.
. "$(dirname "$0")/../lib/tap.sh"
scratch
kit=$(cd "$(dirname "$0")/../.." && pwd)
ddk=${ddk:-$kit/out/build/ddk}
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
cd "$kit" || exit 1

words() {
	tr -s ' \t' '\n\n' | grep . | LC_ALL=C sort -u
}
# many NAME LIST LEAST: a list that came out short means that its source is written in another way now.
many() {
	ok "$1: $3 or more are found" test "$(printf '%s\n' "$2" | grep -c .)" -ge "$3"
}
# within NAME LIST TEXT: each word of LIST is a word of TEXT.
within() {
	within_missing=$(for word in $2; do
		printf '%s\n' "$3" | grep -qxF -e "$word" || echo "$word"
	done)
	is "$1" "$within_missing" ""
}

# The manual pages themselves.
for page in docs/ddk.1 docs/ddk-kit.7; do
	run mandoc -T lint -W warning "$page"
	is "$page is clean: $status" "$out$err" ""
done
is "README.Repositoryformat is ASCII" "$(LC_ALL=C grep -n '[^ -~]' README.Repositoryformat)" ""

# Variables.
joined=$(sed -e ':a' -e '/\\$/{N;s/\\\n//;ba' -e '}' mk/config.mk)
variables=$(printf '%s\n' "$joined" | sed -nE 's/^config\.(disk|release|environment) *:= *//p' | words)
flavoured=$(printf '%s\n' "$joined" | sed -nE 's/^config\.flavoured *= .*foreach f,[^,]*,(.*)\)$/\1/p' | words | sed 's/\$f$//')
items=$(sed -nE 's/^\.It (.*Va .*)/\1/p' docs/ddk-kit.7 | sed 's/ No = .*//' | tr -s ' ,' '\n\n' | grep -E '^[A-Z]' | LC_ALL=C sort -u)
many "variables in mk/config.mk" "$variables" 40
many "variables of flavours in mk/config.mk" "$flavoured" 2
within "every variable is in ddk-kit.7" "$variables $flavoured" "$items"
unknown=$(for item in $items; do
	case $item in Va | Ns | Ar | RPM.VERSION. | RPM.RELEASE.) continue ;; esac
	grep -qwF -e "${item%.}" Makefile mk/*.mk || echo "$item"
done)
is "ddk-kit.7 has no other variable" "$unknown" ""
for release in releases/*.mk; do
	name=$(basename "$release" .mk)
	line=$(grep "^\.It $name Ta" docs/ddk-kit.7)
	formats=$(sed -n 's/^FORMATS *?*= *//p' "$release")
	folder=$(sed -n 's/^MODULE_DIR *?*= *//p' "$release")
	is "ddk-kit.7 has folder and formats of $name" "${line#*Ta * Ta }" "$folder Ta $formats"
done

# Targets.
run make --no-print-directory help
is "make help" "$status" 0
targets=$(printf '%s\n' "$out" | sed -nE 's/^  ([a-z][a-z-]+) +[^ ].*/\1/p' | words)
documented=$(sed -nE '/^\.Sh TARGETS/,/^\.Sh VARIABLES/s/^\.It Cm ([a-z-]+)$/\1/p' docs/ddk-kit.7 | words)
many "targets in make help" "$targets" 10
within "every target of make help is in ddk-kit.7" "$targets" "$documented"
within "and the other way" "$documented" "$(printf '%s\nhelp\n' "$targets")"

# Commands and options.
run "$ddk" --help
commands=$(printf '%s\n' "$out" | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p' | words)
sections=$(sed -nE 's/^\.Ss ddk ([a-z]+).*/\1/p' docs/ddk.1 | words)
many "commands of ddk" "$commands" 5
is "ddk.1 has the commands of ddk --help" "$sections" "$commands"
for command in $commands; do
	run "$ddk" "$command" --help
	is "ddk $command --help" "$status" 0
	options=$(printf '%s\n' "$out" | sed -nE 's/^ +(-[a-z], )?--([a-z][a-z0-9-]*).*/\2/p' | grep -vx help | words)
	in_page=$(sed -nE "/^\.Ss ddk $command\b/,/^\.S[sh] /s/^\.It .*Fl Fl ([a-z0-9-]+).*/\1/p" docs/ddk.1 | words)
	many "options of ddk $command" "$options" 1
	is "ddk.1 has the options of ddk $command" "$in_page" "$options"
	synopsis=$(sed -n '/^\.Sh SYNOPSIS/,/^\.Sh DESC/p' docs/ddk.1 | tr '\n' ' ' | sed 's/\.Nm/\n/g' | grep "\.Cm $command ")
	within "and its synopsis" "$(printf '%s\n' "$options" | grep -vx quiet)" \
		"$(printf '%s\n' "$synopsis" | grep -oE 'Fl Fl [a-z0-9-]+' | cut -d' ' -f3)"
done

# Rules that a page names exist.
rules=$(grep -ohE '\b[A-Z]{2}[0-9]{3}\b' docs/*.[17] docs/*.md README.md | words)
many "rules in the pages" "$rules" 1
within "every rule that a page names exists" "$rules" "$("$ddk" check --list-rules | cut -d' ' -f1)"

# Macros.
macros=$(grep -ohE '%\{[a-z_]+\}' specs/*.spec | tr -d '%{}' | grep -vxE 'name|version|release' | words)
defined=$(grep -ohE 'global [a-z_]+' mk/resolve-spec.sh | cut -d' ' -f2 | words)
many "macros in specs/" "$macros" 8
for macro in $macros; do
	ok "spec-macros.md explains %{$macro}" grep -q "^| .*\`%{$macro}\`.* | " docs/spec-macros.md
done
within "the macros of its table are defined" \
	"$(grep '^| .*`%{' docs/spec-macros.md | cut -d'|' -f2 | grep -oE '[a-z_]{3,}' | words)" "$defined"

# Files. A path counts as the kit's own when it begins with one of its folders.
for page in README.md README.Repositoryformat docs/*.md; do
	missing=$(grep -oE '[A-Za-z0-9_.-]+(/[A-Za-z0-9_.-]*)+|README[A-Za-z.]*|install\.sh\.in' "$page" | sed 's/[.,]$//' | words | while read -r path; do
		case $path in
		# A vendor's own disk, what lies on a medium, what is built, and what lies in the folder one is in.
		*NAME* | *VERSION* | *LABEL* | *PACKAGE* | windows-pv/testsign/ | *adv-17v35x* | out/* | ./* | ../*) continue ;;
		esac
		[ ! -e "${path%%/*}" ] || [ -e "$path" ] || echo "$path"
	done)
	is "every file of the kit that $page names is there" "$missing" ""
done

# The example in README.Repositoryformat is what the kit makes, but for numbers that differ from build to build.
run make --no-print-directory -j2 OUT="$SCRATCH/out"
is "the example disk builds" "$status" 0
[ "$status" -eq 0 ] || {
	note "$err"
	done_testing
}
built=$SCRATCH/out/helloworld
kernel='s/6\.1\.0-[0-9]+/6.1.0-N/g'
blur() {
	sed -E -e "$kernel" -e 's/(size=")[0-9]+"/\1N"/g' -e 's/[0-9a-f]{32,64}/HEX/g' -e 's/^(kit=).*/\1V/' \
		-e '/^kernel=/s/ [^ ]*$/ PAIR/' -e 's/(<(open-)?size>)[0-9]+/\1N/'
}
for file in XS-REPOSITORY XS-PACKAGES update.xml comps.xml repomd.xml disk.info helloworld.md5 helloworld.sha256 helloworld.metadata.md5; do
	shown=$(sed -n "/^---- begin $file\$/,/^---- end $file\$/{/^----/!p}" README.Repositoryformat)
	case $file in
	comps.xml) real=$(cat "$built"/disk/repodata/*-comps.xml) ;;
	repomd.xml) real=$(sed -n '/<data type="primary">/,/<\/data>/p' "$built/disk/repodata/repomd.xml") ;;
	helloworld.*) real=$(cat "$built/$file") ;;
	*) real=$(cat "$built/disk/$file") ;;
	esac
	is "the example's $file" "$(printf '%s\n' "$shown" | blur)" "$(printf '%s\n' "$real" | blur)"
done
sed -E "$kernel" README.Repositoryformat >"$SCRATCH/format"
is "every file of the example is named" "$(cd "$built/disk" && find . -type f ! -path './repodata/*' | sed -E -e 's,^\./,,' -e "$kernel" | while read -r f; do
	grep -qF "  $f" "$SCRATCH/format" || echo "$f"
done)" ""
keys=$(cut -d= -f1 "$built/disk/disk.info" | words)
many "keys in disk.info" "$keys" 20
within "every key of disk.info is explained" "$keys requires exclude override" \
	"$(sed -n '/^11  DISK.INFO/,/^12  /s/^  \([a-z-]*\) .*/\1/p' README.Repositoryformat)"

done_testing
