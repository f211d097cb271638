# SPDX-License-Identifier: BSD-2-Clause
# The packages for Windows guests on the disk: WINDOWS_PV is no, yes (the kit's own, built here), or a folder that has
# PACKAGE/x64/ and PACKAGE/x86/.

guests.yes := $(filter yes,$(WINDOWS_PV))
guests.out := $(KIT)/out/windows-pv
guests.folder := $(if $(filter no,$(WINDOWS_PV)),,$(if $(guests.yes),$(guests.out)/medium,$(or \
	$(call config.folder,$(if $(filter /%,$(WINDOWS_PV)),$(WINDOWS_PV),$(disk)/$(WINDOWS_PV))),\
	$(call config.fail,$(call config.is,WINDOWS_PV): it is no$(comma) yes$(comma) or a folder with packages))))

# What is there, so that the ISO is made anew when it changes.
guests.list := $(if $(guests.folder),$(work)/windows-pv.files)
$(work)/windows-pv.files: FORCE | $(work)/ready $(ddk)
	$(if $(guests.yes),$(jobs)@$(step) windows-pv '' $(kit.scripts)/guests.sh build $(KIT)/windows-pv $(guests.out) $(ddk) $(MAKE))
	@$(call keep,$@,$(step) windows-pv-files '' $(kit.scripts)/guests.sh list $(guests.folder) $@.new)
