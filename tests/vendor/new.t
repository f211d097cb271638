#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# `make new`: what it makes of a source, from where, and what it refuses. The disks are not built here.
. "$(dirname "$0")/lib.sh"

small_module acme-1.4 acme
echo 'obj-m := acme.o' >acme-1.4/Kbuild

# The same from everything that a source comes as.
tar -czf acme-1.4.tar.gz acme-1.4
cp -R acme-1.4 checkout-1.4
git -C checkout-1.4 init -q 2>/dev/null && : >checkout-1.4/.git/config
mkdir -p rpm/SOURCES deb/usr/src
cp -R acme-1.4 deb/usr/src/acme-1.4
printf 'PACKAGE_NAME="acme"\nPACKAGE_VERSION="1.4"\nBUILT_MODULE_NAME[0]="acme"\n' >deb/usr/src/acme-1.4/dkms.conf
cp -R deb/usr/src/acme-1.4 acme-dkms
tar -C deb -cJf data.tar.xz ./usr
echo 2.0 >debian-binary
tar -czf control.tar.gz debian-binary
ar rc acme-dkms_1.4_all.deb debian-binary control.tar.gz data.tar.xz
cp acme-1.4.tar.gz rpm/SOURCES/
printf -- '--- a/acme.c\n+++ b/acme.c\n@@ -1 +1,2 @@\n // SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause\n+// patched\n' >rpm/SOURCES/first.patch
printf '%s\n' 'Name: acme' 'Version: 1.4' 'Release: 1' 'Summary: x' 'License: GPL' 'Source0: acme-1.4.tar.gz' 'Patch0: first.patch' '%description' 'x' >rpm/acme.spec
rpmbuild -bs --nodeps --define "_topdir $tmp/rpm" rpm/acme.spec >/dev/null 2>&1
for from in acme-1.4.tar.gz acme-1.4 checkout-1.4 acme-dkms acme-dkms_1.4_all.deb rpm/SRPMS/acme-1.4-1.src.rpm; do
	disk=disk-$(basename "$from")
	new "$disk" "$tmp/$from"
	name=acme
	[ "$from" != checkout-1.4 ] || name=checkout
	is "$from: make new" "$status" 0 || { note "$err"; continue; }
	ok "$from: the source" test -f "$disk/modules/$name-1.4/acme.c"
	is "$from: name and version" "$(sed -n 's/^\(SPEC\|RPM.VERSION\) *= //p' "$disk/disk.mk" | tr '\n' ' ')" "$name.spec 1.4 "
	is "$from: how it is built" "$(build_lines "$disk")" '%{kernel_make} modules'
	like "$from: its licence" "$(cat "$disk/specs/$name.spec")" '^License: +GPL-2.0-only OR BSD-2-Clause$'
	like "$from: its description" "$(cat "$disk/disk.mk")" '^TEXT += Small module acme$'
	ok "$from: no version control" test ! -e "$disk/modules/$name-1.4/.git"
	is "$from: nothing else is left" "$(find . -maxdepth 1 -name '*.new')" ""
done
like "patches of a source RPM are applied" "$(cat disk-acme-1.4-1.src.rpm/specs/acme.spec)" 'patch -p1 -i "srpm-patches/'
is "in their order" "$(cat disk-acme-1.4-1.src.rpm/modules/acme-1.4/srpm-patches/series)" first.patch

# What the command line says of the disk.
new said "$tmp/acme-1.4" VENDOR='Acme $$$$(shell ls) `ls` Ltd' VENDOR_CODE=acme LABEL=acme-nic RELEASE=xcp-1.6
is "settings on the command line" "$status" 0 || note "$err"
like "stand in disk.mk" "$(cat said/disk.mk)" '^VENDOR_CODE += acme$'
like "release" "$(cat said/disk.mk)" '^RELEASE += xcp-1.6$'
unlike "and bring no make into it" "$(cat said/disk.mk)" '[$]'

# dkms.conf is read, never run.
mkdir -p dk/sub/core dk/patches
small_module dk/sub/core core
echo 'obj-m := core.o' >dk/sub/core/Makefile
echo >dk/patches/new.patch
cat >dk/dkms.conf <<'EOT'
PACKAGE_NAME=dk
PACKAGE_VERSION='2.0'
touch ran
X=$(touch ran)`touch ran`
BDIR="${dkms_tree}/${PACKAGE_NAME}/$PACKAGE_VERSION/build"
MAKE[0]="make -j$(nproc) -C ${kernel_source_dir} \
  M=$BDIR/sub/core OPT=1 modules"
MAKE[1]="'make' KVER=$kernelver all"
MAKE_MATCH[1]="^2\.6"
PATCH[0]="new.patch"
PATCH_MATCH[0]="^6\.1\."
PATCH[1]="../../../etc/passwd"
PRE_BUILD="prepare.sh $kernelver"
if true; then
  BUILD_EXCLUSIVE_KERNEL="REQUIRES CONFIG_NOT_THERE"
