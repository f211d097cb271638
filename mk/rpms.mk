# SPDX-License-Identifier: BSD-2-Clause
# Sources, source RPMs, and from those the binary RPMs: one a kernel, and the data RPM.

kit.scripts := $(KIT)/mk
step = $(kit.scripts)/step.sh $(out) $(V)

srpm := $(work)/srpms/$(name)-$(RPM.VERSION)-$(RPM.RELEASE).src.rpm
data.srpm := $(if $(data.spec),$(work)/srpms/$(data.name)-$(DATA.RPM.VERSION)-$(DATA.RPM.RELEASE).src.rpm)
rpms.of = $(work)/rpms/$(kernel.$1.name)-$(kernel.$1.version)-$(kernel.$1.release).$(ARCH).rpm
module.rpms := $(foreach id,$(kernels),$(call rpms.of,$(id)))
data.rpm := $(if $(data.spec),$(work)/rpms/$(data.name)-$(DATA.RPM.VERSION)-$(DATA.RPM.RELEASE).$(ARCH).rpm)

# A file made under this rule keeps its time stamp when its content stays, so that nothing that
# depends on it runs again: $(call keep,FILE,COMMAND) where COMMAND writes FILE.new.
keep = $2 && if cmp -s $1.new $1; then rm -f $1.new; else mv -f $1.new $1; fi

# What there is to say about the kernels, for resolve-spec.sh and for the disk: one line each.
# rpm takes for a version what has one dash at the most; a requirement that it cannot express is left out.
rpms.requires = $(if $(word 3,$(subst -, ,$(uname))),,$(KERNEL_REQUIRES))
# A tree of the system is where its package puts it on any machine. Another one, such as one that was imported, has no
# path in the source RPM: the build sees it at a constant place (sandbox.sh), and a rebuild elsewhere looks for it.
rpms.tree = $(filter /usr/src/% /lib/modules/% /usr/lib/modules/%,$(kernel.$1.tree))
define rpms.kernels
$(foreach id,$(kernels),$(id)|$(kernel.$(id).flavour)|$(kernel.$(id).uname)|$(kernel.$(id).kver)|$(call rpms.tree,$(id))|$(kernel.$(id).name)|$(kernel.$(id).version)|$(kernel.$(id).release)|$(foreach uname,$(kernel.$(id).uname),$(rpms.requires))|$(KBUILD_EXTRA_SYMBOLS.$(kernel.$(id).flavour))$(newline))
endef

# $(eval $(call rpms.source,NAME,VERSION,RELEASE,EPOCH,SPEC,FOLDER,SRPM,KIND)): folder to tarball,
# spec to resolved spec, both to the source RPM.
define rpms.source
$(work)/source/$1.list: FORCE | $(work)/ready
	@$$(call keep,$$@,{ echo $4 $2 && cd $6 && find . -printf '%P|%y|%m|%s|%T@|%l\n' | LC_ALL=C sort; } >$$@.new)

# A tarball of the same bytes keeps its time stamp; .packed remembers that the list was looked at.
$(work)/source/$1-$2.packed: $(work)/source/$1.list
	@$$(step) source-$1 'TAR     $1-$2.tar.gz' $(kit.scripts)/pack-source.sh $6 $1-$2 $4 $(work)/source/$1-$2.tar.gz
	@touch $$@
$(work)/source/$1-$2.tar.gz: $(work)/source/$1-$2.packed
	@[ -e $$@ ] || $(kit.scripts)/pack-source.sh $6 $1-$2 $4 $$@

$(work)/source/$1.spec: export spec_name = $1
$(work)/source/$1.spec: export spec_version = $2
$(work)/source/$1.spec: export spec_release = $3
$(work)/source/$1.spec: export spec_epoch = $4
$(work)/source/$1.spec: export spec_kernels = $(if $(filter modules,$8),$$(rpms.kernels))
$(work)/source/$1.spec: export spec_module_dir = $$(MODULE_DIR)
$(work)/source/$1.spec: export spec_payload = $$(PAYLOAD)
$(work)/source/$1.spec: export spec_filedigest = $$(FILEDIGEST)
$(work)/source/$1.spec: export spec_initrd = $$(INITRD)
$(work)/source/$1.spec: export spec_kernel_view = $$(KERNEL_VIEW)
$(work)/source/$1.spec: export spec_make_vars = $$(KERNEL_MAKE_VARS)
$(work)/source/$1.spec: FORCE | $(work)/ready
	@$$(call keep,$$@,$$(step) spec-$1 '' $(kit.scripts)/resolve-spec.sh $5 $$@.new)

