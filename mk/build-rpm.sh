#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# build-rpm.sh source SRPM TARBALL SPEC [FILE]...: of the files, patches and further sources, those that the spec names
# build-rpm.sh spec RPM SPEC
# build-rpm.sh binary RPM SRPM "SELECTION" [GATE OPTION]...: builds one package with rpmbuild, in a folder of
# its own. A binary package with gate options is held against its header tree before it gets its name.
# build-rpm.sh rebuild FOLDER SRPM-OR-SPEC [ARCH]: all its packages, into FOLDER, and held against nothing.
# SOURCE_DATE_EPOCH dates it; ddk names the ddk program; BUILDROOT is a chroot to build in.
set -eu
umask 022
kind=$1 result=$2
shift 2

top=${result%/*}/.${result##*/}
rm -rf "$top"
mkdir -p "$top"
trap 'rm -rf "$top"' EXIT

# rpmbuild sees nothing of the user's own macros; a compiler cache stays where it is.
export CCACHE_DIR="${CCACHE_DIR:-${HOME:-/}/.cache/ccache}" DISTCC_DIR="${DISTCC_DIR:-${HOME:-/}/.distcc}"

# A host of dpkg has no rpm database, which BuildRequires could be looked up in.
nodeps=
[ ! -e "${BUILDROOT:-}/var/lib/dpkg/status" ] || nodeps=--nodeps

# _smp_mflags: a -jN in a spec would cut make off from the job server that all packages share.
build() {
	"${0%/*}/sandbox.sh" "$top" rpmbuild $nodeps --define '_smp_mflags %{nil}' --define '_smp_build_ncpus 1' \
		--define '_topdir %{getenv:HOME}' --define '_tmppath %{_topdir}' --define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' "$@"
}

case $kind in
source)
	mkdir "$top/SOURCES" "$top/SPECS"
	install -m 0644 "$1" "$top/SOURCES/"
	install -m 0644 "$2" "$top/SPECS/"
	spec=$2
	shift 2
	named=
	[ $# -eq 0 ] || named=$(rpmspec -q --srpm --qf '[%{SOURCE}\n][%{PATCH}\n]' "$spec")
	for file; do
		if printf '%s\n' "$named" | grep -qxF "${file##*/}"; then
			install -m 0644 "$file" "$top/SOURCES/"
		fi
	done
	build -bs "SPECS/${spec##*/}"
	made=$top/SRPMS/${result##*/}
	;;
spec)
	cp "$1" "$top/"
	build -bb "${1##*/}"
	made=$top/RPMS/${result##*/}
	;;
rebuild)
	cp "$1" "$top/"
	case $1 in
	*.spec) build -bb "${1##*/}" ;;
	*) build --rebuild ${2:+--target "$2-linux"} "${1##*/}" ;;
	esac
	mv -f "$top"/RPMS/*.rpm "$result/"
	exit 0
	;;
binary)
	srpm=$1 selection=$2
	shift 2
	cp "$srpm" "$top/"
	arch=${result%.rpm}
	build --rebuild --target "${arch##*.}-linux" ${selection:+--define "$selection"} "${srpm##*/}"
	made=$top/RPMS/${result##*/}
	;;
esac
[ -f "$made" ] || {
	echo "error: rpmbuild made no ${result##*/}, but: $(cd "$top" && find ./*RPMS -name '*.rpm' | tr '\n' ' ')" >&2
	exit 1
}
[ "$kind" != binary ] || [ $# -eq 0 ] || "${ddk:?}" gate "$@" "$made"
mv -f "$made" "$result"
