/* SPDX-License-Identifier: BSD-2-Clause */
#include "dk_config.h"
#include "interface.h"
#include "pdo.h"
#include "pv_text.h"

/* Every revision, and some. */
#define LIST_UNITS (PV_ID_MAX * (RTL_NUMBER_OF(DkXenbusRevisions) + 1) + 1)

static VOID Describe(PFDO Fdo, struct pv_pnp_bus *Bus)
{
	*Bus = (struct pv_pnp_bus){
		.name = "XENBUS",
		.prefix = DK_VENDOR_PREFIX,
		.device = Fdo->PciDevice,
		.revisions = DkXenbusRevisions,
		.revision_count = RTL_NUMBER_OF(DkXenbusRevisions),
		.classes = DkXenbusClasses,
		.class_count = RTL_NUMBER_OF(DkXenbusClasses),
	};
}

NTSTATUS PdoQueryId(PPDO Pdo, BUS_QUERY_ID_TYPE Type, PWCHAR *Id)
{
	struct pv_pnp_bus Bus;
	PWCHAR Buffer;
	int Units;

	Describe(Pdo->Fdo, &Bus);
	Buffer = PoolAllocatePaged(LIST_UNITS * sizeof(WCHAR));
	if (Buffer == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	switch (Type) {
	case BusQueryDeviceID:
		Units = pv_pnp_device_id(Buffer, LIST_UNITS, &Bus, Pdo->Upper);
		break;
	case BusQueryHardwareIDs:
		Units = pv_pnp_hardware_ids(Buffer, LIST_UNITS, &Bus, Pdo->Upper);
		break;
	case BusQueryCompatibleIDs:
		Units = pv_pnp_compatible_ids(Buffer, LIST_UNITS, &Bus, Pdo->Upper);
		break;
	case BusQueryInstanceID:
		/* Of each class there is one device in the whole system. */
		Units = pv_pnp_text(Buffer, LIST_UNITS, "_");
		break;
	default:
		PoolFree(Buffer);
		return STATUS_NOT_SUPPORTED;
	}
	if (Units < 0) {
		PoolFree(Buffer);
		return StatusOf(Units);
	}
	*Id = Buffer;
	return STATUS_SUCCESS;
}

#define TEXT_MAX 128

NTSTATUS PdoQueryText(PPDO Pdo, DEVICE_TEXT_TYPE Type, PWCHAR *Text)
{
	CHAR Ascii[TEXT_MAX] = "";
	size_t Length = 0;
	PWCHAR Buffer;
	int Units;

	if (Type == DeviceTextDescription) {
		(VOID) pv_append(Ascii, sizeof(Ascii), &Length, DK_PRODUCT_NAME " ",
			sizeof(DK_PRODUCT_NAME));
		(VOID) pv_append(Ascii, sizeof(Ascii), &Length, Pdo->Upper,
			pv_strnlen(Pdo->Upper, sizeof(Pdo->Upper)));
	} else if (Type == DeviceTextLocationInformation) {
		(VOID) pv_append(Ascii, sizeof(Ascii), &Length, "device/", 7);
		(VOID) pv_append(Ascii, sizeof(Ascii), &Length, Pdo->Upper,
			pv_strnlen(Pdo->Upper, sizeof(Pdo->Upper)));
	} else {
		return STATUS_NOT_SUPPORTED;
	}
	Buffer = PoolAllocatePaged(TEXT_MAX * sizeof(WCHAR));
	if (Buffer == NULL)
		return STATUS_INSUFFICIENT_RESOURCES;
	Units = pv_pnp_text(Buffer, TEXT_MAX, Ascii);
	if (Units < 0) {
		PoolFree(Buffer);
		return StatusOf(Units);
	}
	*Text = Buffer;
	return STATUS_SUCCESS;
}
