# SPDX-License-Identifier: BSD-2-Clause
# One make for each of several disks, under the job server of the make that called.

work := $(disks_work)
ids := $(file <$(work)/ids)
one = MAKE=$(MAKE) $(disks_kit)/mk/disks/one.sh
# `clean` beside other goals is done for all first: disks may share folders.
clean := $(if $(filter-out clean,$(goals)),$(if $(filter clean,$(goals)),$(addprefix clean.,$(ids))))

.PHONY: all together $(addprefix facts.,$(ids)) $(addprefix clean.,$(ids)) $(addprefix build.,$(ids))
all: $(addprefix build.,$(ids))
$(addprefix facts.,$(ids)): facts.%:
	+@$(one) facts $*
together: $(addprefix facts.,$(ids))
	@$(disks_kit)/mk/disks/together.sh
$(addprefix clean.,$(ids)): clean.%: together
	+@$(one) build $* clean
$(addprefix build.,$(ids)): build.%: together $(clean)
	+@$(one) build $* $(if $(clean),$(filter-out clean,$(goals)),$(goals))
