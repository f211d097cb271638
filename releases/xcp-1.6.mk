# SPDX-License-Identifier: BSD-2-Clause
# Xen Cloud Platform 1.6: a 32-bit dom0 of the el5 family with two kernels of one version.

PRODUCT         = XCP
PRODUCT.VERSION = 1.6.10
PRODUCT.BUILD   = 61809c
PLATFORM        = XCP
PLATFORM.VERSION = 1.6.10
BASE            = xcp:main
ARCH           ?= i386
COMPILER        = 4.1

FLAVOURS       ?= xen kdump
UNAME.xen       = 2.6.32.43-0.4.1.xs1.6.10.%xen
UNAME.kdump     = 2.6.32.43-0.4.1.xs1.6.10.%kdump

KVER            = strip
RPM.NAME        = $(name)-modules-$(flavour)-$(kver)
MODULE_DIR      = extra
PAYLOAD        ?= w9.gzdio
FILEDIGEST      = 1
FORMATS        ?= xs

# This kernel reads no signatures of modules, and its rpm only those of a form that GnuPG no longer makes.
MODULE.SIGNATURES ?= none
RPM.SIGNATURES ?= none
