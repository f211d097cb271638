# SPDX-License-Identifier: BSD-2-Clause
# pvinst.exe, the installer: pvinst/core decides and knows no system, pvinst/win does it. Included after package.mk and
# catalog.mk.

# Folders of the medium that hold programs alone.
program_packages := pvinst

pvinst_core      := $(wildcard pvinst/core/*.c)
pvinst_headers   := $(wildcard pvinst/core/*.h pvinst/win/*.h)
pvinst.package   := pvinst
pvinst.sources   := $(pvinst_core) $(wildcard pvinst/win/*.c)
pvinst.title     := PV driver installer
pvinst.includes  := -Intddk -I$(gen)
pvinst.crt       := crt2u
pvinst.libraries := setupapi newdev cfgmgr32 advapi32 shell32
pvinst.manifest  := pvinst/pvinst.manifest
$(eval $(call program,pvinst))
$(foreach b,$(builds),$(eval $(call tarball,pvinst,$b)))

# What it decides, on this machine; and any bytes for its journal.
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
	$(Q)rm -rf $(O)/check/pvinst.corpus && mkdir -p $(O)/check/pvinst.corpus && $(O)/check/test_journal --seed > \
		$(O)/check/pvinst.corpus/journal
	$(Q)$(O)/check/fuzz_pvinst -runs=$$(($(FUZZ_RUNS) / 5)) -seed=1 -max_len=8192 $(O)/check/pvinst.corpus > $(O)/check/fuzz_pvinst.log 2>&1 || \
		{ tail -40 $(O)/check/fuzz_pvinst.log; exit 1; }

# Under Wine: the shipped x64 file, and one that ends behind any line of its journal.
wine_pvinst := $(O)/wine/pvinst
$(wine_pvinst)/pvinst.exe: $(O)/free/pvinst/x64/pvinst.exe
	@mkdir -p $(@D)
	$(Q)cp $< $@
$(wine_pvinst)/store.o: pvinst/win/store.c $(pvinst_headers) $(gen)/dk_config.h mk/pvinst.mk mk/program.mk
	@mkdir -p $(@D)
	$(Q)$(CLANG) --target=$(triple.x64) $(program_flags) $(pvinst.includes) $(program_includes) -DPVI_TEST_STOP -c -o $@ $<
$(wine_pvinst)/pvinst-stop.exe: $(filter-out %/store.o,$(pvinst.x64.objects)) $(wine_pvinst)/store.o $(O)/obj/crt/x64/ok
	@mkdir -p $(@D)
	$(Q)cd $(@D) && $(call program_link,pvinst,x64,../../obj/crt/x64,$(patsubst $(O)/%,../../%,$(filter %.o,$^))) /out:$(@F)
$(wine_pvinst)/pvdev.exe: test/wine/pvinst/pvdev.c
	@mkdir -p $(@D)
	$(Q)$(gcc.x64) -std=gnu11 -O1 -Wall -Wextra -Werror -Intddk -D_WIN32_WINNT=0x0601 -s -o $@ $< -lsetupapi
wine_pvinst_files := $(addprefix $(wine_pvinst)/,pvinst.exe pvinst-stop.exe pvdev.exe)
wine_pvinst_short := $(addprefix $(O)/wine/ran/pvinst-,life restart)
wine_pvinst_long  := $(addprefix $(O)/wine/ran/pvinst-,stop undo)
.PHONY: check-wine-pvinst $(wine_pvinst_short) $(wine_pvinst_long)
$(wine_pvinst_short) $(wine_pvinst_long): $(O)/wine/ran/pvinst-%: $(wine_pvinst_files) $(O)/wine/prefix.ok $(DDK_PROGRAM)
	@mkdir -p $(@D)
	@$(say) TEST 'wine pvinst $*'
	$(Q)DDK='$(DDK_PROGRAM)' VENDOR='$(VENDOR_NAME)' TEMPLATE=$(pv)../tests/windows/package.inf.in \
		$(with_wine) test/wine/pvinst/run.sh $(O)/wine $* > $@.tap 2>&1 || { grep -v '^ok' $@.tap; exit 1; }
check-wine-pvinst: $(wine_pvinst_short)
check-wine-long: $(wine_pvinst_long)
