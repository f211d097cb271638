# SPDX-License-Identifier: BSD-2-Clause
# `make import-kernel DISK=… RPM=… (or DEB=…, TAR=…) [FLAVOUR=xen]`: other people's kernels, unpacked beside the disk and
# not installed. `make kernels` lists every header tree that a build would see.

# A chroot has its own folder for them, where the build in it looks.
import.dir = $(if $(BUILDROOT),$(abspath $(BUILDROOT))/usr/src/kernels,$(abspath $(DISK))/kernels)

.PHONY: import-kernel kernels
import-kernel:
	@$(KIT)/mk/import-kernel.sh $(call quote,$(DISK)) $(call quote,$(import.dir)) $(call quote,$(FLAVOUR)) \
		$(call quote,$(RPM)) $(call quote,$(DEB)) $(call quote,$(TAR))

# TREE|UNAME|KVER|FLAVOUR|built for, one a line.
kernels.flavour = $(or $(if $(wildcard $1/.ddk-flavour),$(file <$1/.ddk-flavour)),\
	$(firstword $(foreach f,$(FLAVOURS),$(if $(call kernels.fits,$f,$2),$f))))
kernels.built = $(foreach f,$(FLAVOURS),$(if $(EXCLUDE.$f),,$(if $(KERNELS.$f),$(foreach flavour,$f,$(call kernels.given,$f)),$(call kernels.found,$f))))
define kernels.rows
$(foreach s,$(sort $(kernels.seen) $(foreach t,$(kernels.own),$(addprefix $t=,$(call kernels.uname,$t))) $(kernels.built)),$(foreach \
	t,$(firstword $(subst =, ,$s)),$(foreach u,$(lastword $(subst =, ,$s)),$(foreach \
	f,$(or $(call kernels.flavour,$(buildroot)$t,$u),-),$t|$u|$(if $(filter strip,$(KVER)),$(patsubst \
	%-$f,%,$(patsubst %$f,%,$u)),$u)|$f|$(filter $s,$(kernels.built))$(newline)))))
endef
kernels: export kernel_rows = $(kernels.rows)
kernels:
	@$(KIT)/mk/kernel-list.sh $(call quote,$(buildroot)) $(RELEASE) $(call quote,$(COMPILER)) $(call quote,$(CC)) $(call quote,$(FLAVOURS))
