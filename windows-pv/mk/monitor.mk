# SPDX-License-Identifier: BSD-2-Clause
# The monitor service of the XENBUS package: a user-mode program, made with mingw's C library.

monitor_flags := -std=gnu11 -O2 -Wall -Wextra -Werror -Wmissing-prototypes -Wshadow -D_WIN32_WINNT=0x0601 \
	-DUNICODE -D_UNICODE -fno-ident -ffile-prefix-map=$(CURDIR)=/dk
monitor_link  := -s -static-libgcc -Wl,--dynamicbase,--nxcompat,--no-insert-timestamp \
	-Wl,--major-subsystem-version,6,--minor-subsystem-version,1 -lwtsapi32 -lpowrprof -ladvapi32
windres.x64   := x86_64-w64-mingw32-windres
windres.x86   := i686-w64-mingw32-windres
monitor_sources := $(wildcard xenbus/monitor/*.c)

# $(1) architecture. One for both builds: it has no tracing to leave out.
define monitor
$(O)/obj/monitor/$(1)/dkmonitor.exe: $(monitor_sources) $(wildcard xenbus/monitor/*.h) mk/version.rc.in \
		mk/config.mk mk/monitor.mk
	@mkdir -p $$(@D)
	@$$(say) CC $$(patsubst $(O)/%,%,$$@)
	$$(Q)sed -e 's/@COMMA@/$(subst .,$(comma),$(version))/g' -e 's/@DOT@/$(version)/g' -e 's/@FLAGS@/0/' \
		-e 's/@NAME@\.sys/dkmonitor.exe/g' -e 's/@TITLE@/Xen restart monitor/' \
		-e 's/@VENDOR@/$(VENDOR_NAME)/g' -e 's/@PRODUCT@/$(PRODUCT_NAME)/g' \
		-e 's/^FILETYPE .*/FILETYPE 1/' -e '/^FILESUBTYPE/d' mk/version.rc.in > $$(@D)/version.rc
	$$(Q)$$(windres.$(1)) $$(@D)/version.rc -o $$(@D)/version.o
	$$(Q)$$(gcc.$(1)) $$(monitor_flags) -o $$@ $(monitor_sources) $$(@D)/version.o $$(monitor_link)
endef
$(foreach a,$(ARCHES),$(eval $(call monitor,$a)))
unsigned: $(foreach a,$(ARCHES),$(O)/obj/monitor/$a/dkmonitor.exe)

# $(1) build, $(2) architecture
define monitor_signed
$(O)/$(1)/xenbus/$(2)/dkmonitor.exe: $(O)/obj/monitor/$(2)/dkmonitor.exe $(keys)/test.cer tools/sign.sh
	@mkdir -p $$(@D)
	@$$(say) SIGN $$(patsubst $(O)/%,%,$$@)
	$$(Q)SIGN_CMD='$$(SIGN_CMD)' sh tools/sign.sh $(keys) $$< $$@
$(1).xenbus.files += $(O)/$(1)/xenbus/$(2)/dkmonitor.exe
endef
$(foreach b,$(builds),$(foreach a,$(ARCHES),$(eval $(call monitor_signed,$b,$a))))
