# SPDX-License-Identifier: BSD-2-Clause
# How a driver is made. A package's .mk sets, for each driver D:
#   D.package D.sources (of any folders; no two of one name) D.title D.includes
#   D.libraries.ARCH D.def (optional)
#   D.allow (lists beyond ntddk/imports.allow, optional)
# and calls $(eval $(call driver,D)).
#
# clang writes its whole command line into the debug information. So it runs in $(O), where src leads
# to this directory, on relative names only, and the linker runs among the objects: neither objects
# nor PDBs know where they were built. The resource compiler and the linker take a name that starts with
# a slash for an option (/check is /c): they get relative names for this reason too.

BUILDS ?= free checked
builds := $(BUILDS)
obj = $(O)/obj/$(1)/$(2)/$(3)
folders_of = $(sort $(patsubst %/,%,$(dir $($(1).sources))))
from_out = $(subst -Isrc/$(O),-I.,$(patsubst -I%,-Isrc/%,$(1)))

# $(1) driver, $(2) build, $(3) architecture, $(4) folder
define driver_folder
$(call obj,$(2),$(3),$(1))/%.o: $(4)/%.c $$(generated) mk/toolchain.mk
	@mkdir -p $$(@D)
	@$$(say) CLANG $$(patsubst $(O)/%,%,$$@)
	$$(Q)cd $(O) && $$(CLANG) --target=$$(triple.$(3)) $$(clang_flags) $$(machine.$(3)) \
		$$(build.$(2)) $$(call from_out,$$($(1).includes)) $$(nt_includes) -MMD -MP \
		-MT $$(patsubst $(O)/%,%,$$@) -MF $$(patsubst $(O)/%.o,%.d.clang,$$@) \
		-c -o $$(patsubst $(O)/%,%,$$@).new src/$$<
	$$(Q)sh tools/depfile.sh $(O) $$(@:.o=.d)
	$$(Q)mv $$@.new $$@
$(call obj,$(2),$(3),$(1))/%.o: $(4)/%.S mk/toolchain.mk
	@mkdir -p $$(@D)
	$$(Q)$$(CLANG) --target=$$(triple.$(3)) -c -o $$@ $$<
endef

# $(1) driver, $(2) build, $(3) architecture
define driver_arch
$(1).$(2).$(3).objects := $$(addprefix $(call obj,$(2),$(3),$(1))/,$$(addsuffix .o,$$(basename $$(notdir $$($(1).sources)))))

$(foreach f,$(call folders_of,$(1)),$(call driver_folder,$(1),$(2),$(3),$f)
)

$(call obj,$(2),$(3),$(1))/$(1).res: mk/version.rc.in mk/config.mk mk/driver.mk
	@mkdir -p $$(@D)
	$$(Q)sed -e 's/@COMMA@/$(subst .,$(comma),$(version))/g' -e 's/@DOT@/$(version)/g' \
		-e 's/@NAME@/$(1)/g' -e 's/@TITLE@/$$($(1).title)/g' \
		-e 's/@VENDOR@/$(VENDOR_NAME)/g' -e 's/@PRODUCT@/$(PRODUCT_NAME)/g' \
		-e 's/@FLAGS@/$(if $(filter checked,$(2)),1,0)/g' $$< > $$(@:.res=.rc)
	$$(Q)cd $$(@D) && $$(LLVM_RC) /no-preprocess /FO $$(@F) $$(@F:.res=.rc)

# Unsigned. The linker leaves the checksum to whoever comes last.
$(call obj,$(2),$(3),$(1))/$(1).sys: $$($(1).$(2).$(3).objects) $(call obj,$(2),$(3),$(1))/$(1).res \
		$$($(1).def) $$($(1).libraries.$(3)) $$(tools)/pecheck
	@$$(say) LINK $$(patsubst $(O)/%,%,$$@)
	$$(Q)cp -f $$($(1).def) $$($(1).libraries.$(3)) $$(@D)/
	$$(Q)cd $$(@D) && $$(LLD_LINK) $$(link_flags) /machine:$(3) /entry:$$(entry.$(3)) \
		$$(if $$(filter x86,$(3)),/lldmingw) $$(addprefix /def:,$$(notdir $$($(1).def))) \
		/pdb:$(1).pdb /pdbaltpath:$(1).pdb /pdbsourcepath:/dk /out:$(1).sys /implib:linker.lib \
		$$(notdir $$($(1).$(2).$(3).objects)) $(1).res $$(notdir $$($(1).libraries.$(3))) \
		$$(mingw.$(3))/libntoskrnl.a $$(mingw.$(3))/libhal.a
	$$(Q)$$(tools)/pecheck --fix-checksum $$@

$(call obj,$(2),$(3),$(1))/checked.ok: $(call obj,$(2),$(3),$(1))/$(1).sys ntddk/imports.allow \
		$$($(1).allow) tools/nocode.sh
	@$$(say) CHECK $$(patsubst $(O)/%,%,$$<)
	$$(Q)$$(tools)/pecheck --machine $(3) --unsigned --allow ntddk/imports.allow \
		$$(addprefix --allow ,$$($(1).allow)) $$<
	$$(Q)$$(if $$(filter x86,$(3)),$$(tools)/pecheck --objects --allow ntddk/imports.allow \
		$$(addprefix --allow ,$$($(1).allow)) $$($(1).$(2).$(3).objects))
	$$(Q)sh tools/nocode.sh $$(LLVM_OBJDUMP) $$(filter-out %/primitives.o,$$($(1).$(2).$(3).objects))
	$$(Q)sh tools/headers.sh $$($(1).package) \
		$$(patsubst %.c,$$(@D)/%.d,$$(notdir $$(filter %.c,$$($(1).sources))))
	@touch $$@

-include $$($(1).$(2).$(3).objects:.o=.d)
endef

# The second opinion: gcc compiles what clang has linked.
define driver_gcc_folder
$(O)/obj/gcc/$(2)/$(1)/%.o: $(3)/%.c $$(generated) mk/toolchain.mk
	@mkdir -p $$(@D)
	@$$(say) GCC $$(patsubst $(O)/%,%,$$@)
	$$(Q)$$(gcc.$(2)) $$(gcc_flags.$(2)) $$(machine.$(2)) $$(build.checked) $$($(1).includes) \
		-isystem /usr/share/mingw-w64/include/ddk -MMD -MP -c -o $$@ $$<
$(O)/obj/gcc/$(2)/$(1)/%.o: $(3)/%.S
	@mkdir -p $$(@D)
	$$(Q)$$(gcc.$(2)) -c -o $$@ $$<
endef
define driver_gcc
$(foreach f,$(call folders_of,$(1)),$(call driver_gcc_folder,$(1),$(2),$f)
)
second_opinion += $$(addprefix $(O)/obj/gcc/$(2)/$(1)/,$$(addsuffix .o,$$(basename $$(notdir $$($(1).sources)))))
endef

define driver
drivers += $(1)
$(foreach b,$(builds),$(foreach a,$(ARCHES),$(call driver_arch,$(1),$(b),$(a))
))
$(foreach a,$(ARCHES),$(call driver_gcc,$(1),$(a))
)
endef
comma := ,

# Images before signing.
.PHONY: unsigned
unsigned_images = $(foreach d,$(drivers),$(foreach b,$(builds),$(foreach a,$(ARCHES),$(call obj,$b,$a,$d)/$d.sys)))
