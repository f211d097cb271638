# SPDX-License-Identifier: BSD-2-Clause
# Signing: modules with SIGN_KEY and SIGN_CERT, packages and metadata with GPG_KEY. Private keys are read where
# they are; none is copied, and rpmbuild, which runs what a spec says, is not told where they lie.

MODULE.SIGNATURES ?= optional
RPM.SIGNATURES ?= optional
SIGN_HASH ?= sha256
GPG_ALGORITHMS ?= rsa
$(call config.note,default,MODULE.SIGNATURES RPM.SIGNATURES SIGN_HASH GPG_ALGORITHMS)
$(foreach v,MODULE.SIGNATURES RPM.SIGNATURES,$(if $(filter none optional required,$($v)),,\
	$(call config.fail,$(call config.is,$v): it is none$(comma) optional or required)))

# A name with a colon is an address of an OpenSSL store, such as a token's.
sign.file = $(if $(findstring :,$($1)),$($1),$(or $(realpath $(firstword $(wildcard $(addprefix $(disk)/,$(filter-out /%,$($1))) $($1)))),\
	$(call config.fail,$(config.is): no such file)))
$(foreach v,SIGN_KEY SIGN_CERT,$(if $(word 2,$($v)),$(call config.fail,$(call config.is,$v): a name with blanks; give it another)))
sign.key := $(if $(SIGN_KEY),$(foreach v,SIGN_KEY,$(call sign.file,$v)))
sign.cert := $(if $(SIGN_CERT),$(foreach v,SIGN_CERT,$(call sign.file,$v)))
$(if $(SIGN_KEY),$(if $(SIGN_CERT),,$(call config.fail,$(from.SIGN_KEY): SIGN_KEY is set and SIGN_CERT is not; give the certificate of the key)))
$(if $(SIGN_CERT),$(if $(SIGN_KEY),,$(call config.fail,$(from.SIGN_CERT): SIGN_CERT is set and SIGN_KEY is not; give the key of the certificate)))
# A key in a folder that is packed would be shipped.
$(foreach d,$(realpath $(source) $(data.source) $(dir $(spec)) $(out)),$(if $(filter $d/%,$(sign.key)),\
	$(call config.fail,$(from.SIGN_KEY): SIGN_KEY = $(sign.key) lies in $d$(comma) where files get into packages; keep the key elsewhere)))
$(if $(filter required,$(MODULE.SIGNATURES)),$(if $(SIGN_KEY),,$(call config.fail,$(from.MODULE.SIGNATURES): release $(RELEASE) requires \
	signed modules; set SIGN_KEY and SIGN_CERT)))
$(if $(filter required,$(RPM.SIGNATURES)),$(if $(GPG_KEY),,$(call config.fail,$(from.RPM.SIGNATURES): release $(RELEASE) requires \
	signed packages; set GPG_KEY)))

sign.modules := $(if $(filter none,$(MODULE.SIGNATURES)),,$(sign.key))
sign.rpms := $(if $(filter none,$(RPM.SIGNATURES)),,$(GPG_KEY))
sign.required := $(if $(filter required,$(MODULE.SIGNATURES)),modules) $(if $(filter required,$(RPM.SIGNATURES)),rpms)
# What the modules depend on beside their source: which key, and the files themselves.
sign.inputs := $(work)/sign.modules $(if $(sign.modules),$(foreach f,$(sign.key) $(sign.cert),$(if $(findstring :,$f),,$f)))
sign.gpg := $(if $(GPG_KEY),$(work)/gpg.key)

# $(call signed,RPMS): the packages as they are shipped.
signed = $(if $(sign.rpms),$(addprefix $(work)/signed/,$(notdir $1)),$1)

$(work)/sign.modules: FORCE | $(work)/ready
	@$(call keep,$@,echo $(call quote,$(if $(sign.modules),$(sign.key) $(sign.cert) $(SIGN_HASH))) >$@.new)

# rpm before 4.14 knows neither elliptic curves nor, without trouble, subkeys.
$(work)/gpg.key: FORCE | $(work)/ready
	@$(call keep,$@,$(step) gpg-key '' $(kit.scripts)/gpg-key.sh $@.new $(call quote,$(GPG_KEY)) $(SIGN_HASH) $(disk.epoch) \
		$(call quote,$(if $(sign.rpms)$(filter yum,$(FORMATS)),$(GPG_ALGORITHMS),any)))

# A package that others signed says by that who made it; RESIGN = yes replaces their signature.
sign.extra := $(if $(filter no,$(RESIGN)),$(extra.rpms))
$(work)/sign.extra: FORCE | $(work)/ready
	@$(call keep,$@,echo $(RESIGN) >$@.new)

# $(eval $(call sign.rule,RPM))
define sign.rule
$(work)/signed/$(notdir $1): $1 $(work)/gpg.key $(if $(filter $1,$(extra.rpms)),$(work)/sign.extra)
	@$$(step) sign-$(notdir $1) 'SIGN    $$(@F)' $(kit.scripts)/sign-rpm.sh $$@ $1 $(work)/gpg.key $(if $(filter $1,$(sign.extra)),keep)
endef

# The key files of others, under the names that the disk has them by.
sign.foreign = RPM-GPG-KEY-$(patsubst RPM-GPG-KEY-%,%,$(patsubst %.asc,%,$(patsubst %.gpg,%,$(notdir $1))))
$(foreach k,$(extra.keys),$(if $(filter RPM-GPG-KEY-$(VENDOR_CODE),$(call sign.foreign,$k)),\
	$(call config.fail,$(from.EXTRA_KEYS): EXTRA_KEYS: $k would be called $(call sign.foreign,$k)$(comma) as our own key is; give the file another name)))

# Who refuses the disk for what is not signed: one line at the end of a build.
sign.bare := $(if $(sign.modules)$(filter none,$(MODULE.SIGNATURES)),,modules (kernels that enforce signatures refuse them)) \
	$(if $(sign.rpms)$(filter none,$(RPM.SIGNATURES)),,packages (refused where gpgcheck is on)) \
	$(if $(GPG_KEY),,$(if $(filter yum,$(FORMATS)),metadata (xapi refuses it as an update)))
sign.unread := $(if $(SIGN_KEY),$(if $(sign.modules),,modules)) $(if $(GPG_KEY),$(if $(sign.rpms),,packages))
sign.note = $(if $(strip $(sign.bare)),$(call say,NOTE,not signed: $(strip $(subst $(close) ,$(close)$(comma) ,$(strip $(sign.bare)))); \
	installer and install.sh ask for no signature);)
sign.note += $(if $(strip $(sign.unread)),$(call say,NOTE,release $(RELEASE) reads no signatures of $(strip $(sign.unread)): those stay unsigned);)
close := )
