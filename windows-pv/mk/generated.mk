# SPDX-License-Identifier: BSD-2-Clause
# Headers made at build time. Nothing here depends on the architecture.

gen := $(O)/gen

# Xen's public headers, so mended that a Windows compiler sees Xen's layouts; then the layouts that
# Linux sees in the unmended ones, as assertions.
$(gen)/xen.stamp: lib/abi/mend.sh lib/abi/abi.sh lib/abi/abi.tbl $(wildcard $(XEN_HEADERS)/*.h)
	@mkdir -p $(gen)
	$(Q)sh lib/abi/mend.sh $(XEN_HEADERS) $(gen)
	$(Q)sh lib/abi/abi.sh lib/abi/abi.tbl $(XEN_HEADERS) $(HOSTCC) > $(gen)/pv_abi_asserts.h.new
	$(Q)mv $(gen)/pv_abi_asserts.h.new $(gen)/pv_abi_asserts.h
	@touch $@

xen_exports := $(addprefix $(gen)/,xen_exports.h xen_routines.h xen.def xen.allow xen-import-x64.def xen-import-x86.def)
$(xen_exports) &: xenbus/xen/exports.tbl xenbus/xen/exports.frozen tools/genexports.sh
	@mkdir -p $(gen)
	$(Q)sh tools/genexports.sh xenbus/xen/exports.tbl xenbus/xen/exports.frozen $(gen)
	@touch $(xen_exports)

# The names and the version that a build was given. Rewritten only when one has changed.
$(gen)/dk_config.h: FORCE
	@mkdir -p $(@D)
	$(Q)printf '%s\n' '/* SPDX-License-Identifier: BSD-2-Clause */' '/* Made from mk/config.mk. */' \
		'#ifndef DK_CONFIG_H' '#define DK_CONFIG_H' '' \
		'#define DK_VENDOR_NAME "$(VENDOR_NAME)"' '#define DK_VENDOR_PREFIX "$(VENDOR_PREFIX)"' \
		'#define DK_PRODUCT_NAME "$(PRODUCT_NAME)"' '#define DK_VERSION "$(version)"' \
		'#define DK_PRODUCT_NUMBER $(PRODUCT_NUMBER)' '#define DK_BUILD_NUMBER $(BUILD_NUMBER)' '' '#endif' > $@.new
	$(Q)if cmp -s $@.new $@; then rm $@.new; else mv $@.new $@; fi

# Where drivers are compiled from: see driver.mk. A link, remade when the tree has moved.
$(gen)/src.stamp: $(if $(filter $(CURDIR),$(realpath $(O)/src)),,FORCE)
	@mkdir -p $(@D)
	$(Q)ln -sfn $(CURDIR) $(O)/src
	@touch $@
FORCE:

generated := $(gen)/xen.stamp $(gen)/xen_exports.h $(gen)/dk_config.h $(gen)/src.stamp
