#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# verify-submission.sh DDK BUNDLE debootstrap|topdir [PREBUILT [TREES]]: holds a bundle against its digests, builds its packages
# again from its source RPMs and specs, and compares them. PREBUILT names RPMs that need no source; TREES is a folder
# with the header trees, by uname, that are in none of the system's places.
# The build scripts of the bundle run: without network where the system allows it, as whoever runs this.
# Exit status: 0 the same but for signatures, 1 not, 2 usage, 3 could not run.
set -eu
umask 022
ddk=$1 bundle=$2 cleanroot=$3 prebuilt=${4:-} own=${5:-}
scripts=$(cd "${0%/*}" && pwd)

usage() {
	echo "error: $1" >&2
	exit 2
}
[ -n "$bundle" ] || usage "BUNDLE is not set; give the tar of \`make submission\`: BUNDLE=FILE"
[ -f "$bundle" ] || usage "BUNDLE = $bundle: no such file"
[ -z "${BUILDROOT:-}" ] || [ -d "$BUILDROOT" ] || usage "BUILDROOT = $BUILDROOT: no such folder"
case $cleanroot in
topdir) ;;
debootstrap)
	[ -z "${BUILDROOT:-}" ] || usage "CLEANROOT = debootstrap makes a root of its own; leave BUILDROOT out"
	[ "$(id -u)" -eq 0 ] || usage "CLEANROOT = debootstrap wants root; CLEANROOT=topdir does without"
	command -v debootstrap >/dev/null || usage "CLEANROOT = debootstrap: debootstrap is not installed"
	;;
*) usage "CLEANROOT = $cleanroot: it is debootstrap or topdir" ;;
esac

tmp=$(mktemp -d "${TMPDIR:-/tmp}/ddk-verify.XXXXXX")
trap 'rm -rf --one-file-system "$tmp"' EXIT
trap 'exit 3' HUP INT TERM
status=0
"$ddk" unbundle "$bundle" "$tmp/bundle" || exit $?
bundle=$tmp/bundle

# What a tree's line of kernels.tsv says may only be such a path, since it becomes one.
trees() {
	grep -v '^#' "$bundle/kernels.tsv" 2>/dev/null || :
}
bad=$(trees | awk -F'\t' '$4 != "TREES/" $3 { print $4 }' | grep -vE '^(/[A-Za-z0-9_+~.-]*[A-Za-z0-9_+~-])+$' || :)
[ -z "$bad" ] || {
	echo "error: kernels.tsv: '$(printf '%s' "$bad" | head -n 1)' is no path of a header tree" >&2
	exit 1
}

bad=$(trees | cut -f3 | grep -vE '^[A-Za-z0-9_][A-Za-z0-9_+~.-]*$' || :)
[ -z "$bad" ] || {
	echo "error: kernels.tsv: '$(printf '%s' "$bad" | head -n 1)' is no name of a kernel" >&2
	exit 1
}

# A rebuild talks to nobody.
offline='unshare --net'
[ "$(id -u)" -eq 0 ] || offline='unshare --net --map-root-user'
$offline true 2>/dev/null || offline=

make_root() {
	BUILDROOT=$tmp/root
	export BUILDROOT
	"$scripts/clean-root.sh" "$BUILDROOT" "$tmp/packages" || {
		echo "error: the clean root could not be made" >&2
		exit 3
	}
}
if [ "$cleanroot" = debootstrap ]; then
	# What rpmbuild and the kit's macros use, what the source RPMs say they need, and the header trees.
	{
		printf '%s\n' rpm gcc libc6-dev make kmod cpio binutils gzip tar patch
		for srpm in "$bundle"/SRPMS/*.src.rpm; do
			[ ! -e "$srpm" ] || rpm -qp --nosignature --requires "$srpm" | sed '/^rpmlib(/d; s/ .*//'
		done
		trees | awk -F'\t' '$4 ~ /^[/]/ { print $6 }' | sed 's/ /=/'
	} | grep . | LC_ALL=C sort -u >"$tmp/packages"
	make_root
	if [ -n "$own" ]; then
		cp -R "$own" "$BUILDROOT/usr/src/own"
		own=/usr/src/own
	fi
fi
where=${BUILDROOT:+ in $BUILDROOT}
[ "$cleanroot" = topdir ] || where=
echo "rebuild: $cleanroot$where, $([ -n "$offline" ] && echo without network || echo 'with network: it cannot be taken away here')"

