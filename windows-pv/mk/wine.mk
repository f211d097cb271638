# SPDX-License-Identifier: BSD-2-Clause
# The shipped x64 drivers under Wine, over the simulated Xen: test/wine/README.md.

.PHONY: check-wine check-wine-long lab-deps
packages.wine := wine64 jq
lab-deps:
	@$(pv)../mk/deps.sh $(packages.apt) $(packages.wine)

# Debian's wine64 alone puts nothing on the PATH.
WINE       ?= $(firstword $(wildcard $(foreach d,$(subst :, ,$(PATH)),$d/wine64) /usr/lib/wine/wine64))
WINESERVER ?= $(firstword $(wildcard $(foreach d,$(subst :, ,$(PATH)),$d/wineserver) /usr/lib/wine/wineserver))
WINE_NTOSKRNL ?= /usr/lib/x86_64-linux-gnu/wine/x86_64-windows/ntoskrnl.exe
MINGW_NM   ?= x86_64-w64-mingw32-nm

wine     := $(O)/wine
wine_src := test/wine
wine_bin := $(wine)/bin

# Wine's program has a fixed address, and the kernel puts its heap anywhere in the GiB behind it: of some 400 starts one
# has it where the page belongs that all processes share, and ends. Not with addresses that are the same each time.
with_wine := WINE='$(WINE)' WINESERVER='$(WINESERVER)' $(shell setarch -R true 2>/dev/null && echo setarch -R) \
	sh $(wine_src)/tries.sh

# Test modules have no PDB and no limit on their stack; they are not shipped.
wine_flags := --target=$(triple.x64) -std=gnu11 -O1 -ffreestanding -fno-stack-protector \
	-fno-strict-aliasing -fms-extensions -funwind-tables $(nt_header_fixes) \
	-D_WIN32_WINNT=0x0601 -DNTDDI_VERSION=0x06010000 -Wall -Wextra -Werror -Wno-microsoft \
	-Wno-multichar -Ixenbus/xen/include -Intddk -Iinterfaces -Ilib -Ilib/platform -isystem $(gen) -Itest/sim \
	-Itest/sim/platform $(nt_includes) -Wno-thread-safety
wine_headers := $(wildcard $(wine_src)/*/*.h test/sim/*.h test/sim/*/*.h interfaces/*.h ntddk/*.h)
# libgcc has what a frame of more than a page calls.
wine_libs = $(mingw.x64)/libntoskrnl.a $(mingw.x64)/libntdll.a $(mingw.x64)/libkernel32.a \
	$(shell $(gcc.x64) -print-libgcc-file-name)

# $(1) module, $(2) sources
define wine_objects
wine.$(1).objects := $$(patsubst %,$(wine)/obj/$(1)/%.o,$$(subst /,_,$(basename $(2))))
$(foreach s,$(2),
$(wine)/obj/$(1)/$(subst /,_,$(basename $s)).o: $s $$(generated) mk/wine.mk
	@mkdir -p $$(@D)
	$$(Q)$$(CLANG) $$(wine_flags) -MMD -MP -c -o $$@ $$<
)
endef
$(eval $(call wine_objects,shim,$(wildcard $(wine_src)/shim/*.c)))
$(eval $(call wine_objects,xensim,$(filter-out %/primitives.c,$(wildcard $(wine_src)/sim/*.c)) \
	$(wildcard test/sim/core/*.c test/sim/store/*.c test/sim/backend/*.c)))
$(eval $(call wine_objects,bus,$(wildcard $(wine_src)/bus/*.c)))
$(eval $(call wine_objects,probe,$(wildcard $(wine_src)/probe/*.c)))
$(eval $(call wine_objects,child,$(wildcard $(wine_src)/child/*.c) $(addprefix lib/pv_,fe.c ring.c text.c)))
-include $(wildcard $(wine)/obj/*/*.d)

# The stand-in for ntoskrnl.exe: a name of as many characters, so that renaming an import moves nothing.
$(wine)/obj/shim.def: $(wine_src)/shim/functions.tbl $(wine_src)/shim/generate.sh ntddk/imports.allow
	@mkdir -p $(@D)
	$(Q)sh $(wine_src)/shim/generate.sh $< ntddk/imports.allow $(WINE_NTOSKRNL) $(MINGW_NM) $(@:.def=)
