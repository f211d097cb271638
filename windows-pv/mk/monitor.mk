# SPDX-License-Identifier: BSD-2-Clause
# The monitor service of the XENBUS package.

dkmonitor.package   := xenbus
dkmonitor.sources   := $(wildcard xenbus/monitor/*.c)
dkmonitor.title     := Xen restart monitor
dkmonitor.includes  := -Intddk
dkmonitor.crt       := crt2
dkmonitor.libraries := wtsapi32 powrprof advapi32
$(eval $(call program,dkmonitor))
