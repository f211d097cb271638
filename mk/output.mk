# SPDX-License-Identifier: BSD-2-Clause
# How a build speaks: one line a step, `V=1` for everything.

V ?= 0
export V
comma := ,
empty :=
space := $(empty) $(empty)
define newline


endef

# $(call quote,TEXT): TEXT as one word of the shell.
quote = '$(subst ','\'',$1)'
# On a terminal, steps that are under way have a line of their own (live.sh), which others write over.
live := $(if $(and $(filter-out dumb,$(TERM)),$(filter-out 1,$(V))),$(if $(CI),,yes))
# $(call say,WORD,TEXT): a line in the manner of the steps.
say = { $(if $(live),if [ -t 1 ]; then printf '\r\033[K'; fi;) printf '  %-8s%s\n' $1 $(call quote,$2); }
# Recipes that run rpmbuild hand on the job server; `make -n` must not run them for that.
jobs = $(if $(findstring n,$(filter-out --%,$(firstword -$(MAKEFLAGS)))),,+)

.PHONY: FORCE
FORCE:
