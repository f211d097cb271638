# SPDX-License-Identifier: BSD-2-Clause
# `ddk`, the C program. An installed kit has it ready.

ifeq ($(wildcard $(KIT)/src/ddk.c),)
ddk := $(abspath $(KIT)/../../bin/ddk)
else

CC ?= cc
CFLAGS ?= -O2 -g
build := $(KIT)/out/build
ddk := $(build)/ddk
ddk.libs := rpm libelf libarchive libxml-2.0 libcrypto jansson glib-2.0
ddk.sources := $(wildcard $(KIT)/src/*.c $(KIT)/src/*/*.c)
ddk.objects := $(patsubst $(KIT)/src/%.c,$(build)/%.o,$(ddk.sources))
ddk.flags := -std=gnu11 -D_GNU_SOURCE -DDDK_VERSION='"$(VERSION)"' -I$(KIT)/src -Wall -Wextra $(WERROR)

# Asked once, when an object is first compiled: looking at a finished kit needs no pkg-config.
$(build)/libraries.mk:
	@mkdir -p $(@D)
	@pkg-config --exists --print-errors $(ddk.libs) || { echo "ddk: \`make deps\` installs what is missing" >&2; exit 1; }
	@{ echo "ddk.cflags := $$(pkg-config --cflags $(ddk.libs))"; \
	   echo "ddk.ldlibs := $$(pkg-config --libs $(ddk.libs)) -lcreaterepo_c"; } >$@.new && mv $@.new $@

ifneq ($(filter-out help clean,$(or $(MAKECMDGOALS),build-isos)),)
include $(build)/libraries.mk
endif

ddk.compile = $(CC) $(ddk.flags) $(ddk.cflags) $(CPPFLAGS) $(CFLAGS)
$(ddk.objects): $(build)/%.o: $(KIT)/src/%.c $(KIT)/Makefile
	@mkdir -p $(@D)
	@$(call say,CC,src/$*.c)
	$(if $(filter 1,$(V)),,@)$(ddk.compile) -MMD -MP -c -o $@ $<

$(ddk): $(ddk.objects)
	@$(call say,LD,ddk)
	$(if $(filter 1,$(V)),,@)$(CC) $(CFLAGS) $(LDFLAGS) -o $@.new $^ $(ddk.ldlibs) && mv $@.new $@

-include $(ddk.objects:.o=.d)
endif
