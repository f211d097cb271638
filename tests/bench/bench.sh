#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# bench.sh KIT DDK WORK OUT: measures, and writes OUT/benchmarks.md with its plot. What is measured lies in WORK, and
# the figures in WORK/results.PART: lines PART|DRIVER|VARIANT|RUN|seconds|user|system|KiB. Reads bench_parts, bench_runs,
# bench_minutes, bench_drivers, bench_disks and bench_rpms. What is compared is of one part, so of one run; a part that
# is not measured again keeps its figures.
set -eu
kit=$1 ddk=$2 work=$3 out=$4
parts=${bench_parts:?}
: "${bench_runs:?}" "${bench_minutes:?}" "${bench_drivers:?}" "${bench_disks:?}" "${bench_rpms:?}"
here=$kit/tests/bench
jobs=$(nproc)
variants='kit limit serial parallel dkms'
# What is measured has job servers of its own.
unset MAKEFLAGS MFLAGS MAKELEVEL MAKEOVERRIDES
export LC_ALL=C

mkdir -p "$work" "$out"

die() {
	echo "bench: $*" >&2
	exit 1
}
for tool in rpmbuild genisoimage dkms openssl flock /usr/bin/time; do
	command -v "$tool" >/dev/null || die "$tool is missing; \`make check-deps\` installs it"
done
# What an interrupted run left behind still holds the lock, and would spoil the figures.
exec 9>"$work/lock"
flock -n 9 || die "$work: another run measures there, or what one has left; wait for its end"

# measure PART DRIVER VARIANT RUN COMMAND...: one figure, and one line of progress.
measure() {
	key="$1|$2|$3|$4" text="$2 $3"
	shift 4
	/usr/bin/time -q -o "$work/time" -f '%e|%U|%S|%M' "$@" >"$work/log" 2>&1 </dev/null || {
		tail -n 20 "$work/log" >&2
		die "$text: failed: $*"
	}
	printf '%s|%s\n' "$key" "$(tail -n 1 "$work/time")" >>"$work/results.new"
	printf '  %-9s %-34s %ss\n' BENCH "$text" "$(cut -d'|' -f1 "$work/time")"
}

# new_disk NAME [SETTING]...: a disk of its own. Inside the kit, disks would share the kit's out folder.
new_disk() {
	disk=$work/disks/$1
	shift
	[ ! -f "$disk/disk.mk" ] || return 0
	rm -rf "$disk" "$disk.new"
	make -s -C "$kit" new DISK="$disk.new" "$@" >"$work/log" 2>&1 || die "$disk: $(cat "$work/log")"
	# Not the path at which it was written.
	sed -i "s,^DDK ?= .*,DDK ?= $kit," "$disk.new/Makefile"
	echo "OUT = $disk/out" >>"$disk.new/disk.mk"
	mv "$disk.new" "$disk"
}

# prepare DRIVER: its disk, and for the other ways the source, the kernels and what compiles it.
prepare() {
	if [ "$1" = helloworld ]; then
		new_disk helloworld
	else
		mkdir -p "$work/sources"
		[ -n "$(find "$work/sources" -name "$1-dkms_*.deb")" ] ||
			(cd "$work/sources" && apt-get -qq download "$1-dkms") >"$work/log" 2>&1 ||
			die "$1-dkms: the Debian archive cannot be reached"
		new_disk "$1" SOURCE="$(find "$work/sources" -name "$1-dkms_*.deb")"
	fi
	"$here/plain.sh" "$kit" "$1" "$work/disks/$1" "$work/plain/$1"
}

build() {
	measure build "$1" "$2" "$3" "$here/variant.sh" "$2" "$1" "$work" "$jobs"
}

# Every round has all variants, and each round another one first. A driver's round that would not end in time is left out.
rounds() {
	run=1
	order=$variants
	while [ "$run" -le "$bench_runs" ]; do
		for driver in $bench_drivers; do
			start=$(date +%s)
			took=$(cat "$work/plain/$driver/took" 2>/dev/null || echo 0)
			[ "$run" -eq 1 ] || [ $((start + took)) -le "$deadline" ] || continue
			for variant in $order; do
				"$here/variant.sh" "clean-$variant" "$driver" "$work" "$jobs" >"$work/log" 2>&1
				build "$driver" "$variant" "$run"
			done
			again "$driver"
			echo $(($(date +%s) - start)) >"$work/plain/$driver/took"
		done
		order="${order#* } ${order%% *}"
		run=$((run + 1))
	done
}

