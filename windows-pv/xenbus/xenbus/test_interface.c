/* SPDX-License-Identifier: BSD-2-Clause */
/* Three versions beside one another, in checked builds only. */
#include "interface.h"

#if DBG
INTERFACE_REFERENCES(Test, DK_XENBUS_ROW_TEST)

static ULONG NTAPI Echo(PINTERFACE Interface, ULONG Value)
{
	UNREFERENCED_PARAMETER(Interface);
	return Value;
}

static NTSTATUS NTAPI EchoV3(PINTERFACE Interface, ULONG Value, PULONG Answer)
{
	UNREFERENCED_PARAMETER(Interface);
	if (Value == 0)
		return STATUS_INVALID_PARAMETER;
	*Answer = Value;
	return STATUS_SUCCESS;
}

/* How often it is acquired. */
static ULONG NTAPI Count(PINTERFACE Interface)
{
	PFDO Fdo = InterfaceFdo(Interface);
	ULONG Value;

	NtAcquireLockAny(&Fdo->InterfaceLock);
	Value = Fdo->References[DK_XENBUS_ROW_TEST];
	NtReleaseLockAny(&Fdo->InterfaceLock);
	return Value;
}

const DK_TEST_INTERFACE_V1 TestInterfaceV1 = {
	.Acquire = TestAcquire, .Release = TestRelease, .Echo = Echo
};
const DK_TEST_INTERFACE_V2 TestInterfaceV2 = {
	.Acquire = TestAcquire, .Release = TestRelease, .Echo = Echo, .Count = Count
};
const DK_TEST_INTERFACE_V3 TestInterfaceV3 = {
	.Acquire = TestAcquire, .Release = TestRelease, .Echo = EchoV3, .Count = Count
};
#else
_Static_assert(1, "nothing in free builds");
#endif
