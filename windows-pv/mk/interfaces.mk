# SPDX-License-Identifier: BSD-2-Clause
# interfaces/interfaces.tbl and what is made of it; what has been published.

pci_devices := 0001 0002 $(VENDOR_DEVICE_ID)
interface_files := interfaces/interfaces.tbl $(wildcard interfaces/*.h)

$(gen)/interfaces.stamp: interfaces/interfaces.tbl tools/genif.sh mk/config.mk
	$(Q)sh tools/genif.sh interfaces/interfaces.tbl $(gen) '$(VENDOR_PREFIX)' '$(pci_devices)'
	@touch $@

generated += $(gen)/interfaces.stamp

$(gen)/frozen.ok: $(interface_files) $(wildcard interfaces/frozen/*) tools/frozen.sh tools/layout.sh
	@mkdir -p $(@D)
	@$(say) FROZEN interfaces
	$(Q)sh tools/frozen.sh check $(CLANG) interfaces/interfaces.tbl
	@touch $@

$(gen)/document.ok: $(gen)/interfaces.stamp INTERFACES.md
	$(Q)cmp -s $(gen)/INTERFACES.md INTERFACES.md || \
		{ echo 'INTERFACES.md is not what interfaces.tbl makes: make interfaces' >&2; exit 1; }
	@touch $@

.PHONY: interfaces freeze import
# Writes the page for people.
interfaces: $(gen)/interfaces.stamp
	$(Q)cp $(gen)/INTERFACES.md INTERFACES.md

# Publishes what has not been published: new interface versions, new exports of XEN.SYS.
freeze:
	$(Q)sh tools/frozen.sh freeze $(CLANG) interfaces/interfaces.tbl
	$(Q)sh tools/freeze-exports.sh xenbus/xen/exports.tbl xenbus/xen/exports.frozen

# make import PACKAGE=xenvif PROVIDER=XENBUS REVISION=00000001 INTERFACES='STORE EVTCHN'
import:
	$(Q)sh tools/import.sh pin interfaces/interfaces.tbl '$(PACKAGE)' '$(PROVIDER)' '$(REVISION)' \
		$(INTERFACES)
