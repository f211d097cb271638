# SPDX-License-Identifier: BSD-2-Clause
# `make new DISK=FOLDER [SOURCE=…]`: a first disk that builds, from a tarball, a folder, a git checkout, a source
# RPM, a dkms source folder or a -dkms .deb.

# What else the command line says about the disk stands in the new disk.mk.
new.said = $(foreach v,RELEASE VENDOR VENDOR_CODE LABEL TEXT,$(if $(filter command line,$(origin $v)),\
	new_$(call new.lower,$v)=$(call quote,$($v))))
new.lower = $(subst RELEASE,release,$(subst VENDOR,vendor,$(subst _CODE,_code,$(subst LABEL,label,$(subst TEXT,text,$1)))))

.PHONY: new
new:
	@$(new.said) $(KIT)/mk/new.sh $(KIT) $(call quote,$(DISK)) $(call quote,$(SOURCE))
