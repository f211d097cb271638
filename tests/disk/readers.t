#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The example's medium, read by programs that know nothing of this kit.
. "$(dirname "$0")/lib.sh"
copy_example hello
cd "$tmp/hello" || exit 1
build . -j2 >"$tmp/log" 2>&1 || fail "the disk builds" "$(cat "$tmp/log")"
iso=out/helloworld/helloworld.iso
disk=$PWD/out/helloworld/disk

# Both name systems of the ISO give every file under its own name; Rock Ridge also its mode.
staged=$(cd "$disk" && find . -type f | sed 's/^\.//' | LC_ALL=C sort)
is "Rock Ridge has every file" "$(isoinfo -f -R -i $iso | grep -vxE '/(SRPMS|repodata)' | LC_ALL=C sort)" "$staged"
is "Joliet has every file" "$(isoinfo -f -J -i $iso | grep -vxE '/(SRPMS|repodata)' | LC_ALL=C sort)" "$staged"
like "install.sh can be run from the medium" "$(isoinfo -l -R -i $iso)" '^-r.xr.xr.x .* install\.sh'
like "the volume is named for the disk" "$(isoinfo -d -i $iso)" '^Volume id: helloworld$'
like "and the application is the vendor's" "$(isoinfo -d -i $iso)" "^Application id: helloworld's maintainers$"
mkdir extracted
run xorriso -osirrox on -indev $iso -extract / extracted
is "xorriso takes everything out" "$status" 0 || echo "$err"
ok "with the same bytes" diff -r "$disk" extracted

ok "xmllint reads the XML" xmllint --noout "$disk/XS-REPOSITORY" "$disk/XS-PACKAGES" "$disk/update.xml" "$disk/repodata/repomd.xml"
ok "rpm accepts every digest" sh -c 'rpm -K --nosignature "$1"/*.rpm >/dev/null' sh "$disk"
ok "gzip is all that is needed for the repository" sh -c 'gzip -t "$1"/repodata/*.gz && ! ls "$1"/repodata/*.zst "$1"/repodata/*.xz 2>/dev/null' sh "$disk"

# The shell reader of old hosts: one element a line, attributes by sed.
while IFS= read -r line; do
	case $line in
	*'<package '*)
		file=$(printf '%s\n' "$line" | sed 's/^[^>]*>//; s/<.*//')
		md5=$(printf '%s\n' "$line" | sed 's/.*md5="//; s/".*//')
		is "sed finds $file and its sum" "$(cd "$disk" && md5sum "$file")" "$md5  $file"
		;;
	esac
done <"$disk/XS-PACKAGES"

# What a dom0 has before any disk.
mkdir -p base/repo
printf '%s\n' 'Name: base' 'Version: 1' 'Release: 1' 'Summary: a dom0' 'License: none' 'BuildArch: noarch' 'Provides: /bin/sh' \
	'%description' 'Stands for the host.' '%files' >base/base.spec
rpmbuild -bb --quiet --define "_topdir $PWD/base" --define "_rpmdir $PWD/base/repo" base/base.spec >/dev/null 2>&1
createrepo_c -q base/repo

# dnf, as the newer installers call it.
run_dnf() {
	run dnf -y --setopt=reposdir=/nonexistent --setopt=cachedir="$tmp/cache" --setopt=gpgcheck=0 --setopt=module_platform_id=platform:el8 \
		--releasever=8 --installroot="$tmp/dnf-root" --repofrompath="disk,file://$disk" --repofrompath="base,file://$tmp/hello/base/repo" "$@"
}
run_dnf group list --ids
like "dnf sees the group drivers" "$out" '\(drivers\)'
like "and the group update" "$out" '\(update\)'
run_dnf install --downloadonly --downloaddir="$tmp/got" @drivers
is "dnf resolves @drivers" "$status" 0 || echo "$err"
run_dnf install --assumeno @drivers
is "to every package of the disk but control" "$(printf '%s\n' "$out" | grep -oE '(helloworld|update|control)-[^ ]+' | LC_ALL=C sort -u | tr '\n' ' ')" \
	"helloworld-data helloworld-modules-kdump-$uname_kdump helloworld-modules-xen-$uname_xen update-helloworld " || echo "$out"
run_dnf install --downloadonly control-helloworld update-helloworld
is "and the names that update.xml gives" "$status" 0 || echo "$err"
done_testing