# Trees in none of the system's places have no path in the source RPM (sandbox.sh), and none in kernels.tsv.
unplaced=$(trees | awk -F'\t' -v own="$own" '$4 == "TREES/" $3 { print $3 "=" own "/" $3 }' | sort -u | tr '\n' ' ')
trees | while IFS='	' read -r _ _ uname tree sum _; do
	case $tree in
	TREES/*)
		[ -n "$own" ] || {
			echo "error: kernel $uname: its header tree is in none of the system's places; TREES=FOLDER names the folder that has it as $uname, such as the kernels/ that make import-kernel fills"
			continue
		}
		tree=$own/$uname
		;;
	esac
	have=$(sha256sum "${BUILDROOT:-}$tree/Module.symvers" 2>/dev/null | cut -c1-64)
	if [ -z "$have" ]; then
		echo "error: kernel $uname: its header tree $tree is not here; install or import it" >&2
	elif [ "$have" != "$sum" ]; then
		echo "error: kernel $uname: $tree is not the tree it was built against: Module.symvers is another" >&2
	fi
done >"$tmp/wrong" 2>&1
[ ! -s "$tmp/wrong" ] || {
	cat "$tmp/wrong" >&2
	exit 3
}

# Builds from one source RPM or spec into $tmp/built, at the date and for the architecture of the packages given.
mkdir "$tmp/built" "$tmp/log"
query() {
	rpm -qp --nosignature --qf "$2" "$1" 2>/dev/null
}
given_of() {
	for rpm in "$bundle"/RPMS/*.rpm; do
		case $1 in
		*.spec) from=$(query "$rpm" '%{NAME}').spec ;;
		*) from=$(query "$rpm" '%{SOURCERPM}') ;;
		esac
		[ "$from" != "$1" ] || query "$rpm" '%{BUILDTIME} %{ARCH}\n'
	done | LC_ALL=C sort -k2,2r | head -n 1
}
for source in "$bundle"/SRPMS/*.src.rpm "$bundle"/specs/*.spec; do
	[ -e "$source" ] || continue
	name=${source##*/}
	given=$(given_of "$name")
	[ -n "$given" ] || {
		echo "note: $name: no package of the bundle is built from it" >&2
		continue
	}
	arch=${given#* }
	[ "$arch" != noarch ] || arch=
	SOURCE_DATE_EPOCH=${given% *} build_trees=$unplaced $offline "$scripts/build-rpm.sh" rebuild "$tmp/built" "$source" $arch >"$tmp/log/$name" 2>&1 || {
		echo "error: $name does not build: $(grep -m 1 -iE '(^|[^a-z_-])error|not found|No such' "$tmp/log/$name" || tail -n 1 "$tmp/log/$name")" >&2
		status=1
	}
done

row() {
	printf '  %-32s %s\n' "$2" "$1"
}
echo "packages:"
for rpm in "$bundle"/RPMS/*.rpm; do
	name=${rpm##*/}
	[ -e "$rpm" ] || {
		row "the bundle has no packages" MISSING
		status=1
		continue
	}
	if [ -e "$tmp/built/$name" ]; then
		"$ddk" same "$rpm" "$tmp/built/$name" >"$tmp/same" 2>&1 && same=0 || same=$?
		case $same in
		0 | 1) row "$name" "$(sed -n '1s/.*: //p' "$tmp/same")" ;;
		*) row "$name" "unreadable" && cat "$tmp/same" ;;
		esac
		[ "$same" -eq 0 ] || {
			sed -n '2,$s/^/  /p' "$tmp/same"
			status=1
		}
	elif printf '%s\n' $prebuilt | grep -qxF -e "$name"; then
		row "$name" "prebuilt, not compared"
	else
		row "$name" "NOT REBUILT: nothing here builds it"
		status=1
	fi
done
for built in "$tmp"/built/*.rpm; do
	[ ! -e "$built" ] || [ -e "$bundle/RPMS/${built##*/}" ] || {
		row "${built##*/}" "built, and not in the bundle"
		status=1
	}
done

# The disk itself: sound, and of these very packages.
echo "disk:"
isos=0
for iso in "$bundle"/iso/*.iso; do
	[ -e "$iso" ] || continue
	isos=$((isos + 1))
	"$ddk" check -q "$iso" >"$tmp/check" 2>&1 || {
		row "${iso##*/}" "ddk check finds errors:"
		sed 's/^/    /' "$tmp/check"
		status=1
	}
	# The packages in its root and the sources in SRPMS/ have to be those of the bundle.
	"$ddk" show --sums "$iso" 2>/dev/null | sed -n 's,  \([^/]*\.rpm\)$,  RPMS/\1,p; /  SRPMS\//p' | LC_ALL=C sort >"$tmp/on-disk"
	(cd "$bundle" && sha256sum RPMS/*.rpm SRPMS/*.rpm 2>/dev/null) | LC_ALL=C sort >"$tmp/in-bundle"
	LC_ALL=C comm -3 "$tmp/on-disk" "$tmp/in-bundle" | sed 's/^[^A-Z]*//' | LC_ALL=C sort -u >"$tmp/astray"
	# A disk may leave its sources out.
	grep -q '  SRPMS/' "$tmp/on-disk" || sed -i '/^SRPMS/d' "$tmp/astray"
	if [ -s "$tmp/astray" ]; then
		while read -r file; do
			row "$file" "is another on ${iso##*/}, or only one of them has it"
		done <"$tmp/astray"
		status=1
	else
		row "${iso##*/}" "holds exactly these packages"
	fi
done
[ "$isos" -eq 1 ] || {
	row "the bundle has $isos disks" "WRONG: it is about one"
	status=1
}

[ "$status" -eq 0 ] && echo "verified: every package is what its source gives" ||
	echo "NOT verified: the lines above say why"
exit "$status"
