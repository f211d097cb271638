#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# What a clean root mounts is seen by nobody else and goes with it, also when it is killed. debootstrap and apt are
# played here: no archive is asked.
. "$(dirname "$0")/lib.sh"

[ "$(id -u)" -eq 0 ] || skip_all "a clean root wants root"
unshare --mount --pid --fork true 2>/dev/null || skip_all "no mount namespace here"

mkdir bin
cat >bin/apt-get <<'EOF'
#!/bin/sh
echo 'http://archive.invalid stable bookworm main Debian Packages'
EOF
printf '#!/bin/sh\n' >bin/apt-config
# It mounts /proc, as the true one does, says where, and then fails or takes for ever.
cat >bin/debootstrap <<'EOF'
#!/bin/sh
while [ $# -gt 2 ]; do shift; done
mkdir -p "$1/proc" && mount -t proc proc "$1/proc" || exit 2
! grep -q " $1/proc " /proc/mounts || echo "$1" >"$played.new" && mv "$played.new" "$played"
[ -z "${linger:-}" ] || exec sleep 600
exit 1
EOF
chmod +x bin/*
echo bc >packages

run env played="$tmp/failed" PATH="$tmp/bin:$PATH" "$kit/mk/clean-root.sh" "$tmp/root" "$tmp/packages"
is "a root that cannot be finished" "$status" 1
is "had its /proc" "$(cat failed)" "$tmp/root"
is "which nobody else sees" "$(grep -c " $tmp/root" /proc/mounts)" 0
is "and its folder is empty" "$(ls root/proc)" ""

mkdir -p acme-submission/SRPMS
printf '# id\n' >acme-submission/kernels.tsv
echo x >acme-submission/README
bundle_again acme-submission bundle.tar
# running: the processes of the group, but for those that are dead and not yet waited for.
running() {
	ps -eo pgid=,args= | awk -v group="$pid" '$1 == group' | grep -vc defunct
}
# killed NAME SIGNAL WHOM: verify-submission in the middle of making its root. WHOM is - for its whole group.
killed() {
	rm -rf ddk killed
	mkdir ddk
	played=$tmp/killed linger=yes TMPDIR=$tmp/ddk PATH="$tmp/bin:$PATH" setsid "$kit/mk/verify-submission.sh" "$ddk" \
		"$tmp/bundle.tar" debootstrap >log 2>&1 &
	pid=$!
	tries=0
	while [ ! -e killed ] && [ $tries -lt 300 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	root=$(cat killed) || note "$(cat log)"
	like "$1: it was making a root" "$root" "^$tmp/ddk/.*/root\$"
	kill "-$2" "$3$pid"
	[ -n "$3" ] || sleep 0.2
	is "$1: nobody sees a mount" "$(grep -c " $tmp/ddk" /proc/mounts)" 0
	is "$1: the root has an empty /proc" "$(ls "$root/proc")" ""
	kill -KILL "-$pid" 2>/dev/null
	wait "$pid" 2>/dev/null
	tries=0
	while [ "$(running)" -gt 0 ] && [ $tries -lt 50 ]; do
		sleep 0.1
		tries=$((tries + 1))
	done
	is "$1: nothing of it runs on" "$(running)" 0
}
killed "the group, killed" KILL -
killed "verify-submission alone, killed" KILL ''
done_testing
