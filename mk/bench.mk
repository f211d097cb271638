# SPDX-License-Identifier: BSD-2-Clause
# `make bench`: what the kit costs beside the bare compile, the plain way and dkms; writes docs/benchmarks.md and its
# plot. The sources of drivers and the media for `ddk check` are kept under out/bench.

BENCH_PARTS ?= disks check build
BENCH_RUNS ?= 3
BENCH_MINUTES ?= 8
BENCH_DRIVERS ?= helloworld xtables-addons jool
BENCH_DISKS ?= 1 2 4 8
BENCH_RPMS ?= 1000
BENCH_OUT ?= $(KIT)/docs
BENCH_WORK ?= $(KIT)/out/bench

.PHONY: bench
bench: $(ddk)
	@bench_parts='$(BENCH_PARTS)' bench_runs=$(BENCH_RUNS) bench_minutes=$(BENCH_MINUTES) bench_drivers='$(BENCH_DRIVERS)' bench_disks='$(BENCH_DISKS)' bench_rpms=$(BENCH_RPMS) \
		$(KIT)/tests/bench/bench.sh $(KIT) $(ddk) $(abspath $(BENCH_WORK)) $(abspath $(BENCH_OUT))