# A second make after nothing, a data file, or one C file changed.
again() {
	build "$1" nothing "$run"
	data=$(find "$work/disks/$1/data" -type f 2>/dev/null | LC_ALL=C sort | head -n 1)
	if [ -n "$data" ]; then
		echo "run $run $(date +%s%N)" >>"$data"
		build "$1" data "$run"
		! grep -q 'RPM  *[^ ]*-modules-' "$work/log" || die "$1: a changed data file compiled a module"
	fi
	# It compiles the whole driver again, so once is enough.
	[ "$run" -eq 1 ] || return 0
	code=$(find "$work/disks/$1/modules" -name '*.c' -type f | LC_ALL=C sort | head -n 1)
	echo "/* run $run */" >>"$code"
	build "$1" code "$run"
}

# Several disks under one make, by their number.
disks() {
	# shellcheck disable=SC2086 # words
	most=$(printf '%s\n' $bench_disks | sort -n | tail -n 1)
	n=1
	while [ "$n" -le "$most" ]; do
		new_disk "many$n"
		n=$((n + 1))
	done
	run=1
	while [ "$run" -le "$bench_runs" ]; do
		for count in $bench_disks; do
			list=''
			n=1
			while [ "$n" -le "$count" ]; do
				list="$list $work/disks/many$n"
				n=$((n + 1))
			done
			make -s -C "$kit" DISKS="$list" clean SUMMARY="$work/summary.json" >"$work/log" 2>&1
			measure disks "$count" disks "$run" make -C "$kit" --no-print-directory -j "$jobs" DISKS="$list" SUMMARY="$work/summary.json"
		done
		run=$((run + 1))
	done
}

make_media() {
	for count in "$bench_rpms" $((bench_rpms / 2)); do
		printf '  %-9s %s\n' BENCH "a medium of $count RPMs"
		"$here/medium.sh" "$kit" "$work/media" "$count" >"$work/log" 2>&1 || {
			tail -n 20 "$work/log" >&2
			die "the medium of $count RPMs could not be made"
		}
	done
}

# `ddk check` beside openssl, on a medium of many RPMs and on one of half as many.
media() {
	run=1
	iso=$work/media/$bench_rpms/bulk.iso
	while [ "$run" -le "$bench_runs" ]; do
		measure check "$bench_rpms" openssl "$run" "$here/openssl.sh" one "$iso" "$work/media/$bench_rpms/rpms"
		measure check "$bench_rpms" openssl-two "$run" "$here/openssl.sh" two "$iso" "$work/media/$bench_rpms/rpms"
		measure check "$bench_rpms" check "$run" "$ddk" check -q "$iso"
		measure check "$((bench_rpms / 2))" check "$run" "$ddk" check -q "$work/media/$((bench_rpms / 2))/bulk.iso"
		measure check modules check "$run" "$here/modules.sh" "$ddk" "$work/media/modules"
		run=$((run + 1))
	done
	{
		echo "rpms|$bench_rpms"
		echo "image|$(wc -c <"$iso")"
	} >>"$work/facts.new"
}

builds() {
	for driver in $bench_drivers; do prepare "$driver"; done
	deadline=$(($(date +%s) + bench_minutes * 60))
	rounds
	echo "kernels|$(cut -d'|' -f2 "$work/plain/${bench_drivers%% *}/kernels" | tr '\n' ' ')" >>"$work/facts.new"
	for driver in $bench_drivers; do
		echo "objects-$driver|$(find "$work/plain/$driver/limit" -name '*.o' ! -name '*.mod.o' -exec grep -lF "$(printf '\177ELF')" {} + | wc -l)" >>"$work/facts.new"
	done
}

# part NAME COMMAND...: one part, whose figures are taken when all of it was measured.
part() {
	rm -f "$work/results.new" "$work/facts.new"
	echo "measured-$1|$(date -u +%F), commit $(git -C "$kit" rev-parse --short HEAD 2>/dev/null || echo unknown)" >"$work/facts.new"
	name=$1
	shift
	"$@"
	mv "$work/facts.new" "$work/facts.$name"
	mv "$work/results.new" "$work/results.$name"
}

machine() {
	echo "kit|$("$ddk" --version | head -n 1)"
	echo "cores|$jobs"
	echo "processor|$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo | head -n 1)"
	echo "compiler|$(cc --version | head -n 1)"
	echo "tools|$(make --version | head -n 1), $(rpmbuild --version), $(dkms --version 2>/dev/null | head -n 1), $(openssl version | cut -d' ' -f1,2)"
}

for part in $parts; do
	case $part in
	disks) part disks disks ;;
	check)
		make_media
		part check media
		;;
	build) part build builds ;;
	*) die "BENCH_PARTS: $part: a part is one of disks, check, build" ;;
	esac
done
machine >"$work/machine"
cd "$work"
for page in benchmarks.md benchmarks.svg; do
	# shellcheck disable=SC2046 # parts that were measured
	awk -f "$here/median.awk" -f "$here/${page#*.}.awk" machine $(ls facts.disks facts.check facts.build results.disks results.check results.build 2>/dev/null) >"$out/$page.new"
	mv -f "$out/$page.new" "$out/$page"
	echo "$out/$page"
done
