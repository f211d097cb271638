# SPDX-License-Identifier: BSD-2-Clause
# Benchmarks on this machine: ratios of one run, over the simulated Xen.
#
#   bench          each measurement BENCH_MS long

BENCH_MS ?= 500
bench_sources := test/bench/bench.c $(filter-out %/host.c,$(sim-src)) $(sim-dir)/platform/host.c \
	$(addprefix lib/pv_,$(addsuffix .c,cache evtchn evtchn_2l evtchn_fifo))

$(O)/bench/bench: $(bench_sources) $(sim-hdr) mk/bench.mk
	@mkdir -p $(@D)
	@$(say) CC bench
	$(Q)$(HOSTCC) -std=gnu11 -O2 -g -Wall -Wextra -Werror -I$(sim-dir) -I$(sim-dir)/platform \
		-isystem $(dir $(XEN_HEADERS)) -Ilib -Ilib/platform -o $@ $(bench_sources) -lpthread

.PHONY: bench
bench: $(O)/bench/bench
	@$< $(BENCH_MS)
