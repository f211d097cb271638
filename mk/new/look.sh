# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Of `make new`: what the source says about itself, found by reading.

# clean_word TEXT: what may stand in names of files and packages.
clean_word() {
	printf %s "$1" | LC_ALL=C tr -c 'A-Za-z0-9._+' _ | sed 's/^[._]*//'
}
clean_text() {
	printf %s "$1" | LC_ALL=C tr -c ' -~' '?' | tr -d '\\$#`"' | cut -c1-"${2:-200}"
}

# dkms KEY [INDEX]: a value of dkms.conf; one that stands under a condition only if there is no other.
dkms() {
	awk -F'\t' -v key="$1" -v n="${2:-0}" '$1 == key && $2 == n { if ($3) maybe = $4; else sure = $4 } END { print sure != "" ? sure : maybe }' "$work/dkms"
}

# The same, for what takes a kernel away from the disk: a condition that is not known must not.
dkms_sure() {
	awk -F'\t' -v key="$1" '$1 == key && !$3 { sure = $4 } END { print sure }' "$work/dkms"
}

# macro NAME: the text of the first MODULE_NAME("text") in the source, through one #define.
macro() {
	value=$(grep -rhoE --include='*.[ch]' "MODULE_$1[[:space:]]*\\([[:space:]]*(\"[^\"]*\"|[A-Za-z_][A-Za-z0-9_]*)" "$tree" | head -n 1 | sed 's/^[^(]*([[:space:]]*//')
	case $value in
	'"'*) value=${value#?} && printf %s "${value%?}" ;;
	?*) define "$value" ;;
	esac
}
define() {
	grep -rhoE --include='*.[ch]' "^[[:space:]]*#[[:space:]]*define[[:space:]]+$1[[:space:]]+\"[^\"]*\"" "$tree" | head -n 1 | sed 's/^[^"]*"//; s/"$//'
}

# Sets name and version: from dkms.conf, else from what the source is called, else from MODULE_VERSION.
look_name() {
	for end in .tar.gz .tgz .tar.xz .txz .tar.bz2 .tbz2 .tar.zst .tar.lz .tar .orig; do
		base=${base%"$end"}
	done
	name=$(printf %s "$base" | sed -E 's/[-_]v?[0-9][^-]*(-(rc|beta|alpha|pre|r)?[0-9][^-]*)?$//')
	version=$(printf %s "${base#"$name"}" | sed 's/^[-_]v\{0,1\}//')
	for value in "$(dkms PACKAGE_NAME)" "$(dkms PACKAGE_NAME | grep -q '[$@#`]' && dkms BUILT_MODULE_NAME)"; do
		case $value in '' | *[\$@\#\`]*) ;; *) name=$value ;; esac
	done
	case $(dkms PACKAGE_VERSION) in '' | *[\$@\#\`]*) ;; *) version=$(dkms PACKAGE_VERSION) ;; esac
	name=$(printf %s "$name" | LC_ALL=C tr -c 'A-Za-z0-9._+-' _ | sed 's/^[^A-Za-z0-9]*//; s/-dkms$//; s/-kmod$//' | cut -c1-60)
	[ -n "$version" ] || version=$(macro VERSION)
	version=$(clean_word "$version" | cut -c1-40)
	# Where the release puts the vendor in front of the package's name, it is not there twice.
	if [ -n "${new_vendor_code:-}" ] && grep -qs '^RPM.NAME.*VENDOR_CODE' "$kit/releases/${new_release:-debian-12}.mk"; then
		name=${name#"$new_vendor_code"[-_]}
	fi
	name=${name:-driver}
	version=${version:-1.0}
}

# The SPDX line of a file that is a module, else MODULE_LICENSE.
look_licence() {
	licence_note=
	spdx=$(grep -rlE --include='*.c' 'MODULE_LICENSE' "$tree" | while read -r f; do
		head -n 5 "$f" | sed -nE 's,.*SPDX-License-Identifier:[[:space:]]*([A-Za-z0-9.+() -]*[A-Za-z0-9.+)]).*,\1,p'
	done | sort | uniq -c | sort -rn | awk 'NR == 1 { sub(/^ *[0-9]+ /, ""); print }')
	licence=$(macro LICENSE)
	case $spdx,$licence in
	GPL-2.0,* | 'GPL-2.0 '*,*) licence=$(echo "$spdx" | sed 's/^GPL-2.0/GPL-2.0-only/') ;;
	GPL-2.0+,*) licence=GPL-2.0-or-later ;;
	?*,*) licence=$spdx ;;
	,GPL | ,'GPL v2')
		# "GPL" leaves open whether later versions do: the narrow reading is safe.
		licence=GPL-2.0-only
		licence_note='MODULE_LICENSE says only GPL; if the source allows later versions: GPL-2.0-or-later'
		;;
	,'Dual MIT/GPL') licence='MIT OR GPL-2.0-only' ;;
	,'Dual BSD/GPL')
		licence='BSD-3-Clause OR GPL-2.0-only'
		licence_note='MODULE_LICENSE says Dual BSD/GPL; look up which BSD licence: BSD-2-Clause or BSD-3-Clause'
		;;
	,)
		licence=Unknown
		licence_note='the source has no MODULE_LICENSE: a module without one does not load as it should; say here which it is'
		;;
	esac
	licence=$(clean_text "$licence" 80)
}

