# SPDX-License-Identifier: BSD-2-Clause
# The example disk. `make show-config` prints every value with the place it comes from,
# and docs/ddk-kit.7 explains each.

SPEC             = helloworld.spec
DATASPEC         = helloworld-data.spec

VENDOR           = Driver Disk Kit
VENDOR_CODE      = ddk
LABEL            = helloworld
TEXT             = Example driver: greets from QEMU's edu PCI device

# The driver's version for one kernel: raise it with each driver released for that kernel,
# and go back to 1.0 when the release brings a new kernel.
RPM.VERSION      = 1.0
RPM.RELEASE      = 1

# The data package is versioned as usual.
DATA.RPM.VERSION = 1.0
DATA.RPM.RELEASE = 1

# The disk's own version. It never falls.
DISK.VERSION     = 1.0
