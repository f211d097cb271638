# SPDX-License-Identifier: BSD-2-Clause
# `make DISKS="a b folder-of-disks"`: a make for each disk under one job server, then a table and SUMMARY.

ifneq ($(filter command line,$(origin DISK)),)
$(error DISK=$(DISK) and DISKS=$(DISKS) together: say one of them)
endif
disks.goals := $(or $(MAKECMDGOALS),build-isos)
$(foreach g,$(filter-out $(disk.goals) clean,$(disks.goals)),$(error $g is not done for each of several disks; leave DISKS out))

disks.given := $(foreach d,$(DISKS),$(or $(wildcard $d),$d))
SUMMARY ?= $(abspath $(or $(OUT),out))/summary.json
disks.work := $(abspath $(SUMMARY)).work
disks.keep := $(if $(findstring k,$(firstword -$(MAKEFLAGS))),yes)
# What is said once for all disks would be one disk's value for another.
$(foreach v,LABEL SPEC DATASPEC DATA_SPEC SOURCE DATA.SOURCE UUID PREVIOUS,$(if $(filter command line,$(origin $v)),\
	$(error $v=$($v) cannot hold for several disks; it stands in each disk.mk)))

export disks_work = $(disks.work)
export disks_keep = $(disks.keep)
export disks_kit = $(KIT)

# One line for the steps of all of them, on the terminal that is this make's own and not one above it.
ifneq ($(and $(live),$(filter default,$(origin MAKE_TERMOUT)),$(filter /dev/%,$(MAKE_TERMOUT))),)
export ddk_live = $(disks.work)/live
export ddk_live_tty = $(MAKE_TERMOUT)
endif

.PHONY: $(disks.goals) disks
$(disks.goals): disks ; @:
# ddk is there before any disk's make looks for it. A failed disk fails in the last line, which tells of it.
disks: $(if $(filter-out clean,$(disks.goals)),$(ddk))
	@$(KIT)/mk/disks/prepare.sh $(call quote,$(abspath $(SUMMARY))) $(foreach d,$(disks.given),$(call quote,$d))
	$(jobs)@$(MAKE) --no-print-directory -f $(KIT)/mk/disks/each.mk goals=$(call quote,$(disks.goals)) || :
	@$(KIT)/mk/disks/summary.sh $(call quote,$(abspath $(SUMMARY))) $(ddk) $(disks.goals)
