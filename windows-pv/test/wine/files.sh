#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# files.sh BIN OUT OBJDUMP: what is run under Wine is what is shipped, and the IRPs that it knows are
# tested. From windows-pv. TAP.
set -eu

bin=$1 out=$2 objdump=$3
n=0 failed=0
privileged='[[:space:]](cpuid|vmcall|vmmcall|cli|sti|in[bwl]|out[bwl]|ins[bwl]|outs[bwl])([[:space:]]|$)'

result() {
	n=$((n + 1))
	if [ "$1" = 0 ]; then
		echo "ok $n - $2"
	else
		echo "not ok $n - $2"
		failed=1
	fi
}

for build in free checked; do
	shipped=$out/$build/xenbus/x64
	tested=$bin/dktest/$build
	for f in xenbus.sys xenfilt.sys; do
		# Twelve bytes in a row may differ, and they are the name.
		cmp -l "$shipped/$f" "$tested/$f" > "$bin/cmp.$build" || true
		rc=0
		awk 'NR == 1 { first = $1 } $1 < first || $1 > first + 11 { exit 1 } END { exit NR == 0 }' \
			"$bin/cmp.$build" || rc=1
		result $rc "$build: $f differs in twelve bytes at most"
		at=$(($(sed -n '1s/^ *\([0-9]*\) .*/\1/p' "$bin/cmp.$build") - 1))
		rc=0
		[ "$(dd if="$shipped/$f" bs=1 skip=$at count=12 2>/dev/null)" = ntoskrnl.exe ] || rc=1
		[ "$(dd if="$tested/$f" bs=1 skip=$at count=12 2>/dev/null)" = dktestnt.sys ] || rc=1
		result $rc "$build: ... which are the name of the import"
	done
	for f in xenbus.inf xenbus.cat; do
		rc=0
		cmp -s "$shipped/$f" "$tested/$f" || rc=1
		result $rc "$build: $f is as it is shipped"
	done
	rc=0
	"$objdump" -d --no-show-raw-insn "$shipped/xen.sys" | grep -Eq "$privileged" || rc=1
	result $rc "$build: the shipped xen.sys has instructions for a hypervisor"
	rc=0
	"$objdump" -d --no-show-raw-insn "$tested/xen.sys" > "$bin/xen.$build.s"
	grep -Eq 'call' "$bin/xen.$build.s" || rc=1
	! grep -E "$privileged" "$bin/xen.$build.s" || rc=1
	result $rc "$build: the tested xen.sys has none"
done
rc=0
for irp in $(sed -n 's/^PNP(\([A-Z_]*\),.*/\1/p' xenbus/xenbus/irps.def); do
	grep -q "$irp" test/wine/harness/*.c || { echo "# no case for $irp" && rc=1; }
done
result $rc "every IRP of irps.def has a case in the harness"
echo "1..$n"
exit $failed