# The folders where Kbuild starts, in $work/folders: those with an obj- line that no other folder's names.
look_kbuild() {
	(cd "$tree" && find . \( -name Kbuild -o -name Makefile \) -type f -exec grep -lE '^[[:space:]]*obj-(m|\$)' {} + |
		sed 's,/[^/]*$,,' | LC_ALL=C sort -u | awk -F/ '{ print NF, $0 }' | sort -n -k1,1 -s | cut -d' ' -f2-) >"$work/all" || :
	grep -vE '/(tests?|selftests?|examples?|samples?|debian|packaging)(/|$)' "$work/all" >"$work/candidates" || cp "$work/all" "$work/candidates"
	: >"$work/folders"
	while read -r folder; do
		plain "$folder" || fail "SOURCE=$source: the folder $(clean_text "$folder" 60) has makefiles, and a name that cannot stand in a spec; rename it"
		while read -r above; do
			case $folder in
			"$above"/*)
				below=${folder#"$above"/}
				grep -vE '^[[:space:]]*#' "$(kbuild_file "$tree/$above")" | grep -qE "(^|[[:space:]=/])${below%%/*}/" && continue 2
				;;
			esac
		done <"$work/folders"
		echo "$folder" >>"$work/folders"
	done <"$work/candidates"
	[ "$(wc -l <"$work/folders")" -lt 2 ] || look_order
}
kbuild_file() {
	if [ -f "$1/Kbuild" ]; then echo "$1/Kbuild"; else echo "$1/Makefile"; fi
}

# Folders whose symbols another one uses come first.
look_order() {
	while read -r folder; do
		number=$((${number:-0} + 1))
		grep -rhoE --include='*.c' 'EXPORT_SYMBOL(_GPL)?[[:space:]]*\([[:space:]]*[A-Za-z0-9_]+' "$tree/$folder" | sed 's/.*(\s*//' | LC_ALL=C sort -u >"$work/exports.$number" || :
		grep -rhoE --include='*.c' '[A-Za-z_][A-Za-z0-9_]+' "$tree/$folder" | LC_ALL=C sort -u >"$work/words.$number" || :
	done <"$work/folders"
	for a in $(seq "$number"); do
		echo "$a $a"
		for b in $(seq "$number"); do
			[ "$a" = "$b" ] || ! LC_ALL=C comm -12 "$work/exports.$a" "$work/words.$b" | LC_ALL=C comm -23 - "$work/exports.$b" | grep -q . || echo "$a $b"
		done
	done | tsort 2>/dev/null | while read -r n; do sed -n "${n}p" "$work/folders"; done >"$work/ordered"
	mv "$work/ordered" "$work/folders"
}

