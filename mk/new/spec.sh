# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh disable=SC2016 # what it writes is for the shell of the build
# Of `make new`: how the driver is built, as lines for the spec. Text of the source stands in comments and shell
# lines with every % doubled, so that rpm runs none of it when it reads the spec.

comment() {
	printf '%s\n' "$1" | LC_ALL=C tr -c ' -~\n' '?' | sed 's/%/%%/g; s/^/# /'
}

# translate COMMAND: a command of dkms.conf in this kit's words. dkms builds in a copy of its own, we in $top.
translate() {
	package=$(dkms PACKAGE_NAME | sed 's/[].[*^$|,+?(){}]/\\&/g')
	version_=$(dkms PACKAGE_VERSION | sed 's/[].[*^$|,+?(){}]/\\&/g')
	printf '%s\n' "$1" | LC_ALL=C tr -c ' -~\n' '?' | sed -E \
		-e 's/\$\{([A-Za-z_]+)\}/$\1/g' -e 's/\$\(uname -r\)|`uname -r`/$kernel_uname/g' \
		-e 's,\$module_version\b,'"$version_"',g' -e 's,\$module\b,'"$package"',g' \
		-e 's,\$dkms_tree/'"$package/$version_"'/(build|source),$top,g' -e 's,\$source_tree/'"$package-$version_"',$top,g' \
		-e 's/\$kernel_source_dir\b/$kernel_tree/g' -e 's/\$kernelver\b/$kernel_uname/g' -e 's/\$arch\b/$(uname -m)/g' \
		-e "s/^'make'/make/" -e 's/ -j *(\$\(nproc\)|\$parallel_jobs|`nproc`|[0-9]+)?( |$)/ /g' -e 's/  +/ /g' -e 's/ $//' -e 's/%/%%/g'
}

# kbuild FOLDER WORDS: a plain call of Kbuild.
kbuild() {
	[ "$1" = . ] || printf 'cd "%s"\n' "$1"
	printf '%%{kernel_make} %smodules\n' "${2:+${2% } }"
}

# One command of MAKE as lines: a plain call of Kbuild where it is one.
build_command() {
	# shellcheck disable=SC2086 # words
	case $1 in
	'make '*)
		set -f
		plain=yes folder= words=
		for w in ${1#make }; do
			case $w in
			-C | modules | '$kernel_tree' | '"$kernel_tree"' | '$kernel_tree/' | 'KERNELRELEASE=$kernel_uname') ;;
			M=\$top | M=\$top/ | 'M="$top"') folder=. ;;
			M=\$top/*) folder=${w#M=\$top/} ;;
			[A-Z]*=*[\;\&\|\<\>\`\"]*) plain=no ;;
			[A-Z]*=*) words="$words$w " ;;
			*) plain=no ;;
			esac
		done
		set +f
		# A word with quotes was cut at its blanks; then the quotes do not match up.
		[ "$(printf %s "$words" | tr -cd "'" | wc -c)" = "$(printf %s "$words" | grep -oE "='[^' ]*' " | tr -cd "'" | wc -c)" ] || plain=no
		if [ "$plain" = yes ] && [ -n "$folder" ]; then
			folder=${folder%/}
			[ "$folder" = . ] && folder='$top' || folder="\$top/$folder"
			kbuild "$folder" "$words"
			return
		fi
		printf 'cd "$top"\nmake %s%s%s\n' "$release" "${1#make }" "$(build_tree "$1")"
		;;
	*) printf 'cd "$top"\n%s\n' "$1" ;;
	esac
}

# build_tree COMMAND: the Makefile's variables for the tree that a command leaves at /lib/modules/UNAME/build, where
# a host that builds for other kernels has none.
build_tree() {
	case $1 in *kernel_tree*) return 0 ;; esac
	[ ! -f "$tree/$root/Makefile" ] || look_variables "$tree/$root/Makefile" | tr ' ' '\n' | while read -r word; do
		case $word in
		*kernel_tree*) printf ' %s' "$word" ;;
		esac
	done
}

# The commands of one MAKE[n].
build_make() {
	made=$(translate "$1")
	# dkms puts this word into a MAKE that begins with make, unless that stands in quotes.
	release='KERNELRELEASE="$kernel_uname" '
	case $1 in "'make'"*) release= ;; esac
	case $made in
	*[\;\|\"]*)
		echo 'cd "$top"'
		variables=$(build_tree "$made")
		[ -z "$variables" ] || echo "export$variables"
		printf '%s\n' "$made" | sed "s/^make /make $release/"
		;;
	*)
		printf '%s\n' "$made" | sed 's/ *&& */\n/g' | while read -r part; do build_command "$part"; done
		;;
	esac
}

