#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The examples of the pages for those who come from elsewhere: what the old way was told is on the disk that the new one builds.
. "$(dirname "$0")/../vendor/lib.sh"
packs=$kit/docs/from-supplemental-packs.md
xcpng=$kit/docs/from-xcp-ng.md

# block PAGE ERE: the code block in which a line matches.
block() {
	awk -v wanted="$2" '/^```/ { if (within && found) { printf "%s", text; exit } within = !within; text = ""; found = 0; next }
		within { text = text $0 "\n"; if ($0 ~ wanted) found = 1 }' "$1"
}
attribute() {
	xmllint --xpath "string($2)" "$1"
}
# finish DISK PAGE: the page's values take the place of those that make new wrote.
finish() {
	block "$2" '^VENDOR  *=' >"$1/values"
	isnt "the page has a disk.mk" "$(cat "$1/values")" ""
	grep -vE '^[A-Z_.a-z]+ *=' "$1/disk.mk" >"$1/rest"
	cat "$1/values" "$1/rest" >"$1/disk.mk"
}

# A supplemental pack.
call=$(block "$packs" '^build-supplemental-pack.sh' | tr -d '\\\n')
said() {
	printf '%s\n' "$call" | sed -nE "s/.* --$1=(\"([^\"]*)\"|([^ ]*)).*/\\2\\3/p"
}
is "the old call is found" "$(said vendor-code)" acme
small_module acme-1.2 acme
echo 'obj-m := acme.o' >acme-1.2/Kbuild
tar -czf acme-1.2.tar.gz acme-1.2
new acme "$tmp/acme-1.2.tar.gz"
is "make new, as the page says" "$status" 0 || note "$err"
finish acme "$packs"
mkdir acme/rpms
acme_cli rb
cp rb/RPMS/noarch/acme-cli-3.2-7.noarch.rpm acme/rpms/
kver=2.6.32.43-0.4.1.xs1.6.10.734.170748
header_tree xen-1.6 ${kver}xen "$xen"
header_tree kdump-1.6 ${kver}kdump "$kdump"
run build acme -j2 KERNELS.xen="$tmp/xen-1.6" KERNELS.kdump="$tmp/kdump-1.6"
is "it builds with the page's values" "$status" 0 || note "$err"
d=acme/out/acme-nic/disk
for pair in vendor-code:originator label:name build:build; do
	is "--${pair%:*} is the disk's ${pair#*:}" "$(attribute $d/XS-REPOSITORY "/repository/@${pair#*:}")" "$(said "${pair%:*}")"
done
is "--text is its description" "$(attribute $d/XS-REPOSITORY //description)" "$(said text)"
is "--vendor-name is the image's application" "$(isoinfo -d -i acme/out/acme-nic/acme-nic.iso | sed -n 's/^Application id: //p')" "$(said vendor-name)"
highest=$(printf '%s\n' "$(said version)" "$(attribute $d/XS-REPOSITORY /repository/@version)" | sort -V | tail -n 1)
is "its version goes on from --version" "$(attribute $d/XS-REPOSITORY /repository/@version)" "$highest"
is "--xcp is the product" "$(attribute $d/XS-REPOSITORY /repository/@product)" XCP
for rpm in $(printf '%s\n' "$call" | grep -oE '[^ ]+\.rpm' | sed "s/KVER/$kver/"); do
	ok "$rpm is on it" test -f "$d/$rpm"
done
for option in $(printf '%s\n' "$call" | grep -oE -e '--[a-z-]+'); do
	ok "the table has $option" grep -q "^| .*\`$option\`.* | .* |\$" "$packs"
done

# XCP-ng's driver-disks.
block "$xcpng" '^PACK_DESC=' | grep -v SHA256 >pack.cfg
# shellcheck source=/dev/null # of the page
. ./pack.cfg
: "${PACK_DESC:?}" "${RPM_FILE:?}"
source=${RPM_FILE%.x86_64.rpm}.src.rpm
mkdir -p acme-axe-6.2.5/src
small_module acme-axe-6.2.5/src axe
printf 'KSRC ?= /lib/modules/$(shell uname -r)/build\nobj-m := axe.o\ndefault:\n\t$(MAKE) -C $(KSRC) M=$(CURDIR) modules\n' >acme-axe-6.2.5/src/Makefile
tar -czf acme-axe-6.2.5.tar.gz acme-axe-6.2.5
cat >acme-axe.spec <<'EOF'
Name: acme-axe
Version: 6.2.5
Release: 1%{?dist}
Summary: Acme axe device drivers
License: GPL
Source0: %{name}-%{version}.tar.gz
BuildRequires: kernel-devel
Provides: vendor-driver
Requires: kernel-uname-r = %{kernel_version}
%description
Drivers.
%prep
%autosetup -p1
%build
%{make_build} -C /lib/modules/%{kernel_version}/build M=$(pwd)/src modules
%install
%{__make} -C /lib/modules/%{kernel_version}/build M=$(pwd)/src INSTALL_MOD_PATH=%{buildroot} INSTALL_MOD_DIR=%{module_dir} modules_install
%post
/sbin/depmod %{kernel_version}
%{regenerate_initrd_post}
%files
/lib/modules/%{kernel_version}/*/*.ko
EOF
rpmbuild -bs --define "_topdir $tmp/rb" --define "_sourcedir $tmp" --define 'dist .xcpng8.3' acme-axe.spec >/dev/null 2>&1
ok "a source RPM as theirs are: $source" test -f "rb/SRPMS/$source"
given=$(block "$xcpng" '^make new' | sed -n 's/^make new //p' | tr ' ' '\n' | grep -vE '^(DISK|SOURCE)=')
is "the page names it" "$(block "$xcpng" '^make new' | sed -nE 's/.* SOURCE=([^ ]*).*/\1/p')" "$source"
# shellcheck disable=SC2086 # words of the page
new axe "$tmp/rb/SRPMS/$source" $given
is "make new, as the page says" "$status" 0 || note "$err"
finish axe "$xcpng"
# Signing has tests of its own.
sed -i '/^GPG_KEY/d' axe/disk.mk
header_tree xen-8.3 4.19.0+1 "$xen"
run build axe -j2 verify KERNELS.xen="$tmp/xen-8.3"
is "it builds with the page's values, and verify is content" "$status" 0 || note "$err"
d=axe/out/acme-axe/disk
rpm=$(find $d -maxdepth 1 -name 'acme-axe-6*.rpm')
is "the package is the next one of theirs" "$(printf '%s\n' "${RPM_FILE%%.xcpng*}" "$(basename "$rpm" .x86_64.rpm)" | sort -V | tail -n 1)" "$(basename "$rpm" .x86_64.rpm)"
is "of the same name" "$(rpm -qp --nosignature --qf '%{NAME}' "$rpm")" acme-axe
like "tied to the kernel" "$(rpm -qp --nosignature --requires "$rpm")" '^kernel-uname-r = 4\.19\.0\+1$'
is "in their folder" "$(rpm -qp --nosignature -l "$rpm")" /lib/modules/4.19.0+1/updates/axe.ko
is "PACK_DESC is the description" "$(attribute $d/update.xml //name-description)" "$PACK_DESC"
like "there is the group that the installer looks for" "$(cat $d/repodata/*comps.xml)" '<id>drivers</id>'
for key in $(block "$xcpng" '^PACK_DESC=' | cut -d= -f1); do
	ok "the table has $key" grep -q "^| .*\`$key\`.* | .* |\$" "$xcpng"
done
# Every variable that the tables name is one.
for page in "$packs" "$xcpng"; do
	for variable in $(grep '^| ' "$page" | cut -d'|' -f3 | grep -oE '`[A-Z][A-Z_.]+`' | tr -d '`' | grep -v '^LABEL\.' | sort -u); do
		ok "$(basename "$page"): $variable is a variable" grep -qE "^\.It .*Va $(printf %s "$variable" | sed 's/\./\\./g')( |\$)" "$kit/docs/ddk-kit.7"
	done
done
done_testing
