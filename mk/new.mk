# SPDX-License-Identifier: BSD-2-Clause
# `make new DISK=FOLDER [SOURCE=TARBALL or FOLDER]`: a first disk that builds.

.PHONY: new
new:
	@$(KIT)/mk/new.sh $(KIT) $(call quote,$(DISK)) $(call quote,$(SOURCE))
