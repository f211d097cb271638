# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# shellcheck disable=SC1091,SC2034,SC2183 # the tests read what is set here
#
# Fixtures for the tests of install.sh: small driver RPMs, disks made of them, and root
# directories with busybox, kmod and an rpm database. Read with '.', from any directory.
# Needs root, or user namespaces: rpm changes root to run scripts.

HERE=$(cd "$(dirname "$0")" && pwd)
TOP=$(cd "$HERE/../.." && pwd)
. "$TOP/tests/lib/tap.sh"

for tool in rpm rpmbuild busybox depmod gcc awk script; do
	command -v "$tool" >/dev/null 2>&1 || skip_all "$tool is not installed"
done
if [ "$(id -u)" -ne 0 ]; then
	unshare -r true 2>/dev/null || skip_all "neither root nor user namespaces"
	[ -n "${INSTALL_TEST_USERNS:-}" ] || INSTALL_TEST_USERNS=1 exec unshare -r sh "$0" "$@"
fi

# The tests sync to disk all the time; memory is quicker, where it may run programs.
if [ -z "${TMPDIR:-}" ] && [ "$(df -P -k /dev/shm 2>/dev/null | sed -n '$s/.* \([0-9][0-9]*\)  *[0-9][0-9]*% .*/\1/p')0" -gt 2000000 ]; then
	probe=$(mktemp /dev/shm/ddk-test.XXXXXX) && cp "$(command -v id)" "$probe" && chmod 755 "$probe"
	"$probe" >/dev/null 2>&1 && TMPDIR=/dev/shm
	rm -f "$probe"
fi
scratch
S=$SCRATCH
SH=${INSTALL_TEST_SH:-sh}
# A real sync waits for all that the machine has to write, again and again.
mkdir "$S/bin"
printf '#!/bin/sh\nexit 0\n' >"$S/bin/sync"
chmod 755 "$S/bin/sync"
PATH=$S/bin:$PATH
PLAIN_PATH=$PATH
HOME=$S/home
LC_ALL=C
export HOME LC_ALL
unset TMPDIR
mkdir "$HOME"

K1=6.1.0-56-amd64
D1=6.1.0-56-cloud-amd64
K2=${K2:-6.1.0-57+x_1-amd64}

# One spec makes every package of a version in one rpmbuild.
module_package() {
	cat <<-END
	%package -n hello-modules-$1-$2
	Summary: hello for $2
	Group: System/Kernel
	%description -n hello-modules-$1-$2
	hello
	%post -n hello-modules-$1-$2
	[ ! -e /kill-rpm ] || kill -9 \$PPID
	/sbin/depmod -a $2 || :
	%postun -n hello-modules-$1-$2
	[ ! -e /kill-rpm ] || kill -9 \$PPID
	/sbin/depmod -a $2 || :
	%files -n hello-modules-$1-$2
	/lib/modules/$2/extra/hello.ko
	END
}

driver_spec() {
	cat <<-END
	Name: hello
	Version: $1
	Release: 1
	Summary: hello
	License: BSD-2-Clause
	%description
	hello
	%install
	for k in $K1 $D1 $K2; do
		mkdir -p \$RPM_BUILD_ROOT/lib/modules/\$k/extra
		cp $S/hello.ko \$RPM_BUILD_ROOT/lib/modules/\$k/extra/
	done
	cd \$RPM_BUILD_ROOT
	mkdir -p lib/firmware/hello etc/udev/rules.d usr/share/doc/hello-data usr/bin
	echo firmware $1 >lib/firmware/hello/hello.fw
	echo "# rule $1" >etc/udev/rules.d/60-hello.rules
	echo "setting=$1" >etc/hello.conf
	echo "doc $1" >usr/share/doc/hello-data/README
	echo tool >usr/bin/hello-tool
	%package -n hello-data
	Summary: data
	Group: System/Kernel
	%description -n hello-data
	data
	%files -n hello-data
	%config(noreplace) /etc/hello.conf
	/etc/udev/rules.d/60-hello.rules
	/lib/firmware/hello/hello.fw
	/usr/share/doc/hello-data/README
	%package -n hello-tool
	Summary: needs what nobody has
	Requires: libnobody.so.7
	%description -n hello-tool
	tool
	%files -n hello-tool
	/usr/bin/hello-tool
	END
	module_package xen "$K1"
	module_package kdump "$D1"
	module_package xen "$K2"
}

base_spec() {
	cat <<-END
	Name: base
	Version: 1
	Release: 1
	Summary: stands in for the system
	License: BSD-2-Clause
	Provides: /bin/sh, /sbin/depmod
	%description
	base
	%files
	END
}

build_rpms() {
	rpmbuild -bb --quiet --target x86_64 --define "_topdir $S/rpmbuild" --define "_rpmdir $S/rpms/$1" \
		--define '_build_name_fmt %%{NAME}-%%{VERSION}-%%{RELEASE}.%%{ARCH}.rpm' \
		--define '_build_id_links none' --define '__os_install_post %{nil}' \
		--define 'debug_package %{nil}' --define '_binary_payload w1.gzdio' \
		--define '_binary_filedigest_algorithm 1' "$2" >"$S/rpmbuild.log" 2>&1 || {
		note "$(cat "$S/rpmbuild.log")"
		exit 1
	}
}

# An object with a .modinfo section is all that depmod asks for.
make_rpms() {
	cat >"$S/hello.c" <<-'END'
	#define INFO(name, text) static const char name[] __attribute__((used, section(".modinfo"))) = text
	INFO(licence, "license=GPL");
	INFO(alias, "alias=pci:v00001234d000011E8sv*sd*bc*sc*i*");
	int init_module(void) { return 0; }
	END
	gcc -c -ffreestanding "$S/hello.c" -o "$S/hello.ko"
	for v in "$@"; do
		if [ "$v" = base ]; then base_spec; else driver_spec "$v"; fi >"$S/$v.spec"
		build_rpms "$v" "$S/$v.spec"
	done
}

make_template() {
	t=$S/template
	mkdir -p "$t/bin" "$t/sbin" "$t/etc" "$t/boot" "$t/run" "$t/tmp" "$t/var/lib" "$t/usr/bin" \
		"$t/lib/firmware" "$t/etc/udev/rules.d" "$t/usr/share/doc" "$t/var/tmp"
	cp "$(command -v busybox)" "$t/bin/sh"
	cp -L "$(command -v depmod)" "$t/sbin/depmod"
	ldd "$t/sbin/depmod" | grep -o '/[^ ]*' | while read -r lib; do
		mkdir -p "$t${lib%/*}"
		cp -L "$lib" "$t$lib"
	done
	for k in "$K1" "$D1"; do
		mkdir -p "$t/lib/modules/$k/kernel/drivers"
		cp "$S/hello.ko" "$t/lib/modules/$k/kernel/drivers/other.ko"
		echo kernel/drivers/other.ko >"$t/lib/modules/$k/modules.order"
		: >"$t/lib/modules/$k/modules.builtin"
		: >"$t/lib/modules/$k/modules.builtin.modinfo"
		: >"$t/boot/vmlinuz-$k"
		depmod -b "$t" -a "$k"
	done
}

# new_root NAME rpm|dpkg|xs: sets R. Only the database is written in place, so all else is
# shared by links.
new_root() {
	R=$S/roots/$1
	mkdir -p "$S/roots"
	[ -d "$S/template" ] || make_template
	rm -rf "$R"
	cp -al "$S/template" "$R"
	case $2 in
	dpkg)
		mkdir -p "$R/var/lib/dpkg"
		echo "Package: base" >"$R/var/lib/dpkg/status"
		;;
	*)
		if [ ! -d "$S/database" ]; then
			rpm --root "$R" --dbpath /var/lib/rpm -U --force-debian --nodeps --noscripts "$S"/rpms/base/*.rpm
			mv "$R/var/lib/rpm" "$S/database"
		fi
		cp -a "$S/database" "$R/var/lib/rpm"
		;;
	esac
	case $2 in
	xs) identity XenServer 6.5.0 XCP 1.9.0 ;;
	*) printf '%s\n' 'NAME="Debian GNU/Linux"' 'ID=debian' 'VERSION_ID="12"' >"$R/etc/os-release" ;;
	esac
}

# identity BRAND VERSION PLATFORM PLATFORM-VERSION. The last line would do harm if sourced.
identity() {
	cat >"$R/etc/xensource-inventory" <<-END
	PRODUCT_BRAND='$1'
	PRODUCT_VERSION='$2'
	PLATFORM_NAME='$3'
	PLATFORM_VERSION='$4'
	INSTALLATION_UUID='12345678-1234-1234-1234-123456789abc'
	BAD=\$(touch $S/sourced)
	END
}

# repository DIR ORIGINATOR NAME VERSION [ELEMENTS]: writes an XS-REPOSITORY.
repository() {
	mkdir -p "$1"
	cat >"$1/XS-REPOSITORY" <<-END
	<?xml version="1.0"?>
	<repository originator="$2" name="$3" product="Debian" version="$4" build="7">
	<description>$3</description>
	${5:-}
	</repository>
	END
}

word() {
	printf "'"
	printf '%s' "$1" | sed "s/'/'\\\\''/g"
	printf "'"
}

# Fills the template as ddk metadata does, from T_TOKEN variables.
fill() {
	awk '{
		while (match($0, /@[A-Z_]+@/)) {
			token = substr($0, RSTART + 1, RLENGTH - 2)
			if (!(("T_" token) in ENVIRON)) {
				print "no value for " token >"/dev/stderr"
				exit 1
			}
			value = ENVIRON["T_" token]
			gsub(/\047/, "\047\\\047\047", value)
			printf "%s\047%s\047", substr($0, 1, RSTART - 1), value
			$0 = substr($0, RSTART + RLENGTH)
		}
		print
	}' "$TOP/install.sh.in"
}

package_line() {
	# rpm takes brackets in a path for a pattern.
	cd "${1%/*}" || exit
	set -- "${1##*/}"
	name=$(rpm -qp --qf '%{NAME}' "$1" 2>/dev/null)
	role=rpm uname=- flavour=-
	case $name in
	*-modules-*)
		role=module
		uname=${name#*-modules-}
		flavour=${uname%%-*}
		uname=${uname#*-}
		;;
	*-data) role=data ;;
	esac
	set -- "$1" "$(md5sum <"$1")" "$(sha256sum <"$1")"
	printf '%s %s - %s %s %s %s %s %s %s %s\n' "$role" "$name" \
		"$(rpm -qp --qf '%{VERSION} %{RELEASE} %{ARCH}' "$1" 2>/dev/null)" "$uname" "$flavour" \
		"$(wc -c <"$1")" "${2%% *}" "${3%% *}" "${1##*/}"
}

