# SPDX-License-Identifier: BSD-2-Clause
# `make show-config`: every value of the disk and of the release, with the place it comes from; with JSON=yes for programs.

show.names = $(config.disk) RELEASE $(config.release) $(config.flavoured) $(config.versions)
show.set = $(foreach v,$(show.names),$(if $(filter-out undefined,$(origin $v)),$v))
show.value = $(if $(filter RPM.NAME KERNEL_REQUIRES,$v),$(value $v),$($v))
show.origin = $(or $(from.$v),$(origin $v))

show.tab := $(empty)	$(empty)
show.string = "$(subst $(newline),\n,$(subst $(show.tab),\t,$(subst ",\",$(subst \,\\,$1))))"
# $(call show.json,NAMES): those values, and the kernels.
define show.json
{"values": [
{"name": "kit", "value": $(call show.string,$(VERSION)), "origin": "kit"}$(foreach v,$1,,
{"name": $(call show.string,$v), "value": $(call show.string,$(show.value)), "origin": $(call show.string,$(show.origin))})
], "kernels": [$(foreach id,$(kernels),$(if $(filter $(id),$(firstword $(kernels))),,$(comma))
{"id": "$(id)", "flavour": "$(kernel.$(id).flavour)", "uname": "$(kernel.$(id).uname)", "package": "$(kernel.$(id).name)", "tree": $(call show.string,$(kernel.$(id).tree))})
]}
endef

.PHONY: show-config
show-config:
ifeq ($(JSON),yes)
	@$(info $(call show.json,$(show.set))):
else
	@$(foreach v,$(show.set),printf '%-20s = %s   (%s)\n' $v $(call quote,$(show.value)) $(call quote,$(show.origin));)
	@$(foreach id,$(kernels),printf 'kernel %-13s   %s  %s  %s\n' $(id) $(kernel.$(id).uname) \
		$(kernel.$(id).name) $(kernel.$(id).tree);)
endif

# For mk/disks/, which builds several disks.
.PHONY: disk-facts
disk-facts:
	@printf '%s\n' label=$(call quote,$(LABEL)) release=$(call quote,$(RELEASE)) version=$(call quote,$(DISK.VERSION)) out=$(call quote,$(out))
