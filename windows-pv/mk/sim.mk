# SPDX-License-Identifier: BSD-2-Clause
# The simulated Xen: its own tests, and lib/ as a guest on it.
# Included by windows-pv/Makefile; stands alone too: make -f mk/sim.mk check-sim
#
#   check-sim       every test program: ASan and UBSan, many seeds, and the free mode under TSan
#   check-sim-cross the simulator compiled for 64-bit Windows, without any library
#   check-sim-mutants  breaks lib/ and the simulator line by line; a test must notice each
#   check-sim-long  both, with more seeds
#   SIM_SEED=n      check-sim's programs run this one seed only; SIM_VERBOSE=1 prints the log

O           ?= ../out/windows-pv
HOST_CC     ?= gcc
HOST_CLANG  ?= clang
XEN_HEADERS ?= /usr/include/xen
SIM_SCALE   ?= 1

sim-dir   := test/sim
sim-out   := $(O)/sim
sim-src   := $(sort $(wildcard $(sim-dir)/core/*.c $(sim-dir)/store/*.c $(sim-dir)/backend/*.c)) \
	$(sim-dir)/platform/host.c
sim-lib   := $(sort $(wildcard lib/pv_*.c))
sim-hdr   := $(wildcard $(sim-dir)/*.h $(sim-dir)/*/*.h lib/*.h lib/platform/*.h)
sim-flags := -std=gnu11 -Wall -Wextra -Werror -O1 -g -MMD -MP \
	-I$(sim-dir) -I$(sim-dir)/platform -isystem $(dir $(XEN_HEADERS))
# lib/ as the guest sees it: its platform header is the one that lets other tasks run.
sim-guest-flags := -I$(sim-dir)/guest -Ilib -Ilib/platform -I$(sim-dir)/test
sim-asan := -fsanitize=address,undefined -fno-sanitize-recover=all
sim-tsan := -fsanitize=thread

# $(1) variant, $(2) compiler with its flags
define sim-variant
$(sim-out)/$(1)/sim/%.o: $(sim-dir)/%.c mk/sim.mk
	@mkdir -p $$(@D)
	$$(Q)$(2) $(sim-flags) -c $$< -o $$@

$(sim-out)/$(1)/lib/%.o: lib/%.c mk/sim.mk
	@mkdir -p $$(@D)
	$$(Q)$(2) $(sim-flags) $(sim-guest-flags) -c $$< -o $$@

$(sim-out)/$(1)/test/%.o: $(sim-dir)/test/%.c mk/sim.mk
	@mkdir -p $$(@D)
	$$(Q)$(2) $(sim-flags) $(sim-guest-flags) -c $$< -o $$@

$(sim-out)/$(1)/libsim.a: $(patsubst $(sim-dir)/%.c,$(sim-out)/$(1)/sim/%.o,$(sim-src))
	@rm -f $$@ && ar rcs $$@ $$^

$(sim-out)/$(1)/libpv.a: $(patsubst lib/%.c,$(sim-out)/$(1)/lib/%.o,$(sim-lib))
	@rm -f $$@ && ar rcs $$@ $$^

# The core tests know nothing of lib/; the guest tests are that and the small kernel around it.
$(sim-out)/$(1)/%: $(sim-out)/$(1)/test/test_%.o $(sim-out)/$(1)/libsim.a
	$$(Q)$(2) $$(filter %.o %.a,$$^) -lcmocka -lpthread -o $$@

$(sim-out)/$(1)/guest $(sim-out)/$(1)/front: $(sim-out)/$(1)/%: $(sim-out)/$(1)/test/test_%.o \
		$(sim-out)/$(1)/test/guest.o $(sim-out)/$(1)/test/guest_echo.o \
		$(sim-out)/$(1)/libpv.a $(sim-out)/$(1)/libsim.a
	$$(Q)$(2) $$(filter %.o %.a,$$^) -lcmocka -lpthread -o $$@
endef
$(eval $(call sim-variant,asan,$(HOST_CC) $(sim-asan)))
$(eval $(call sim-variant,asan32,$(HOST_CC) $(sim-asan) -DPV_WORD32))
$(eval $(call sim-variant,tsan,$(HOST_CLANG) $(sim-tsan)))
-include $(shell find $(sim-out) -name '*.d' 2>/dev/null)

sim-tests := asan/core asan/memory asan/event asan/grant asan/store asan/attack asan/device asan/guest \
	asan/front asan32/guest asan32/front tsan/guest tsan/front tsan/core
sim-ran   := $(addprefix $(sim-out)/ran/,$(sim-tests))
sim-vars  := SIM_SCALE=$(SIM_SCALE) $(if $(SIM_SEED),SIM_SEED=$(SIM_SEED)) \
	$(if $(SIM_VERBOSE),SIM_VERBOSE=$(SIM_VERBOSE)) TSAN_OPTIONS=halt_on_error=1

.PHONY: check-sim check-sim-cross check-sim-long check-sim-mutants $(sim-ran)
$(sim-ran): $(sim-out)/ran/%: $(sim-out)/%
	@mkdir -p $(@D)
	@$(sim-vars) $< > $@.log 2>&1 || { cat $@.log; echo "FAIL sim $*"; exit 1; }
	@sed -n 's/^\[  PASSED  \] /PASS sim $(subst /,\/,$*): /p' $@.log

# All but the host's platform, as a driver inside Wine will compile it.
sim-cross-cc := x86_64-w64-mingw32-gcc -std=gnu11 -Wall -Wextra -Werror -O2 -ffreestanding \
	-I$(sim-dir) -I$(sim-dir)/platform -isystem $(sim-out)/gen
sim-cross := $(patsubst $(sim-dir)/%.c,$(sim-out)/cross/%.o,$(filter-out %/host.c,$(sim-src)))
$(sim-out)/gen/xen/xen.h: lib/abi/mend.sh $(XEN_HEADERS)/xen.h
	@mkdir -p $(sim-out)/gen
	sh lib/abi/mend.sh $(XEN_HEADERS) $(sim-out)/gen
	@touch $@

$(sim-cross): $(sim-out)/cross/%.o: $(sim-dir)/%.c $(sim-hdr) $(sim-out)/gen/xen/xen.h mk/sim.mk
	@mkdir -p $(@D)
	$(Q)$(sim-cross-cc) -c $< -o $@

# What it asks of the world is sim_platform.h's and the four functions that a compiler may call.
check-sim-cross: $(sim-cross)
	@x86_64-w64-mingw32-nm $(sim-cross) | sh $(sim-dir)/test/cross-symbols.sh \
		$(sim-dir)/platform/sim_platform.h

check-sim: $(sim-ran) check-sim-cross

# Does any test notice when what it tests is broken?
check-sim-mutants:
	@sh test/sim/test/mutants.sh $(sim-out)/mutants $(HOST_CC)

check-sim-long: check-sim-mutants
	$(MAKE) -f $(firstword $(MAKEFILE_LIST)) SIM_SCALE=20 check-sim

.SECONDARY:
