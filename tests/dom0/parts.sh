#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# parts.sh: makes what the laboratory boots, unless it is there, and prints the folder that holds it:
#   xen                    the hypervisor
#   uname1 uname2          names of two kernels: the one that disks are built for, and an older one
#   kdump                  the name of the capture kernel that disks are built for
#   UNAME/vmlinuz initrd   each kernel, and an initramfs that finds the root
#   UNAME/kernel.rpm       the kernel and its modules as a package
#   root.img               dom0's root file system, with the first kernel installed
#   debs/                  what all this was made of, sources and headers for the scenarios among them
# The folder is named by a hash of the packages' versions and of the scripts here, and appears whole or not
# at all. Everything comes from Debian's packages by name, through this host's own apt. No root is needed.
set -eu
umask 022
here=$(cd "$(dirname "$0")" && pwd)
cache=${DOM0_CACHE:-${XDG_CACHE_HOME:-${HOME:-/var}/.cache}/driver-disk-kit/dom0}
keep_days=7

die() {
	echo "dom0: $*" >&2
	exit 1
}
# The folder is all that goes to standard output.
say() { printf '  %-7s %s\n' "$1" "$2" >&2; }
now() { date +%s; }

for tool in apt-get apt-cache dpkg-deb rpmbuild mke2fs cpio depmod modprobe busybox flock unshare; do
	PATH=$PATH:/usr/sbin:/sbin command -v "$tool" >/dev/null || die "$tool is not installed; \`make lab-deps\` installs it"
done
PATH=$PATH:/usr/sbin:/sbin
export PATH LC_ALL=C

# Files of the image belong to root: in a namespace of one's own everybody is root.
if [ "$(id -u)" -ne 0 ] && [ -z "${dom0_mapped:-}" ]; then
	dom0_mapped=1 exec unshare --map-root-user "$here/parts.sh" "$@"
fi

mkdir -p "$cache" 2>/dev/null || die "$cache cannot be written; DOM0_CACHE names another folder"
work=$(mktemp -d "$cache/.new.XXXXXX") || die "$cache cannot be written; DOM0_CACHE names another folder"
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

# apt as on a machine with nothing installed or fetched, so that the answer does not depend on this one.
mkdir -p "$work/archives/partial"
apt() {
	apt_command=$1
	shift
	"$apt_command" -o Dir::State::status=/dev/null -o Dir::Etc::Preferences=/dev/null -o APT::Sandbox::User=root \
		-o APT::Install-Recommends=false -o Debug::NoLocking=true -o Dir::Cache::archives="$work/archives/" "$@"
}
listed() { sed -n "s/^$1 //p" "$here/packages"; }

# --- which packages -------------------------------------------------------------------------------------

# The first kernel is the one whose headers the kit builds for by default.
uname1=$(find /usr/src -maxdepth 1 -name 'linux-headers-6.1.0-*-amd64' ! -name '*-cloud-*' ! -name '*-rt-*' -printf '%f\n' | sort -V | tail -n 1)
uname1=${uname1#linux-headers-}
[ -n "$uname1" ] || die "no kernel headers in /usr/src; \`make deps\` installs them"
offered=$(apt apt-cache search --names-only '^linux-(image|headers)-6\.1\.0-[0-9]+-amd64$' | cut -d' ' -f1)
has() { printf '%s\n' "$offered" | grep -qxF "$1"; }
uname2=$(printf '%s\n' "$offered" | sed -n 's/^linux-image-//p' | sort -Vr | while read -r candidate; do
	[ "$candidate" != "$uname1" ] && has "linux-headers-$candidate" || continue
	echo "$candidate"
	break
done)
has "linux-image-$uname1" && [ -n "$uname2" ] ||
	die "apt does not offer linux-image-$uname1 and an older kernel; run apt-get update, and \`make deps\` for the newest headers"
kdump=$(find /usr/src -maxdepth 1 -name 'linux-headers-6.1.0-*-cloud-amd64' -printf '%f\n' | sort -V | tail -n 1)
kdump=${kdump#linux-headers-}
[ -n "$kdump" ] && apt apt-cache show "linux-image-$kdump" >/dev/null 2>&1 ||
	die "no headers of a cloud kernel in /usr/src that apt offers an image for; run apt-get update and \`make deps\`"
kernels="linux-image-$uname1 linux-image-$uname2 linux-image-$kdump"
headers="linux-headers-$uname2 linux-headers-${uname2%-amd64}-common"

# shellcheck disable=SC2046,SC2086 # lists of names
{
	apt apt-get -qq --print-uris install $(listed root) >"$work/root.uris" 2>"$work/log" &&
		apt apt-get -qq --print-uris download $(listed xen) $(listed source) $kernels $headers >"$work/more.uris" 2>"$work/log" ||
		die "apt does not find the packages of the laboratory ($(grep -m 1 '^E:' "$work/log")); run apt-get update"
}
key=$({
	echo "$uname1 $uname2 $kdump"
	cut -d' ' -f2,4 "$work/root.uris" "$work/more.uris" | sort
	cat "$here/packages" "$here/modules" "$here/parts.sh" "$here/guest/initramfs"
} | sha256sum | cut -c1-20)
parts=$cache/$key

# --- there already, or being made -----------------------------------------------------------------------

done_with() {
	touch "$parts"
	echo "$parts"
	exit 0
}
[ ! -e "$parts/root.img" ] || done_with
exec 9>"$cache/lock"
flock -n 9 || {
	say WAIT "for the parts that another process makes in $cache"
	flock 9
}
[ ! -e "$parts/root.img" ] || done_with
find "$cache" -mindepth 1 -maxdepth 1 -type d ! -path "$work" \( -name '.new.*' -mmin +120 -o -mtime +$keep_days \) -exec rm -rf {} +

began=$(now)
say LAB "making the parts of the laboratory, once; a few minutes"
mkdir "$work/parts" "$work/parts/debs" "$work/root"
debs=$work/parts/debs

# step WORD TEXT COMMAND...: its output is shown when it fails only.
step() {
	step_word=$1 step_text=$2 step_began=$(now)
	shift 2
	[ ! -t 2 ] || printf '  %-7s %s ...\r' "$step_word" "$step_text" >&2
	step_status=0
	"$@" >"$work/$1.log" 2>&1 || step_status=$?
	if [ "$step_status" -ne 0 ]; then
		tail -n 15 "$work/$1.log" >&2
		die "$step_text: failed"
	fi
	say "$step_word" "$step_text  $(($(now) - step_began))s"
}

# What an older set already fetched is not fetched again: apt looks at its digest.
fetch() {
	cat "$work/root.uris" "$work/more.uris" | cut -d' ' -f2 >"$work/names"
	while read -r name; do
		for old in "$cache"/*/debs/"$name"; do
			[ ! -f "$old" ] || ln -f "$old" "$debs/" || :
		done
	done <"$work/names"
	# shellcheck disable=SC2046 # a list of names
	(cd "$debs" && apt apt-get -q download $(sed 's/_.*//' "$work/names"))
}

unpack() {
	dpkg-deb --fsys-tarfile "$1" | tar -x -C "$2" --no-same-owner --keep-directory-symlink \
		--exclude='./usr/share/doc/*' --exclude='./usr/share/man/*' --exclude='./usr/share/locale/*' \
		--exclude='./usr/share/perl*' --exclude='./usr/lib/*/perl*' --exclude='./usr/lib/*/gconv' \
		--exclude='./usr/share/info/*' --exclude='./usr/share/lintian/*' --exclude='./usr/share/bug/*'
}

deb() {
	deb_file=$(find "$debs" -name "$1_*.deb")
	[ -f "$deb_file" ] || {
		echo "$1: not among the fetched packages"
		return 1
	}
	echo "$deb_file"
}

hypervisor() {
	mkdir "$work/xen"
	unpack "$(deb "$(listed xen)")" "$work/xen"
	gunzip -c "$work"/xen/boot/xen-*.gz >"$work/parts/xen"
}

# depends UNAME NAME...: files of modules in the order in which they can be loaded.
depends() {
	depends_kernel=$1
	shift
	for name; do
		modprobe -d "$work/$depends_kernel" -S "$depends_kernel" --show-depends "$name" | sed -n 's/^insmod \([^ ]*\).*/\1/p'
	done | awk '!seen[$0]++'
}

# kernel UNAME: its folder among the parts.
kernel() {
	tree=$work/$1 result=$work/parts/$1
	mkdir "$tree" "$tree/usr" "$tree/usr/lib" "$result"
	ln -s usr/lib "$tree/lib"
	unpack "$(deb "linux-image-$1")" "$tree"
	depmod -b "$tree" "$1"
	# shellcheck disable=SC2046 # lists of names
	depends "$1" $(sed -n "s/^boot //p" "$here/modules") >"$tree/boot.list"
	# shellcheck disable=SC2046
	depends "$1" $(sed -nE 's/^(boot|root) //p' "$here/modules") >"$tree/all.list"
	cp "$tree/boot/vmlinuz-$1" "$result/vmlinuz"

	mkdir -p "$tree/initramfs/bin" "$tree/initramfs/modules"
	cp "$(command -v busybox)" "$tree/initramfs/bin/busybox"
	install -m 0755 "$here/guest/initramfs" "$tree/initramfs/init"
	while read -r file; do
		cp "$file" "$tree/initramfs/modules/"
		echo "${file##*/}" >>"$tree/initramfs/modules/order"
	done <"$tree/boot.list"
	(cd "$tree/initramfs" && find . | cpio -o -H newc --quiet) >"$result/initrd"

	# The rest of the kernel's package is what it is on a host: files, indexes of depmod, no scripts of Debian's.
	sort "$tree/all.list" >"$tree/kept"
	find "$tree/usr/lib/modules/$1/kernel" -name '*.ko' | sed "s,^$tree/usr/lib,$tree/lib," | sort | comm -23 - "$tree/kept" | tr '\n' '\0' | xargs -0 rm -f
	find "$tree/usr/lib/modules/$1" -depth -type d -empty -delete
	kernel_package "$1" "$tree" "$result/kernel.rpm"
}

kernel_package() {
	cat >"$2/kernel.spec" <<-SPEC
	Name: kernel
	Version: $(echo "${1%-amd64}" | tr - .)
	Release: 1
	Summary: Linux $1 for dom0, with the modules that the laboratory needs
	License: GPL-2.0-only
	Provides: kernel-uname-r = $(echo "${1%-amd64}" | tr - .)
	AutoReqProv: no
	%description
	Repackaged from linux-image-$1.
	%install
	mkdir -p \$RPM_BUILD_ROOT/lib \$RPM_BUILD_ROOT/boot
	cp -a $2/usr/lib/modules \$RPM_BUILD_ROOT/lib/
	rm \$RPM_BUILD_ROOT/lib/modules/*/modules.*
	for file in order builtin builtin.modinfo; do
		cp $2/usr/lib/modules/$1/modules.\$file \$RPM_BUILD_ROOT/lib/modules/$1/
	done
	cp $2/boot/vmlinuz-$1 \$RPM_BUILD_ROOT/boot/
	%post
	/sbin/depmod -a $1
	%postun
	rm -f /lib/modules/$1/modules.*
	rmdir /lib/modules/$1 2>/dev/null || :
	%files
	/lib/modules/$1
	/boot/vmlinuz-$1
	SPEC
	package "$2/kernel.spec" "$3"
}

package() {
	HOME=$1.home rpmbuild -bb --quiet --target x86_64 --define "_topdir $1.top" --define "_rpmdir $1.rpms" \
		--define '_build_id_links none' --define '__os_install_post %{nil}' --define 'debug_package %{nil}' \
		--define '_binary_payload w1.gzdio' "$1"
	mv "$1".rpms/x86_64/*.rpm "$2"
}

# What a host's own packages provide to those of a disk; all else is not known to rpm here.
base_package() {
	cat >"$work/base.spec" <<-SPEC
	Name: dom0-base
	Version: 1
	Release: 1
	Summary: Stands for the packages of the product
	License: BSD-2-Clause
	Provides: /bin/sh, /sbin/depmod, /sbin/modprobe, /usr/bin/awk
	%description
	Stands for the packages of the product.
	%files
	SPEC
	package "$work/base.spec" "$work/base.rpm"
}

# Unpacked, not installed: no script of a package runs, on this host or elsewhere.
root() {
	root=$work/root
	for folder in bin sbin lib lib32 lib64 libx32; do
		mkdir -p "$root/usr/$folder"
		ln -s "usr/$folder" "$root/$folder"
	done
	cut -d' ' -f2 "$work/root.uris" | while read -r name; do
		unpack "$debs/$name" "$root"
	done
	cp "$root/usr/share/base-passwd/passwd.master" "$root/etc/passwd"
	cp "$root/usr/share/base-passwd/group.master" "$root/etc/group"
	mkdir -p "$root/etc/alternatives" "$root/etc/rpm" "$root/lib/firmware" "$root/mnt" "$root/root"
	ln -sf mawk "$root/usr/bin/awk"
	cp "$(command -v busybox)" "$root/bin/busybox"
	echo dom0 >"$root/etc/hostname"
	# Debian's default is a file in the home directory; a product's rpm has it here.
	echo '%_dbpath /var/lib/rpm' >"$root/etc/rpm/macros"
	rm -rf "$root/var/lib/dpkg"
	ldconfig -r "$root"
	base_package
	mkdir -p "$root/tmp/in"
	cp "$work/base.rpm" "$work/parts/$uname1/kernel.rpm" "$root/tmp/in/"
	chroot "$root" sh -c 'rpm --initdb && rpm -i --force-debian /tmp/in/base.rpm && rpm -i --force-debian /tmp/in/kernel.rpm'
	rm -r "$root/tmp/in"
	[ -s "$root/lib/modules/$uname1/modules.dep" ]
	mke2fs -q -t ext4 -J size=8 -m 0 -L dom0 -d "$root" "$work/parts/root.img" 1024M
}

step FETCH "$(awk '{ n++; s += $3 } END { printf "%d packages, %d MB", n, s / 1e6 }' "$work/root.uris" "$work/more.uris")" fetch
step XEN "$(listed xen)" hypervisor
step KERNEL "$uname1" kernel "$uname1"
step KERNEL "$uname2" kernel "$uname2"
step KERNEL "$kdump" kernel "$kdump"
step ROOT "$(wc -l <"$work/root.uris") packages" root
echo "$uname1" >"$work/parts/uname1"
echo "$uname2" >"$work/parts/uname2"
echo "$kdump" >"$work/parts/kdump"
rm -rf "$parts"
mv "$work/parts" "$parts"
say LAB "$parts  $(($(now) - began))s"
done_with
