# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Of `make new`: a tarball, folder, git checkout, source RPM or -dkms .deb as a plain folder of source files.
# What is in it is copied, looked at and never run.

# unpack SOURCE FOLDER: fills FOLDER and sets base, the name that the source has.
unpack() {
	base=$(basename "$(realpath "$1")")
	mkdir -p "$2"
	if [ -d "$1" ]; then
		cp -R "$1/." "$2" 2>"$work/cp.err" || fail "SOURCE=$1: cannot be read ($(head -n 1 "$work/cp.err"))"
	else
		case $1 in
		*.src.rpm | *.srpm) unpack_srpm "$1" "$2" ;;
		*.rpm) fail "SOURCE=$1: a binary RPM holds no source; the source RPM (.src.rpm) does" ;;
		*.deb) unpack_deb "$1" "$2" ;;
		*) unpack_tar "$1" "$2" "SOURCE=$1" ;;
		esac
		unpack_inner "$2"
	fi
	unpack_check "$2" "SOURCE=$1"
	unpack_clean "$2"
}

# unpack_tar FILE FOLDER NAME: members that lead out are refused before anything is written.
unpack_tar() {
	head -c 4 "$1" | cat -v | grep -q '^PK' && fail "$3: a zip file; give a tarball or the unpacked folder"
	tar -tf "$1" --quoting-style=escape >"$work/members" 2>"$work/tar.err" ||
		fail "$3: not a tarball that tar can read ($(head -n 1 "$work/tar.err"))"
	bad=$(grep -m 1 -E '^/|(^|/)\.\.(/|$)' "$work/members" || :)
	[ -z "$bad" ] || fail "$3: the member $bad leads out of the folder; such a tarball is not unpacked"
	[ "$(wc -l <"$work/members")" -le 100000 ] || fail "$3: more than 100000 members; give the driver's source only"
	megabytes=$(tar -tvf "$1" --quoting-style=escape 2>/dev/null | awk '{ n += $3 } END { printf "%d", n / 1048576 }')
	[ "$megabytes" -le 2048 ] || fail "$3: $megabytes MiB when unpacked; give the driver's source only"
	tar -C "$2" --no-same-owner --no-same-permissions -xf "$1" 2>"$work/tar.err" || {
		chmod -R u+rwX "$2"
		fail "$3: tar cannot unpack it ($(head -n 1 "$work/tar.err"))"
	}
}

# Most tarballs hold one folder; its content is what counts. A .deb has it in usr/src.
unpack_inner() {
	while only=$(find "$1" -mindepth 1 -maxdepth 1) && [ -d "$only" ] && [ ! -L "$only" ]; do
		case $only in */extensions | */src | */drivers) break ;; esac
		base=${only##*/}
		mv "$only" "$1.inner"
		rmdir "$1"
		mv "$1.inner" "$1"
	done
}

