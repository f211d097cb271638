#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# BUILDROOT: everything that rpmbuild runs comes from a chroot. This one is made of the host's /usr with
# another compiler in front.
. "$(dirname "$0")/lib.sh"
copy_example hello
openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tmp/key" -out "$tmp/cert" -subj /CN=test -days 9 2>/dev/null
root=$tmp/root
mkdir -p "$root/usr" "$root/etc" "$root/dev" "$root/tmp" "$root/var/tmp"
for d in bin sbin lib lib64; do ln -s usr/$d "$root/$d"; done
cp /etc/passwd /etc/group "$root/etc/"
cp -R /etc/alternatives "$root/etc/"
cat >"$tmp/gcc" <<'EOF'
#!/bin/sh
echo period >>/tmp/period-gcc
exec /usr/bin/gcc-12 "$@"
EOF
chmod +x "$tmp/gcc"

# shellcheck disable=SC2016 # for the inner shell
run $namespace sh -c '
	mount --rbind /usr "$1/usr" && mount --rbind /dev "$1/dev" && mount -t tmpfs none "$1/usr/local" &&
	mkdir "$1/usr/local/bin" && cp "$2/gcc" "$1/usr/local/bin/gcc-12" && ln -s gcc-12 "$1/usr/local/bin/gcc" &&
	PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin make -C "$2/hello" --no-print-directory -j2 BUILDROOT="$1" SIGN_KEY="$2/key" SIGN_CERT="$2/cert"' sh "$root" "$tmp"
is "a disk builds in the chroot, its modules signed with a key outside of it" "$status" 0 || printf '%s\n%s\n' "$out" "$err"
ok "with the compiler of the chroot" test -s "$root/tmp/period-gcc"
first=$(fingerprint "$tmp/hello/out/helloworld/")
rm -rf "$tmp/hello/out"
ok "and without it" build "$tmp/hello" -j2 SIGN_KEY="$tmp/key" SIGN_CERT="$tmp/cert"
is "to the same bytes, since it is the same compiler" "$(fingerprint "$tmp/hello/out/helloworld/")" "$first"
# A compiler cache is the chroot's own.
rm -rf "$tmp/hello/out"
# shellcheck disable=SC2016 # for the inner shell
run $namespace sh -c 'mount --rbind /usr "$1/usr" && mount --rbind /dev "$1/dev" &&
	CCACHE_DIR=/var/tmp/cache make -C "$2/hello" --no-print-directory -j2 BUILDROOT="$1" CC="ccache gcc" \
	SIGN_KEY="$2/key" SIGN_CERT="$2/cert"' sh "$root" "$tmp"
is "ccache in the chroot" "$status:$(fingerprint "$tmp/hello/out/helloworld/")" "0:$first" || note "$err"
ok "keeps its cache there" test -d "$root/var/tmp/cache"
run build "$tmp/hello" BUILDROOT=/nonexistent
like "a chroot that is not there" "$err" 'BUILDROOT = /nonexistent: no such folder'
done_testing
