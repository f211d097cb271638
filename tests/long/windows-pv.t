#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The drivers for Windows guests: what takes longer.
. "$(dirname "$0")/../windows/drivers.sh"

drivers check-long
