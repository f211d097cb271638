# SPDX-License-Identifier: BSD-2-Clause
# `make submission`: all that the platform team wants to see of a disk, in one tar. PREVIOUS=FILE is the ISO or the
# submission of the disk before.

submission.name := $(LABEL)-submission
submission := $(out)/$(submission.name).tar
submission.trees = $(foreach id,$(kernels),$(kernel.$(id).tree))
# Where things lie on this machine is nobody's business.
submission.private := OUT EXTRA_RPMS EXTRA_KEYS EULA WINDOWS_PV SIGN_KEY SIGN_CERT
# A header tree in none of the system's places is TREES/UNAME.
submission.tree = $(or $(call rpms.tree,$1),TREES/$(kernel.$1.uname))
submission.shown = $(if $2,$(call submission.shown,$(subst $(kernel.$(firstword $2).tree),$(call submission.tree,$(firstword $2)),$1),$(wordlist 2,$(words $2),$2)),$1)
submission.place = $(subst $(KIT)/,KIT/,$(subst $(disk)/,DISK/,$(call submission.shown,$1,$(kernels))))

# Read by submission.sh.
define submission.content
submission_name='$(submission.name)'
submission_epoch=$(disk.epoch)
submission_disk='$(disk)'
submission_kit='$(KIT)'
submission_release='$(release.mk)'
submission_module_dir='$(MODULE_DIR)'
submission_rpms='$(disk.rpms) $(yum.rpms)'
submission_srpms='$(signed.srpms)'
submission_specs='$(foreach r,$(yum.rpms),$(work)/source/$(patsubst %-$(DISK.VERSION)-1.noarch.rpm,%,$(notdir $r)).spec)'
submission_sums='$(iso.sums)'
submission_kernels='$(foreach id,$(kernels),$(id)|$(kernel.$(id).flavour)|$(kernel.$(id).uname)|$(kernel.$(id).tree)|$(call submission.tree,$(id))|$(call signed,$(call rpms.of,$(id)))|$(KBUILD_EXTRA_SYMBOLS.$(kernel.$(id).flavour))$(newline))'
endef

.PHONY: submission
submission: build-isos
	@$(file >$(work)/submission.content,$(submission.content))
	@$(file >$(work)/submission.json,$(call submission.place,$(call show.json,$(filter-out $(submission.private),$(show.set)))))
	@BUILDROOT=$(buildroot) CC='$(CC)' $(step) submission 'TAR     $(submission.name).tar' \
		$(kit.scripts)/submission.sh $(submission) $(iso) $(work)/submission $(ddk) $(call quote,$(PREVIOUS))
	@$(if $(PREVIOUS),grep -q '"versioning_kept": true' $(work)/submission/diff.json || $(call say,NOTE,the rules of \
		versioning are not kept; diff.txt and report.html of the submission say which))
	@echo $(patsubst $(CURDIR)/%,%,$(submission))
