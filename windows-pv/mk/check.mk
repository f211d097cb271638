# SPDX-License-Identifier: BSD-2-Clause
# Every test of this side.

.PHONY: check check-build check-tools check-fuzz check-analyze check-repro check-import check-symbols \
	check-exports check-published check-xen check-xenbus check-signed
checks := $(O)/check

san := -std=gnu11 -g -O1 -Wall -Wextra -Werror -D_GNU_SOURCE -fsanitize=address,undefined \
	-fno-sanitize-recover=all
pe_sources := $(addprefix tools/,$(addsuffix .c,$(pe_objects)))

$(checks)/test_pe: tools/test/test_pe.c $(pe_sources) $(wildcard tools/*.h)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(san) -o $@ $(filter %.c,$^) -lcmocka

$(checks)/fuzz_pe: tools/test/fuzz_pe.c $(pe_sources) $(wildcard tools/*.h)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(san) -fsanitize=fuzzer -o $@ $(filter %.c,$^)

check-tools: $(checks)/test_pe
	@$(say) TEST pecheck
	$(Q)$< > $<.log 2>&1 || { cat $<.log; exit 1; }

# Bounded; from what the build made. check-fuzz FUZZ_RUNS=… for longer.
FUZZ_RUNS ?= 30000
check-fuzz: $(checks)/fuzz_pe free
	@$(say) FUZZ pecheck
	$(Q)rm -rf $(checks)/corpus && mkdir -p $(checks)/corpus
	$(Q)for a in $(ARCHES); do cp $(O)/obj/free/$$a/xen/xen.sys $(checks)/corpus/$$a.sys; \
		cp $(O)/obj/free/$$a/xen/log.o $(checks)/corpus/$$a.o; done
	$(Q)$< -runs=$(FUZZ_RUNS) -max_len=32768 -seed=1 $(checks)/corpus > $<.log 2>&1 || \
		{ tail -40 $<.log; exit 1; }

test_includes := -Intddk -Iinterfaces -Ixenbus/xen/include -Ilib -Ilib/platform -I$(gen)
check-analyze: export CLANG := $(CLANG)
check-analyze: export CLANG_TIDY := $(CLANG_TIDY)
check-analyze: export CPPCHECK := $(CPPCHECK)
check-analyze: export LLVM_OBJDUMP := $(LLVM_OBJDUMP)
check-analyze: export LLD_LINK := $(LLD_LINK)
check-analyze: export PECHECK := $(tools)/pecheck
check-analyze: export NT_GCC := $(gcc.x64)
check-analyze: export NT_CLANG_X64 = --target=$(triple.x64) $(filter-out -g -gcodeview,$(clang_flags)) -DDBG=1 $(test_includes) $(nt_includes)
check-analyze: export NT_CLANG_X86 = --target=$(triple.x86) $(filter-out -g -gcodeview,$(clang_flags)) $(machine.x86) -DDBG=1 $(test_includes) $(nt_includes)
check-analyze: export NT_GCC_X64 = $(gcc_flags.x64) -DDBG=1 $(test_includes) -isystem /usr/share/mingw-w64/include/ddk
check-analyze: export NT_CPPCHECK = $(cppcheck_flags) $(test_includes)
check-analyze: export NT_LINK_X64 = $(link_flags) /machine:x64 /entry:$(entry.x64)
check-analyze: export NT_LIBS_X64 = $(mingw.x64)/libntoskrnl.a $(mingw.x64)/libhal.a
check-analyze: $(generated) $(tools)/pecheck
	@$(say) TEST violations
	$(Q)sh test/analyze/run.sh $(checks)/analyze

check-exports:
	@$(say) TEST exports
	$(Q)sh tools/test/exports.sh > $(checks)/exports.log || { grep -A5 FAIL $(checks)/exports.log; exit 1; }

check-published: $(gen)/frozen.ok $(gen)/document.ok
	@$(say) TEST interfaces
	$(Q)sh tools/test/interfaces.sh $(CLANG) > $(checks)/interfaces.log || \
		{ grep -A5 FAIL $(checks)/interfaces.log; exit 1; }

check-symbols: $(tools)/pecheck unsigned
	@$(say) TEST symstore
	$(Q)sh tools/test/symstore.sh $(tools)/pecheck $(LLVM_PDBUTIL) $(O)/obj/free/x64/xen/xen.sys \
		$(O)/obj/checked/x64/xen/xen.sys $(call program_obj,x64,pvinst)/pvinst.exe > $(checks)/symstore.log || \
		{ grep -A5 FAIL $(checks)/symstore.log; exit 1; }

# XEN.SYS's sources on this machine, over a made-up one.
xen_test_sources := $(filter-out %/memcmp.c,$(filter %.c,$(xen.sources))) xenbus/xen/test/fake.c
xen_tests := $(addprefix $(checks)/,test_xen test_settings test_filters test_unplug_boot)
xen_test_flags := $(san) -fshort-wchar -DDBG=0 -Ixenbus/xen/test/shim -Ixenbus/xen/include -Ilib -Ilib/platform -I$(gen)
xen_test_headers := $(wildcard xenbus/xen/*.h xenbus/xen/*/*.h xenbus/xen/test/shim/*.h lib/*.h lib/platform/*.h)
xen_test_objects := $(patsubst %.c,$(checks)/xen/%.o,$(notdir $(xen_test_sources)))
$(foreach s,$(xen_test_sources),$(eval $(checks)/xen/$(basename $(notdir $s)).o: $s))
$(xen_test_objects): $(generated) $(xen_test_headers) mk/check.mk
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(xen_test_flags) -c -o $@ $(filter %.c,$^)
# One test includes a source, so as to see its statics.
xen_tested = $(filter-out $(patsubst test_%_boot,$(checks)/xen/%.o,$1),$(xen_test_objects))
$(xen_tests): $(checks)/%: xenbus/xen/test/%.c $(xen_test_objects)
	$(Q)$(HOSTCC) $(xen_test_flags) -o $@ $< $(call xen_tested,$*) -lcmocka

# Its assembly object: the 64-bit half runs here with hypercalls hooked; the rest is read.
primitives := xenbus/xen/test/primitives
$(checks)/test_primitives: xenbus/xen/primitives.S $(primitives)/hook.S $(primitives)/test_primitives.c
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) -Dvmcall='call HookVmcall' -Dvmmcall='call HookVmmcall' -c -o $@.o $<
	$(Q)$(HOSTCC) -std=gnu11 -O1 -g -Wall -Wextra -Werror -o $@ $@.o $(filter-out $<,$^) -lcmocka

check-xen: $(xen_tests) $(checks)/test_primitives unsigned
	@$(say) TEST xen.sys
	$(Q)for t in $(filter $(checks)/%,$^); do $$t > $$t.log 2>&1 || { cat $$t.log; exit 1; }; done
	$(Q)sh $(primitives)/disassembly.sh $(LLVM_OBJDUMP) $(O)/obj/free/x64/xen/primitives.o \
		$(O)/obj/free/x86/xen/primitives.o

# XENBUS.SYS: what of it can be told without Windows.
$(checks)/test_ids: xenbus/xenbus/test/test_ids.c lib/pv_pnpid.c lib/pv_devid.c lib/pv_text.c $(generated) \
		$(wildcard lib/*.h)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(san) $(test_includes) -o $@ $(filter %.c,$^)

# What the monitor service decides.
$(checks)/test_policy: xenbus/monitor/test/test_policy.c xenbus/monitor/policy.c xenbus/monitor/policy.h
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(san) -o $@ $(filter %.c,$^) -lcmocka

check-xenbus: $(checks)/test_ids $(checks)/test_policy
	@$(say) TEST xenbus.sys
	$(Q)$< $(gen)/XENBUS.ids $(pci_devices)
	$(Q)$(checks)/test_policy > $(checks)/test_policy.log 2>&1 || { cat $(checks)/test_policy.log; exit 1; }
	$(Q)sh xenbus/xenbus/test/irps.sh xenbus/xenbus/irps.def /usr/share/mingw-w64/include/ddk/wdm.h \
		$(checks)/irps

# A driver that imports everything: the import library and the prototypes, and what the allow-list
# makes of the result.
$(checks)/importer.c: xenbus/xen/exports.tbl tools/genimporter.sh
	@mkdir -p $(@D)
	$(Q)sh tools/genimporter.sh $< > $@
define importer
$(checks)/importer-$(1).sys: $(checks)/importer.c $(call import_library,$(1)) $$(generated) $$(tools)/pecheck
	$$(Q)$$(CLANG) --target=$$(triple.$(1)) $$(clang_flags) $$(machine.$(1)) -DDBG=1 \
		-Wno-thread-safety $$(test_includes) $$(nt_includes) -c -o $$@.o $$<
	$$(Q)$$(LLD_LINK) $$(link_flags) /machine:$(1) /entry:$$(entry.$(1)) $(if $(filter x86,$(1)),/lldmingw) \
		/out:$$@ $$@.o $(call import_library,$(1)) $$(mingw.$(1))/libntoskrnl.a
	$$(Q)$$(tools)/pecheck --allow ntddk/imports.allow --allow $(gen)/xen.allow $$@ 2>&1 | \
		grep import: && exit 1 || true
	$$(Q)$(if $(filter x86,$(1)),$$(tools)/pecheck --objects --allow ntddk/imports.allow \
		--allow $(gen)/xen.allow $$@.o)
check-import: $(checks)/importer-$(1).sys
endef
$(foreach a,$(ARCHES),$(eval $(call importer,$a)))

# One architecture is enough for every day; check-long has both.
REPRO_ARCHES ?= $(firstword $(ARCHES))
check-repro: unsigned
	@$(say) TEST 'reproducibility of $(REPRO_ARCHES)'
	$(Q)sh test/repro.sh '$(MAKE)' $(checks)/repro $(O) $(REPRO_ARCHES)

# The signatures, to a reader that is not ours.
check-signed: free checked
	@$(say) TEST signatures
	$(Q)sh test/signed.sh $(keys)/test.crt $(checks) \
		$(foreach b,$(builds),$(foreach p,$(packages) $(program_packages),$($b.$p.files)))

$(checks):
	$(Q)mkdir -p $@
check-exports check-published check-symbols check-signed: | $(checks)
checks_of_this_side := check-tools check-analyze check-xen check-xenbus check-exports check-published check-import \
	check-symbols check-repro check-fuzz $(if $(SIGN_CMD),,check-signed check-catalog)
checks_of_this_side += check-pvinst
check-build: all $(checks_of_this_side)
check: check-build
ifneq ($(wildcard mk/lib.mk),)
check: check-lib
endif
ifneq ($(wildcard mk/sim.mk),)
check: check-sim
endif
