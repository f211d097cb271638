/* SPDX-License-Identifier: BSD-2-Clause */
/* Xen's errno numbers (xen/errno.h) as NTSTATUS. */
#include "internal.h"

#include "pv_xen.h"
#include <xen/errno.h>

NTSTATUS XenStatus(LONG_PTR Result)
{
	static const struct {
		LONG Errno;
		NTSTATUS Status;
	} Table[] = {
		{ XEN_EPERM, STATUS_ACCESS_DENIED },
		{ XEN_ENOENT, STATUS_NOT_FOUND },
		{ XEN_ESRCH, STATUS_NOT_FOUND },
		{ XEN_EIO, STATUS_IO_DEVICE_ERROR },
		{ XEN_E2BIG, STATUS_BUFFER_OVERFLOW },
		{ XEN_EAGAIN, STATUS_RETRY },
		{ XEN_ENOMEM, STATUS_NO_MEMORY },
		{ XEN_EACCES, STATUS_ACCESS_DENIED },
		{ XEN_EFAULT, STATUS_ACCESS_VIOLATION },
		{ XEN_EBUSY, STATUS_DEVICE_BUSY },
		{ XEN_EEXIST, STATUS_OBJECT_NAME_COLLISION },
		{ XEN_ENODEV, STATUS_DEVICE_NOT_READY },
		{ XEN_EINVAL, STATUS_INVALID_PARAMETER },
		{ XEN_ENOSPC, STATUS_INSUFFICIENT_RESOURCES },
		{ XEN_ENOSYS, STATUS_NOT_IMPLEMENTED },
		{ XEN_EOPNOTSUPP, STATUS_NOT_SUPPORTED },
	};

	if (Result >= 0)
		return STATUS_SUCCESS;
	for (ULONG i = 0; i < RTL_NUMBER_OF(Table); i++)
		if (Result == -(LONG_PTR)Table[i].Errno)
			return Table[i].Status;
	return STATUS_UNSUCCESSFUL;
}