$(wine)/obj/shim/entries.o: $(wine)/obj/shim.def
	@mkdir -p $(@D)
	$(Q)$(CLANG) --target=$(triple.x64) -c -o $@ $(<:.def=.S)

wine_dll := /dll /entry:DllMain /subsystem:console /nodefaultlib /machine:x64 /Brepro
$(wine)/lib/dktestnt.lib: $(wine.shim.objects) $(wine)/obj/shim/entries.o $(wine)/obj/shim.def
	@mkdir -p $(@D) $(wine_bin)/drivers
	@$(say) LINK dktestnt.sys
	$(Q)cd $(wine) && $(LLD_LINK) $(wine_dll) /def:obj/shim.def /out:bin/drivers/dktestnt.sys \
		/implib:lib/dktestnt.lib $(patsubst $(wine)/%,%,$(filter %.o,$^)) $(wine_libs)
$(wine)/lib/xensim.lib: $(wine.xensim.objects) $(wine)/lib/dktestnt.lib
	@$(say) LINK xensim.sys
	$(Q)cd $(wine) && $(LLD_LINK) $(wine_dll) /out:bin/drivers/xensim.sys /implib:lib/xensim.lib \
		$(foreach f,cpuid hypercall in out interrupts device_memory,/export:xensim_$f) \
		$(patsubst $(wine)/%,%,$^) $(wine_libs)

# XEN.SYS as it is shipped, its assembly object aside. Variants: of the two builds; and of the free
# build one that says it is older or newer than it is.
$(wine)/obj/xen/primitives.o: $(wine_src)/sim/primitives.c $(wine_headers) $(generated)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(wine_flags) -Ixenbus/xen -c -o $@ $<
wine_link_driver = $(LLD_LINK) $(filter-out /debug,$(link_flags)) /machine:x64 /entry:DriverEntry
wine_xen.free    := $(filter-out %/primitives.o,$(xen.free.x64.objects))
wine_xen.checked := $(filter-out %/primitives.o,$(xen.checked.x64.objects))
wine_xen.old     := $(filter-out %/driver.o,$(wine_xen.free)) $(wine)/obj/xen-old/driver.o
wine_xen.newer   := $(filter-out %/driver.o,$(wine_xen.free)) $(wine)/obj/xen-newer/driver.o
wine_api.old     := 0
wine_api.newer   := 2
$(wine)/obj/xen-%/driver.o: xenbus/xen/driver.c $(generated) mk/wine.mk
	@mkdir -p $(@D)
	$(Q)sed 's/\(define XEN_API_VERSION\) .*/\1 $(wine_api.$*)/' $(gen)/xen_exports.h > $(@D)/xen_exports.h
	$(Q)$(CLANG) --target=$(triple.x64) $(clang_flags) $(build.free) -I$(@D) $(xen.includes) \
		$(nt_includes) -c -o $@ $<

# $(1) variant
define wine_xen
$(wine)/lib/$(1)/xen.sys: $$(wine_xen.$(1)) $(wine)/obj/xen/primitives.o $$(xen.def) $(wine)/lib/xensim.lib
	@mkdir -p $$(@D)
	@$$(say) LINK 'xen.sys for Wine, $(1)'
	$$(Q)cp $$(xen.def) $$(@D)/ && cd $$(@D) && $$(wine_link_driver) /def:$$(notdir $$(xen.def)) /out:xen.sys \
		/implib:xen.lib $$(filter %.o,$$(abspath $$^)) ../xensim.lib $$(mingw.x64)/libntoskrnl.a
$(wine_bin)/dktest/$(1)/xen.sys: $(wine)/lib/$(1)/xen.sys $(wine)/rename-import
	@mkdir -p $$(@D)
	$$(Q)$(wine)/rename-import $$< $$@ ntoskrnl.exe dktestnt.sys
endef
$(foreach v,free checked old newer,$(eval $(call wine_xen,$v)))

$(wine)/rename-import: $(wine_src)/rename-import.c tools/pe.c tools/pe.h
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(host_flags) -Itools -o $@ $(filter %.c,$^)

