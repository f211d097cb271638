# SPDX-License-Identifier: BSD-2-Clause
# Header trees: found on the build host (or in BUILDROOT), imported into kernels/ beside disk.mk, or given as
# KERNELS.<flavour> = TREE…
# uname is what the kernel calls itself; kver is what package names carry; kernels of two flavours
# with one pair belong together.

kernels.globs := /usr/src/linux-headers-* /usr/src/kernels/* /lib/modules/*/build

# $(call kernels.uname,TREE). On Debian `make kernelrelease` does not give the running name.
kernels.uts = $(firstword $(wildcard $1/include/generated/utsrelease.h $1/include/linux/utsrelease.h))
kernels.uname = $(if $(kernels.uts),$(subst ",,$(firstword $(filter "%",$(file <$(kernels.uts))))))

# Trees are named as a build in BUILDROOT sees them.
buildroot := $(realpath $(BUILDROOT))
$(if $(BUILDROOT),$(if $(buildroot),,$(call config.fail,BUILDROOT = $(BUILDROOT): no such folder)))
kernels.trees := $(sort $(patsubst $(buildroot)/%,/%,$(realpath $(wildcard $(addprefix $(buildroot),$(kernels.globs))))))
# TREE=UNAME for each tree that is ready to build against.
kernels.seen := $(foreach t,$(kernels.trees),$(addprefix $t=,$(call kernels.uname,$(buildroot)$t)))

# $(call kernels.fits,FLAVOUR,UNAME): UNAME when the release has it as a kernel of FLAVOUR.
kernels.fits = $(filter-out $(NOT_UNAME.$1),$(filter $(UNAME.$1),$2))
kernels.newest = $(if $(word 2,$1),$(shell printf '%s\n' $1 | sort -t= -k2V | tail -n 1),$1)
# What was imported for this disk is all built for; of what lies about on the host, the newest.
kernels.own := $(if $(buildroot),,$(patsubst %/.,%,$(wildcard $(disk)/kernels/*/.)))
kernels.imported = $(strip $(foreach t,$(kernels.own),$(foreach u,$(call kernels.uname,$t),\
	$(if $(filter $1,$(or $(if $(wildcard $t/.ddk-flavour),$(file <$t/.ddk-flavour)),$(if $(call kernels.fits,$1,$u),$1))),$t=$u))))
kernels.found = $(or $(call kernels.imported,$1),$(kernels.lying))
kernels.lying = $(call kernels.newest,$(strip $(foreach s,$(kernels.seen),\
	$(if $(call kernels.fits,$1,$(lastword $(subst =, ,$s))),$s))))
kernels.given = $(foreach t,$(KERNELS.$1),$(or $(addprefix $t=,$(call kernels.uname,$(buildroot)$t)),\
	$(call config.fail,$(from.KERNELS.$1): KERNELS.$1: $t is not a header tree made ready for building: it has no include/generated/utsrelease.h)))

# The loop below runs once for each kernel with $(flavour), $(tree) and $(uname) set, and gives it
# an id such as xen1, under which its facts are kept.
kernels :=
overrides :=
kernels.strip = $(patsubst %-$(flavour),%,$(patsubst %$(flavour),%,$(uname)))
kernels.stem = $(if $(and $(call kernels.fits,$(flavour),$(uname)),$(findstring %,$(UNAME.$(flavour)))),$(patsubst \
	$(UNAME.$(flavour)),%,$(uname)),$(patsubst %-cloud,%,$(patsubst %-amd64,%,$(kernels.strip))))

# `make kernels` lists what there is, also when it is not enough for a build.
ifneq ($(filter-out kernels disk-facts,$(or $(MAKECMDGOALS),build-isos)),)
define kernels.add
$(if $(call kernels.fits,$(flavour),$(uname)),,$(if $(filter yes,$(OVERRIDE_RELEASE)),,$(call config.fail,$(or \
	$(from.KERNELS.$(flavour)),$(release.mk)): $(tree) is of kernel $(uname)$(comma) not of release $(RELEASE) ($(flavour): $(UNAME.$(flavour))); give a tree of the release$(comma) or set OVERRIDE_RELEASE = yes to build all the same)))
id := $(flavour)$(words $(filter $(flavour)%,$(kernels)) +)
kernels += $$(id)
kernel.$$(id).flavour := $(flavour)
kernel.$$(id).tree := $(tree)
kernel.$$(id).uname := $(uname)
kernel.$$(id).pair := $(kernels.stem)
kver := $(if $(filter strip,$(KVER)),$(kernels.strip),$(uname))
kernel.$$(id).kver := $$(kver)
kernel.$$(id).version := $$(or $$(RPM.VERSION.$$(kver)),$$(RPM.VERSION))
kernel.$$(id).release := $$(or $$(RPM.RELEASE.$$(kver)),$$(RPM.RELEASE))
kernel.$$(id).name := $$(RPM.NAME)
overrides += $(if $(call kernels.fits,$(flavour),$(uname)),,$(flavour)=$(uname))
endef

$(foreach flavour,$(filter-out $(foreach f,$(FLAVOURS),$(if $(EXCLUDE.$f),$f)),$(FLAVOURS)),\
	$(foreach s,$(or $(if $(KERNELS.$(flavour)),$(call kernels.given,$(flavour)),$(call kernels.found,$(flavour))),\
		$(call config.fail,no header tree for flavour $(flavour) of release $(RELEASE): no kernel $(UNAME.$(flavour)) under \
		$(buildroot)/usr/src; run `make deps`$(comma) set KERNELS.$(flavour) = TREE$(comma) or EXCLUDE.$(flavour) = reason)),\
		$(foreach tree,$(firstword $(subst =, ,$s)),$(foreach uname,$(lastword $(subst =, ,$s)),$(eval $(kernels.add))))))
kernels := $(strip $(kernels))
$(if $(kernels),,$(call config.fail,$(disk.mk): every flavour of release $(RELEASE) is excluded; nothing to build))

kernels.names := $(foreach id,$(kernels),$(kernel.$(id).name))
$(foreach n,$(kernels.names),$(if $(word 2,$(filter $n,$(kernels.names))),\
	$(call config.fail,$(disk.mk): two packages of one name: $n; release $(RELEASE) names module packages without the kernel$(comma) so a disk holds one kernel)))

endif

# A compiler other than the release's can build modules that its kernel does not take.
kernels.compiler = $(if $(buildroot),$(COMPILER),$(shell $(CC) -dumpversion))
kernels.compiler.note = $(if $(filter $(COMPILER) $(COMPILER).%,$(kernels.compiler)),,compiler $(kernels.compiler) is not \
	the $(COMPILER) of release $(RELEASE); BUILDROOT=FOLDER builds in a chroot that holds it)
