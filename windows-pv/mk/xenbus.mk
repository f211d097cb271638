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