# Patches of a dkms.conf, each for the kernels that its PATCH_MATCH names.
build_patches() {
	awk -F'\t' '$1 == "PATCH" { print $2 }' "$work/dkms" | sort -nu | while read -r n; do
		patch=$(dkms PATCH "$n")
		case $patch in '' | /* | *..* | *[!A-Za-z0-9._+/-]*) note "dkms.conf: PATCH[$n] is left out: no plain file name: $(clean_text "$patch" 60)" && continue ;; esac
		[ -f "$tree/$root/patches/$patch" ] || { note "dkms.conf: PATCH[$n] = $patch is not in patches/; it is left out" && continue; }
		match=$(dkms PATCH_MATCH "$n")
		line="patch -p1 -i \"\$top/patches/$patch\""
		case $match in
		'') echo "$line" ;;
		*[!A-Za-z0-9._^\$+*?\(\)\|\[\]\\-]*) note "dkms.conf: PATCH_MATCH[$n] cannot be taken over; the patch is applied for every kernel" && echo "$line" ;;
		*) printf 'if echo "$kernel_uname" | grep -qE -e %s; then %s; fi\n' "'$match'" "$line" ;;
		esac
	done
}

build_dkms() {
	if [ "$root" = . ]; then echo 'top=$PWD'; else printf 'cd "%s"\ntop=$PWD\n' "$root"; fi
	build_patches
	pre=$(dkms PRE_BUILD)
	if [ -n "$pre" ]; then
		echo '# PRE_BUILD of dkms.conf, which finds the kernel in these variables.'
		echo 'export kernelver="$kernel_uname" kernel_source_dir="$kernel_tree" dkms_tree="${top%%/*}" arch="$(uname -m)"'
		printf '( ./%s )\n' "$(translate "${pre#./}")"
	fi
	awk -F'\t' '$1 == "MAKE" && $2 > 0 { print $2 }' "$work/dkms" | sort -nu >"$work/makes"
	chosen=
	while read -r n; do
		match=$(dkms MAKE_MATCH "$n")
		case $match in
		'' | *[!A-Za-z0-9._^\$+*?\(\)\|\[\]\\-]*) note "dkms.conf: MAKE[$n] is left out: its MAKE_MATCH cannot be taken over" && continue ;;
		esac
		printf '%sif echo "$kernel_uname" | grep -qE -e %s; then\n' "$chosen" "'$match'"
		build_make "$(dkms MAKE "$n")"
		chosen=el
	done <"$work/makes"
	[ -z "$chosen" ] || echo else
	# Without MAKE, dkms calls Kbuild.
	if [ -n "$(dkms MAKE)" ]; then build_make "$(dkms MAKE)"; else kbuild '$top' ''; fi
	[ -z "$chosen" ] || echo fi
}

# Without dkms.conf: Kbuild itself, unless the Makefile makes something first.
build_plain() {
	count=$(wc -l <"$work/folders")
	if [ "$count" -eq 0 ]; then
		cat <<-'EOT'
			# Nothing in the source has an obj-m line, so how it is built is for you to say. The choices:
			#   its own Makefile, told the kernel by the variables it knows:
			#     make KSRC="$kernel_tree" KVER="$kernel_uname"
			#   a Makefile that a script writes: ./configure --with-linux="$kernel_tree" && make
			#   Kbuild, in a sub-folder: cd src; then
			%{kernel_make} modules
		EOT
		return
	fi
	if [ "$count" -gt 1 ]; then
		cat <<-EOT
			# Each of these folders is built by itself, in the order of the symbols they use of each other.
			top=\$PWD
			symbols=\$KBUILD_EXTRA_SYMBOLS
			for folder in $(sed 's,^\./,,' "$work/folders" | tr '\n' ' '); do
			cd "\$top/\$folder"
			%{kernel_make} KBUILD_EXTRA_SYMBOLS="\$symbols" $(while read -r folder; do look_words "$tree/$folder"; done <"$work/folders" | tr ' ' '\n' | sort -u | grep . | sed 's/%/%%/g' | tr '\n' ' ')modules
			symbols="\$symbols \$top/\$folder/Module.symvers"
			done
		EOT
		return
	fi
	folder=$(sed 's,^\./,,' "$work/folders")
	path=$tree/$folder
	variables=
	[ ! -f "$path/Makefile" ] || variables=$(look_variables "$path/Makefile")
	generator=$(look_generator "$path")
	[ -n "$generator" ] || [ "$folder" = . ] || [ ! -f "$tree/configure" ] || { generator=configure && path=$tree folder=.; }
	target=
	for t in modules module; do
		[ -z "$target" ] && [ -f "$path/Makefile" ] && grep -qE "^$t[[:space:]]*:" "$path/Makefile" && target=" $t"
	done
	if [ "$generator" = configure ]; then
		merged='its configure reads the kernel headers'
		option=$(grep -oE -e '--with-(linux|kernel|linux-dir|kernel-dir|kerneldir|ksrc|kernel-source|kernel-src|linux-src|kernel-headers|kdir)\b' "$path/configure" | sort -u | head -n 1 || :)
		[ "$folder" = . ] || printf 'cd "%s"\n' "$folder"
		printf './configure %s="$kernel_tree"\n' "${option:---with-linux}"
		printf 'make %s\n' "$variables"
	elif [ -n "$generator" ] && [ -n "$variables" ]; then
		merged="$generator"
		echo "# The Makefile is run itself, for $generator. Plain Kbuild would be: %%{kernel_make} modules" | sed 's/%{/%%{/'
		[ "$folder" = . ] || printf 'cd "%s"\n' "$folder"
		printf 'make %s%s\n' "${variables% }" "$target"
	else
		[ -z "$generator" ] || note "it needs $generator, but its Makefile has no variable for the kernel; see the comment in the spec"
		kbuild "$folder" "$(look_words "$path" | sed 's/%/%%/g')"
		[ -z "$variables" ] || printf '# If that is not enough, its own Makefile: make %s%s\n' "${variables% }" "$target"
	fi
}

# Fills $work/prep and $work/build.
look_build() {
	merged=
	: >"$work/prep"
	if [ -s "$tree/srpm-patches/series" ]; then
		{
			echo '# The patches of the source RPM, in its order. Where one wants another -p, write them out.'
			echo 'while read -r patch; do patch -p1 -i "srpm-patches/$patch"; done <srpm-patches/series'
		} >"$work/prep"
	fi
	if [ -s "$work/dkms" ]; then build_dkms; else build_plain; fi >"$work/build"
	# One command in the top folder needs no names for it.
	[ "$(grep -c 'top' "$work/build")" -ne 2 ] || [ "$(head -n 2 "$work/build" | tr '\n' ' ')" != 'top=$PWD cd "$top" ' ] || sed -i 1,2d "$work/build"
	if grep -rhsE '(xz|gzip|zstd)[^#]*\.ko' --include=Makefile --include=Kbuild "$tree" | grep -qv '^[[:space:]]*#'; then
		# Consumers of the time read plain modules only; the package is compressed anyway.
		cat >>"$work/build" <<-'EOT'
			# Its Makefile can compress modules; they are packed plain.
			find "$ddk_copy" -name '*.ko.xz' -exec unxz {} + -o -name '*.ko.gz' -exec gunzip {} + -o -name '*.ko.zst' -exec unzstd -q --rm {} +
		EOT
	fi
	# shellcheck disable=SC2034 # for new.sh
	modules=$(clean_text "$(awk -F'\t' '$1 == "BUILT_MODULE_NAME" { print $4 }' "$work/dkms" | tr '\n' ' ')" 2000)
}
