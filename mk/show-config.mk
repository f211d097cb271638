# SPDX-License-Identifier: BSD-2-Clause
# `make show-config`: every value of the disk and of the release, with the place it comes from.

show.names = $(config.disk) RELEASE $(config.release) $(config.flavoured) $(config.versions)
.PHONY: show-config
show-config:
	@$(foreach v,$(show.names),$(if $(filter-out undefined,$(origin $v)),\
		printf '%-20s = %s   (%s)\n' $v $(call quote,$(if $(filter RPM.NAME KERNEL_REQUIRES,$v),$(value $v),$($v))) $(call quote,$(or $(from.$v),$(origin $v)));))
	@$(foreach id,$(kernels),printf 'kernel %-13s   %s  %s  %s\n' $(id) $(kernel.$(id).uname) \
		$(kernel.$(id).name) $(kernel.$(id).tree);)

# For mk/disks/, which builds several disks.
.PHONY: disk-facts
disk-facts:
	@printf '%s\n' label=$(call quote,$(LABEL)) release=$(call quote,$(RELEASE)) version=$(call quote,$(DISK.VERSION)) out=$(call quote,$(out))
