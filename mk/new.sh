#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# new.sh KIT DISK SOURCE: writes a disk: disk.mk, a Makefile, specs, and the source under modules/ and data/. Without
# SOURCE it is a copy of the kit's example. The source is looked at, never run. Reads new_release, new_vendor,
# new_vendor_code, new_label and new_text from the environment: what the command line of make said.
set -eu
umask 022
kit=$1 disk=${2%/} source=$3
here=$(dirname "$0")
# shellcheck source=new/unpack.sh
. "$here/new/unpack.sh"
# shellcheck source=new/look.sh
. "$here/new/look.sh"
# shellcheck source=new/spec.sh
. "$here/new/spec.sh"
# shellcheck source=new/data.sh
. "$here/new/data.sh"
# shellcheck source=new/fit.sh
. "$here/new/fit.sh"

fail() {
	echo "new: $*" >&2
	exit 2
}
say() { echo "new: $*" >&2; }
# What wants a look, said at the end.
note() { printf '%s\n' "$*" >>"$work/notes"; }

[ -n "$disk" ] || fail "DISK is not set; make new DISK=../acme-nic SOURCE=acme-1.2.tar.gz"
[ ! -e "$disk/disk.mk" ] || fail "$disk/disk.mk is there already; a disk is never overwritten"
[ -z "$source" ] || [ -e "$source" ] || fail "SOURCE=$source: no such file or folder"
[ -z "$source" ] || [ -r "$source" ] || fail "SOURCE=$source: cannot be read"
for part in modules specs data Makefile; do
	[ ! -e "$disk/$part" ] || fail "$disk/$part is there already; give a DISK folder that is empty, or only has other files"
