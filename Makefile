# SPDX-License-Identifier: BSD-2-Clause
# The Driver Disk Kit: from driver source to a driver disk. `make help` lists the targets.

KIT := $(patsubst %/,%,$(dir $(realpath $(lastword $(MAKEFILE_LIST)))))
VERSION := 0.1.0

ifneq ($(filter 3.% 4.0% 4.1%,$(MAKE_VERSION)),)
$(error GNU Make $(MAKE_VERSION) is too old for this kit; it wants 4.2 or newer)
endif

.DEFAULT_GOAL := build-isos
.DELETE_ON_ERROR:
.SUFFIXES:
MAKEFLAGS += --no-builtin-rules
SHELL := /bin/sh

# Installing packages can change what the rest of the build finds, so goals named beside
# `deps` run in a make of their own, after it.
deps.goals := deps check-deps lab-deps
ifneq ($(filter $(deps.goals),$(MAKECMDGOALS)),)

include $(KIT)/mk/deps.mk

else

include $(KIT)/mk/output.mk
# The goals that concern one disk read its disk.mk; the others work without one.
disk.goals := build-srctarballs build-rpms build-isos verify submission show-config kernels

# Several disks: a make for each of them. What happens to stand in the environment is no list of disks.
ifneq ($(if $(filter environment%,$(origin DISKS)),,$(strip $(DISKS))),)

include $(KIT)/mk/ddk.mk
include $(KIT)/mk/disks.mk

else

include $(KIT)/mk/ddk.mk
include $(KIT)/mk/help.mk
include $(KIT)/mk/install.mk
include $(KIT)/mk/new.mk
include $(KIT)/mk/import.mk
include $(KIT)/mk/check.mk
include $(KIT)/mk/bench.mk
include $(KIT)/mk/clean.mk
include $(KIT)/mk/verify-submission.mk
include $(KIT)/mk/windows-pv.mk
include $(KIT)/mk/dom0.mk

ifneq ($(if $(MAKECMDGOALS),$(filter $(disk.goals) disk-facts $(if $(ISO),,dom0) $(if $(DISK),clean),$(MAKECMDGOALS)),build-isos),)
include $(KIT)/mk/config.mk
include $(KIT)/mk/sign.mk
include $(KIT)/mk/kernels.mk
include $(KIT)/mk/rpms.mk
include $(KIT)/mk/guests.mk
include $(KIT)/mk/iso.mk
include $(KIT)/mk/show-config.mk
include $(KIT)/mk/submission.mk
endif

endif
endif
