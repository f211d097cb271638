# SPDX-License-Identifier: BSD-2-Clause
# pvinst.exe, the installer: pvinst/core decides and knows no system, pvinst/win does it. Included after package.mk and
# catalog.mk.

programs       := pvinst
pvinst_core    := $(wildcard pvinst/core/*.c)
pvinst_sources := $(pvinst_core) $(wildcard pvinst/win/*.c)
pvinst_headers := $(wildcard pvinst/core/*.h pvinst/win/*.h)
pvinst_flags   := -std=gnu11 -O2 -D_WIN32_WINNT=0x0601 -DUNICODE -D_UNICODE -D__USE_MINGW_ANSI_STDIO=1 -Wall -Wextra \
	-Werror -Wshadow -Wmissing-prototypes -I$(gen)
# gcc links it; no DLL but the system's own, and nothing of the day or the place.
pvinst_link    := -municode -mconsole -static -s -Wl,--no-insert-timestamp,--dynamicbase,--nxcompat \
	-lsetupapi -lnewdev -lcfgmgr32 -ladvapi32 -lshell32
windres.x64 := x86_64-w64-mingw32-windres
windres.x86 := i686-w64-mingw32-windres

# $(1) architecture
define pvinst_arch
$(O)/obj/pvinst/$(1)/pvinst.res.o: mk/version.rc.in mk/config.mk mk/pvinst.mk pvinst/pvinst.manifest
	@mkdir -p $$(@D)
	$$(Q)sed -e 's/@COMMA@/$(subst .,$(comma),$(version))/g' -e 's/@DOT@/$(version)/g' -e 's/@NAME@\.sys/pvinst.exe/g' \
		-e 's/@TITLE@/PV driver installer/g' -e 's/@VENDOR@/$(VENDOR_NAME)/g' -e 's/@PRODUCT@/$(PRODUCT_NAME)/g' \
		-e 's/@FLAGS@/0/' -e 's/^FILETYPE .*/FILETYPE 1/' -e 's/^FILESUBTYPE .*/FILESUBTYPE 0/' $$< > $$(@:.res.o=.rc)
	$$(Q)echo '1 24 "pvinst/pvinst.manifest"' >> $$(@:.res.o=.rc)
	$$(Q)$$(windres.$(1)) -O coff -o $$@ $$(@:.res.o=.rc)

$(O)/obj/pvinst/$(1)/pvinst.exe: $(pvinst_sources) $(pvinst_headers) $(gen)/dk_config.h $(O)/obj/pvinst/$(1)/pvinst.res.o mk/pvinst.mk
	@$$(say) LINK pvinst/$(1)/pvinst.exe
	$$(Q)$$(gcc.$(1)) $$(pvinst_flags) -o $$@ $$(filter %.c %.o,$$^) $$(pvinst_link)
endef
$(foreach a,$(ARCHES),$(eval $(call pvinst_arch,$a)))

# $(1) build, $(2) architecture
define pvinst_signed
$(O)/$(1)/pvinst/$(2)/pvinst.exe: $(O)/obj/pvinst/$(2)/pvinst.exe $(keys)/test.cer tools/sign.sh
	@mkdir -p $$(@D)
	@$$(say) SIGN $(1)/pvinst/$(2)/pvinst.exe
	$$(Q)SIGN_CMD='$$(SIGN_CMD)' sh tools/sign.sh $(keys) $$< $$@
$(1).pvinst.files += $(O)/$(1)/pvinst/$(2)/pvinst.exe
endef
$(foreach b,$(builds),$(foreach a,$(ARCHES),$(eval $(call pvinst_signed,$b,$a)))$(eval $(call tarball,pvinst,$b)))

# What it decides, on this machine; and any bytes for its journal. clang's opinion of what gcc has compiled.
.PHONY: check-pvinst
pvinst_tests := $(O)/check/test_plan $(O)/check/test_journal
$(pvinst_tests): $(O)/check/%: pvinst/test/%.c $(pvinst_core) $(pvinst_headers)
	@mkdir -p $(@D)
	$(Q)$(HOSTCC) $(san) -o $@ $(filter %.c,$^) -lcmocka
$(O)/check/fuzz_pvinst: pvinst/test/fuzz_pvinst.c $(pvinst_core) $(pvinst_headers)
	@mkdir -p $(@D)
	$(Q)$(CLANG) $(san) -fsanitize=fuzzer -o $@ $(filter %.c,$^)
check-pvinst: $(pvinst_tests) $(O)/check/fuzz_pvinst $(gen)/dk_config.h
	@$(say) TEST pvinst
	$(Q)for t in $(pvinst_tests); do $$t > $$t.log 2>&1 || { cat $$t.log; exit 1; }; done
	$(Q)$(foreach a,$(ARCHES),$(CLANG) --target=$(triple.$a) $(pvinst_flags) -isystem /usr/share/mingw-w64/include \
		-fsyntax-only $(pvinst_sources) &&) :
	$(Q)rm -rf $(O)/check/pvinst.corpus && mkdir -p $(O)/check/pvinst.corpus && $(O)/check/test_journal --seed > \
		$(O)/check/pvinst.corpus/journal
	$(Q)$(O)/check/fuzz_pvinst -runs=$$(($(FUZZ_RUNS) / 5)) -seed=1 -max_len=8192 $(O)/check/pvinst.corpus > $(O)/check/fuzz_pvinst.log 2>&1 || \
		{ tail -40 $(O)/check/fuzz_pvinst.log; exit 1; }

# Under Wine: the shipped x64 file, and one that ends behind any line of its journal.
wine_pvinst := $(O)/wine/pvinst
$(wine_pvinst)/pvinst.exe: $(O)/free/pvinst/x64/pvinst.exe
	@mkdir -p $(@D)
	$(Q)cp $< $@
$(wine_pvinst)/pvinst-stop.exe: $(pvinst_sources) $(pvinst_headers) $(gen)/dk_config.h mk/pvinst.mk
	@mkdir -p $(@D)
	$(Q)$(gcc.x64) $(pvinst_flags) -DPVI_TEST_STOP -o $@ $(filter %.c,$^) $(pvinst_link)
$(wine_pvinst)/pvdev.exe: test/wine/pvinst/pvdev.c
	@mkdir -p $(@D)
	$(Q)$(gcc.x64) -std=gnu11 -O1 -Wall -Wextra -Werror -D_WIN32_WINNT=0x0601 -s -o $@ $< -lsetupapi
wine_pvinst_files := $(addprefix $(wine_pvinst)/,pvinst.exe pvinst-stop.exe pvdev.exe)
wine_pvinst_short := $(addprefix $(O)/wine/ran/pvinst-,life restart)
wine_pvinst_long  := $(addprefix $(O)/wine/ran/pvinst-,stop undo)
.PHONY: check-wine-pvinst $(wine_pvinst_short) $(wine_pvinst_long)
$(wine_pvinst_short) $(wine_pvinst_long): $(O)/wine/ran/pvinst-%: $(wine_pvinst_files) $(O)/wine/prefix.ok $(DDK_PROGRAM)
	@mkdir -p $(@D)
	@$(say) TEST 'wine pvinst $*'
	$(Q)WINE='$(WINE)' WINESERVER='$(WINESERVER)' DDK='$(DDK_PROGRAM)' VENDOR='$(VENDOR_NAME)' TEMPLATE=$(pv)../tests/windows/package.inf.in \
		sh test/wine/pvinst/run.sh $(O)/wine $* > $@.tap 2>&1 || { grep -v '^ok' $@.tap; exit 1; }
check-wine-pvinst: $(wine_pvinst_short)
check-wine-long: $(wine_pvinst_long)
