#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# submission.sh TAR ISO WORK DDK [PREVIOUS]: one tar for the platform team. WORK.content says what goes into it, and
# WORK.json what the disk was built from. The same build gives the same bytes.
set -eu
umask 022
tar=$1 iso=$2 work=$3 ddk=$4 previous=${5:-}
# shellcheck source=/dev/null # written by submission.mk
. "$work.content"
: "${submission_name:?}" "${submission_epoch:?}" "${submission_disk:?}" "${submission_kit:?}" "${submission_release:?}" \
	"${submission_rpms:?}" "${submission_srpms:?}" "${submission_kernels?}" "${submission_module_dir:?}"
: "${submission_specs=}" "${submission_sums=}"
out=${tar%/*}
top=$work/new/$submission_name

rm -rf "$work/new" "$work/previous"
mkdir -p "$top/RPMS" "$top/SRPMS" "$top/iso" "$top/config" "$top/symbols" "$top/log"
trap 'rm -rf "$work/new" "$work/previous"' EXIT
put=${0%/*}/put.sh
# For the pattern of an s||| of sed.
literal() {
	printf '%s' "$1" | sed 's/[][\.*^$|]/\\&/g'
}
# allow STATUS COMMAND...: a command whose findings are part of what is submitted.
findings_allowed() {
	"$@" || [ $? -eq 1 ]
}

"$put" "$top/iso" "$iso"
for file in $submission_sums; do
	"$put" "$top/iso" "${iso%/*}/$file" 2>/dev/null || "$put" "$top/iso" "$out/$file"
done
# shellcheck disable=SC2086 # lists of files
{
	"$put" "$top/RPMS" $submission_rpms
	"$put" "$top/SRPMS" $submission_srpms
	[ -z "$submission_specs" ] || "$put" "$top/specs" $submission_specs
}

cp "$submission_disk/disk.mk" "$top/config/disk.mk"
cp "$submission_release" "$top/config/release.mk"
cp "$work.json" "$top/config/config.json"

# The kernels: what the modules take from each, and what a rebuild needs to have.
# A tree in none of the system's places is TREES/UNAME there: where it lies here is of no use to anybody.
trees=
places=
printf '%s' "$submission_kernels" | sed 's/^ *//' | grep . >"$work/kernels"
while IFS='|' read -r id flavour uname tree shown rpm symbols; do
	trees="$trees $tree"
	[ "$tree" = "$shown" ] || places="$places -e s|$(literal "$tree")|$shown|g"
	set --
	for file in $symbols; do
		set -- "$@" --symvers "${BUILDROOT:-}$file"
	done
	"$ddk" gate -q --tree "${BUILDROOT:-}$tree" --flavour "$flavour" --module-dir "$submission_module_dir" "$@" \
		--imports "$top/symbols/$id-$uname.tsv" "$rpm"
done <"$work/kernels"
# shellcheck disable=SC2086 # a list of words
"${0%/*}/toolchain.sh" "$ddk" $trees | sed -e '' $places >"$top/toolchain.tsv"
while IFS='|' read -r id flavour uname tree shown _ _; do
	sum=$(sha256sum "${BUILDROOT:-}$tree/Module.symvers" 2>/dev/null | cut -c1-64)
	package=$(sed -n "s|^header tree $(literal "$shown")	||p" "$top/toolchain.tsv" | sed 's/;.*//')
	printf '%s\t%s\t%s\t%s\t%s\t%s\n' "$id" "$flavour" "$uname" "$shown" "${sum:--}" "$package"
done <"$work/kernels" | sed '1i # id\tflavour\tuname\theader tree\tsha256 of its Module.symvers\tpackage' >"$top/kernels.tsv"

# Logs, without what differs from run to run: names of temporary files, and where things lie here.
for log in "$out"/log/*.log; do
	[ "${log##*/}" != submission.log ] || continue
	# shellcheck disable=SC2086 # options of sed; make's names have no blanks
	sed $places -e "s|$(literal "$out")|OUT|g" -e "s|$(literal "$submission_disk")/|DISK/|g" -e "s|$(literal "$submission_kit")/|KIT/|g" \
		${BUILDROOT:+-e "s|$(literal "$BUILDROOT")/|BUILDROOT/|g"} -e 's|rpm-tmp\.[A-Za-z0-9]\{6\}|rpm-tmp.XXXXXX|g' \
		-e 's|/tmp/tmp\.[A-Za-z0-9]\{10\}|/tmp/tmp.XXXXXXXXXX|g' "$log" |
		awk -f "${0%/*}/stable-log.awk" >"$top/log/${log##*/}"