# The package: its files as they are shipped, the import's name aside.
# $(1) variant, $(2) build
define wine_package
$(addprefix $(wine_bin)/dktest/$(1)/,xenbus.sys xenfilt.sys): $(wine_bin)/dktest/$(1)/%.sys: \
		$(O)/$(2)/xenbus/x64/%.sys $(wine)/rename-import
	@mkdir -p $$(@D)
	$$(Q)$(wine)/rename-import $$< $$@ ntoskrnl.exe dktestnt.sys
$(addprefix $(wine_bin)/dktest/$(1)/,xenbus.inf xenbus.cat dkmonitor.exe): $(wine_bin)/dktest/$(1)/%: \
		$(O)/$(2)/xenbus/x64/%
	@mkdir -p $$(@D)
	$$(Q)cp $$< $$@
wine_packages += $(addprefix $(wine_bin)/dktest/$(1)/,xen.sys xenbus.sys xenfilt.sys dkmonitor.exe xenbus.inf xenbus.cat)
endef
$(foreach v,free old newer,$(eval $(call wine_package,$v,free)))
$(eval $(call wine_package,checked,checked))

# Drivers of the tests.
$(wine_bin)/dktest/bus/dkbus.sys: $(wine.bus.objects) $(wine)/lib/dktestnt.lib $(wine)/lib/xensim.lib
	@mkdir -p $(@D)
	$(Q)cd $(wine) && $(wine_link_driver) /out:bin/dktest/bus/dkbus.sys /implib:obj/bus.lib \
		$(patsubst $(wine)/%,%,$(wine.bus.objects)) $(mingw.x64)/libntoskrnl.a \
		lib/dktestnt.lib lib/xensim.lib
$(wine_bin)/dktest/probe/xen.sys: $(wine_bin)/dktest/free/xen.sys
	@mkdir -p $(@D)
	$(Q)cp $< $@
$(wine_bin)/dktest/probe/probe.sys: $(wine.probe.objects) $(wine)/lib/dktestnt.lib $(wine)/lib/free/xen.sys
	@mkdir -p $(@D)
	$(Q)cd $(wine) && $(wine_link_driver) /out:bin/dktest/probe/probe.sys /implib:obj/probe.lib \
		$(patsubst $(wine)/%,%,$(wine.probe.objects)) lib/dktestnt.lib lib/free/xen.lib $(mingw.x64)/libntoskrnl.a
$(wine_bin)/dktest/child/dkchild.sys: $(wine.child.objects) $(wine)/lib/dktestnt.lib
	@mkdir -p $(@D)
	$(Q)cd $(wine) && $(wine_link_driver) /out:bin/dktest/child/dkchild.sys /implib:obj/child.lib \
		$(patsubst $(wine)/%,%,$(wine.child.objects)) lib/dktestnt.lib $(mingw.x64)/libntoskrnl.a
$(wine_bin)/dktest/%.inf: $(wine_src)/%.inf
	@mkdir -p $(@D)
	$(Q)cp $< $@
