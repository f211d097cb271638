# SPDX-License-Identifier: BSD-2-Clause
# What a driver disk has below windows-pv/: packages and programs as they install, without symbols, and where they are
# signed with the test key, its certificate.

medium := $(O)/medium
.PHONY: medium
medium: $(foreach p,$(packages) $(program_packages),$(O)/free/$p.tar) $(if $(SIGN_CMD),,$(keys)/testsign.cmd)
	$(Q)sh tools/medium.sh $(O)/free $(medium) '$(packages) $(program_packages)' '$(ARCHES)' $(if $(SIGN_CMD),,$(keys))
