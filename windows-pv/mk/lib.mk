# SPDX-License-Identifier: BSD-2-Clause
# The OS-free library: its tests on the host, its compilation for Windows, its fuzzing.
# Included by Makefile; stands alone too: make -f mk/lib.mk check-lib
#
#   check-lib        host tests (ASan, UBSan, TSan), check-lib-cross, bounded fuzzing
#   check-lib-cross  every source with clang and gcc for x64 and x86, warnings as errors; layouts
#   fuzz-lib         fuzz each target for FUZZ_TIME seconds, keeping what was found
#   check-lib-long   the tests with larger loops, then fuzz-lib
#
# For other fragments: pv_lib_sources, pv_lib_includes.

pv_lib_sources := $(sort $(wildcard lib/pv_*.c))
pv_lib_headers := $(sort $(wildcard lib/*.h lib/platform/*.h))

ifndef gen
# Alone: the few things that the Makefile's other fragments bring.
O           ?= $(abspath ../out/windows-pv)
XEN_HEADERS ?= /usr/include/xen
HOSTCC      ?= cc
CLANG       ?= clang
Q    := $(if $(V),,@)
say   = $(if $(V),:,printf '  %-8s %s\n')
include mk/generated.mk
endif

FUZZ_TIME     ?= 60
LIB_FUZZ_RUNS ?= 30000
PV_TEST_SCALE ?= 1

pv_lib_includes := -Ilib -Ilib/platform -I$(gen)

lib_flags := -std=gnu11 -O1 -g -Wall -Wextra -Werror $(pv_lib_includes)
lib_asan  := -fsanitize=address,undefined -fno-sanitize-recover=all
lib_deps  := $(gen)/xen.stamp $(pv_lib_headers) mk/lib.mk

.PHONY: check-lib check-lib-cross check-lib-long fuzz-lib
check-lib:

# --- host tests

lib_test   := $(O)/lib-test
lib_fakes  := $(wildcard test/host/fake_*.c)
lib_tests  := $(filter-out evtchn_race,$(patsubst test/host/test_%.c,%,$(wildcard test/host/test_*.c)))
lib_runs   := $(lib_tests) evtchn32 evtchn_race evtchn_race_tsan evtchn_fifo_tsan corral_tsan
lib_asan_o := $(pv_lib_sources:lib/%.c=$(lib_test)/lib/%.o) $(lib_fakes:test/host/%.c=$(lib_test)/lib/%.o)
lib_ran    := $(lib_runs:%=$(lib_test)/%.ran)

$(lib_test)/lib/%.o: lib/%.c $(lib_deps)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(lib_flags) $(lib_asan) -c $< -o $@

$(lib_test)/lib/fake_%.o: test/host/fake_%.c test/host/fake_%.h $(lib_deps)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(lib_flags) $(lib_asan) -c $< -o $@

$(lib_test)/%: test/host/test_%.c $(wildcard test/host/*.h) $(lib_asan_o)
	$(Q)$(HOSTCC) $(lib_flags) $(lib_asan) -Itest/host $< $(lib_asan_o) -lcmocka -lpthread -o $@

# With the event-channel words of a 32-bit guest.
lib_evtchn := $(wildcard lib/pv_evtchn*.c)
$(lib_test)/evtchn32: test/host/test_evtchn.c test/host/test.h $(lib_evtchn) $(lib_deps)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(lib_flags) $(lib_asan) -DPV_WORD32 -Itest/host $< $(lib_evtchn) -lcmocka -o $@

tsan.evtchn_race := $(lib_evtchn)
tsan.evtchn_fifo := $(lib_evtchn)
tsan.corral      := lib/pv_corral.c
$(lib_test)/%_tsan: test/host/test_%.c test/host/test.h $(pv_lib_sources) $(lib_deps)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(lib_flags) -fsanitize=thread -Itest/host $< $(tsan.$*) -lcmocka -lpthread -o $@

$(lib_ran): $(lib_test)/%.ran: $(lib_test)/%
	@$(say) TEST 'lib $*'
	$(Q)PV_TEST_SCALE=$(PV_TEST_SCALE) timeout 600 $< > $<.log 2>&1 || { cat $<.log; exit 1; }
	@touch $@

# --- every compiler of the Windows build

lib_cross       := $(O)/lib-cross
lib_cc.clang-x64 := $(CLANG) --target=x86_64-pc-windows-gnu
lib_cc.clang-x86 := $(CLANG) --target=i686-pc-windows-gnu -mno-sse -mno-mmx -msoft-float
lib_cc.gcc-x64   := x86_64-w64-mingw32-gcc
lib_cc.gcc-x86   := i686-w64-mingw32-gcc -mno-sse -mno-mmx -msoft-float
lib_compilers    := clang-x64 clang-x86 gcc-x64 gcc-x86
lib_cross_flags  := -std=gnu11 -O2 -ffreestanding -fno-stack-protector -Wall -Wextra -Werror -Wvla \
	-Wmissing-prototypes -Wstrict-prototypes -Wshadow -Wframe-larger-than=1024 $(pv_lib_includes)

define lib_cross_rules
$(lib_cross)/$(1)/%.o: lib/%.c $(lib_deps)
	@mkdir -p $$(@D)
	$$(Q)$$(lib_cc.$(1)) $$(lib_cross_flags) -c $$< -o $$@

$(lib_cross)/$(1)/abi_check.o: lib/abi/abi_check.c $(lib_deps)
	@mkdir -p $$(@D)
	$$(Q)$$(lib_cc.$(1)) $$(lib_cross_flags) -c $$< -o $$@

lib_cross_objects += $(pv_lib_sources:lib/%.c=$(lib_cross)/$(1)/%.o) $(lib_cross)/$(1)/abi_check.o
endef
$(foreach c,$(lib_compilers),$(eval $(call lib_cross_rules,$(c))))

$(lib_cross)/ok: $(lib_cross_objects) lib/abi/cross-check.sh
	@$(say) TEST 'lib on every compiler'
	$(Q)sh lib/abi/cross-check.sh $(lib_cross) $(XEN_HEADERS) $(gen) \
		$(foreach c,$(lib_compilers),'$(lib_cc.$(c))')
	@touch $@

check-lib-cross: $(lib_cross)/ok

# --- fuzzing

lib_fuzz    := $(O)/lib-fuzz
lib_fuzzers := $(patsubst test/fuzz/fuzz_%.c,%,$(wildcard test/fuzz/fuzz_*.c))
lib_fuzz_o  := $(pv_lib_sources:lib/%.c=$(lib_fuzz)/lib/%.o)
lib_fuzzed  := $(lib_fuzzers:%=$(lib_fuzz)/%.ran)

$(lib_fuzz)/lib/%.o: lib/%.c $(lib_deps)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(lib_flags) $(lib_asan) -fsanitize=fuzzer-no-link -c $< -o $@

$(lib_fuzz)/%: test/fuzz/fuzz_%.c test/fuzz/fuzz.h $(lib_fuzz_o)
	$(Q)$(CLANG) $(lib_flags) $(lib_asan) -fsanitize=fuzzer -Itest/fuzz $< $(lib_fuzz_o) -o $@

# Always the same inputs: what fails today fails tomorrow.
$(lib_fuzzed): $(lib_fuzz)/%.ran: $(lib_fuzz)/% test/fuzz/seeds.sh
	@$(say) FUZZ 'lib $*'
	$(Q)sh test/fuzz/seeds.sh $* $(lib_fuzz)/seeds.$*
	$(Q)cd $(lib_fuzz) && ./$* -runs=$(LIB_FUZZ_RUNS) -seed=1 -max_len=600 -rss_limit_mb=1024 \
		-artifact_prefix=crash.$*. seeds.$* > $*.log 2>&1 || { tail -n 40 $*.log; exit 1; }
	@touch $@

lib_fuzz_more := $(lib_fuzzers:%=fuzz-lib.%)
.PHONY: $(lib_fuzz_more)
fuzz-lib: $(lib_fuzz_more)

$(lib_fuzz_more): fuzz-lib.%: $(lib_fuzz)/% test/fuzz/seeds.sh
	$(Q)sh test/fuzz/seeds.sh $* $(lib_fuzz)/seeds.$*
	@mkdir -p $(lib_fuzz)/corpus.$*
	@$(say) FUZZ 'lib $* for $(FUZZ_TIME) s'
	$(Q)cd $(lib_fuzz) && ./$* -max_total_time=$(FUZZ_TIME) -max_len=1500 -rss_limit_mb=1024 \
		-print_final_stats=1 -artifact_prefix=crash.$*. corpus.$* seeds.$* > $*.log 2>&1 || \
		{ tail -n 40 $*.log; exit 1; }

check-lib: $(lib_ran) $(lib_cross)/ok $(lib_fuzzed)
	@echo 'lib: $(words $(lib_runs)) test programs, $(words $(lib_compilers)) compilers, $(words $(lib_fuzzers)) fuzz targets passed'

check-lib-long: check-lib
	$(Q)rm -f $(lib_ran)
	$(Q)$(MAKE) -f $(firstword $(MAKEFILE_LIST)) PV_TEST_SCALE=20 $(lib_ran)
	$(Q)$(MAKE) -f $(firstword $(MAKEFILE_LIST)) fuzz-lib

.SECONDARY: $(lib_runs:%=$(lib_test)/%) $(lib_fuzzers:%=$(lib_fuzz)/%) $(lib_asan_o) $(lib_fuzz_o)
