# SPDX-License-Identifier: BSD-2-Clause
# Results: for each build and package a folder with x64/ and x86/, and a tarball of it.

keys := $(O)/testkey

$(keys)/test.cer:
	$(Q)sh tools/testkey.sh $(keys) '$(VENDOR_NAME)'
test_serial = $$(openssl x509 -in $(keys)/test.crt -noout -serial | cut -d= -f2)
# What makes a guest trust that key. cmd.exe finds its labels for sure only with its own ends of lines.
$(keys)/testsign.cmd: tools/guest/testsign.cmd $(keys)/test.cer
	$(Q)sed -e "s/@SERIAL@/$(test_serial)/" -e 's/$$/\r/' $< > $@.new
	$(Q)mv $@.new $@

# $(1) driver, $(2) build, $(3) architecture
define signed
$(O)/$(2)/$$($(1).package)/$(3)/$(1).sys: $(call obj,$(2),$(3),$(1))/checked.ok $(keys)/test.cer tools/sign.sh
	@mkdir -p $$(@D)
	@$$(say) SIGN $$(patsubst $(O)/%,%,$$@)
	$$(Q)SIGN_CMD='$$(SIGN_CMD)' sh tools/sign.sh $(keys) $(call obj,$(2),$(3),$(1))/$(1).sys $$@
	$$(Q)$$(tools)/pecheck --machine $(3) --signed $$@
	$$(Q)cp $(call obj,$(2),$(3),$(1))/$(1).pdb $$(@D)/
$(2).$$($(1).package).files += $(O)/$(2)/$$($(1).package)/$(3)/$(1).sys
endef
$(foreach d,$(drivers),$(foreach b,$(builds),$(foreach a,$(ARCHES),$(eval $(call signed,$d,$b,$a)))))

# $(1) package, $(2) build
define tarball
$(O)/$(2)/$(1).tar: $$($(2).$(1).files)
	@$$(say) TAR $(2)/$(1).tar
	$$(Q)tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner --format=ustar \
		--mode=u=rwX,go=rX -C $(O)/$(2) -cf $$@.new $(1)
	$$(Q)mv $$@.new $$@
$(2): $(O)/$(2)/$(1).tar
endef
$(foreach p,$(packages),$(foreach b,$(builds),$(eval $(call tarball,$p,$b))))

$(builds): $(keys)/testsign.cmd
.PHONY: $(builds) symbols symbols-expire
symbols: free
	$(Q)sh tools/symstore.sh add '$(SYMBOL_SERVER)' '$(PRODUCT_NAME)' '$(version)' $(tools)/pecheck \
		$(foreach p,$(packages) $(program_packages),$(filter %.sys %.exe,$(free.$p.files)))
# DAYS=n; what was added longer ago goes.
symbols-expire:
	$(Q)sh tools/symstore.sh expire '$(SYMBOL_SERVER)' '$(or $(DAYS),$(error set DAYS))'
