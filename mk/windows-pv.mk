# SPDX-License-Identifier: BSD-2-Clause
# The drivers for Windows guests have a toolchain of their own; nothing else here needs them. Their tests are
# tests/windows/drivers.t and tests/long/windows-pv.t.

.PHONY: windows-pv
windows-pv:
	+@$(MAKE) --no-print-directory -C $(KIT)/windows-pv
