# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# Completion of `ddk` for bash, which alone reads this. Commands, options and rules are those that the program itself lists,
# so there is nothing here to keep in step with it.

_ddk() {
	local ddk=${COMP_WORDS[0]} command=${COMP_WORDS[1]:-} cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]}
	local options wants files='' type=-f
	COMPREPLY=()

	if [ "$COMP_CWORD" -eq 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "$("$ddk" --help 2>/dev/null | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p') --help --version" -- "$cur")
		return
	fi

	# Readline makes words of --option=value.
	[ "$cur" != = ] || cur=''
	[ "$prev" != = ] || prev=${COMP_WORDS[COMP_CWORD - 2]}
	# Lines: OPTION WHAT-IT-WANTS.
	options=$("$ddk" "$command" --help 2>/dev/null | sed -nE 's/^ +(-[a-z], )?(--[a-z0-9-]+)( ([A-Z][A-Z.-]*|NAME=VALUE))? .*/\2 \4/p')
	wants=$(printf '%s\n' "$options" | sed -n "s/^$prev //p" 2>/dev/null)
	case $prev:$wants in
	--consumer:*) mapfile -t COMPREPLY < <(compgen -W 'installer host xapi yum kernel team guest' -- "$cur") && return ;;
	--explain:*)
		[ "$command" != inf ] || command='inf check'
		# shellcheck disable=SC2086 # inf check is two words
		mapfile -t COMPREPLY < <(compgen -W "$("$ddk" $command --list-rules 2>/dev/null | cut -d' ' -f1)" -- "$cur")
		return
		;;
	--*:FILE* | --*:DISK | --*:KEY | --*:CERT) ;;
	--*:DIR | --*:TREE) type=-d ;;
	--*:?*) return ;;
	*)
		case $cur in
		-*)
			mapfile -t COMPREPLY < <(compgen -W "$(printf '%s\n' "$options" | cut -d' ' -f1)" -- "$cur")
			return
			;;
		esac
		case $command in
		check | show | diff | report | sbom) files='iso|rpm|ko' ;;
		gate | sign) files='rpm|ko' ;;
		same) files='rpm|ko|iso' ;;
		stamp) files='iso' ;;
		unbundle) files='tar' ;;
		metadata) type=-d ;;
		inf)
			if [ "$COMP_CWORD" -eq 2 ]; then
				mapfile -t COMPREPLY < <(compgen -W 'stamp check --help' -- "$cur")
				return
			fi
			;;
		esac
		;;
	esac

	compopt -o filenames 2>/dev/null
	if [ -n "$files" ]; then
		# A folder is a medium too, or leads to one.
		mapfile -t COMPREPLY < <(
			compgen -d -- "$cur"
			compgen -f -- "$cur" | grep -E "\.($files)\$"
		)
	else
		mapfile -t COMPREPLY < <(compgen "$type" -- "$cur")
	fi
}
complete -F _ddk ddk
