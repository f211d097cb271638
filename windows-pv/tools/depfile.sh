#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# depfile.sh OUT FILE: makes FILE of FILE.clang. The compiler ran in OUT, where src is this directory; make
# runs here. The object gets its name after this: one that is there has a good FILE.
set -eu

sed -e "s!^obj/!$1/obj/!" -e 's!\(^\| \)src/!\1!g' -e "s!\(^\| \)\(\./\)\{0,1\}gen/!\1$1/gen/!g" \
	"$2.clang" > "$2.new"
mv "$2.new" "$2"
rm "$2.clang"
