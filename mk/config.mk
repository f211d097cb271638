# SPDX-License-Identifier: BSD-2-Clause
# What the disk says (disk.mk), what the product is (releases/RELEASE.mk), and what follows from both.

config.fail = $(error $1)
config.disk := SPEC DATASPEC DATA_SPEC SOURCE DATA.SOURCE VENDOR VENDOR_CODE LABEL TEXT \
	RPM.VERSION RPM.RELEASE DATA.RPM.VERSION DATA.RPM.RELEASE DISK.VERSION DISK.BUILD UUID \
	GUIDANCE REQUIRES EXTRA_RPMS EXTRA_KEYS RESIGN EULA SOURCES_ON_ISO INITRD KERNEL_VIEW KERNEL_MAKE_VARS \
	WINDOWS_PV OVERRIDE_RELEASE OUT SIGN_KEY SIGN_CERT GPG_KEY
config.release := PRODUCT PRODUCT.VERSION PRODUCT.BUILD PLATFORM PLATFORM.VERSION BASE BASE.VERSION \
	ARCH COMPILER FLAVOURS UNAME.xen UNAME.kdump NOT_UNAME.xen NOT_UNAME.kdump KERNEL_REQUIRES \
	RPM.NAME KVER MODULE_DIR PAYLOAD FILEDIGEST FORMATS \
	MODULE.SIGNATURES RPM.SIGNATURES SIGN_HASH GPG_ALGORITHMS
config.flavoured = $(foreach f,$(FLAVOURS),KERNELS.$f EXCLUDE.$f KBUILD_EXTRA_SYMBOLS.$f)
config.versions = $(sort $(filter RPM.VERSION.% RPM.RELEASE.%,$(.VARIABLES)))
config.environment := SOURCE_DATE_EPOCH BUILDROOT GNUPGHOME KBUILD_SIGN_PIN

# Only disk.mk and the command line set a disk: a VENDOR that happens to be in the environment
# must not end up on a medium.
$(foreach v,RELEASE $(config.disk) $(config.release),\
	$(if $(filter environment%,$(origin $v)),$(eval override undefine $v)))

# $(call config.note,ORIGIN,NAMES): remembers where each value that appeared since came from.
config.note = $(foreach v,$2,$(if $(from.$v),,$(if $(filter-out undefined,$(origin $v)),\
	$(eval from.$v := $(if $(filter file,$(origin $v)),$1,$(origin $v))))))

DISK ?= $(KIT)/example
disk := $(realpath $(DISK))
disk.mk := $(disk)/disk.mk
ifeq ($(wildcard $(disk.mk)),)
$(call config.fail,DISK=$(DISK): no disk.mk there; `make new DISK=$(DISK)` writes one)
endif
include $(disk.mk)
$(call config.note,$(disk.mk),RELEASE $(config.disk) $(config.release))