done
case $(realpath -m "$disk")/ in
"$(realpath "${source:-/nowhere/}" 2>/dev/null)"/*) fail "DISK=$disk lies in the source ($source); give a folder beside it" ;;
esac

new=$disk.new
rm -rf "$new"
mkdir -p "$new/modules" "$new/specs" 2>/dev/null || fail "$new: cannot be written"
work=$(mktemp -d)
trap 'rm -rf "$new" "$work"' EXIT
trap 'exit 1' HUP INT TERM
: >"$work/notes"

tree=$new/modules/.source
if [ -n "$source" ]; then
	unpack "$source" "$tree"
else
	unpack "$kit/modules/helloworld-1.0" "$tree"
fi
[ -n "$(find "$tree" -type f -print -quit)" ] || fail "SOURCE=$source: there is no file in it"

# dkms.conf, the shallowest one; the folder it lies in is the root of what dkms builds.
conf=$(cd "$tree" && find . -name dkms.conf -type f ! -path '*/debian/*' | awk -F/ '{ print NF, $0 }' | sort -n | head -n 1 | cut -d' ' -f2-)
root=.
: >"$work/dkms"
if [ -n "$conf" ]; then
	[ "$(wc -c <"$tree/$conf")" -le 32768 ] || fail "SOURCE=$source: ${conf#./} has more than 32768 bytes; that is no dkms.conf"
	root=$(dirname "${conf#./}")
	plain "$root" || fail "SOURCE=$source: ${conf#./} lies in a folder whose name cannot stand in a spec; rename it"
	awk -f "$here/new/dkms.awk" "$tree/$conf" >"$work/dkms" || fail "SOURCE=$source: ${conf#./} has a value of more than 8192 characters"
	[ "$(dkms DEST_MODULE_NAME)" = "" ] || note "dkms.conf: DEST_MODULE_NAME is not taken over: modules keep the names they are built with"
	for key in POST_BUILD POST_INSTALL; do
		[ "$(dkms $key)" = "" ] || note "dkms.conf: $key is not taken over: $(clean_text "$(dkms $key)" 80)"
	done
fi

look_name
mv "$tree" "$new/modules/$name-$version"
tree=$new/modules/$name-$version
look_licence
summary=$(clean_text "$(macro DESCRIPTION)")
# What one of several modules says of itself does not hold for all.
[ -n "$summary" ] && [ "$(grep -rlE --include='*.c' '^MODULE_DESCRIPTION' "$tree" | wc -l)" -lt 2 ] || summary="Kernel modules of $name"
look_kbuild
look_build
date=$(LC_ALL=C date -u '+%a %b %d %Y')
export summary licence licence_note name version date modules
awk -v prep="$work/prep" -v build="$work/build" '
	function copy(file, line) { while ((getline line <file) > 0) print line }
	function safe(text) { gsub(/%/, "%%", text); return text }
	/^# To make it yours/, !/^#/ { if (/^#/) next }
	/^Name:/ { sub(/[^ ]*$/, ENVIRON["name"]) }
	/^Summary:/ { $0 = "Summary:        " safe(ENVIRON["summary"]) }
	/^License:/ { if (ENVIRON["licence_note"] != "") print "# " safe(ENVIRON["licence_note"]); $0 = "License:        " safe(ENVIRON["licence"]) }
	/^%description/ { print; print safe(ENVIRON["summary"]); skip = 1; next }
	skip && /^(#|%)/ { skip = 0; print "" }
	skip { next }
	/^%\{unpack_source\}/ { print; copy(prep); next }
	/^%\{kernel_make\}/ { copy(build); next }
	/^%\{install_modules\}/ && split(ENVIRON["modules"], named, " ") > 1 {
		print "# dkms.conf names " safe(ENVIRON["modules"])
		print "# All that is built is packed. To leave one out, delete it from below $RPM_BUILD_ROOT after the next line."
	}
	/^%changelog/ {
		print
		print "* " ENVIRON["date"] " " ENVIRON["name"] " maintainers <maintainers@example.org> - " ENVIRON["version"] "-1"
		print "- First driver disk."
		exit
	}
	{ print }' "$kit/specs/helloworld.spec" >"$new/specs/$name.spec"
if [ -n "$source" ]; then
	look_data
else
	mkdir "$new/data"
	cp -R "$kit/data/helloworld-data-1.0" "$new/data/"
	cp "$kit/specs/helloworld-data.spec" "$new/specs/"
fi

# setting NAME VALUE: a line of disk.mk, in which make reads nothing but text.
setting() {
	printf '%-16s = %s\n' "$1" "$(clean_text "$2" 250)"
}
write_disk() {
	cat <<-EOT
		# SPDX-License-Identifier: BSD-2-Clause
		# The disk of $name. \`make show-config\` prints every value with the place it comes from,
		# and docs/ddk-kit.7 explains each.

	EOT
	setting SPEC "$name.spec"
	if [ -f "$new/specs/$name-data.spec" ]; then
		setting DATASPEC "$name-data.spec"
	else
		echo '# DATASPEC       = NAME-data.spec   (firmware, udev rules, configuration, documents)'
	fi
	echo
	echo '# Who you are: the publisher, and a short word for it that never changes.'
	[ -n "${new_vendor:-}" ] || new_vendor="$name's maintainers"
	setting VENDOR "$new_vendor"
	setting VENDOR_CODE "${new_vendor_code:-vendor}"
	setting LABEL "${new_label:-$(printf %s "$name" | tr + _)}"
	setting TEXT "${new_text:-$summary}"
	[ -z "${new_release:-}" ] || setting RELEASE "$new_release"
	echo
	echo "# The driver's version for one kernel: raise it with each driver released for that kernel,"
	echo '# and go back to 1.0 when the release brings a new kernel.'
	setting RPM.VERSION "$version"
	setting RPM.RELEASE 1
	if [ -f "$new/specs/$name-data.spec" ]; then
		echo
		echo '# The data package is versioned as usual.'
		setting DATA.RPM.VERSION "$([ -n "$source" ] && echo "$version" || echo 1.0)"
		setting DATA.RPM.RELEASE 1
	fi
	echo
	echo "# The disk's own version. It never falls."
	setting DISK.VERSION 1.0
	if grep -q 'kernel_tree' "$work/build" && [ -n "$merged" ]; then
		echo
		echo "# A whole header tree, for $merged."
		setting KERNEL_VIEW merged
	fi
}
write_disk >"$new/disk.mk"

# A kit in a source tree is found beside the disk; an installed one where it is.
where=$kit
[ ! -d "$kit/src" ] || where=$(realpath -m --relative-to="$disk" "$kit")
cat >"$new/Makefile" <<EOF
# SPDX-License-Identifier: BSD-2-Clause
DDK ?= $where
DISK := \$(CURDIR)
include \$(DDK)/Makefile
EOF

[ -z "$source" ] || look_flavours "$new"
if [ -s "$work/excluded" ]; then
	sort -u -k1,1 "$work/excluded" >"$work/excluded.once"
	{
		echo
		echo '# Kernels that the driver cannot serve. Take the line out if it can.'
		while read -r flavour reason; do setting "EXCLUDE.$flavour" "$reason"; done <"$work/excluded.once"
	} >>"$new/disk.mk"
	while read -r flavour reason; do note "flavour $flavour is left out: $reason"; done <"$work/excluded.once"
fi

# As one, or into a folder that has something else, the file by which it is known last.
rmdir "$disk" 2>/dev/null || :
[ -e "$disk" ] || mv "$new" "$disk"
if [ -d "$new" ]; then
	for part in "$new"/*; do
		[ "$part" = "$new/disk.mk" ] || cp -R "$part" "$disk/"
	done
	cp "$new/disk.mk" "$disk/"
fi
[ -s "$work/folders" ] || [ -s "$work/dkms" ] || note "nothing in $name-$version has an obj-m line; say in $disk/specs/$name.spec how it is built"
[ ! -s "$work/firmware.missing" ] || [ -z "$source" ] || note "it asks for firmware that is not in the source: $(tr '\n' ' ' <"$work/firmware.missing")"
[ ! -s "$work/firmware.guessed" ] || note "firmware that no MODULE_FIRMWARE names was taken along; look at $disk/specs/$name-data.spec"
[ -z "$licence_note" ] || note "licence: $licence_note"
while read -r line; do say "$line"; done <"$work/notes"
echo "$disk/disk.mk $disk/Makefile $disk/specs/$name.spec $disk/modules/$name-$version$([ ! -f "$disk/specs/$name-data.spec" ] || echo " $disk/specs/$name-data.spec")"
echo "next: look over $disk/disk.mk (VENDOR, VENDOR_CODE, TEXT), then: make -C $disk"