done

# The disk before: an ISO, a folder, or its submission.
if [ -n "$previous" ]; then
	mkdir "$work/previous"
	if [ -d "$previous" ]; then
		old=$previous
	elif "$ddk" unbundle -q "$previous" "$work/previous/bundle" 2>"$work/previous/why"; then
		old=$(find "$work/previous/bundle/iso" -name '*.iso')
	else
		case $previous in
		*.tar)
			cat "$work/previous/why" >&2
			exit 1
			;;
		esac
		old=$previous
	fi
	[ -e "$old" ] || {
		echo "error: PREVIOUS = $previous: no such file; give the ISO or the submission of the disk before" >&2
		exit 1
	}
	ln -s "$(realpath "$old")" "$work/previous/previous"
	old=$work/previous/previous
	name=${iso##*/}
	ln -s "$(realpath "$iso")" "$work/previous/$name"
	(cd "$work/previous" && findings_allowed "$ddk" diff previous "$name") >"$top/diff.txt"
	(cd "$work/previous" && findings_allowed "$ddk" diff --json previous "$name") >"$top/diff.json"
	cp "$top/diff.json" "$work/diff.json"
fi

(
	cd "$top"
	iso=iso/${iso##*/}
	findings_allowed "$ddk" check "$iso" >check.txt
	findings_allowed "$ddk" check --json "$iso" >check.json
	"$ddk" show "$iso" >show.txt
	"$ddk" show --json "$iso" >show.json
	"$ddk" sbom --tools toolchain.tsv --epoch "$submission_epoch" "$iso" SRPMS/*.rpm >sbom.cdx.json
	"$ddk" report --out report.html --config config/config.json --tools toolchain.tsv ${previous:+--previous "$old"} "$iso" SRPMS/*.rpm
	cat >README <<-EOF
		A driver disk as it is submitted. Open report.html first.

		iso/           the disk, with its digests
		RPMS/ SRPMS/   its packages, and the source RPMs they are built from
		specs/         the packages control-LABEL and update-LABEL, which have no source RPM
		check.txt      what \`ddk check\` finds
		show.txt       what is on the disk, and where it loads
		diff.txt       what differs from the disk before, if one was given
		symbols/       what the modules import, for each kernel: symbol, version, and who exports it
		kernels.tsv    the header trees it was built against
		toolchain.tsv  the programs it was built with
		config/        disk.mk, the release, and every value with where it comes from
		log/           what the build said
		sbom.cdx.json  bill of materials, CycloneDX 1.5
		SHA256SUMS     of every file here

		\`make verify-submission BUNDLE=FILE\` of the Driver Disk Kit checks the digests, builds the
		packages again, and compares.
	EOF
	find . -type f | sed 's,^\./,,' | LC_ALL=C sort | tr '\n' '\0' | xargs -0 sha256sum >"$work/SHA256SUMS"
	mv "$work/SHA256SUMS" SHA256SUMS
)
tar --sort=name --format=gnu --mtime="@$submission_epoch" --owner=root:0 --group=root:0 --mode=u=rwX,go=rX -C "$work/new" \
	-cf "$work/new.tar" "$submission_name"
if cmp -s "$work/new.tar" "$tar"; then
	rm -f "$work/new.tar"
else
	mv -f "$work/new.tar" "$tar"
fi