fi
EOT
new dk.disk "$tmp/dk"
is "dkms.conf" "$status" 0 || note "$err"
ok "is not run" test ! -e ran -a ! -e dk/ran -a ! -e dk.disk/modules/dk-2.0/ran -a ! -e "$kit/ran"
is "its commands in this kit's words" "$(build_lines dk.disk)" 'top=$PWD
if echo "$kernel_uname" | grep -qE -e '"'^6\\.1\\.'"'; then patch -p1 -i "$top/patches/new.patch"; fi
# PRE_BUILD of dkms.conf, which finds the kernel in these variables.
export kernelver="$kernel_uname" kernel_source_dir="$kernel_tree" dkms_tree="${top%%/*}" arch="$(uname -m)"
( ./prepare.sh $kernel_uname )
if echo "$kernel_uname" | grep -qE -e '"'^2\\.6'"'; then
cd "$top"
make KVER=$kernel_uname all
else
cd "$top/sub/core"
%{kernel_make} OPT=1 modules
fi'
like "a patch with a path is left out" "$err" 'PATCH\[1\] is left out'
like "a kernel that no kernel is like is not cause to leave out all" "$err" 'none is left out'

# Firmware, udev rules, configuration become a data package.
small_module fw-1.0 fw
echo 'obj-m := fw.o' >fw-1.0/Makefile
mkdir -p fw-1.0/firmware fw-1.0/udev
printf '#define FW_B "acme/b.fw"\nMODULE_FIRMWARE("acme/a.bin");\nMODULE_FIRMWARE(FW_B);\nMODULE_FIRMWARE("acme/gone.bin");\n' >>fw-1.0/fw.c
echo a >fw-1.0/firmware/a.bin
echo b >fw-1.0/b.fw
echo 'SUBSYSTEM=="misc", MODE="0600"' >fw-1.0/udev/60-fw.rules
echo 'options fw debug=0' >fw-1.0/fw.conf
echo 'listen = 80' >fw-1.0/server.conf
new fw.disk "$tmp/fw-1.0"
is "firmware, rules and configuration" "$status" 0 || note "$err"
is "are all in the data spec, where the host has them" "$(sed -nE 's/^install -D -m 0644 ([^ ]*) \$RPM_BUILD_ROOT/\1 /p' fw.disk/specs/fw-data.spec)" \
	'firmware/a.bin /lib/firmware/acme/a.bin
firmware/b.fw /lib/firmware/acme/b.fw
udev/60-fw.rules /etc/udev/rules.d/60-fw.rules
config/fw.conf /etc/modprobe.d/fw.conf'
is "with their files" "$(cat fw.disk/data/fw-data-1.0/firmware/a.bin fw.disk/data/fw-data-1.0/firmware/b.fw | tr '\n' ' ')" 'a b '
like "what is missing is named" "$err" 'not in the source: acme/gone.bin'
run build fw.disk -j2 build-isos
is "and the first make builds both" "$status" 0 || note "$out
$err"
ok "with the data package on the disk" test -f fw.disk/out/fw/disk/fw-data-1.0-1.x86_64.rpm

# What the first kernel has and the second lacks.
small_module vid-1.0 vid
echo 'obj-m := vid.o' >vid-1.0/Kbuild
sed -i 's/return 0;/return v4l2_device_register(NULL, NULL);/; s/^#include.*/&\n#include <media\/v4l2-device.h>/' vid-1.0/vid.c
new vid.disk "$tmp/vid-1.0"
like "a kernel without what the driver calls is left out, and why" "$(cat vid.disk/disk.mk)" '^EXCLUDE.kdump += this kernel does not export v4l2_device_register'
cp -R vid-1.0 talk-1.0
sed -i 's,return v4l2_device_register(NULL\, NULL);,return 0; /* no "v4l2_device_register("\n * v4l2_device_register() */ // v4l2_device_register(,' talk-1.0/vid.c
new talk.disk "$tmp/talk-1.0"
unlike "what a comment speaks of is not called" "$(cat talk.disk/disk.mk)" '^EXCLUDE'

# dkms.conf says what a kernel must have; what it says under a condition takes no kernel away.
cp -R acme-dkms excl
cat >>excl/dkms.conf <<'EOT'
BUILD_EXCLUSIVE_CONFIG="CONFIG_MODULES CONFIG_VIDEO_DEV"
if [ "$arch" != x86_64 ]; then BUILD_EXCLUSIVE_ARCH="none"; fi
EOT
new excl.disk "$tmp/excl"
like "BUILD_EXCLUSIVE_CONFIG leaves out the kernel without it" "$(cat excl.disk/disk.mk)" "^EXCLUDE.kdump += dkms.conf wants CONFIG_VIDEO_DEV, which $uname_kdump does not have"
unlike "and only that one" "$(cat excl.disk/disk.mk)" '^EXCLUDE.xen'
sed -i 's/^BUILD_EXCLUSIVE_CONFIG.*/BUILD_EXCLUSIVE_KERNEL=".*-cloud-.*"/' excl/dkms.conf
new excl2.disk "$tmp/excl"
like "BUILD_EXCLUSIVE_KERNEL is a pattern" "$(cat excl2.disk/disk.mk)" "^EXCLUDE.xen += dkms.conf: BUILD_EXCLUSIVE_KERNEL is "

