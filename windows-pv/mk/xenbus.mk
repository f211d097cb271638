# SPDX-License-Identifier: BSD-2-Clause
# The XENBUS package.

packages += xenbus

xenbus.inf   := xenbus/xenbus.inf.in
xenbus.bus   := XENBUS
xenbus.hwids := $(addprefix PCI\VEN_5853&DEV_,$(pci_devices))

xen.package  := xenbus
xen.sources  := $(wildcard xenbus/xen/*.c xenbus/xen/*.S) xenbus/xenbus/memcmp.c \
	$(addprefix lib/pv_,$(addsuffix .c,devid madt pnpid text unplug))
xen.title    := Xen primitives
xen.includes := -Ixenbus/xen/include -Intddk -Ilib -Ilib/platform -I$(gen)
xen.def      := $(gen)/xen.def
$(eval $(call driver,xen))

# For the other drivers of this package only: version 1 exports of XEN.SYS.
import_library = $(O)/obj/import/$(1)/xen.lib
$(O)/obj/import/%/xen.lib: $(gen)/xen-import-%.def
	@mkdir -p $(@D)
	$(Q)$(LLVM_DLLTOOL) -m $(dlltool.$*) $(if $(filter x86,$*),-k) -D xen.sys \
		-d $< -l $@

xenbus.package  := xenbus
xenbus.sources  := $(wildcard xenbus/xenbus/*.c) $(addprefix lib/pv_,$(addsuffix .c,balloon cache clock corral devid evtchn \
	evtchn_2l evtchn_fifo gnttab iface pnpid rangeset text xs xs_conn xs_req xs_watch))
xenbus.title    := Xen bus
xenbus.includes := -Ixenbus/xenbus -Ixenbus/xen/include -Iinterfaces -Intddk -Ilib -Ilib/platform -I$(gen)
xenbus.libraries.x64 := $(call import_library,x64)
xenbus.libraries.x86 := $(call import_library,x86)
xenbus.allow    := $(gen)/xen.allow
$(eval $(call driver,xenbus))

xenfilt.package  := xenbus
xenfilt.sources  := $(wildcard xenbus/xenfilt/*.c) $(addprefix xenbus/xenbus/,interface_fill.c irp_send.c memcmp.c pool.c status.c) \
	$(addprefix lib/pv_,$(addsuffix .c,devid emul iface pnpid text))
xenfilt.title    := Xen emulated devices
xenfilt.includes := -Ixenbus/xenfilt -Ixenbus/xenbus -Ixenbus/xen/include -Iinterfaces -Intddk -Ilib -Ilib/platform -I$(gen)
xenfilt.libraries.x64 := $(call import_library,x64)
xenfilt.libraries.x86 := $(call import_library,x86)
xenfilt.allow    := $(gen)/xen.allow
$(eval $(call driver,xenfilt))
