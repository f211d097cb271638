#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The machinery of `make bench`, once, with the smallest of everything.
. "$(dirname "$0")/../disk/lib.sh"

run make -C "$kit" --no-print-directory bench BENCH_RUNS=1 BENCH_DRIVERS=helloworld BENCH_DISKS='1 2' BENCH_RPMS=10 \
	BENCH_WORK="$tmp/work" BENCH_OUT="$tmp/page"
is "make bench" "$status" 0 || note "$err"
for way in limit kit parallel serial dkms nothing data code; do
	like "helloworld was built: $way" "$(cat "$tmp/work/results.build")" "^build\|helloworld\|$way\|1\|[0-9.]+\|[0-9.]+\|[0-9.]+\|[0-9]+$"
done
is "the plain way made its packages" "$(find "$tmp/work/plain/helloworld/rpm/disk" -name '*-modules-*.x86_64.rpm' | wc -l)" 2
is "dkms built for both kernels" "$(find "$tmp/work/plain/helloworld/dkms/state" -name 'helloworld.ko*' | wc -l)" 2
is "and the limit" "$(find "$tmp/work/plain/helloworld/limit" -name 'helloworld.ko' | wc -l)" 2
like "ddk check was measured" "$(cat "$tmp/work/results.check")" '^check\|10\|check\|1\|'
is "the medium has its RPMs" "$(find "$tmp/work/media/10/rpms" -name 'bulk-0*.rpm' | wc -l)" 10
like "the page" "$(cat "$tmp/page/benchmarks.md")" '^\| the kit: .* \| 1 \|$'
unlike "no path of this machine is in it" "$(cat "$tmp/page/benchmarks.md" "$tmp/page/benchmarks.svg")" "$tmp|$kit|$(hostname)"
ok "the plot" xmllint --noout "$tmp/page/benchmarks.svg"
done_testing