# The variables by which a Makefile can be told the kernel, as words of a make command line.
look_variables() {
	sed -nE 's/^[[:space:]]*(export[[:space:]]+|override[[:space:]]+)?([A-Z_][A-Z0-9_]*)[[:space:]]*(\?=|:?:?=)[[:space:]]*(.*)$/\2 \4/p' "$1" | awk '
		$1 in seen { next }
		$1 ~ /^(M|PWD|MAKE|SHELL|DESTDIR|PREFIX|INSTALL.*|MODULES?_?DIR|MOD_?DIR|MODDESTDIR|KERNELRELEASE)$/ { next }
		$1 ~ /^(KDIR|KSRC|KSP|KOBJ|KERNELDIR|KERNEL_DIR|KERNEL_SRC|KERNELSRC|KERNEL_SOURCE|KERNEL_SOURCE_DIR|KERNEL_SOURCES|KERNEL_PATH|KERNEL_TREE|KBUILD|KBUILD_DIR|KERNEL_BUILD|KERNEL_BUILD_DIR|LINUX_DIR|LINUX_SRC|LINUXSRC|SYSSRC|KHEADERS|KLIB_BUILD)$/ ||
			/\/lib\/modules\/.*\/(build|source)/ { seen[$1] = 1; printf "%s=\"$kernel_tree\" ", $1; next }
		$1 ~ /^(KVER|KVERSION|KVERS|KREL|BUILD_KERNEL|KERNEL_VERSION|KERNEL_VER|KERNELVER|KERNEL_UNAME|KERNEL_RELEASE|TARGET|LINUXVERSION)$/ || / ?[`(]?.*uname -r[)`]?$/ {
			if ($1 == "TARGET" && !/uname/) next
			seen[$1] = 1
			printf "%s=\"$kernel_uname\" ", $1
		}'
}

# Why plain Kbuild would not do in this folder; nothing when it would.
look_generator() {
	makefile=$1/Makefile
	if [ -f "$1/configure" ]; then
		echo "configure"
	elif find "$1" -maxdepth 2 -name '*kcompat*gen*' | grep -q . || grep -qsE 'kcompat[a-z_-]*gen' "$makefile" "$1"/*.mk; then
		echo "a generator that reads the kernel's headers (kcompat)"
	elif [ -f "$makefile" ]; then
		# A header that is included, not there, and that a makefile speaks of.
		grep -rhoE --include='*.[ch]' '^[[:space:]]*#[[:space:]]*include[[:space:]]*"[^"]+"' "$1" | sed 's/^[^"]*"//; s/"$//; s,.*/,,' | sort -u | while read -r header; do
			[ -z "$(find "$tree" -name "$header" -print -quit)" ] && grep -qF -- "$header" "$makefile" && echo "$header, which the Makefile makes" && break
		done
	fi
}

# The words that the Makefile's own call of Kbuild has beside -C and M=, where they mean the same here.
look_words() {
	[ -f "$1/Makefile" ] || return 0
	sed -nE 's/^\t.*(\$[({]MAKE[)}]|make)[[:space:]]+(.*[[:space:]])?(M|SUBDIRS)=.*/&/p' "$1/Makefile" | grep -vE 'clean|_install|help' | head -n 1 |
		grep -oE '(CONFIG_[A-Za-z0-9_]+=[myn0-9]+|EXTRA_CFLAGS="[A-Za-z0-9_= .-]*"|EXTRA_CFLAGS=[A-Za-z0-9_=-]+)' | tr '\n' ' ' || :
	# Options that only its own part for calling Kbuild would set.
	file=$(kbuild_file "$1")
	grep -hoE '^[[:space:]]*obj-\$[({][A-Za-z0-9_]+[)}]' "$file" | grep -oE 'CONFIG_[A-Za-z0-9_]+' | sort -u | while read -r option; do
		setting=$(grep -hE "^[[:space:]]*(export[[:space:]]+)?$option[[:space:]]*[:?]?=[[:space:]]*[myn]" "$1/Makefile" 2>/dev/null | head -n 1)
		if [ -n "$setting" ]; then
			case $setting in *export*) echo "$option=m" ;; esac
		elif ! grep -qE '^[[:space:]]*obj-m' "$file"; then
			echo "$option=m"
		fi
	done | tr '\n' ' '
}