$7: $(work)/source/$1-$2.tar.gz $(work)/source/$1.spec $(filter-out %.spec,$(wildcard $(dir $5)*.patch $(dir $5)*.diff $(dir $5)$1*))
	$$(jobs)@BUILDROOT=$(buildroot) SOURCE_DATE_EPOCH=$4 $$(step) srpm-$1 'SRPM    $$(@F)' $(kit.scripts)/build-rpm.sh source $$@ $$^
endef

# A compiler that was named, such as "ccache gcc", compiles modules too; make's own default does not say anything.
rpms.cc = $(if $(filter default,$(origin CC)),,build_cc=$(call quote,$(CC)))

# $(eval $(call rpms.binary,RPM,SRPM,EPOCH,SELECTION,TREE,GATE,KERNEL,UNPLACED TREE)): source RPM to one binary RPM, which is held
# against its header tree before it is let in.
define rpms.binary
$1: $2 $(if $5,$(wildcard $(buildroot)$5/Module.symvers) $(work)/source/$(lastword $4).tree) | $$(ddk)
	$$(jobs)@BUILDROOT=$(buildroot) SOURCE_DATE_EPOCH=$3 ddk=$$(ddk) $$(rpms.cc) \
		$(if $7,step_kernel='$7' step_source=$(call quote,$(source))) $(if $(strip $8),build_trees=$(strip $8)) $$(step) rpm-$(basename $(notdir $1)) 'RPM     $$(@F)' \
		$(kit.scripts)/build-rpm.sh binary $$@ $2 "$4" $6
endef

$(eval $(call rpms.source,$(name),$(RPM.VERSION),$(RPM.RELEASE),$(epoch),$(spec),$(source),$(srpm),modules))
$(foreach id,$(kernels),$(eval $(call rpms.binary,$(call rpms.of,$(id)),$(srpm),$(epoch),ddk_only $(id),$(kernel.$(id).tree),\
	--tree $(buildroot)$(kernel.$(id).tree) --flavour $(kernel.$(id).flavour) --module-dir $(MODULE_DIR) \
	$(addprefix --symvers $(buildroot),$(KBUILD_EXTRA_SYMBOLS.$(kernel.$(id).flavour))) $(if $(sign.modules),--cert $(sign.cert)),$(kernel.$(id).flavour) $(kernel.$(id).uname),\
	$(if $(call rpms.tree,$(id)),,$(kernel.$(id).uname)=$(kernel.$(id).tree)))))
# Which tree that was, since the source RPM does not always say.
$(foreach id,$(kernels),$(work)/source/$(id).tree): $(work)/source/%.tree: FORCE | $(work)/ready
	@$(call keep,$@,echo $(kernel.$*.tree) >$@.new)
$(module.rpms): $(sign.inputs)
$(module.rpms): export sign_key = $(sign.modules)
$(module.rpms): export sign_cert = $(sign.cert)
$(module.rpms): export sign_hash = $(SIGN_HASH)
ifneq ($(data.spec),)
$(eval $(call rpms.source,$(data.name),$(DATA.RPM.VERSION),$(DATA.RPM.RELEASE),$(data.epoch),$(data.spec),$(data.source),$(data.srpm),data))
$(eval $(call rpms.binary,$(data.rpm),$(data.srpm),$(data.epoch),,,))
endif

# The first thing of every build: a place to write to, and no failure of an earlier run.
$(work)/ready: FORCE
	@mkdir -p $(work)/source $(work)/srpms $(work)/rpms $(out)/log || { echo "$(out): cannot be written; \
	OUT=FOLDER builds elsewhere" >&2; exit 1; }
	@rm -rf $(out)/failure $(work)/live; [ -e $@ ] || : >$@

.PHONY: build-srctarballs build-rpms
build-srctarballs: $(work)/source/$(name)-$(RPM.VERSION).tar.gz \
		$(if $(data.spec),$(work)/source/$(data.name)-$(DATA.RPM.VERSION).tar.gz)
	@$(kit.scripts)/publish.sh $(out) '*.tar.gz' $^

build-rpms: $(call signed,$(srpm) $(data.srpm) $(module.rpms) $(data.rpm))
	@$(kit.scripts)/publish.sh $(out) '*.rpm' $^
