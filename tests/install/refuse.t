#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Everything that is refused: the message, the status, and that nothing changed.
# shellcheck disable=SC1091,SC2034,SC2046,SC2154 # lists of files; variables of lib.sh
. "$(dirname "$0")/lib.sh"
make_rpms base 1.0

new_disk "$S/good" 1.0 $(hello_rpms 1.0)
data=hello-data-1.0-1.x86_64.rpm

# refused NAME STATUS PATTERN: install.sh of $disk ends so, with --yes and with --check.
refused() {
	snap=$(snapshot)
	run install_sh --yes
	is "$1: status" "$status" "$2"
	like "$1: message" "$err" "$3"
	run install_sh --check
	is "$1: --check: status" "$status" "$2"
	is "$1: nothing changes" "$(snapshot)" "$snap"
}

bad_copy() {
	rm -rf "$S/bad"
	cp -a "$S/good" "$S/bad"
	disk=$S/bad
}

# rpm looks at no byte between its two headers, so the payload is hit.
damage() {
	printf 'X' |
		dd of="$1" bs=1 seek=$(($(wc -c <"$1") - 30)) conv=notrunc 2>/dev/null
}

new_root root rpm

bad_copy
sum=$(md5sum <"$disk/$data")
sum=${sum%% *}
sed -i 's/^PACKAGES/&/; s/'"$sum"'/00000000000000000000000000000000/' "$disk/install.sh"
refused "wrong md5" 1 "^FATAL: MD5 mismatch on $data \(expected 0{32}\): .*copy it again"
bad_copy
sha=$(sha256sum <"$disk/$data")
sed -i "s/${sha%% *}/$(printf '%064d' 0)/" "$disk/install.sh"
refused "wrong sha256" 1 "^FATAL: SHA256 mismatch on $data"
bad_copy
damage "$disk/$data"
refused "a changed byte" 1 "^FATAL: MD5 mismatch on $data \\(expected $sum\\)"
bad_copy
rm "$disk/$data"
refused "a missing file" 1 "^FATAL: $data missing: .*copy all"
bad_copy
dd if="$S/good/$data" of="$disk/$data" bs=1000 count=1 2>/dev/null
refused "a truncated file" 1 "^FATAL: $data has 1000 bytes, not [0-9]+"
bad_copy
mkdir "$disk/x"
mv "$disk/$data" "$disk/x/"
mkdir "$disk/$data"
refused "a directory in a file's place" 1 "^FATAL: $data missing"
# The lists agree, but rpm finds the damage.
bad_copy
damage "$disk/$data"
old=$(package_line "$S/good/$data") new=$(package_line "$disk/$data")
sed -i "s|$old|$new|" "$disk/install.sh"
refused "a damaged package" 1 "^FATAL: rpm calls a package damaged .*$data"
bad_copy
cp "$disk/hello-modules-xen-$K1-1.0-1.x86_64.rpm" "$disk/$data"
new=$(package_line "$disk/$data" | sed "s/^module hello-modules-xen-$K1 \(.*\) $K1 xen/data hello-data \1 - -/")
sed -i "s|$old|$new|" "$disk/install.sh"
refused "another package under a name" 1 "^FATAL: $data does not hold hello-data 1.0-1"
bad_copy
sed -i "s|$data|../good/$data|" "$disk/install.sh"
refused "a file name with a slash" 1 "^FATAL: .*is no legal word"
T_EULA=yes new_disk "$S/bad" 1.0 "$S/good/$data"
rm "$disk/EULA"
refused "a missing licence" 1 "^FATAL: EULA missing"

# The product and what the disk requires.
disk=$S/good
identity XenServer 6.5.0 XCP 1.9.0
refused "wrong product" 2 "^Error: .*xensource-inventory: the product is 'XenServer' \('XCP'\), this disk is for 'Debian'"
run answer n "$SH $disk/install.sh --root $R"
is "wrong product, declined" "$status" 2
not_ok "the inventory is not sourced" test -e "$S/sourced"
rm "$R/etc/xensource-inventory"
sed -i 's/12/11/' "$R/etc/os-release"
refused "wrong version" 2 "^Error: unsatisfied dependency debian:main eq 12 \(/etc/os-release says '11'\)"
run answer y "$SH $disk/install.sh --root $R"
is "wrong version, accepted at a terminal" "$status" 0
run install_sh --uninstall --yes
repository "$R/etc/xensource/installed-repos/debian:main" debian main 12.0
run install_sh --check
is "a record of the base comes before the identity" "$status" 0
repository "$R/etc/xensource/installed-repos/debian:main" debian main 12.1
refused "the record of the base has another version" 2 "^Error: unsatisfied dependency debian:main eq 12 .*'12.1'"
rm -r "$R/etc/xensource" "$R/etc/os-release"
refused "no identity at all" 2 "not there, so the product is not known"

new_root requires rpm
repos=$R/etc/xensource/installed-repos
required() {
	if [ ! -d "$S/needs" ]; then
		T_REQUIRES='@' new_disk "$S/needs" 1.0 $(hello_rpms 1.0)
		mv "$S/needs/install.sh" "$S/needs/template"
	fi
	disk=$S/needs
	awk -v value="$1" '{ sub(/^REQUIRES=.*/, "REQUIRES=\047" value "\047"); print }' "$disk/template" >"$disk/install.sh"
}
required "acme:base ge 1.0 -"
refused "a missing dependency" 1 "^FATAL: missing dependency acme:base: "
repository "$repos/acme:base" acme base 1.9.0
required "acme:base ge 1.10 -"
refused "an unmet dependency" 2 "^Error: unsatisfied dependency acme:base ge 1.10 \(1.9.0-7 is installed\)"
# HAVE is 1.9.0 build 7.
while read -r test version build want; do
	required "acme:base $test $version $build"
	run install_sh --check
	is "requires $test $version build $build" "$status" "$want"
