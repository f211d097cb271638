#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# import-kernel.sh DISK FOLDER FLAVOUR RPMS DEBS TARS: unpacks a kernel's headers into FOLDER/UNAME, one whole tree that builds
# where it lies; nothing is installed. Debian's headers come in three packages: those of the flavour, the common ones,
# and linux-kbuild. What a package would run when it is installed is not run.
set -eu
umask 022
disk=$1 folder=$2 flavour=$3 rpms=$4 debs=$5 tars=$6
here=$(dirname "$0")
# shellcheck source=new/unpack.sh
. "$here/new/unpack.sh"

fail() {
	echo "import-kernel: $*" >&2
	exit 2
}
say() { echo "import-kernel: $*" >&2; }

[ -n "$rpms$debs$tars" ] || fail "say what to import: RPM=kernel-devel-….rpm, DEB=\"linux-headers-….deb …\" or TAR=headers.tar.gz"
[ -n "$disk" ] || fail "DISK is not set; make import-kernel DISK=../acme-nic RPM=kernel-devel-….rpm"
[ -d "$disk" ] || fail "DISK=$disk: no such folder; make new DISK=$disk makes one"
case $flavour in *[!A-Za-z0-9_]*) fail "FLAVOUR=$flavour: one word, a flavour of the release, such as xen" ;; esac
mkdir -p "$folder" 2>/dev/null || fail "$folder: cannot be written"

# Beside its final place, so that the last step is a rename.
work=$(mktemp -d "$folder/.import.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir "$work/all"

# shellcheck disable=SC2086 # lists of files
{
	for file in $rpms; do
		[ -r "$file" ] || fail "RPM=$file: no such file"
		(rpm2cpio "$file" 2>/dev/null | (cd "$work/all" && cpio -idu --quiet --no-absolute-filenames --no-preserve-owner)) 2>/dev/null ||
			fail "RPM=$file: not a package that rpm2cpio can read"
		chmod -R u+rwX "$work/all"
	done
	for file in $debs; do
		[ -r "$file" ] || fail "DEB=$file: no such file"
		data=$(ar t "$file" 2>/dev/null | grep -m 1 '^data\.tar' || :)
		[ -n "$data" ] || fail "DEB=$file: not a Debian package"
		ar p "$file" "$data" >"$work/$data"
		unpack_tar "$work/$data" "$work/all" "DEB=$file"
		rm "$work/$data"
		chmod -R u+rwX "$work/all"
	done
	for file in $tars; do
		[ -r "$file" ] || fail "TAR=$file: no such file"
		unpack_tar "$file" "$work/all" "TAR=$file"
		chmod -R u+rwX "$work/all"
	done
}

# A tree is what says its uname.
find "$work/all" -path '*/include/generated/utsrelease.h' -o -path '*/include/linux/utsrelease.h' |
	awk -F/ '{ print NF, $0 }' | sort -n | cut -d' ' -f2- | sed 's,/include/[a-z]*/utsrelease\.h$,,' | sort -u >"$work/trees"
count=$(wc -l <"$work/trees")
given=$(echo $rpms $debs $tars)
[ "$count" -gt 0 ] || fail "$given: no header tree that is ready for building: no include/generated/utsrelease.h; on Debian the package of the flavour is wanted too (linux-headers-UNAME beside -common)"
[ "$count" -eq 1 ] || fail "$given: $count header trees ($(sed 's,.*/,,' "$work/trees" | tr '\n' ' ')); import one at a time"
tree=$(cat "$work/trees")
uts=$tree/include/generated/utsrelease.h
[ -f "$uts" ] || uts=$tree/include/linux/utsrelease.h
uname=$(sed -nE 's/^#define UTS_RELEASE "([A-Za-z0-9._+-]+)"$/\1/p' "$uts" | head -n 1)
[ -n "$uname" ] || fail "$given: utsrelease.h has no plain UTS_RELEASE"
case $uname in .*) fail "$given: a kernel cannot call itself $uname" ;; esac
[ ! -e "$folder/$uname" ] || fail "$folder/$uname is there already; take it away first to import it again"
[ -f "$tree/Module.symvers" ] || fail "$given: kernel $uname comes without Module.symvers, so no module can be held against it; the package for building modules has it (kernel-devel, linux-headers)"

# Debian's tree is two: the Makefile includes that of the common one, scripts and tools are links into linux-kbuild.
common=$(sed -nE 's,^include +/(usr/src/[A-Za-z0-9._+-]+)/Makefile$,\1,p' "$tree/Makefile" 2>/dev/null | head -n 1)
if [ -n "$common" ]; then
	[ -d "$work/all/$common" ] || fail "$given: kernel $uname needs ${common##*/} as well; name that package too: DEB=\"… ${common##*/}_….deb\""
	mv "$work/all/$common" "$work/tree"
	# Of the other architectures nothing is read.
	for arch in "$work"/tree/arch/*/; do
		[ -d "$tree/arch/$(basename "$arch")" ] || rm -rf "$arch"
	done
	rm -f "$work/tree/scripts" "$work/tree/tools"
	(cd "$tree" && find . -mindepth 1 -maxdepth 1 ! -name scripts ! -name tools ! -name Makefile -exec cp -a {} "$work/tree/" \;)
	for part in scripts tools; do
		link=$(readlink "$tree/$part" || :)
		kbuild=$(find "$work/all/usr/lib" -mindepth 2 -maxdepth 2 -path "*/linux-kbuild-*/$part" -type d 2>/dev/null | head -n 1)
		# Programs for the build host: those that it has installed will do.
		[ -n "$kbuild" ] || kbuild=$(find /usr/lib -mindepth 2 -maxdepth 2 -path "*/${link#../../lib/}" -type d 2>/dev/null | head -n 1)
		[ -n "$kbuild" ] || fail "$given: kernel $uname needs ${link#../../lib/} as well; name the package linux-kbuild-… too"
		cp -aL "$kbuild" "$work/tree/$part"
	done
	tree=$work/tree
fi

# Links into the package's own place on a host become what they lead to, as far as it came along.
find "$tree" -type l >"$work/links"
top=$(realpath "$tree")
while read -r link; do
	to=$(readlink "$link")
	case $to in
	/*) real=$work/all$to ;;
	*) real=${link%/*}/$to ;;
	esac
	case $(realpath -m "$link")/ in
	"$top"/*) continue ;;
	esac
	case $(realpath -m "$real") in
	"$(realpath "$work/all")"/*) ;;
	*) fail "$given: the link ${link#"$tree"/} leads out of the package ($to); such a tree is not taken" ;;
	esac
	rm "$link"
	[ ! -e "$real" ] || cp -aL "$real" "$link"
done <"$work/links"
chmod -R u+rwX,go+rX,go-w,a-st "$tree"
odd=$(find "$tree" ! -type f ! -type d ! -type l -printf '%P\n' | head -n 1)
[ -z "$odd" ] || fail "$given: $odd is neither file, folder nor link"
[ -f "$tree/Makefile" ] && { [ -x "$tree/scripts/mod/modpost" ] || [ -x "$tree/scripts/modpost" ]; } ||
	fail "$given: kernel $uname has no Makefile or no scripts/mod/modpost: headers alone do not build modules; the package for that is kernel-devel or linux-headers"

[ -z "$flavour" ] || echo "$flavour" >"$tree/.ddk-flavour"
mv "$tree" "$folder/$uname"
echo "$folder/$uname"
