# SPDX-License-Identifier: BSD-2-Clause
# How a program for guests is made: as a driver is (driver.mk), with mingw's C library. A package's .mk sets, for each
# program P:
#   P.package P.sources P.title P.includes
#   P.crt        crt2 where it has main, crt2u where it has wmain
#   P.libraries  import libraries of the system
#   P.manifest   (optional)
# and calls $(eval $(call program,P)). There is one for both builds, since it has no tracing to leave out.

program_flags := -std=gnu11 -O2 -fno-ident -D_WIN32_WINNT=0x0601 -DUNICODE -D_UNICODE -D__USE_MINGW_ANSI_STDIO=1 \
	-Wall -Wextra -Werror -Wshadow -Wvla -Wmissing-prototypes -Wstrict-prototypes
program_includes := -isystem /usr/share/mingw-w64/include
program_clang := $(program_flags) -g -gcodeview -fdebug-compilation-dir=/dk -fcoverage-compilation-dir=/dk
program_obj = $(O)/obj/program/$(1)/$(2)

# Of mingw's C library, without the DWARF in it, which the linker would put into the image.
crt_files := crt2.o crt2u.o libmingw32.a libmingwex.a libmoldname.a libmsvcrt.a
crt_names := libmingw32.a libgcc.a libmoldname.a libmingwex.a libmsvcrt.a
image_base.x64 := __image_base__=__ImageBase
image_base.x86 := __image_base__=___ImageBase
$(O)/obj/crt/%/ok: mk/program.mk
	@mkdir -p $(@D)
	$(Q)for f in $(addprefix $(mingw.$*)/,$(crt_files)) "$$($(gcc.$*) -print-libgcc-file-name)"; do \
		$(LLVM_OBJCOPY) --strip-debug "$$f" "$(@D)/$${f##*/}" || exit 1; done
	@touch $@
.SECONDARY: $(foreach a,$(ARCHES),$(O)/obj/crt/$a/ok)

# $(1) program, $(2) architecture, $(3) path of the C library's copies, $(4) its own objects: without debug information
program_link = $(LLD_LINK) /lldmingw /machine:$(2) /subsystem:console,6.1 /entry:mainCRTStartup \
	/alternatename:$(image_base.$(2)) /nodefaultlib /Brepro /opt:ref,icf $(3)/$($(1).crt).o $(4) $(addprefix $(3)/,$(crt_names)) \
	$(patsubst %,$(mingw.$(2))/lib%.a,$($(1).libraries) kernel32 user32)

# $(1) program, $(2) architecture, $(3) folder
define program_folder
$(call program_obj,$(2),$(1))/%.o: $(3)/%.c $(gen)/src.stamp $(gen)/dk_config.h mk/program.mk
	@mkdir -p $$(@D)
	@$$(say) CLANG $$(patsubst $(O)/%,%,$$@)
	$$(Q)cd $(O) && $$(CLANG) --target=$$(triple.$(2)) $$(program_clang) $$(call from_out,$$($(1).includes)) \
		$$(program_includes) -MMD -MP -MT $$(patsubst $(O)/%,%,$$@) -MF $$(patsubst $(O)/%.o,%.d.clang,$$@) \
		-c -o $$(patsubst $(O)/%,%,$$@).new src/$$<
	$$(Q)sh tools/depfile.sh $(O) $$(@:.o=.d)
	$$(Q)mv $$@.new $$@
$(O)/obj/gcc/$(2)/$(1)/%.o: $(3)/%.c $(gen)/dk_config.h mk/program.mk
	@mkdir -p $$(@D)
	@$$(say) GCC $$(patsubst $(O)/%,%,$$@)
	$$(Q)$$(gcc.$(2)) $$(program_flags) $$($(1).includes) -MMD -MP -c -o $$@ $$<
endef

# $(1) program, $(2) architecture
define program_arch
$(1).$(2).objects := $$(addprefix $(call program_obj,$(2),$(1))/,$$(patsubst %.c,%.o,$$(notdir $$($(1).sources))))
second_opinion += $$(addprefix $(O)/obj/gcc/$(2)/$(1)/,$$(notdir $$($(1).$(2).objects)))

$(foreach f,$(call folders_of,$(1)),$(call program_folder,$(1),$(2),$f)
)

$(call program_obj,$(2),$(1))/$(1).res: mk/version.rc.in mk/config.mk mk/program.mk $$($(1).manifest)
	@mkdir -p $$(@D)
	$$(Q)sed -e 's/@COMMA@/$(subst .,$(comma),$(version))/g' -e 's/@DOT@/$(version)/g' \
		-e 's/@NAME@\.sys/$(1).exe/g' -e 's/@TITLE@/$$($(1).title)/g' -e 's/@VENDOR@/$(VENDOR_NAME)/g' \
		-e 's/@PRODUCT@/$(PRODUCT_NAME)/g' -e 's/@FLAGS@/0/' -e 's/^FILETYPE .*/FILETYPE 1/' \
		-e '/^FILESUBTYPE/d' $$< > $$(@:.res=.rc)
	$$(Q)$$(if $$($(1).manifest),cp $$($(1).manifest) $$(@D)/ && echo '1 24 "$$(notdir $$($(1).manifest))"' >> $$(@:.res=.rc))
	$$(Q)cd $$(@D) && $$(LLVM_RC) /no-preprocess /FO $$(@F) $$(@F:.res=.rc)

$(call program_obj,$(2),$(1))/$(1).exe: $$($(1).$(2).objects) $(call program_obj,$(2),$(1))/$(1).res $(O)/obj/crt/$(2)/ok \
		$$(tools)/pecheck
	@$$(say) LINK $$(patsubst $(O)/%,%,$$@)
	$$(Q)cd $$(@D) && $$(call program_link,$(1),$(2),../../../crt/$(2),$$(notdir $$($(1).$(2).objects)) $(1).res) \
		/debug /pdb:$(1).pdb /pdbaltpath:$(1).pdb /pdbsourcepath:/dk /out:$(1).exe
	$$(Q)$$(tools)/pecheck --fix-checksum $$@
	$$(Q)$$(tools)/pecheck --program --machine $(2) --unsigned $$@
unsigned_programs += $(call program_obj,$(2),$(1))/$(1).exe

-include $$($(1).$(2).objects:.o=.d)
endef

# $(1) program, $(2) build, $(3) architecture
define program_signed
$(O)/$(2)/$$($(1).package)/$(3)/$(1).exe: $(call program_obj,$(3),$(1))/$(1).exe $(keys)/test.cer tools/sign.sh
	@mkdir -p $$(@D)
	@$$(say) SIGN $$(patsubst $(O)/%,%,$$@)
	$$(Q)SIGN_CMD='$$(SIGN_CMD)' sh tools/sign.sh $(keys) $$< $$@
	$$(Q)$$(tools)/pecheck --program --machine $(3) --signed $$@
	$$(Q)cp $$(<:.exe=.pdb) $$(@D)/
$(2).$$($(1).package).files += $(O)/$(2)/$$($(1).package)/$(3)/$(1).exe
endef

define program
programs += $(1)
$(foreach a,$(ARCHES),$(call program_arch,$(1),$a)
)
$(foreach b,$(builds),$(foreach a,$(ARCHES),$(call program_signed,$(1),$b,$a)
))
endef

unsigned: $(unsigned_programs)
