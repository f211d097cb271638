# SPDX-License-Identifier: BSD-2-Clause
# `make verify-submission BUNDLE=FILE`: a submission's digests, and its packages built again and compared.
# CLEANROOT=debootstrap builds in a new Debian root; topdir, the default, in a clean folder on this host, or in BUILDROOT.

CLEANROOT ?= topdir

.PHONY: verify-submission
verify-submission: $(ddk)
	@BUILDROOT=$(abspath $(BUILDROOT)) $(KIT)/mk/verify-submission.sh $(ddk) $(call quote,$(BUNDLE)) $(call quote,$(CLEANROOT)) $(call quote,$(PREBUILT)) $(call quote,$(abspath $(TREES)))