# A name, a version or a text cannot bring commands into spec or disk.mk.
mkdir -p 'ev'
small_module ev ev
echo 'obj-m := ev.o' >ev/Makefile
sed -i 's/Small module ev/%(touch ran) $(shell touch ran) \\\\ `touch ran`/' ev/ev.c
printf 'PACKAGE_NAME="ev%%(touch ran)"\nPACKAGE_VERSION="1%%(touch ran)"\nMAKE="make -C $kernel_source_dir M=%%(touch ran)"\n' >ev/dkms.conf
new ev.disk "$tmp/ev"
is "odd texts" "$status" 0 || note "$err"
unlike "leave no macro in the spec" "$(sed 's/%%//g' ev.disk/specs/*.spec)" '%\('
unlike "and no function of make in disk.mk" "$(cat ev.disk/disk.mk)" '\$'
rpmspec -q --srpm --define 'ddk 1' ev.disk/specs/*.spec >/dev/null 2>&1
ok "nothing ran" test ! -e ran -a ! -e ev.disk/ran

# What is refused: one line that says why, and nothing is written.
refuse() {
	new refused "$2"
	is "$1: refused" "$status" 2
	like "$1: says why" "$err" "^new: .*$3"
	is "$1: in one line beside make's" "$(printf '%s\n' "$err" | grep -cvE '^make')" 1
	is "$1: nothing is written" "$(ls -d refused* 2>/dev/null)" ""
}
echo hello >x
ln x hard
mkdir -p h/in
ln -s /etc/passwd h/in/link
ln -s ../../x h2
echo text >junk.tar.gz
tar -cPf absolute.tar "$tmp/x"
tar -cPf dots.tar --transform 's,^,../,' x
tar -cf linkout.tar h
mkfifo h/fifo && mkdir f && mv h/fifo f/ && tar -cf fifo.tar f
mkdir e d && ln -s ../x d/out && printf 'PK\003\004' >some.zip
mkdir long && head -c 40000 /dev/zero | tr '\0' '#' >long/dkms.conf && small_module long long
mkdir ctl && touch "ctl/a$(printf '\001')b"
refuse "no such file" "$tmp/nowhere" 'no such file'
refuse "not a tarball" "$tmp/junk.tar.gz" 'not a tarball'
refuse "a zip" "$tmp/some.zip" 'zip'
refuse "an absolute member" "$tmp/absolute.tar" 'leads out'
refuse "a member with .." "$tmp/dots.tar" 'leads out'
refuse "a link out of a tarball" "$tmp/linkout.tar" 'link .* (leads out|is absolute)'
refuse "a link out of a folder" "$tmp/d" 'link out leads out'
refuse "a fifo" "$tmp/fifo.tar" 'neither file'
refuse "an empty folder" "$tmp/e" 'no file in it'
mkdir -p 'mac/%(touch ran)' && small_module 'mac/%(touch ran)' mac && echo 'obj-m := mac.o' >'mac/%(touch ran)/Makefile'
refuse "a folder's name that rpm would run" "$tmp/mac" 'cannot stand in a spec'
refuse "a name with control characters" "$tmp/ctl" 'control characters'
refuse "a dkms.conf of another kind" "$tmp/long" 'no dkms.conf'
cp x broken.deb && cp x broken.src.rpm && cp x binary.rpm
refuse "not a Debian package" "$tmp/broken.deb" 'not a Debian package'
refuse "not a source RPM" "$tmp/broken.src.rpm" 'not a source RPM'
refuse "a binary RPM" "$tmp/binary.rpm" 'source RPM'
# shellcheck disable=SC2034 # for refuse
run make -C "$kit" --no-print-directory new DISK="$tmp/said" SOURCE="$tmp/acme-1.4"
like "a disk is never overwritten" "$err" 'never overwritten'
run make -C "$kit" --no-print-directory new DISK="$tmp/acme-1.4/disk" SOURCE="$tmp/acme-1.4"
like "a disk inside its source" "$err" 'lies in the source'
ok "leaves the source alone" test ! -e acme-1.4/disk -a ! -e acme-1.4/disk.new

# A folder that has something else keeps it.
mkdir other && echo mine >other/notes.txt
new other "$tmp/acme-1.4"
is "a folder with other files" "$status,$(cat other/notes.txt),$(ls other | tr '\n' ' ')" "0,mine,Makefile disk.mk modules notes.txt specs "

# Leftovers of a build stay out.
cp -R acme-1.4 used-1.0
touch used-1.0/acme.ko used-1.0/acme.o used-1.0/.acme.o.cmd used-1.0/acme.mod.c used-1.0/Module.symvers used-1.0/blob.o
new used.disk "$tmp/used-1.0"
is "leftovers of a build stay out, an object that comes with the source does not" "$(cd used.disk/modules/used-1.0 && find . -type f | LC_ALL=C sort | tr '\n' ' ')" './Kbuild ./acme.c ./blob.o '
done_testing
