# SPDX-License-Identifier: BSD-2-Clause
# `make check`: C units and fuzz targets under sanitizers, then everything under tests/ that ends in .t.
# `make check-long` runs what takes longer, tests/long. TESTS="tests/disk/build.t …" runs only those.

TESTS ?= $(filter-out $(KIT)/tests/long/%,$(wildcard $(KIT)/tests/*/*.t))
FUZZ_RUNS ?= 20000

check.build := $(KIT)/out/check
check.sources := $(filter-out $(KIT)/src/ddk.c,$(ddk.sources))
check.objects := $(patsubst $(KIT)/src/%.c,$(check.build)/%.o,$(check.sources))
check.units := $(patsubst $(KIT)/tests/unit/%.c,$(check.build)/unit/%,$(wildcard $(KIT)/tests/unit/test-*.c))
check.fuzzers := $(patsubst $(KIT)/tests/fuzz/%.c,$(check.build)/fuzz/%,$(wildcard $(KIT)/tests/fuzz/fuzz-*.c))
check.failures := $(check.build)/failures
check.sanitize := -fsanitize=address,undefined -fno-sanitize-recover=undefined -O1 -g

# One set of sanitized objects serves unit tests and fuzzers: clang instruments both.
check.cc = clang $(ddk.flags) $(ddk.cflags) $(check.sanitize) -fsanitize=fuzzer-no-link
$(check.objects): $(check.build)/%.o: $(KIT)/src/%.c $(KIT)/Makefile
	@mkdir -p $(@D)
	@$(call say,CC,src/$*.c (sanitized))
	$(if $(filter 1,$(V)),,@)$(check.cc) -MMD -MP -c -o $@ $<
$(check.build)/library.a: $(check.objects)
	@rm -f $@ && ar rcs $@ $^
$(check.units): $(check.build)/unit/%: $(KIT)/tests/unit/%.c $(check.build)/library.a
	@mkdir -p $(@D)
	@$(call say,CC,tests/unit/$*.c)
	$(if $(filter 1,$(V)),,@)$(check.cc) -MMD -MP -MF $@.d -o $@ $(filter %.c %.a,$^) $(ddk.ldlibs) -lcmocka -lz
$(check.fuzzers): $(check.build)/fuzz/%: $(KIT)/tests/fuzz/%.c $(check.build)/library.a
	@mkdir -p $(@D)
	@$(call say,CC,tests/fuzz/$*.c)
	$(if $(filter 1,$(V)),,@)$(check.cc) -fsanitize=fuzzer -MMD -MP -MF $@.d -o $@ $(filter %.c %.a,$^) $(ddk.ldlibs) -lz
# The whole program, for what only shows there: hostile media.
check.ddk := $(check.build)/ddk
$(check.ddk): $(KIT)/src/ddk.c $(check.build)/library.a
	@$(call say,LD,ddk (sanitized))
	$(if $(filter 1,$(V)),,@)$(check.cc) -o $@ $^ $(ddk.ldlibs)
-include $(check.objects:.o=.d) $(check.units:=.d) $(check.fuzzers:=.d)

.PHONY: check check-long
check-long: FUZZ_RUNS = 1000000
check-long: TESTS = $(wildcard $(KIT)/tests/long/*.t) $(KIT)/tests/fuzz/fuzz.t
# What the laboratory boots is made before prove takes the terminal. Where that fails, its tests say so.
check.lab = $(if $(and $(findstring /dom0/,$(abspath $(TESTS))),$(shell command -v qemu-system-x86_64)),$(KIT)/tests/dom0/parts.sh)
# prove over some tests; why one failed is said again at the end, where one looks.
check.prove = mkdir -p $(check.build) && rm -f $(check.failures) && \
	{ TAP_FAILURES=$(check.failures) ddk=$(ddk) prove --timer -j 2 $(1) || \
	{ [ ! -s $(check.failures) ] || printf '\nWhat failed, once more:\n' | cat - $(check.failures); exit 1; } >&2; }
check check-long: $(ddk) $(check.ddk) $(check.units) $(check.fuzzers)
	@$(if $(check.lab),lab=$$($(check.lab)) && export dom0_parts=$$lab; )export DDK_SANITIZED=$(check.ddk) UNITS='$(check.units)' FUZZERS='$(check.fuzzers)' FUZZ_RUNS=$(FUZZ_RUNS); \
		$(call check.prove,$(TESTS))
