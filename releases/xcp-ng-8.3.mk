# SPDX-License-Identifier: BSD-2-Clause
# XCP-ng 8.3: a dom0 of the el7 family. One kernel; module packages are named for the vendor and the
# driver, and are tied to their kernel by a requirement.

PRODUCT         = XCP-ng
PRODUCT.VERSION = 8.3.0
PLATFORM        = XCP
PLATFORM.VERSION = 3.4.0
BASE            = xcp-ng:main
ARCH            = x86_64
COMPILER        = 11

FLAVOURS       ?= xen
UNAME.xen       = 4.19.0+1

KVER            = uname
RPM.NAME        = $(VENDOR_CODE)-$(name)
KERNEL_REQUIRES = kernel-uname-r = $(uname)
MODULE_DIR     ?= updates
PAYLOAD        ?= w6.gzdio
FILEDIGEST      = 8
FORMATS        ?= yum

# rpm 4.11 and the GnuPG of its time know no elliptic curves.
MODULE.SIGNATURES ?= optional
RPM.SIGNATURES ?= optional
GPG_ALGORITHMS  = rsa
