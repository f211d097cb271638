#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# modules.sh DDK FOLDER: what inflating and reading modules takes: `ddk check` of each module RPM by itself.
set -eu
for rpm in "$2"/*.rpm; do "$1" check -q "$rpm"; done
