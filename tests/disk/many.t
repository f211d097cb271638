#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# DISKS: several disks under one make.
. "$(dirname "$0")/lib.sh"
cd "$tmp" || exit 1
mkdir all
for d in one two three; do
	make -s -C "$kit" new DISK="$tmp/all/$d" LABEL="disk_$d" >/dev/null
	echo 'EXCLUDE.kdump = one kernel is enough here' >>"all/$d/disk.mk"
	echo "about $d" >"all/$d/data/helloworld-data-1.0/doc/README"
done
many() {
	run make -f "$kit/Makefile" --no-print-directory "$@"
}
# fact DISK KEY: from the summary, read by a JSON parser that is not ours.
fact() {
	perl -MJSON::PP -e 'local $/; open F, "<", shift; my $s = decode_json(<F>); my ($d) = grep { $_->{label} eq $ARGV[0] } @{$s->{disks}};
		my $v = $d->{$ARGV[1]}; print defined $v ? $v : "null"' "${summary:-out/summary.json}" "$1" "$2"
}
facts() {
	for disk in disk_one disk_two disk_three; do printf '%s ' "$(fact "$disk" "$1")"; done
}

# One by one, for comparison.
for d in one two three; do
	build "all/$d" -j2 >log 2>&1 || { fail "disk $d builds by itself" "$(cat log)"; done_testing; }
	mkdir -p "alone/$d"
	cp -R "all/$d/out" "alone/$d/"
	rm -rf "all/$d/out"
done

many -j2 DISKS=all
is "a folder of three disks builds" "$status" 0 || note "$err"
for d in one two three; do
	is "disk $d has the bytes it has when built alone" "$(fingerprint "all/$d/out/disk_$d/")" "$(fingerprint "alone/$d/out/disk_$d/")"
done
is "each line but those of the table says whose it is" "$(printf '%s\n' "$out" | grep -vE '^(disk_(one|two|three): )' | tr -s ' ' | cut -d' ' -f1-3)" \
	"disk release result
disk_one debian-12 done
disk_three debian-12 done
disk_two debian-12 done
$tmp/out/summary.json"
like "the table has time, size and findings" "$out" "^disk_two +debian-12 +done +[0-9]+\.[0-9]s +$(wc -c <all/two/out/disk_two/disk_two.iso) +0 +0\$"
unlike "the job server reaches everyone" "$out$err" 'jobserver'
is "the summary has the size" "$(fact disk_two size)" "$(wc -c <all/two/out/disk_two/disk_two.iso)"
is "the findings" "$(facts errors)$(facts warnings)" "0 0 0 0 0 0 "
is "and the image" "$(fact disk_two iso)" "$tmp/all/two/out/debian-12/disk_two/disk_two.iso"
is "nothing is left beside it" "$(ls out)" summary.json
many -j2 DISKS="all/one all/two all/one" SUMMARY="$tmp/again.json"
is "a second time: nothing to do" "$status:$(printf '%s\n' "$out" | grep -c -E ': +(RPM|ISO|TAR)')" 0:0
is "a disk that is named twice is one" "$(grep -c '"label"' again.json)" 2

# The other goals.
many -j2 DISKS=all verify
like "verify shows what each disk's check says" "$out" '^disk_three: check: .*disk_three\.iso: 0 errors'
many DISKS=all show-config
like "show-config" "$out" '^disk_two: LABEL +=.*disk_two'
many -j2 DISKS=all clean build-rpms
is "clean and build-rpms in one" "$status" 0 || note "$err"
ok "builds packages" test -e "all/one/out/debian-12/disk_one/helloworld-modules-xen-$uname_xen-1.0-1.x86_64.rpm"
ok "and no ISO" test ! -e all/one/out/debian-12/disk_one/disk_one.iso
is "which the summary does not have either" "$(facts iso)$(facts size)" "null null null null null null "
many -j2 DISKS=all clean
is "clean" "$status:$(find all -name out)" 0:
many -j3 DISKS=all OUT="$tmp/shared"
is "one folder for all results" "$status" 0 || note "$err"
is "has all three" "$(find shared -name '*.iso' -path '*debian-12/disk_*/disk_*.iso' ! -path '*/work/*' | wc -l)" 3
is "and the summary" "$(summary=shared/summary.json facts result)" "done done done "

# One that does not build.
sed -i 's/^static int helloworld_probe/static nosuchtype x;\n&/' all/three/modules/helloworld-1.0/helloworld.c
rm -rf all/*/out
many -j1 DISKS="all/one all/three all/two"
is "one is broken: make fails" "$status" 2
is "and does not begin the one after it" "$(facts result)" "done not begun failed "
like "the last lines name it with its first error" "$err" '^failed: disk_three \(all/three\): .*helloworld\.c:[0-9]+:[0-9]+: error: .*nosuchtype'
like "and the log" "$err" "^  log: $tmp/all/three/out/debian-12/disk_three/log/.*\.log\$"
like "which are in the summary too" "$(fact disk_three error)$(fact disk_three log)" 'nosuchtype.*\.log$'
like "the summary as a whole has failed" "$(tail -n 2 out/summary.json)" '"result": "failed"'
rm -rf all/*/out
many -j2 -k DISKS=all
is "with -k it fails as well" "$status" 2
is "but builds the others" "$(facts result)" "done done failed "
is "to the same bytes" "$(fingerprint all/two/out/disk_two/)" "$(fingerprint alone/two/out/disk_two/)"
like "and names the broken one" "$err" '^failed: disk_three '
echo 'SPEC = nope.spec' >>all/two/disk.mk
echo 'LABEL = a b' >>all/three/disk.mk
rm -rf all/*/out
many -j2 -k DISKS=all
is "disks whose values are wrong" "$(fact disk_one result)$(grep -c '"result": "failed"' out/summary.json)" done3
like "have the first error as well" "$err" '^failed: two .*disk\.mk: SPEC = nope\.spec: no such file'
like "and a name, when their own is no good" "$err" '^failed: three .*LABEL = a b: only letters'

# What cannot be.
sed -i '/nope.spec/d' all/two/disk.mk
sed -i 's/^LABEL.*/LABEL = disk_two/' all/three/disk.mk
many -j2 DISKS=all OUT="$tmp/shared"
is "two disks of one label into one folder are refused" "$status" 2
like "by name" "$err" "all/three and all/two build into one folder, $tmp/shared/debian-12/disk_two; give"
rm -rf all/*/out
many -j2 DISKS=all -n
is "make -n does nothing" "$status:$(find all -name out)" 0:
sed -i '/nosuchtype/d' all/three/modules/helloworld-1.0/helloworld.c
many -j2 DISKS=all
is "into folders of their own they build" "$status" 0 || note "$err"
like "and are told apart by their folders" "$out" '^all/three: '
many DISKS=out
is "a folder without disks" "$status" 2
like "is told" "$err" 'DISKS: out: no disk.mk there, nor in a folder of it'
many DISKS=all DISK=all/one
like "DISK and DISKS together are refused" "$err" 'say one of them'
many DISKS=all new
like "as is a goal that concerns no disk" "$err" 'new is not done for each of several disks'
many DISKS=all LABEL=x
like "and one label for all" "$err" 'LABEL=x cannot hold for several disks'
DISKS=nowhere
export DISKS
run make -C all/one --no-print-directory show-config
is "DISKS in the environment is nobody's" "$status" 0
unset DISKS
printf 'DISKS = one two\ninclude %s/Makefile\n' "$kit" >all/Makefile
run make -C all --no-print-directory -j2
is "a Makefile in the folder can name them" "$status" 0 || note "$err"
done_testing
