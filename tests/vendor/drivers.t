#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Real drivers that were never written for this kit, from Debian's packages of their source: `make new`, then make.
# docs/drivers.md has what each needed. The slow ones are in tests/long.
. "$(dirname "$0")/lib.sh"

# hand-made call of Kbuild, hard-coded uname -r
check_driver vpoll-dkms vpoll 'xen kdump' vpoll
# BUILD_EXCLUSIVE_CONFIG
check_driver acpi-call-dkms acpi-call 'xen kdump' acpi_call
# a variable on the make line; a version with a tilde; no alias table
check_driver dpdk-kmods-dkms dpdk-kmods 'xen kdump' igb_uio
# its own Makefile is called; the capture kernel has no video
check_driver v4l2loopback-dkms v4l2loopback xen v4l2loopback
# three modules, of which two use the first one's symbols
check_driver tp-smapi-dkms tp_smapi 'xen kdump' thinkpad_ec tp_smapi hdaps
if [ -d tp_smapi ]; then
	is "tp_smapi: the option that dkms.conf gives is there" "$(build_lines tp_smapi)" '%{kernel_make} HDAPS=1 modules'
	like "tp_smapi: modules of the same package are found by depmod" "$(cat root-tp_smapi-xen/lib/modules/*/modules.dep)" '^extra/tp_smapi.ko: .*extra/thinkpad_ec.ko'
fi
[ ! -d v4l2loopback ] || like "v4l2loopback: the reason is on the disk" "$(cat v4l2loopback/out/v4l2loopback/disk/disk.info)" \
	"^exclude=kdump the driver wants CONFIG_VIDEO_DEV"
[ ! -d dpdk-kmods ] || is "igb_uio: has no aliases, as it is bound by new_id" "$(modinfo -F alias root-dpdk-kmods-xen/lib/modules/*/extra/igb_uio.ko)" ""
done_testing
