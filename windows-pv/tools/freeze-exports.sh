#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# freeze-exports.sh TABLE FROZEN: appends the rows of TABLE that FROZEN does not have yet.
set -eu

table=$1
frozen=$2
have=$(grep -vc '^#' "$frozen" || true)
grep -v -e '^#' -e '^$' "$table" | tail -n "+$((have + 1))" >> "$frozen"
