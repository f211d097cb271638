/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_XEN_H
#define PV_XEN_H

/*
 * Xen's public headers, as lib/abi/mend.sh copies them into the build directory. The interface
 * version is pinned: a newer header set must not silently change what a name means.
 */
#ifndef __XEN_INTERFACE_VERSION__
#define __XEN_INTERFACE_VERSION__ 0x00040e00
#endif

#include <stddef.h>
#include <stdint.h>

#include <xen/xen.h>
#include <xen/event_channel.h>
#include <xen/grant_table.h>
#include <xen/io/xenbus.h>
#include <xen/io/xs_wire.h>

#endif
