# SPDX-License-Identifier: BSD-2-Clause
# Debian 12 as a Xen dom0: the laboratory release, and the default of this kit. The cloud kernel
# is small and has no dom0 support, so it stands for the capture kernel.

PRODUCT         = debian
PRODUCT.VERSION = 12
BASE            = debian:main
ARCH            = x86_64
COMPILER        = 12

FLAVOURS       ?= xen kdump
UNAME.xen       = 6.1.0-%-amd64
NOT_UNAME.xen   = %-cloud-amd64 %-rt-amd64
UNAME.kdump     = 6.1.0-%-cloud-amd64

# kver: `uname`, or `strip` where it is uname less the flavour.
KVER            = uname
RPM.NAME        = $(name)-modules-$(flavour)-$(kver)
MODULE_DIR      = extra
PAYLOAD        ?= w6.gzdio
FILEDIGEST      = 1
FORMATS        ?= xs yum

MODULE.SIGNATURES ?= optional
RPM.SIGNATURES ?= optional
GPG_ALGORITHMS  = rsa eddsa
