# SPDX-License-Identifier: BSD-2-Clause
# In a disk's folder, or with DISK: what was built for that disk and release. Else all that was built here.

.PHONY: clean
clean:
ifeq ($(origin DISK),undefined)
	@rm -rf $(KIT)/out
else
	@rm -rf $(out)
	@[ ! -L $(abspath $(OUT))/$(LABEL) ] || [ -e $(abspath $(OUT))/$(LABEL) ] || rm -f $(abspath $(OUT))/$(LABEL)
	@rmdir $(abspath $(OUT))/$(RELEASE) $(abspath $(OUT)) 2>/dev/null || :
endif
