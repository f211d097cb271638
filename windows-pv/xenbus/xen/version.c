/* SPDX-License-Identifier: BSD-2-Clause */
#include "internal.h"

#include "pv_xen.h"
#include <xen/version.h>

NTSTATUS NTAPI XenVersion(PULONG Major, PULONG Minor, PCHAR ExtraVersion)
{
	xen_extraversion_t Extra = { 0 };
	LONG_PTR Result;

	_Static_assert(sizeof(Extra) == XEN_EXTRA_VERSION_SIZE, "the size is Xen's");
	Result = XenHypercall(__HYPERVISOR_xen_version, XENVER_version, 0, 0);
	if (Result < 0)
		return XenStatus(Result);
	*Major = (ULONG)Result >> 16;
	*Minor = (ULONG)Result & 0xffff;
	Result = XenHypercall(__HYPERVISOR_xen_version, XENVER_extraversion, (ULONG_PTR)Extra, 0);
	if (Result < 0)
		return XenStatus(Result);
	memcpy(ExtraVersion, Extra, sizeof(Extra));
	ExtraVersion[sizeof(Extra) - 1] = '\0';
	return STATUS_SUCCESS;
}
