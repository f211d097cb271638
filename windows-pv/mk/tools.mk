# SPDX-License-Identifier: BSD-2-Clause
# Programs that run on the build host.

tools := $(O)/tools
host_flags := -std=gnu11 -O2 -g -Wall -Wextra -Werror -D_GNU_SOURCE

pe_objects := pe pe_rules allow coff

$(tools)/pecheck: $(addprefix tools/,$(addsuffix .c,pecheck $(pe_objects))) $(wildcard tools/*.h)
	@mkdir -p $(@D)
	@$(say) HOSTCC $(notdir $@)
	$(Q)$(HOSTCC) $(host_flags) -o $@ $(filter %.c,$^)

host_tools := $(tools)/pecheck
