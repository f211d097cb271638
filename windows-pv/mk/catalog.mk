# SPDX-License-Identifier: BSD-2-Clause
# INF and catalog of each package P that sets
#   P.inf     its INF template; tokens: those of inf_tokens below, and P.tokens
#   P.tokens  further NAME=VALUE pairs without blanks (optional)
#   P.hwids   hardware ids for the catalog (optional)
#   P.bus     the name in interfaces.tbl of the bus that it brings (optional): @REVISIONS@ is what it serves
# beside its signed .sys files: a folder that installs from its INF alone. Included after package.mk.

DDK_PROGRAM ?= $(abspath $(pv)/../out/build/ddk)
# The driver's date: Windows ranks drivers by it. The same sources give the same date.
DRIVER_EPOCH ?= $(or $(SOURCE_DATE_EPOCH),$(shell git log -1 --format=%ct 2>/dev/null || date +%s))
driver_date := $(shell date -u -d @$(DRIVER_EPOCH) +%F)

# The systems that a catalog is for, and what an INF calls the architecture. Windows 7 reads no
# SHA-256 catalogs: there a package counts as unsigned, and its .sys files by their own signatures.
catalog_os.x64 := 8_X64,6_3_X64,10_X64
catalog_os.x86 := 8_X86,6_3_X86,10_X86
inf_arch.x64   := amd64
inf_arch.x86   := x86
# $(1) architecture
inf_tokens = --set ARCH=$(inf_arch.$(1)) --set VENDOR='$(VENDOR_NAME)' --set PREFIX='$(VENDOR_PREFIX)' \
	--set PRODUCT='$(PRODUCT_NAME)' --set VENDOR_DEVICE_ID='$(VENDOR_DEVICE_ID)'
# $(1) bus; for the shell: "00000002,00000001"
served = "$$(awk '!/^\#/ && !seen[$$2]++ { printf "%s%s", n++ ? "," : "", $$2 }' $(gen)/$(1).ids)"

# ddk is built by the other side's makefile.
$(DDK_PROGRAM): $(wildcard ../src/*.[ch] ../src/*/*.[ch] ../src/*/*.def)
	@$(say) MAKE ddk
	$(Q)$(MAKE) -C .. MAKEOVERRIDES= '$@'

# $(1) package, $(2) architecture, $(3) folder, $(4) its files
define catalogued
$(3)/$(1).inf: $$($(1).inf) mk/config.mk mk/catalog.mk $$(DDK_PROGRAM) $$(if $$($(1).bus),$(gen)/interfaces.stamp)
	@mkdir -p $$(@D)
	@$$(say) INF $$(patsubst $(O)/%,%,$$@)
	$$(Q)$$(DDK_PROGRAM) inf stamp $$< --out $$@ --version $(version) --date $(driver_date) \
		$$(call inf_tokens,$(2)) $$(addprefix --set ,$$($(1).tokens)) \
		$$(if $$($(1).bus),--set REVISIONS=$$(call served,$$($(1).bus)))

# Unsigned, and out of the package.
$(patsubst $(O)/%,$(O)/obj/catalog/%,$(3))/$(1).cat: $(3)/$(1).inf $(4)
	@mkdir -p $$(@D)
	$$(Q)$$(DDK_PROGRAM) catalog --out $$@ --epoch $(DRIVER_EPOCH) --os $(catalog_os.$(2)) \
		$$(foreach i,$$($(1).hwids),--hwid '$$i') $$^

# An .inf is checked here because it wants its catalog beside it.
$(3)/$(1).cat: $(patsubst $(O)/%,$(O)/obj/catalog/%,$(3))/$(1).cat $(keys)/test.cer tools/sign.sh
	@$$(say) CATALOG $$(patsubst $(O)/%,%,$$@)
	$$(Q)SIGN_CMD='$$(SIGN_CMD)' sh tools/sign.sh $(keys) $$< $$@
	$$(Q)$$(DDK_PROGRAM) inf check --strict --dir $(3) $(3)/$(1).inf > $$<.log || { cat $$<.log >&2; rm -f $$@; exit 1; }
	$$(Q)$$(DDK_PROGRAM) catalog --verify $$@ $(if $(SIGN_CMD),,--ca $(keys)/test.crt) $(3) > $$<.log || \
		{ cat $$<.log >&2; rm -f $$@; exit 1; }
endef

# A tarball is made of its folder, whatever made it wait.
$(foreach p,$(packages),$(if $($p.inf),$(foreach b,$(builds),$(foreach a,$(ARCHES),\
	$(eval $(call catalogued,$p,$a,$(O)/$b/$p/$a,$(filter $(O)/$b/$p/$a/%.sys $(O)/$b/$p/$a/%.exe,$($b.$p.files))))\
	$(eval $(O)/$b/$p.tar: $(O)/$b/$p/$a/$p.cat)))))

# A package of the tests' INF and a driver that exists, to a reader that is not ours.
test.inf   := ../tests/windows/test.inf.in
test.hwids := PCI\VEN_5853&DEV_0001
$(O)/check/catalog/%/test.sys: $(O)/free/xenbus/%/xen.sys
	@mkdir -p $(@D)
	$(Q)cp $< $@
$(foreach a,$(ARCHES),$(eval $(call catalogued,test,$a,$(O)/check/catalog/$a,$(O)/check/catalog/$a/test.sys)))

.PHONY: check-catalog
check-catalog: $(foreach a,$(ARCHES),$(O)/check/catalog/$a/test.cat) free
	@$(say) TEST catalogs
	$(Q)$(if $(SIGN_CMD),:,for cat in $(O)/check/catalog/*/test.cat \
		$(foreach p,$(packages),$(if $($p.inf),$(O)/free/$p/*/$p.cat)); do \
		for sys in "$$(dirname "$$cat")"/*.sys; do \
			osslsigncode verify -catalog "$$cat" -CAfile $(keys)/test.crt -in "$$sys" \
				> $(O)/check/catalog.log 2>&1 || { cat $(O)/check/catalog.log; exit 1; }; \
		done; done)