done <<'END'
eq 1.9 - 0
eq 1.9.0 7 0
eq 1.9.0 8 2
ge 1.9.0 6a 0
gt 1.9.0 6 0
ne 1.9.0 - 2
ne 1.8 - 0
lt 1.10 - 0
lt 1.9 - 2
gt 1.8.99 - 0
gt 1.10 - 2
le 1.9.0 - 0
le 1.8 - 2
ge 01.09 - 0
ge 1.9.0.1 - 2
lt 99999999999999999999999.0 - 0
eq 1.9.0rc1 - 2
about 1.9 - 2
END
required "acme:base eq 1.9 -\\nacme:more ge 2 -"
refused "the second requirement is looked at" 1 "^FATAL: missing dependency acme:more"

# What packages need.
for kind in rpm dpkg; do
	new_root "needs-$kind" "$kind"
	new_disk "$S/tool" 1.0 $(hello_rpms 1.0) $(rpm_of 1.0 hello-tool)
	refused "$kind: a package needs what nobody has" 1 "libnobody.so.7 is needed by hello-tool-1.0"
done
new_root needs-file dpkg
rm "$R/sbin/depmod" "$R/bin/sh"
ln -s nowhere "$R/bin/sh"
disk=$S/good
run install_sh --check
is "dpkg: a link counts as there" "$status" 0

# The state of the host.
new_root nodb rpm
rm -r "$R/var/lib/rpm"
refused "no rpm database" 1 "^FATAL: .*no rpm database"
new_root baddb rpm
head -c 3000 /dev/urandom >"$R/var/lib/rpm/rpmdb.sqlite"
refused "a damaged rpm database" 1 "^FATAL: .*the rpm database cannot be read"
new_root emptydb rpm
rm -r "$R/var/lib/rpm"
rpm --root "$R" --dbpath /var/lib/rpm --initdb
refused "an empty rpm database" 1 "^FATAL: .*the rpm database is empty"

new_root lock rpm
sleep 100 &
holder=$!
read -r start <"/proc/$holder/stat"
start=${start##*) }
# shellcheck disable=SC2086 # split into fields
set -- $start
ln -s "$holder:${20}" "$R/run/ddk-install.lock"
snap=$(snapshot)
run install_sh --yes
is "the lock is held: status" "$status" 1
like "the lock is held: by whom" "$err" "^FATAL: $R/run/ddk-install.lock: process $holder is installing"
is "the lock is held: nothing changes" "$(snapshot)" "$snap"
run install_sh --check
is "the lock is held: --check may run" "$status" 0
kill "$holder"
wait "$holder" 2>/dev/null
run install_sh --yes
is "the lock of a dead process is taken over" "$status" 0
not_ok "and released" test -L "$R/run/ddk-install.lock"
ln -s "$$:1" "$R/run/ddk-install.lock"
run install_sh --uninstall --yes
is "so is that of a process whose number came again" "$status" 0
: >"$R/run/ddk-install.lock"
run install_sh --yes
is "what is no lock is not removed" "$status" 1

new_root tools rpm
mkdir "$S/few"
for tool in sh sed tr id mktemp readlink uname rpm md5sum; do
	ln -s "$(command -v "$tool")" "$S/few/$tool"
done
run sh "$disk/install.sh" --root "$S/nowhere" --yes
is "no such root: status" "$status" 1
like "no such root: message" "$err" '^FATAL: --root'
run install_sh --root
is "--root without a directory" "$status" 1
ok "TMPDIR must be writable" sh -c "! TMPDIR=$S/nowhere $SH $disk/install.sh --root $R --check 2>&1 | grep -v 'mktemp:' | grep -qv '^FATAL: .*set TMPDIR'"

# Mounts need a mount namespace.
if unshare -m true 2>/dev/null; then
	mounted() {
		run unshare -m sh -c "$1"' && exec "$@"' sh "$SH" "$disk/install.sh" --root "$R" --yes
	}
	new_root readonly rpm
	snap=$(snapshot)
	mounted "mount --bind '$R' '$R' && mount -o remount,bind,ro '$R'"
	is "a read-only root: status" "$status" 1
	like "a read-only root: message" "$err" '^FATAL: .* cannot be written: mount it read-write'
	is "a read-only root: nothing changes" "$(snapshot)" "$snap"
	new_root full rpm
	mounted "mount -t tmpfs -o size=2m none '$R/lib/modules' && mkdir -p '$R/lib/modules/$K1/kernel'"
	is "no room: status" "$status" 1
	like "no room: message" "$err" "^FATAL: $R/lib/modules has [0-9]+ KiB free, [0-9]+ are needed"
	is "no room: no package" "$(packages)" ""
	not_ok "no room: no record" test -e "$R/etc/xensource"
else
	skip "a read-only root" "no mount namespaces here"
	skip "no room" "no mount namespaces here"
fi

# Without root's rights on a live host.
if command -v setpriv >/dev/null && [ -z "${INSTALL_TEST_USERNS:-}" ]; then
	chmod 755 "$S"
	run setpriv --reuid 65534 --regid 65534 --clear-groups "$SH" "$disk/install.sh" --yes
	is "an ordinary user: status" "$status" 1
	like "an ordinary user: message" "$err" '^FATAL: .*root|no rpm database'
else
	skip "an ordinary user" "only root can become another user"
fi
done_testing
