# SPDX-License-Identifier: BSD-2-Clause
# The disk: staged as a directory with all its metadata, then an ISO with its digests.

installer := $(KIT)/install.sh.in
iso := $(work)/iso/$(LABEL).iso
iso.sums := $(if $(filter xs,$(FORMATS)),$(LABEL).metadata.md5) $(LABEL).md5 $(LABEL).sha256 $(if $(GPG_KEY),$(LABEL).sha256.asc)
disk.rpms := $(call signed,$(data.rpm) $(module.rpms) $(extra.rpms))
yum.unsigned := $(if $(filter yum,$(FORMATS)),$(foreach p,control update,$(work)/rpms/$p-$(LABEL)-$(DISK.VERSION)-1.noarch.rpm))
yum.rpms := $(call signed,$(yum.unsigned))

disk.requires.list := $(strip $(subst $(comma), ,$(subst $(space),;,$(strip $(REQUIRES)))))
define disk.conf
kit=$(VERSION)
release=$(RELEASE)
driver=$(name)
label=$(LABEL)
originator=$(VENDOR_CODE)
vendor=$(subst $(newline), ,$(VENDOR))
text=$(subst $(newline), ,$(or $(TEXT),$(LABEL)))
version=$(DISK.VERSION)
build=$(DISK.BUILD)
uuid=$(UUID)
product=$(PRODUCT)
product-version=$(PRODUCT.VERSION)
product-build=$(PRODUCT.BUILD)
platform=$(PLATFORM)
platform-version=$(PLATFORM.VERSION)
base=$(BASE)
base-version=$(BASE.VERSION)
arch=$(ARCH)
formats=$(FORMATS)
signatures=$(strip $(sign.required))
guidance=$(GUIDANCE)
eula=$(if $(eula),yes,no)
$(foreach r,$(disk.requires.list),requires=$(strip $(subst ;, ,$r))$(newline))$(foreach \
id,$(kernels),kernel=$(kernel.$(id).flavour) $(kernel.$(id).uname) $(kernel.$(id).kver) $(kernel.$(id).pair)$(newline))$(foreach \
f,$(FLAVOURS),$(if $(EXCLUDE.$f),exclude=$f $(subst $(newline), ,$(EXCLUDE.$f))$(newline)))$(foreach \
o,$(overrides),override=$(firstword $(subst =, ,$o)) kernel $(lastword $(subst =, ,$o)) is not of release $(RELEASE)$(newline))
endef

$(work)/disk.conf: FORCE | $(work)/ready $(ddk)
	@built=$$(sed -n 's/^version=//p' $(out)/disk/disk.info 2>/dev/null); \
	highest=$$(printf '%s\n' $$built $(DISK.VERSION) | sort -V | tail -n 1); [ "$$highest" = $(DISK.VERSION) ] || { \
	echo "$(call config.is,DISK.VERSION): the disk in $(out) has $$built, and a disk's version never falls; raise it, or \`make clean\`" >&2; exit 2; }
	@$(file >$@.new,$(subst $(newline)$(space),$(newline),$(disk.conf)))$(call keep,$@,$(step) conf '' $(ddk) metadata --check-conf --conf $@.new) || { \
	echo "(the values come from $(disk.mk) and $(release.mk))" >&2; exit 2; }

# Values are tried before anything is compiled.
$(module.rpms) $(data.rpm): | $(work)/disk.conf

# $(eval $(call iso.package,PACKAGE,REQUIRED RPMS)): control-LABEL and update-LABEL.
define iso.package
$(work)/source/$1.spec: export spec_name = $1
$(work)/source/$1.spec: export spec_version = $(DISK.VERSION)
$(work)/source/$1.spec: export spec_release = 1
$(work)/source/$1.spec: export spec_payload = $(PAYLOAD)
$(work)/source/$1.spec: export spec_filedigest = $(FILEDIGEST)
$(work)/source/$1.spec: export spec_epoch = $(disk.epoch)
$(work)/source/$1.spec: export spec_label = $(LABEL)
$(work)/source/$1.spec: FORCE $2 | $(work)/ready
	@$$(call keep,$$@,$$(step) spec-$1 '' $(kit.scripts)/resolve-spec.sh $(KIT)/mk/update.spec $$@.new $2)