unpack_deb() {
	mkdir "$work/deb"
	data=$(ar t "$1" 2>/dev/null | grep -m 1 '^data\.tar' || :)
	[ -n "$data" ] || fail "SOURCE=$1: not a Debian package"
	ar p "$1" "$data" >"$work/deb/$data"
	unpack_tar "$work/deb/$data" "$work/deb" "SOURCE=$1"
	conf=$(find "$work/deb/usr/src" -mindepth 2 -maxdepth 2 -name dkms.conf 2>/dev/null | LC_ALL=C sort | head -n 1)
	[ -n "$conf" ] || fail "SOURCE=$1: no usr/src/NAME/dkms.conf in it; a -dkms package has one"
	unpack_check "$work/deb" "SOURCE=$1"
	conf=${conf%/dkms.conf}
	base=$(basename "$conf")
	# A link to elsewhere in the package, such as its documents, becomes the file, or goes.
	find "$conf" -type l >"$work/links"
	while read -r link; do
		case $(realpath -m "$link") in
		"$(realpath "$conf")"/*) ;;
		*)
			real=$(realpath "$link" 2>/dev/null || :)
			rm "$link"
			[ ! -f "$real" ] || cp "$real" "$link"
			;;
		esac
	done <"$work/links"
	cp -R "$conf/." "$2"
}

# The first source tarball, and the patches in the order of their numbers.
unpack_srpm() {
	mkdir "$work/srpm"
	# Member names are taken without their folders.
	(rpm2cpio "$1" 2>/dev/null | (cd "$work/srpm" && cpio -id --quiet --no-absolute-filenames --no-preserve-owner)) 2>/dev/null ||
		fail "SOURCE=$1: not a source RPM that rpm2cpio can read"
	unpack_check "$work/srpm" "SOURCE=$1"
	facts=$(rpm -qp --nosignature --nodigest --qf '%{NAME}-%{VERSION}\n' "$1" 2>/dev/null) || fail "SOURCE=$1: not a source RPM that rpm can read"
	tarball=$(rpm -qp --nosignature --nodigest --qf '[%{SOURCE}\n]' "$1" 2>/dev/null | tac | grep -m 1 -E '\.(tar(\.[a-z0-9]+)?|tgz|txz|tbz2?)$' || :)
	case $tarball in
	'' | */*) fail "SOURCE=$1: no source tarball in it" ;;
	esac
	[ -f "$work/srpm/$tarball" ] || fail "SOURCE=$1: it names $tarball, which is not in it"
	unpack_tar "$work/srpm/$tarball" "$2" "SOURCE=$1: $tarball"
	unpack_inner "$2"
	base=$facts
	rpm -qp --nosignature --nodigest --qf '[%{PATCH}\n]' "$1" 2>/dev/null | grep -vE '^\(none\)$|/' | tac >"$work/patches.named" || :
	while read -r patch; do
		[ -f "$work/srpm/$patch" ] || continue
		mkdir -p "$2/srpm-patches"
		cp "$work/srpm/$patch" "$2/srpm-patches/"
		echo "$patch" >>"$2/srpm-patches/series"
	done <"$work/patches.named"
}

# unpack_check FOLDER NAME: plain files, folders, and links that stay inside.
unpack_check() {
	chmod -R u+rwX,a-st "$1"
	odd=$(find "$1" ! -type f ! -type d ! -type l -printf '%P\n' | head -n 1)
	[ -z "$odd" ] || fail "$2: $odd is neither file, folder nor link; a driver's source has no such thing"
	odd=$(LC_ALL=C find "$1" -name '*[[:cntrl:]]*' -printf '%P\n' | head -n 1 | tr -d '[:cntrl:]')
	[ -z "$odd" ] || fail "$2: a file's name has control characters ($odd); rename it"
	find "$1" -type l >"$work/links"
	top=$(realpath "$1")
	while read -r link; do
		case $(realpath -m "$link")/ in
		"$top"/*) ;;
		*) fail "$2: the link ${link#"$1"/} leads out of the folder ($(readlink "$link")); put the file itself there" ;;
		esac
		case $(readlink "$link") in
		/*) fail "$2: the link ${link#"$1"/} is absolute ($(readlink "$link")); make it relative" ;;
		esac
	done <"$work/links"
}

# Leftovers of a build would get into the packages, or keep make from compiling.
unpack_clean() {
	find "$1" \( -name .git -o -name .hg -o -name .svn -o -name .tmp_versions \) -prune -exec rm -rf {} +
	find "$1" -type f -name '.*.cmd' | while read -r cmd; do
		file=${cmd##*/.}
		rm -f "$cmd" "${cmd%/*}/${file%.cmd}"
	done
	find "$1" -type f \( -name '*.ko' -o -name '*.ko.*z*' -o -name '*.mod' -o -name '*.mod.c' -o -name Module.symvers -o -name modules.order \) -print >"$work/leftovers"
	while read -r left; do rm -f "$left"; done <"$work/leftovers"
	[ ! -s "$work/leftovers" ] || say "left out what an earlier build made: $(sed "s,^$1/,," "$work/leftovers" | head -n 5 | tr '\n' ' ')"
}
