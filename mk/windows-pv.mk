# SPDX-License-Identifier: BSD-2-Clause
# The drivers for Windows guests have a toolchain and tests of their own; nothing else here needs them.

.PHONY: windows-pv check-windows-pv
windows-pv:
	+@$(MAKE) --no-print-directory -C $(KIT)/windows-pv
check-windows-pv:
	+@$(MAKE) --no-print-directory -C $(KIT)/windows-pv check
