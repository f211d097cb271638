/* SPDX-License-Identifier: BSD-2-Clause */
#include "shared_info.h"
#include "interface.h"
#include "pv_clock.h"
#include "registry.h"

#include <xen/hvm/params.h>
#include <xen/memory.h>

/*
 * Setting the callback makes Xen latch the layout of shared info for the width of the caller, so it
 * comes before the first look at the page; firmware of another width may have been here.
 */
static NTSTATUS SetCallback(ULONG Gsi)
{
	ULONGLONG Value = (ULONGLONG)HVM_PARAM_CALLBACK_TYPE_GSI << 56 | Gsi;

	return XenHvmSetParam(HVM_PARAM_CALLBACK_IRQ, Value);
}

static BOOLEAN ClockIsLocal(VOID) NT_PASSIVE;
static BOOLEAN ClockIsLocal(VOID)
{
	ULONG Universal;

	/* Windows expects the machine's clock in local time unless it is told otherwise, and the
	 * toolstack shifts Xen's clock with it. */
	return !NT_SUCCESS(RegistryQueryDword(L"\\Registry\\Machine\\System\\CurrentControlSet\\"
					      L"Control\\TimeZoneInformation",
		       L"RealTimeIsUniversal", &Universal)) ||
	       Universal == 0;
}

NTSTATUS SharedInfoStart(PFDO Fdo)
{
	PHYSICAL_ADDRESS Address = Fdo->Resources.Memory;
	PSHARED_INFO SharedInfo = PoolAllocate(sizeof(*SharedInfo));
	NTSTATUS Status;

	if (SharedInfo == NULL)
		return STATUS_NO_MEMORY;
	SharedInfo->Pfn = (ULONGLONG)Address.QuadPart / PAGE_SIZE;
	SharedInfo->Local = ClockIsLocal();
	Status = SetCallback(Fdo->Resources.Gsi);
	if (!NT_SUCCESS(Status))
		goto fail;
	Status = XenMemoryAddToPhysmap(XENMAPSPACE_shared_info, 0, SharedInfo->Pfn);
	if (!NT_SUCCESS(Status))
		goto fail_callback;
	SharedInfo->Page = MmMapIoSpace(Address, PAGE_SIZE, MmCached);
	if (SharedInfo->Page == NULL) {
		Status = STATUS_INSUFFICIENT_RESOURCES;
		goto fail_page;
	}
	Fdo->SharedInfo = SharedInfo;
	return STATUS_SUCCESS;

fail_page:
	(VOID) XenMemoryRemoveFromPhysmap(SharedInfo->Pfn);
fail_callback:
	(VOID) SetCallback(0);
fail:
	LogError("shared info: %08x", (unsigned)Status);
	PoolFree(SharedInfo);
	return Status;
}

VOID SharedInfoStop(PFDO Fdo)
{
	PSHARED_INFO SharedInfo = Fdo->SharedInfo;

	if (SharedInfo == NULL)
		return;
	Fdo->SharedInfo = NULL;
	/* Nobody serves the line from here on. */
	(VOID) SetCallback(0);
	MmUnmapIoSpace(SharedInfo->Page, PAGE_SIZE);
	/* Xen before 4.4 cannot; then the page stays where it is until somebody else moves it. */
	(VOID) XenMemoryRemoveFromPhysmap(SharedInfo->Pfn);
	PoolFree(SharedInfo);
}

VOID SharedInfoResume(PFDO Fdo)
{
	NTSTATUS Status = SetCallback(Fdo->Resources.Gsi);

	if (NT_SUCCESS(Status))
		Status = XenMemoryAddToPhysmap(XENMAPSPACE_shared_info, 0, Fdo->SharedInfo->Pfn);
	if (!NT_SUCCESS(Status))
		LogError("shared info: after a resume: %08x", (unsigned)Status);
}

INTERFACE_REFERENCES(SharedInfo, DK_XENBUS_ROW_SHARED_INFO)

static VOID NTAPI GetTime(PINTERFACE Interface, PLARGE_INTEGER Time, PBOOLEAN Local)
{
	PSHARED_INFO SharedInfo = InterfaceFdo(Interface)->SharedInfo;

	Time->QuadPart = (LONGLONG)pv_clock_windows(SharedInfo->Page);
	*Local = SharedInfo->Local;
}

const DK_SHARED_INFO_INTERFACE_V1 SharedInfoInterfaceV1 = {
	.Acquire = SharedInfoAcquire, .Release = SharedInfoRelease, .GetTime = GetTime
};