$(work)/rpms/$1-$(DISK.VERSION)-1.noarch.rpm: $(work)/source/$1.spec
	$$(jobs)@BUILDROOT=$(buildroot) SOURCE_DATE_EPOCH=$(disk.epoch) $$(step) rpm-$1 'RPM     $$(@F)' $(kit.scripts)/build-rpm.sh spec $$@ $$<
endef
ifneq ($(yum.rpms),)
$(eval $(call iso.package,control-$(LABEL),))
$(eval $(call iso.package,update-$(LABEL),$(disk.rpms)))
endif

# What goes onto the disk beside its metadata, in make-iso.sh's words: when only this changes, a new ISO is due.
signed.srpms := $(call signed,$(srpm) $(data.srpm))
disk.srpms := $(if $(filter yes,$(SOURCES_ON_ISO)),$(signed.srpms))
$(if $(sign.rpms),$(foreach r,$(srpm) $(data.srpm) $(data.rpm) $(module.rpms) $(extra.rpms) $(yum.unsigned),$(eval $(call sign.rule,$r))))
define disk.content
disk_epoch=$(disk.epoch)
disk_rpms='$(disk.rpms) $(yum.rpms)'
disk_srpms='$(disk.srpms)'
disk_eula='$(eula)'
disk_installer='$(installer)'
disk_cert='$(if $(sign.modules),$(sign.cert))'
disk_keys='$(foreach k,$(extra.keys),$k=$(call sign.foreign,$k))'
disk_gpg='$(sign.gpg)'
disk_key='RPM-GPG-KEY-$(VENDOR_CODE)'
disk_formats='$(FORMATS)'
disk_signed='$(if $(sign.rpms),yes)'
disk_windows='$(guests.folder)'
disk_vendor=$(call quote,$(subst $(newline), ,$(VENDOR)))
endef
$(work)/disk.content: FORCE | $(work)/ready
	@$(file >$@.new,$(disk.content))$(call keep,$@,:)

$(iso): $(work)/disk.conf $(work)/disk.content $(disk.rpms) $(yum.rpms) $(disk.srpms) $(guests.list) $(eula) $(sign.gpg) $(extra.keys) $(filter $(sign.inputs),$(sign.cert)) $(installer) $(ddk)
	@$(step) iso 'ISO     $(@F)' $(kit.scripts)/make-iso.sh $@ $(work)/disk.conf $(work)/disk.content $(out)/disk $(ddk)

build-isos: $(iso) $(signed.srpms)
	@$(foreach f,$(FLAVOURS),$(if $(EXCLUDE.$f),$(call say,NOTE,flavour $f is excluded: $(subst $(newline), ,$(EXCLUDE.$f)));))
	@$(foreach o,$(overrides),$(call say,NOTE,$(subst =, kernel ,$o) is not of release $(RELEASE); the disk says so);)
	@$(if $(kernels.compiler.note),$(call say,NOTE,$(kernels.compiler.note)))
	@$(sign.note)
	@$(kit.scripts)/publish.sh $(out) '*.rpm' $(signed.srpms) $(disk.rpms)
	@$(kit.scripts)/publish.sh $(out) '$(LABEL).*' $(addprefix $(dir $(iso)),$(LABEL).iso $(iso.sums))
	@$(if $(filter command line,$(origin RELEASE)),,ln -sfn $(RELEASE)/$(LABEL) $(abspath $(OUT))/$(LABEL))

verify: build-isos
	@$(ddk) check $(out)/$(LABEL).iso

.PHONY: build-isos verify
