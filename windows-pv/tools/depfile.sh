#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# depfile.sh OUT FILE: the compiler ran in OUT, where src is this directory; make runs here.
set -eu

sed -i -e "s!^obj/!$1/obj/!" -e 's!\(^\| \)src/!\1!g' -e "s!\(^\| \)\(\./\)\{0,1\}gen/!\1$1/gen/!g" "$2"
