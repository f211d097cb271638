#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Without --root: this very system, below an overlay in a mount namespace, as the host.
# shellcheck disable=SC1091,SC2034,SC2046,SC2154 # lists of files; variables of lib.sh
K2=$(uname -r)
. "$(dirname "$0")/lib.sh"

cat >"$S/inside" <<'END'
#!/bin/sh
# DIR COMMAND...: runs it in an overlay over / whose changes go to DIR/upper.
set -e
dir=$1
shift
mkdir -p "$dir/upper" "$dir/work" "$dir/merged"
mount -t overlay overlay -o "lowerdir=/,upperdir=$dir/upper,workdir=$dir/work" "$dir/merged"
mount -t proc proc "$dir/merged/proc"
mount --rbind /dev "$dir/merged/dev"
mount -t tmpfs none "$dir/merged/run"
mount -t tmpfs none "$dir/merged/tmp"
mkdir "$dir/merged/tmp/disk"
mount --bind "$dir/disk" "$dir/merged/tmp/disk"
exec chroot "$dir/merged" "$@"
END
o=$S/overlay
mkdir "$o" "$o/disk"
inside() { run unshare -m sh "$S/inside" "$o" "$@"; }
inside true
[ "$status" -eq 0 ] || skip_all "no overlay can be mounted here: $(echo "$err" | sed q)"
[ -f /var/lib/dpkg/status ] || skip_all "this system is not one of dpkg's"
[ ! -e /etc/xensource ] || skip_all "this system has driver disks of its own"

make_rpms 1.0
T_PRODUCT=XCP T_BASE=xcp:main T_BASE_VERSION=1.6.10 \
	new_disk "$o/disk" 1.0 $(rpm_of 1.0 hello-data "hello-modules-xen-$K2" "hello-modules-xen-$K1")
R=$o/upper
lib=lib
[ ! -L /lib ] || lib=usr/lib
mkdir -p "$R/etc" "$R/usr/local/bin" "$R/$lib/modules/$K2/kernel"
identity XCP 6.1.0 XCP 1.6.10
printf '#!/bin/sh\necho "$*" >>/xe.log\n' >"$R/usr/local/bin/xe"
chmod 755 "$R/usr/local/bin/xe"
before=$(find "$R" | sort)

inside sh /tmp/disk/install.sh --check
is "--check: status" "$status" 0
like "--check: the host" "$out" '^  host XCP 6.1.0$'
is "--check changes nothing" "$(find "$R" | sort)" "$before"
inside sh /tmp/disk/install.sh --yes
is "install: status" "$status" 0
is "install: nothing on stderr" "$err" ""
like "it says that this is a dpkg host" "$out" '^This is a dpkg host'
like "the running kernel is covered" "$out" "^  kernel $K2 \(running\): covered"
like "what is next" "$out" '^Next: modprobe hello$'
is "xapi is told" "$(cat "$R/xe.log")" "host-refresh-pack-info host-uuid=12345678-1234-1234-1234-123456789abc"
inside sh -c "rpm --dbpath /var/lib/rpm -q hello-data; modinfo -k $K2 -F alias hello"
like "the package is in /var/lib/rpm" "$out" '^hello-data-1.0-1'
like "depmod has run" "$out" '^pci:v00001234d000011E8'
inside sh '/etc/xensource/installed-repos/example:hello/install.sh' --status
like "--status: the running kernel" "$out" "^$K2 \(running\): covered by hello-modules-xen-$K2 1.0-1"
inside sh '/etc/xensource/installed-repos/example:hello/install.sh' --uninstall --yes
is "--uninstall: status" "$status$err" 0
inside sh -c 'ls /etc/hello.conf /etc/xensource /lib/firmware/hello /lib/modules/*/extra/hello.ko 2>/dev/null; rpm --dbpath /var/lib/rpm -qa'
is "--uninstall leaves nothing" "$out" ""
printf '#!/bin/sh\nexit 1\n' >"$R/usr/local/bin/xe"
inside sh /tmp/disk/install.sh --yes
is "xe fails: status" "$status" 0
like "xe fails: a warning" "$err" '^Warning: xe host-refresh-pack-info failed'

# As an ordinary user.
inside setpriv --reuid 65534 --regid 65534 --clear-groups sh /tmp/disk/install.sh --yes
is "an ordinary user: status" "$status" 1
like "an ordinary user: message" "$err" '^FATAL: the user .* cannot install drivers: run it as root'
done_testing
