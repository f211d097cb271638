# SPDX-License-Identifier: BSD-2-Clause
# The laboratory: a real Xen with a Linux dom0 in an emulated machine, and the disk in its drive. tests/dom0
# has the scenarios; `make dom0 DISK=…` is for looking with one's own eyes.

dom0.parts = $(KIT)/tests/dom0/parts.sh
# The longest begin first, so that none of them is alone at the end.
dom0.slow = long/guests long/installer long/plug long/drivers upgrade wrong-host long/boot-disk
dom0.all := $(dom0.slow:%=$(KIT)/tests/dom0/%.t)
dom0.all += $(filter-out $(dom0.all),$(wildcard $(KIT)/tests/dom0/long/*.t $(KIT)/tests/dom0/*.t))

dom0.tests = $(if $(filter command line,$(origin TESTS)),$(TESTS),$(dom0.all))

.PHONY: check-dom0 dom0
check-dom0: $(ddk)
	@parts=$$($(dom0.parts)) && export dom0_parts=$$parts && $(call check.prove,$(dom0.tests))

# The disk is built as `make build-isos` does, unless ISO names an image.
dom0: $(if $(ISO),,build-isos)
	@$(KIT)/tests/dom0/interactive.sh $(call quote,$(or $(ISO),$(out)/$(LABEL).iso))
