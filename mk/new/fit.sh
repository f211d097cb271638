# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Of `make new`: which kernels of the release the driver cannot serve, found by reading dkms.conf, the kernels'
# options, and what they export.

# fits_config TREE OPTIONS: the first option that the kernel lacks (!OPTION: that it has), or nothing.
fits_config() {
	[ -f "$1/.config" ] || [ -f "$1/include/config/auto.conf" ] || return 0
	config=$1/.config
	[ -f "$config" ] || config=$1/include/config/auto.conf
	for option in $2; do
		case $option in
		'!'*) ! grep -qE "^${option#?}=[my]" "$config" || echo "$option" ;;
		*) grep -qE "^$option=[my]" "$config" || echo "$option" ;;
		esac
	done | head -n 1
}

# fits FLAVOUR UNAME TREE: why not, or nothing.
fits() {
	wanted=$(dkms_sure BUILD_EXCLUSIVE_CONFIG)
	lacking=$(fits_config "$3" "$(printf %s "$wanted" | grep -oE '!?CONFIG_[A-Za-z0-9_]+' | tr '\n' ' ')")
	case $lacking in
	'!'*) echo "dkms.conf wants a kernel without ${lacking#?}, and $2 has it" && return ;;
	?*) echo "dkms.conf wants $lacking, which $2 does not have" && return ;;
	esac

	awk -F'\t' '$1 == "BUILD_EXCLUSIVE_KERNEL" { print $3 "\t" $4 }' "$work/dkms" >"$work/exclusive"
	# Packagers say REQUIRES CONFIG_X, which no uname matches, where an option is missing; the conditions
	# round it tell kernels apart in which it has another name, so one of them will do.
	named=$(grep -oE 'CONFIG_[A-Za-z0-9_]+' "$work/exclusive" | sort -u | tr '\n' ' ')
	if [ -n "$named" ]; then
		for option in $named; do
			[ -n "$(fits_config "$3" "$option")" ] || named=
		done
		[ -z "$named" ] || { echo "the driver wants ${named% }, which $2 does not have" && return; }
	fi
	pattern=$(awk -F'\t' '!$1 && $2 !~ /CONFIG_/ { print $2 }' "$work/exclusive" | tail -n 1)
	[ -z "$pattern" ] || echo "$2" | grep -qE -e "$pattern" 2>/dev/null || { echo "dkms.conf: BUILD_EXCLUSIVE_KERNEL is $(clean_text "$pattern" 80), and this is $2" && return; }
	least=$(dkms_sure BUILD_EXCLUSIVE_KERNEL_MIN)
	most=$(dkms_sure BUILD_EXCLUSIVE_KERNEL_MAX)
	[ -z "$least" ] || printf '%s\n%s\n' "$least" "$2" | sort -V -C || { echo "dkms.conf: from kernel $(clean_text "$least" 40) on, and this is $2" && return; }
	[ -z "$most" ] || printf '%s\n%s\n' "$2" "$most" | sort -V -C || { echo "dkms.conf: up to kernel $(clean_text "$most" 40), and this is $2" && return; }
	wanted=$(dkms_sure BUILD_EXCLUSIVE_ARCH)
	[ -z "$wanted" ] || uname -m | grep -qE -e "$wanted" 2>/dev/null || { echo "dkms.conf: BUILD_EXCLUSIVE_ARCH is $(clean_text "$wanted" 40)" && return; }
	fits_symbols "$3"
}

# What the driver calls, this kernel does not export, and another one of the release does.
fits_symbols() {
	[ -s "$work/called" ] || {
		find "$tree" -name '*.[ch]' -type f -exec awk -f "$kit/mk/new/code.awk" {} + |
			grep -oE '[a-z_][A-Za-z0-9_]+[[:space:]]*\(' | tr -d ' \t(' | LC_ALL=C sort -u >"$work/called" || :
	}
	cut -f2 "$1/Module.symvers" 2>/dev/null | LC_ALL=C sort -u >"$work/here"
	LC_ALL=C comm -23 "$work/exported" "$work/here" | LC_ALL=C comm -12 - "$work/called" >"$work/missing"
	[ -s "$work/missing" ] || return 0
	headers="$1/include"
	common=$(sed -n 's,^include \(/.*\)/Makefile$,\1,p' "$1/Makefile" 2>/dev/null)
	[ ! -d "$common/include" ] || headers="$headers $common/include"
	# A name that the source or a header defines itself is no import.
	while read -r symbol; do
		grep -rqE --include='*.[ch]' "^[[:space:]]*(#[[:space:]]*define[[:space:]]+|static[[:space:]][^(){};=]*[[:space:]*])$symbol[[:space:]]*\\(" "$tree" && continue
		# shellcheck disable=SC2086 # two folders
		grep -rqE --include='*.h' "^(static[[:space:]][^(){};=]*[[:space:]*]|#[[:space:]]*define[[:space:]]+)$symbol\\(" $headers && continue
		echo "$symbol"
	done <"$work/missing" | head -n 4 >"$work/lacking"
	[ ! -s "$work/lacking" ] || echo "this kernel does not export $(tr '\n' ' ' <"$work/lacking" | sed 's/ $//; s/ /, /g'), which the driver calls"
}

# look_flavours FOLDER: FLAVOUR and reason for each kernel that is left out, in $work/excluded.
look_flavours() {
	: >"$work/excluded"
	env -u MAKEFLAGS -u MFLAGS -u MAKELEVEL -u MAKEOVERRIDES make --no-print-directory -f "$kit/Makefile" DISK="$1" show-config >"$work/config" 2>"$work/config.err" || {
		say "not looked at which kernels fit: $(head -n 1 "$work/config.err")"
		return 0
	}
	sed -nE 's/^kernel ([^ ]+) +([^ ]+)  ([^ ]+)  ([^ ]+)$/\1 \2 \4/p' "$work/config" >"$work/kernels"
	while read -r _ _ place; do cut -f2 "$place/Module.symvers" 2>/dev/null; done <"$work/kernels" | LC_ALL=C sort -u >"$work/exported"
	while read -r id uname place; do
		flavour=$(echo "$id" | sed 's/[0-9]*$//')
		reason=$(fits "$flavour" "$uname" "$place")
		[ -z "$reason" ] || echo "$flavour $(clean_text "$reason" 180)" >>"$work/excluded"
	done <"$work/kernels"
	if [ -s "$work/excluded" ] && [ "$(wc -l <"$work/excluded")" -ge "$(wc -l <"$work/kernels")" ]; then
		say "no kernel of the release seems to fit ($(head -n 1 "$work/excluded")); none is left out"
		: >"$work/excluded"
	fi
}