$(wine_bin)/dktest/dkwine.exe: $(wildcard $(wine_src)/harness/*.c) $(wine_headers)
	@mkdir -p $(@D)
	@$(say) CC dkwine.exe
	$(Q)$(gcc.x64) -std=gnu11 -O1 -Wall -Wextra -Werror -Intddk -D_WIN32_WINNT=0x0601 -s -o $@ \
		$(filter %.c,$^) -lsetupapi -lnewdev

$(wine_bin)/dktest/wts/wtsapi32.dll: $(wine_src)/wts/wtsapi32.c $(wine_src)/wts/wtsapi32.def
	@mkdir -p $(@D)
	$(Q)$(gcc.x64) -std=gnu11 -O1 -Wall -Wextra -Werror -Intddk -D_WIN32_WINNT=0x0601 -shared -s -o $@ $^ -ladvapi32

# A prefix takes Wine ten seconds; each suite gets a copy.
$(wine)/prefix.ok:
	@test -n '$(WINE)' -a -n '$(WINESERVER)' || \
		{ echo 'no wine64: make -C windows-pv lab-deps' >&2; exit 1; }
	@mkdir -p $(wine)
	@$(say) PREFIX wine
	$(Q)$(with_wine) $(wine_src)/prefix.sh $(wine)/prefix
	@touch $@

wine_files := $(wine_packages) $(wine_bin)/dktest/probe/xen.sys $(wine_bin)/dktest/bus/dkbus.sys $(wine_bin)/dktest/bus/bus.inf \
	$(wine_bin)/dktest/child/dkchild.sys $(wine_bin)/dktest/child/child.inf \
	$(wine_bin)/dktest/probe/probe.sys $(wine_bin)/dktest/probe/probe.inf $(wine_bin)/dktest/dkwine.exe \
	$(wine_bin)/dktest/wts/wtsapi32.dll
# One suite: make wine-suite SUITE='crash overrun'
.PHONY: wine-suite
wine-suite: $(wine_files) $(wine)/prefix.ok
	$(Q)$(with_wine) $(wine_src)/run.sh $(wine) $(SUITE)

# The words of a suite, joined by commas: each has a prefix and a server of its own.
# Those that wait longest come first.
wine_short := monitor,free balloon,free,5 hostile,free,quick probe crash,use-after-free crash,overrun crash,free-granted crash,free-given xenbus,free,4.17 \
	xenbus,checked,3.4 old newer frames,free,3.4 suspend,free,4.17,3 failing,free,1,9 \
	xenfilt,free,ready xenfilt,checked,other-version upcall,free,on upcall,checked,off \
	balloon,free,off hibernate,free
wine_long  := upcall,checked,on upcall,free,2-level suspend,checked,3.4,30 xenfilt,checked,ready xenfilt,free,late xenfilt,free,safe \
	xenbus,free,3.4 xenbus,checked,4.17 hostile,checked,all busy,free,20 failing,free,1,1 \
	balloon,checked,1 hibernate,checked failing,checked,1,1
wine_ran   := $(addprefix $(wine)/ran/,$(wine_short) $(wine_long))
.PHONY: $(wine_ran) check-wine-files
$(wine_ran): $(wine)/ran/%: $(wine_files) $(wine)/prefix.ok
	@mkdir -p $(@D)
	@$(say) TEST 'wine $*'
	$(Q)$(with_wine) $(wine_src)/run.sh $(wine) $(subst $(comma), ,$*) \
		> $@.tap 2>&1 || { grep -v '^ok' $@.tap; exit 1; }
check-wine-files: $(wine_files)
	@$(say) TEST 'wine files'
	$(Q)sh $(wine_src)/files.sh $(wine_bin) $(O) $(LLVM_OBJDUMP) > $(wine)/files.tap || \
		{ cat $(wine)/files.tap; exit 1; }

# What is for a guest's administrator, under Wine's cmd.
$(wine)/standin.exe: test/guest/standin.c
	@mkdir -p $(@D)
	$(Q)$(gcc.x64) -std=gnu11 -O1 -Wall -Wextra -Werror -s -o $@ $<
.PHONY: check-wine-guest
check-wine-guest: $(wine)/standin.exe $(keys)/testsign.cmd $(wine)/prefix.ok
	@$(say) TEST testsign.cmd
	$(Q)$(with_wine) test/guest/testsign.sh $(wine) $< $(keys) \
		"$(test_serial)" > $(wine)/testsign.tap || \
		{ grep -v '^ok' $(wine)/testsign.tap; exit 1; }

check-wine: $(addprefix $(wine)/ran/,$(wine_short)) check-wine-files check-wine-guest check-wine-pvinst
check-wine-long: check-wine
	$(Q)$(MAKE) WINE_LIMIT=1200 $(addprefix $(wine)/ran/,$(wine_long))

# A machine without Wine says so; continuous integration has it.
.PHONY: check-wine-skipped check-long
check-wine-skipped:
	@echo 'SKIP wine: no wine64 on this machine; make -C windows-pv lab-deps installs it'
check: $(if $(WINE),check-wine,check-wine-skipped)
check-long: FUZZ_RUNS = 300000
check-long: REPRO_ARCHES = $(ARCHES)
check-long: check-lib-long check-sim-long check-fuzz check-repro analyze-deep bench $(if $(WINE),check-wine-long,check-wine-skipped)
