# SPDX-License-Identifier: BSD-2-Clause
# The XENBUS package.

packages += xenbus

xen.package  := xenbus
xen.dir      := xenbus/xen
xen.sources  := $(notdir $(wildcard xenbus/xen/*.c xenbus/xen/*.S))
xen.title    := Xen primitives
xen.includes := -Ixenbus/xen/include -Intddk -Ilib -Ilib/platform -I$(gen)
xen.def      := $(gen)/xen.def
$(eval $(call driver,xen))

# For the other drivers of this package only: version 1 exports of XEN.SYS.
import_library = $(O)/obj/import/$(1)/xen.lib
$(O)/obj/import/%/xen.lib: $(gen)/xen_exports.h
	@mkdir -p $(@D)
	$(Q)$(LLVM_DLLTOOL) -m $(dlltool.$*) $(if $(filter x86,$*),-k) -D xen.sys \
		-d $(gen)/xen-import-$*.def -l $@
