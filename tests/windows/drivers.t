#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The drivers for Windows guests: what their own `check` runs.
. "$(dirname "$0")/drivers.sh"

drivers check