RELEASE ?= debian-12
release.mk := $(firstword $(wildcard $(disk)/releases/$(RELEASE).mk $(KIT)/releases/$(RELEASE).mk))
ifeq ($(release.mk),)
$(call config.fail,$(or $(from.RELEASE),$(disk.mk)): RELEASE = $(RELEASE): no such release; known: $(sort \
	$(notdir $(basename $(wildcard $(disk)/releases/*.mk $(KIT)/releases/*.mk)))))
endif
include $(release.mk)
$(call config.note,$(release.mk),$(config.release))
$(call config.note,$(disk.mk),$(config.flavoured) $(config.versions))

# Defaults. The guide's name is DATASPEC, later kits say DATA_SPEC.
DATASPEC ?= $(DATA_SPEC)
name := $(basename $(notdir $(SPEC)))
data.name := $(basename $(notdir $(DATASPEC)))
LABEL ?= $(name)
VENDOR_CODE ?= $(shell printf %s $(call quote,$(VENDOR)) | LC_ALL=C tr 'A-Z' 'a-z' | LC_ALL=C tr -cs 'a-z0-9._-' '-' | sed 's/^-*//;s/-*$$//')
RPM.VERSION ?= 1.0
RPM.RELEASE ?= 1
DATA.RPM.VERSION ?= 1.0
DATA.RPM.RELEASE ?= 1
DISK.VERSION ?= $(RPM.VERSION)
SOURCES_ON_ISO ?= yes
WINDOWS_PV ?= no
RESIGN ?= no
INITRD ?= yes
# A disk inside the kit builds into the kit's out/, a vendor's own disk into its own.
OUT ?= $(if $(filter $(KIT)/%,$(disk)/),$(KIT),$(disk))/out
BASE.VERSION ?= $(PRODUCT.VERSION)
$(call config.note,default,RELEASE $(config.disk) $(config.release))

# $(call config.is,VAR): VAR with its value and its origin, for a message.
config.is = $(or $(from.$1),$(disk.mk)): $1 = $($1)

config.letters := a b c d e f g h i j k l m n o p q r s t u v w x y z \
	A B C D E F G H I J K L M N O P Q R S T U V W X Y Z 0 1 2 3 4 5 6 7 8 9 . _ +
config.without = $(if $1,$(call config.without,$(wordlist 2,99,$1),$(subst $(firstword $1),,$2)),$2)
# $(call config.word,VAR,MORE): VAR is a word of letters, digits, . _ + and MORE, since file and
# package names are made of it.
config.word = $(if $(strip $($1)),,$(call config.fail,$(disk.mk): $1 is not set; it is needed to name files))\
	$(if $(call config.without,$(config.letters) $2,$(subst $(newline),~,$(subst $(space),~,$($1)))),\
	$(call config.fail,$(config.is): only letters$(comma) digits and . _ +$(addprefix $(space),$2) may stand in it))
$(if $(SPEC),,$(call config.fail,$(disk.mk): SPEC is not set; it names the spec file of the kernel modules))
$(if $(VENDOR),,$(call config.fail,$(disk.mk): VENDOR is not set; it names the publisher of the disk))
$(call config.word,LABEL,-)
$(foreach v,RPM.VERSION RPM.RELEASE $(if $(DATASPEC),DATA.RPM.VERSION DATA.RPM.RELEASE) DISK.VERSION \
	$(config.versions),$(call config.word,$v,))
$(foreach v,SOURCES_ON_ISO INITRD RESIGN $(if $(OVERRIDE_RELEASE),OVERRIDE_RELEASE),\
	$(if $(filter yes no,$($v)),,$(call config.fail,$(call config.is,$v): it is yes or no)))

# $(call config.find,KIND,NAME): a file of the disk, else of the kit.
config.find = $(firstword $(wildcard $(if $(filter /%,$2),$2,$(disk)/$1/$2 $(disk)/$2 $(KIT)/$1/$2)))
# $(call config.need,VAR,KIND): the same, and it must be there.
config.need = $(or $(call config.find,$2,$($1)),$(call config.fail,$(config.is): no such file in \
	$(disk)/$2 or $(KIT)/$2))
spec := $(call config.need,SPEC,specs)
data.spec := $(if $(DATASPEC),$(call config.need,DATASPEC,specs))

# $(call config.source,VAR,KIND,NAME,VERSION): the folder that holds the source of NAME: the one
# named by VAR, NAME-VERSION, or the only NAME-*, in the disk first.
config.only = $(if $(word 2,$1),,$1)
config.folder = $(patsubst %/.,%,$(wildcard $1/.))
config.source = $(or $(if $($1),$(call config.folder,$(call config.find,$2,$($1)))),$(if $($1),,$(or \
	$(call config.folder,$(disk)/$2/$3-$4),$(call config.only,$(filter-out $(disk)/$2/$3-data-%,$(call config.folder,$(disk)/$2/$3-*))),\
	$(call config.folder,$(KIT)/$2/$3-$4),$(call config.only,$(filter-out $(KIT)/$2/$3-data-%,$(call config.folder,$(KIT)/$2/$3-*))))),\
	$(call config.fail,$(disk.mk): no source for $3: neither $(disk)/$2 nor $(KIT)/$2 has \
	$(or $($1),$3-$4$(comma) or just one $3-*); $1 = FOLDER names it))
source := $(call config.source,SOURCE,modules,$(name),$(RPM.VERSION))
data.source := $(if $(DATASPEC),$(call config.source,DATA.SOURCE,data,$(data.name),$(DATA.RPM.VERSION)))

config.files = $(foreach f,$($1),$(or $(wildcard $(if $(filter /%,$f),$f,$(disk)/$f)),\
	$(call config.fail,$(from.$1): $1: no such file: $f)))
extra.rpms := $(call config.files,EXTRA_RPMS)
extra.keys := $(call config.files,EXTRA_KEYS)
eula := $(if $(EULA),$(or $(wildcard $(if $(filter /%,$(EULA)),$(EULA),$(disk)/$(EULA))),\
	$(call config.fail,$(call config.is,EULA): no such file)))

out := $(abspath $(OUT))/$(RELEASE)/$(LABEL)
work := $(out)/work

# The newest changelog entry dates a package, so that the same source gives the same bytes on any
# day; SOURCE_DATE_EPOCH overrides. A disk is as old as its newest package.
config.epoch = $(or $(SOURCE_DATE_EPOCH),$(shell sed -n '/^%changelog/,$$s/^\* *\([A-Z][a-z][a-z] [A-Z][a-z][a-z] *[0-9]* [0-9]*\).*/\1 00:00 UTC/p' $1 \
	| head -n 1 | LC_ALL=C date -u -f - +%s 2>/dev/null),315576000)
epoch := $(call config.epoch,$(spec))
data.epoch := $(if $(data.spec),$(call config.epoch,$(data.spec)),0)
disk.epoch := $(shell echo $$(( $(epoch) > $(data.epoch) ? $(epoch) : $(data.epoch) )))
