# SPDX-License-Identifier: BSD-2-Clause
# Static analysis. The rules about IRQL and locks are clang's own and run in every compilation;
# clang-tidy and cppcheck run here, on x64. ANALYZE=0, or the word nosdv among the goals, skips them;
# ANALYZE=deep lets clang's analyzer follow each function's paths as far as it goes by itself, which takes three times as long.

ifneq ($(filter nosdv,$(MAKECMDGOALS)),)
ANALYZE := 0
endif
.PHONY: nosdv analyze analyze-deep
nosdv: $(if $(filter-out nosdv,$(MAKECMDGOALS)),,all)
	@:

analyze_reach := $(if $(filter deep,$(ANALYZE)),,-Xclang -analyzer-config -Xclang max-nodes=40000)
analyze_ok    := $(O)/obj/analyze$(addprefix -,$(filter deep,$(ANALYZE)))

# $(1) driver or program, $(2) clang's flags for it, $(3) further options of clang-tidy
define analyze_unit
$(analyze_ok)/$(1).ok: $$(filter %.c,$$($(1).sources)) $$(generated) mk/clang-tidy.yaml mk/analyze.mk \
		$$(foreach f,$$(call folders_of,$(1)),$$(wildcard $$f/*.h $$f/include/*.h))
	@mkdir -p $$(@D)
	@$$(say) TIDY $(1)
	$$(Q)$$(CLANG_TIDY) --quiet --config-file=mk/clang-tidy.yaml --warnings-as-errors='*' $(3) \
		$$(filter %.c,$$^) -- --target=$$(triple.x64) $(filter-out -g -gcodeview,$(2)) \
		$$($(1).includes) $(analyze_reach) > $$@.log 2>&1 || { cat $$@.log >&2; exit 1; }
	@$$(say) CPPCHECK $(1)
	$$(Q)$$(CPPCHECK) $$(cppcheck_flags) $$($(1).includes) $$(filter %.c,$$^)
	@touch $$@
analyzed += $(analyze_ok)/$(1).ok
endef
# Not the headers of the toolchain: what cppcheck does not know it takes for plain calls.
cppcheck_flags := --quiet --error-exitcode=1 --inline-suppr --std=c11 --platform=win64 \
	--enable=warning,performance,portability --suppress=missingInclude -DDBG=1 -D_WIN64 \
	--suppressions-list=mk/cppcheck.suppress
$(foreach d,$(drivers),$(eval $(call analyze_unit,$d,$(clang_flags) -DDBG=1 $(nt_includes))))
# What a program cannot write to its console it can tell nobody.
$(foreach p,$(programs),$(eval $(call analyze_unit,$p,$(program_clang) $(program_includes),--checks=-cert-err33-c)))
analyze: $(analyzed)
analyze-deep:
	$(Q)$(MAKE) ANALYZE=deep analyze
ifneq ($(ANALYZE),0)
$(builds): $(analyzed)
endif
