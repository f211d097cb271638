#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# new.sh KIT DISK SOURCE: writes a disk: disk.mk, a Makefile, a spec, and the module's source under modules/. Without
# SOURCE it is a copy of the kit's example. The source is looked at, never run.
set -eu
kit=$1 disk=$2 source=$3

fail() {
	echo "new: $*" >&2
	exit 2
}
[ -n "$disk" ] || fail "DISK is not set; make new DISK=../acme-nic SOURCE=acme-1.2.tar.gz"
[ ! -e "$disk/disk.mk" ] || fail "$disk/disk.mk is there already; a disk is never overwritten"
[ -z "$source" ] || [ -e "$source" ] || fail "SOURCE=$source: no such file or folder"

new=$disk.new
rm -rf "$new"
mkdir -p "$new/modules" "$new/specs"
trap 'rm -rf "$new"' EXIT

# NAME-VERSION, as the folder or the tarball is called.
base=${source:-$kit/modules/helloworld-1.0}
base=$(basename "$(realpath "$base")")
for end in .tar.gz .tgz .tar.xz .txz .tar.bz2 .tar.zst .tar; do
	base=${base%"$end"}
done
name=$(printf %s "$base" | sed 's/-v\{0,1\}[0-9][^-]*$//' | tr -c 'A-Za-z0-9._+-' _)
version=$(printf %s "${base#"$name"}" | sed 's/^-v\{0,1\}//; s/[^A-Za-z0-9._+]/_/g')
version=${version:-1.0}
tree=$new/modules/$name-$version
mkdir "$tree"
if [ -f "$source" ]; then
	tar -C "$tree" -xf "$source" || fail "SOURCE=$source: not a tarball that tar can read"
	# Most tarballs hold one folder; its content is what counts.
	inner=$(find "$tree" -mindepth 1 -maxdepth 1)
	if [ "$(printf '%s\n' "$inner" | wc -l)" -eq 1 ] && [ -d "$inner" ]; then
		mv "$inner" "$tree.inner"
		rmdir "$tree"
		mv "$tree.inner" "$tree"
	fi
else
	cp -R "${source:-$kit/modules/helloworld-1.0}/." "$tree"
	rm -rf "$tree/.git"
fi

# The shallowest folder with an obj-m is where Kbuild starts.
kbuild=$(cd "$tree" && find . \( -name Kbuild -o -name Makefile \) -exec grep -lE '^[[:space:]]*obj-(m|\$)' {} + |
	awk -F/ '{ print NF, $0 }' | sort -n | head -n 1 | cut -d' ' -f2-)
folder=$(dirname "${kbuild:-.}")

# $(macro NAME): the text of the first MODULE_NAME("text") in the source.
macro() {
	grep -rhoE --include='*.[ch]' "MODULE_$1[[:space:]]*\\([[:space:]]*\"[^\"]*\"" "$tree" | head -n 1 | sed 's/^[^"]*"//; s/"$//; s/[^ -~]/?/g; s/%/%%/g'
}
summary=$(macro DESCRIPTION)
licence=$(macro LICENSE)
case $licence in
# "GPL" leaves open whether later versions do: the narrow reading is safe.
GPL | 'GPL v2') licence=GPL-2.0-only ;;
esac

summary=${summary:-Kernel modules of $name}
licence=${licence:-unknown: the source has no MODULE_LICENSE}
date=$(LC_ALL=C date -u '+%a %b %d %Y')
export summary licence name version folder date
awk '
	/^# To make it yours/, !/^#/ { if (/^#/) next }
	/^Name:/ { sub(/[^ ]*$/, ENVIRON["name"]) }
	/^Summary:/ { $0 = "Summary:        " ENVIRON["summary"] }
	/^License:/ { $0 = "License:        " ENVIRON["licence"] }
	/^%description/ { print; print ENVIRON["summary"]; skip = 1; next }
	skip && /^(#|%)/ { skip = 0; print "" }
	skip { next }
	/^%\{kernel_make\}/ && ENVIRON["folder"] != "." { print "cd " ENVIRON["folder"] }
	/^%changelog/ {
		print
		print "* " ENVIRON["date"] " " ENVIRON["name"] " maintainers <maintainers@example.org> - " ENVIRON["version"] "-1"
		print "- First driver disk."
		exit
	}
	{ print }' "$kit/specs/helloworld.spec" >"$new/specs/$name.spec"

{
	sed -e "s/^# The example disk\./# The disk of $name./" \
		-e "s/^SPEC .*/SPEC             = $name.spec/" \
		-e "s/^VENDOR .*/VENDOR           = ${name}'s maintainers/" -e "s/^VENDOR_CODE .*/VENDOR_CODE      = vendor/" \
		-e "s/^LABEL .*/LABEL            = $name/" \
		-e "s/^RPM.VERSION .*/RPM.VERSION      = $version/" "$kit/example/disk.mk" |
		awk -v text="$summary" -v data="${source:+no}" '
		/^TEXT / { gsub(/[$#\\]/, "", text); $0 = "TEXT             = " text }
		data && /^DATASPEC/ { $0 = "# DATASPEC       = NAME-data.spec   (firmware, udev rules, configuration, documents)" }
		data && /^# The data package/ { skip = 1 }
		skip && /^DATA\./ { next }
		skip && /^$/ { skip = 0; next }
		skip { next }
		{ print }'
} >"$new/disk.mk"
if [ -z "$source" ]; then
	mkdir "$new/data"
	cp -R "$kit/data/helloworld-data-1.0" "$new/data/"
	cp "$kit/specs/helloworld-data.spec" "$new/specs/"
fi

# A kit in a source tree is found beside the disk; an installed one where it is.
mkdir -p "$disk"
where=$kit
[ ! -d "$kit/src" ] || where=$(realpath --relative-to="$disk" "$kit")
cat >"$new/Makefile" <<EOF
DDK ?= $where
DISK := \$(CURDIR)
include \$(DDK)/Makefile
EOF

cp -R "$new/." "$disk/"
[ -n "$kbuild" ] || echo "new: nothing in $name-$version has an obj-m line; say in $disk/specs/$name.spec how it is built" >&2
firmware=$(grep -rhoE --include='*.[ch]' 'MODULE_FIRMWARE[[:space:]]*\([^)]*\)' "$tree" | sort -u | tr '\n' ' ')
[ -z "$firmware" ] || [ -z "$source" ] || echo "new: it asks for firmware; a data package can bring it: $firmware" >&2
echo "$disk/disk.mk $disk/Makefile $disk/specs/$name.spec $disk/modules/$name-$version"
echo "next: look over $disk/disk.mk (VENDOR, VENDOR_CODE, TEXT), then: make -C $disk"