# A value that would do harm if it were run.
HOSTILE="It's the \$(touch $S/sourced) driver"

# new_disk DIR VERSION RPM...: T_ variables set before it override what it says.
new_disk() {
	disk=$1
	(
		export T_KIT_VERSION=0.1.0 T_RELEASE=debian-12 T_DRIVER=hello T_LABEL="${T_LABEL:-hello}" \
			T_ORIGINATOR=example T_VENDOR="Ex'ample Corp" T_TEXT="${T_TEXT:-$HOSTILE}" \
			T_VERSION="$2" T_BUILD='' T_UUID="uuid-$2" T_PRODUCT="${T_PRODUCT:-Debian}" \
			T_PRODUCT_VERSION="${T_PRODUCT_VERSION:-12}" T_PLATFORM='' T_PLATFORM_VERSION='' \
			T_BASE="${T_BASE:-debian:main}" T_BASE_VERSION="${T_BASE_VERSION:-12}" T_ARCH=x86_64 \
			T_EULA="${T_EULA:-no}" T_REQUIRES="${T_REQUIRES:-}" T_OVERRIDES="${T_OVERRIDES:-}" \
			T_KERNELS="xen $K1 $K1"
		mkdir -p "$1"
		shift 2
		cp "$@" "$disk/"
		T_PACKAGES=$(for rpm; do package_line "$disk/${rpm##*/}"; done)
		export T_PACKAGES
		fill >"$disk/install.sh"
		chmod 755 "$disk/install.sh"
		cp "$disk/install.sh" "$disk/install"
		[ "$T_EULA" = no ] || echo "The licence of hello." >"$disk/EULA"
		repository "$disk" "$T_ORIGINATOR" "$T_LABEL" "$T_VERSION"
		{
			echo '<packages>'
			printf '%s\n' "$T_PACKAGES" | while read -r role name epoch version release arch uname flavour size md5 sha256 file; do
				kernel=any label=$name type=driver-rpm
				[ "$role" != module ] || kernel=$uname label=hello
				echo "<package label=\"$label\" type=\"$type\" size=\"$size\" md5=\"$md5\" kernel=\"$kernel\">$file</package>"
			done
			echo '</packages>'
		} >"$disk/XS-PACKAGES"
		echo "version=$T_VERSION" >"$disk/disk.info"
	) || exit 1
}

# rpm_of VERSION NAME...: the files of packages
rpm_of() {
	v=$1
	shift
	for n; do
		printf '%s ' "$S/rpms/$v/$n-$v-1.x86_64.rpm"
	done
}

hello_rpms() {
	rpm_of "$1" hello-data "hello-modules-xen-$K1" "hello-modules-kdump-$D1"
}

in_root() { rpm --root "$R" --dbpath /var/lib/rpm "$@"; }

# What is installed, without the base package.
packages() {
	in_root -qa --qf '%{NAME}-%{VERSION}\n' | grep -v '^base-' | sort | tr '\n' ' '
}

hello_packages() {
	printf '%s ' "hello-data-$1" "hello-modules-kdump-$D1-$1" "hello-modules-xen-$K1-$1"
}

# Everything about the tree, changes of inodes included.
snapshot() {
	find "$R" ! -name ddk-install.lock ! -path "$R/run" -printf '%P|%y|%m|%U|%G|%s|%T@|%C@|%l\n' | sort
}

# What a tree holds, whatever the times are; the rpm database aside.
contents() {
	(
		cd "$R" || exit
		find . -path ./var/lib/rpm -prune -o -name 'rpm-tmp.*' -o -printf '%P|%y|%m|%l\n' | sort
		find etc lib/modules boot -type f ! -name '*.bin' -exec md5sum {} + | sort
	)
}

install_sh() {
	$SH "$disk/install.sh" --root "$R" "$@"
}

# answer TEXT COMMAND: runs a command line at a terminal and types the text.
answer() {
	printf '%s\n' "$1" | script -qec "$2" /dev/null
}
