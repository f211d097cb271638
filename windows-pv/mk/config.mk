# SPDX-License-Identifier: BSD-2-Clause
# What a caller may set, on the command line or in the environment.

O           ?= $(abspath $(pv)/../out/windows-pv)
ARCHES      ?= x64 x86
ANALYZE     ?= 1

# The familiar names of the family's build scripts.
MAJOR_VERSION ?= 1
MINOR_VERSION ?= 0
MICRO_VERSION ?= 0
BUILD_NUMBER  ?= 0

VENDOR_NAME    ?= Driver Disk Kit
VENDOR_PREFIX  ?= DK
PRODUCT_NAME   ?= Driver Disk Kit PV
# Of the vendor's own PCI device (PCI\VEN_5853&DEV_…); empty: only the platform devices.
VENDOR_DEVICE_ID ?=
# Registered in xen/hvm/pvdrivers.h; 0xffff is "experimental".
PRODUCT_NUMBER ?= 0xffff

# Where `make symbols` adds: a directory that a symbol server serves.
SYMBOL_SERVER ?= $(O)/symbols
# A program called as: SIGN_CMD IN OUT. Empty: a test key of this checkout's.
SIGN_CMD      ?=

XEN_HEADERS ?= /usr/include/xen

HOSTCC      ?= cc
CLANG       ?= clang
LLD_LINK    ?= lld-link
LLVM_RC     ?= llvm-rc
LLVM_DLLTOOL ?= llvm-dlltool
LLVM_OBJCOPY ?= llvm-objcopy
LLVM_OBJDUMP ?= llvm-objdump
LLVM_PDBUTIL ?= llvm-pdbutil
CLANG_TIDY  ?= clang-tidy
CPPCHECK    ?= cppcheck

version := $(MAJOR_VERSION).$(MINOR_VERSION).$(MICRO_VERSION).$(BUILD_NUMBER)

# V=1 shows the commands.
Q    := $(if $(V),,@)
say   = $(if $(V),:,printf '  %-8s %s\n')
