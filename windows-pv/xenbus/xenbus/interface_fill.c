/* SPDX-License-Identifier: BSD-2-Clause */
#include "interface_fill.h"

NTSTATUS InterfaceFill(
	const INTERFACE_PROVIDER *Provider, PVOID Context, const IO_STACK_LOCATION *Stack)
{
	USHORT Version = Stack->Parameters.QueryInterface.Version;
	PINTERFACE Interface = Stack->Parameters.QueryInterface.Interface;
	const struct pv_iface *Row;
	USHORT Size;
	int Error;

	if (Interface == NULL || Stack->Parameters.QueryInterface.InterfaceType == NULL)
		return STATUS_INVALID_PARAMETER;
	Error = pv_iface_query(Provider->Rows, Provider->Count,
		(const uint8_t *)Stack->Parameters.QueryInterface.InterfaceType, Version,
		Stack->Parameters.QueryInterface.Size, &Row);
	if (Error == PV_ENOENT)
		return STATUS_NOT_FOUND;
	if (Error != 0) {
		LogWarning("an interface was asked for in version %u, which is %s", Version,
			Error == PV_EOLD   ? "too old"
			: Error == PV_ENEW ? "too new"
					   : "larger than the structure for it");
		return StatusOf(Error);
	}
	Size = Row->size[Version - Row->oldest];
	memcpy(Interface, Provider->Structures[Row - Provider->Rows][Version - Row->oldest], Size);
	Interface->Size = Size;
	Interface->Version = Version;
	Interface->Context = Context;
	Interface->InterfaceReference = Provider->Reference;
	Interface->InterfaceDereference = Provider->Dereference;
	Provider->Reference(Context);
	return STATUS_SUCCESS;
}
