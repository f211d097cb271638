# SPDX-License-Identifier: BSD-2-Clause
# XenServer 6.5: a 64-bit dom0 of the el5 family. One kernel serves both the host and its crash dump.

PRODUCT         = XenServer
PRODUCT.VERSION = 6.5.0
PRODUCT.BUILD   = 90233c
PLATFORM        = XCP
PLATFORM.VERSION = 1.9.0
BASE            = xs:main
ARCH            = x86_64
COMPILER        = 4.1

FLAVOURS       ?= xen
UNAME.xen       = 3.10.0+2

KVER            = uname
RPM.NAME        = $(name)-$(kver)-modules
MODULE_DIR      = extra
PAYLOAD        ?= w9.gzdio
FILEDIGEST      = 1
FORMATS        ?= xs

# Its rpm reads only signatures of a form that GnuPG no longer makes.
MODULE.SIGNATURES ?= optional
RPM.SIGNATURES ?= none
