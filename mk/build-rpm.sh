#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# build-rpm.sh source SRPM TARBALL SPEC [FILE]...: of the files, patches and further sources, those that the spec names
# build-rpm.sh spec RPM SPEC
# build-rpm.sh binary RPM SRPM "SELECTION" [GATE OPTION]...: builds one package with rpmbuild, in a folder of
# its own. A binary package with gate options is held against its header tree before it gets its name.
# build-rpm.sh rebuild FOLDER SRPM-OR-SPEC [ARCH]: all its packages, into FOLDER, and held against nothing.
# With sign_key, sign_cert and sign_hash modules are signed. SOURCE_DATE_EPOCH dates it; ddk names the ddk
# program; BUILDROOT is a chroot to build in; build_cc is the compiler that the makefiles are given.
set -eu
umask 022
kind=$1 result=$2
shift 2

top=${result%/*}/.${result##*/}
rm -rf "$top"
mkdir -p "$top"
signer=
trap '[ -z "$signer" ] || kill "$signer" 2>/dev/null; rm -rf "$top"' EXIT

# rpmbuild sees nothing of the user's own macros; a compiler cache and a farm's settings stay where they are: these are
# the folders that ccache and distcc would take themselves if HOME were still the user's.
home=${HOME:-/}
settings=${XDG_CONFIG_HOME:-$home/.config}/ccache/ccache.conf
cache=${XDG_CACHE_HOME:-$home/.cache}/ccache
[ ! -d "$home/.ccache" ] || cache=$home/.ccache
export CCACHE_DIR="${CCACHE_DIR:-$cache}" DISTCC_DIR="${DISTCC_DIR:-$home/.distcc}"
[ ! -f "$settings" ] || [ -n "${BUILDROOT:-}" ] || export CCACHE_CONFIGPATH="${CCACHE_CONFIGPATH:-$settings}"
# Distcc makes what is in it, but not the folder itself.
case "${build_cc:-} ${CCACHE_PREFIX:-}" in *distcc*) mkdir -p "${BUILDROOT:-}$DISTCC_DIR" ;; esac

# What the kit's make was told is nothing to the vendor's makefiles: an OUT= would overrule theirs, and -r take away
# rules that they go by. They get the job server, V=1, and the compiler where one was named (build_cc).
told=$(printf '%s\n' "${MAKEFLAGS:-}" | sed -n 's/\(^\|.* \)-- //p')
flags=$(printf '%s\n' "${MAKEFLAGS:-}" | sed 's/\(^\| \)-- .*//' | tr ' ' '\n' | grep -E '^(-j[0-9]*|--jobserver-.*)$' | tr '\n' ' ' || :)
said=$([ "${V:-0}" != 1 ] || echo ' V=1')
[ -z "${build_cc:-}" ] || said="$said CC=$(printf %s "$build_cc" | sed 's/[\\ ]/\\&/g; s/\$/$$/g')"
MAKEFLAGS="$flags${said:+--$said}"
# Make also puts what stood on its command line into the environment. Names only: a blank in a value is escaped.
without=$(printf '%s\n' "$told" | grep -oE '(^| )[A-Za-z_][A-Za-z_0-9]*=' | tr -d ' =' |
	grep -vE '^(SOURCE_DATE_EPOCH|BUILDROOT|PATH|TMPDIR|CCACHE_.*|DISTCC_.*)$' | sed 's/^/-u /' || :)

# A host of dpkg has no rpm database, which BuildRequires could be looked up in.
nodeps=
[ ! -e "${BUILDROOT:-}/var/lib/dpkg/status" ] || nodeps=--nodeps

# _smp_mflags: a -jN in a spec would cut make off from the job server that all packages share.
build() {
	# shellcheck disable=SC2086 # options of env
	env -u MFLAGS -u MAKEOVERRIDES -u KBUILD_SIGN_PIN -u GNUPGHOME -u sign_key -u sign_cert $without "${0%/*}/sandbox.sh" "$top" \
		rpmbuild $nodeps --define '_smp_mflags %{nil}' --define '_smp_build_ncpus 1' \
		--define '_topdir %{getenv:HOME}' --define '_tmppath %{_topdir}' --define '_rpmfilename %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' "$@"
}

# The key stays outside of what a spec can reach: rpmbuild asks for signatures, by a file that names the modules,
# and waits until it is gone. Paths are those below its home, which is our folder.
signing() {
	[ -n "${sign_key:-}" ] || return 0
	mkfifo "$top/asked"
	cat >"$top/sign" <<-'EOF'
		for file; do printf '%s\n' "${file#"$HOME"/}"; done >"$HOME/modules"
		echo >"$HOME/asked"
		while [ -e "$HOME/modules" ]; do sleep 0.1; done
		[ ! -e "$HOME/refused" ]
	EOF
	sign_asked &
	signer=$!
}
sign_asked() {
	while read -r _ <"$top/asked"; do
		tr '\n' '\0' <"$top/modules" | (cd "$top" && xargs -0 "${ddk:?}" sign --key "$sign_key" --cert "${sign_cert:?}" --hash "${sign_hash:?}") ||
			: >"$top/refused"
		rm -f "$top/modules"
	done
}

# all_undefined GATE OPTION...: the header tree and the lists of symbols are among them.
all_undefined() {
	before="" symvers=""
	for option; do
		case $before in
		--tree) symvers="$symvers $option/Module.symvers" ;;
		--symvers) symvers="$symvers $option" ;;
		esac
		before=$option
	done
	# shellcheck disable=SC2086 # a list of files
	"${0%/*}/undefined.sh" "$top/BUILD" $symvers
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
	signing
	build ${sign_key:+--define 'ddk_sign_modules sh %{getenv:HOME}/sign'} --rebuild --target "${arch##*.}-linux" ${selection:+--define "$selection"} "${srpm##*/}" || {
		status=$?
		! grep -qE 'suppressed [0-9]+ unresolved symbol' "${step_log:-/dev/null}" || all_undefined "$@"
		exit $status
	}
	made=$top/RPMS/${result##*/}
	;;
esac
[ -f "$made" ] || {
	echo "error: rpmbuild made no ${result##*/}, but: $(cd "$top" && find ./*RPMS -name '*.rpm' | tr '\n' ' ')" >&2
	exit 1
}
[ "$kind" != binary ] || [ $# -eq 0 ] || "${ddk:?}" gate --all-symbols "$@" "$made"
mv -f "$made" "$result"
