/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake.h"

#include "../primitives.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <strings.h>

struct fake fake;

#define ROOT "\\Registry\\Machine\\System\\CurrentControlSet\\"

struct value {
	char path[128];
	char name[64];
	ULONG type;
	unsigned char data[8192];
	ULONG size;
	bool used;
};

/* In memory, and on disk. */
static struct registry {
	struct value values[16];
	char keys[16][128]; /* keys that exist; a handle is an index and one */
} registry, saved;
#define values registry.values
#define keys   registry.keys

static void leaf_text(ULONG *r, const char *text)
{
	memcpy(&r[1], text, 12);
}

VOID XenAsmCpuid(ULONG leaf, ULONG subleaf, ULONG r[4])
{
	assert(subleaf == 0);
	/* An unknown leaf answers with rubbish, as real processors do. */
	r[0] = 7;
	r[1] = r[2] = r[3] = 0x11111111;
	if (leaf == 0) {
		r[0] = fake.topology ? 13 : 7;
		memcpy(&r[1], fake.vendor, 4);
		memcpy(&r[3], fake.vendor + 4, 4);
		memcpy(&r[2], fake.vendor + 8, 4);
	} else if (fake.viridian && leaf == 0x40000000) {
		r[0] = 0x40000005;
		leaf_text(r, "Microsoft Hv");
	} else if (fake.xen_base != 0 && leaf == fake.xen_base) {
		r[0] = fake.xen_base + (fake.no_vcpu_leaf ? 2 : 4);
		leaf_text(r, "XenVMMXenVMM");
	} else if (fake.xen_base != 0 && leaf == fake.xen_base + 1) {
		r[0] = 4 << 16 | 17;
	} else if (fake.xen_base != 0 && leaf == fake.xen_base + 4 && !fake.no_vcpu_leaf) {
		r[0] = 1u << 3;
		r[1] = fake.vcpu;
	} else if (leaf == 1) {
		r[1] = fake.apic << 24 | 0x800;
	} else if (leaf == 11 && fake.topology) {
		r[1] = 2;
		r[3] = fake.topology;
	}
}

static LONG_PTR hypercall(ULONG_PTR ordinal, const ULONG_PTR *arguments, bool vmmcall)
{
	fake.calls++;
	fake.vmmcall = vmmcall;
	fake.ordinal = ordinal;
	memcpy(fake.arguments, arguments, sizeof(fake.arguments));
	if (ordinal == 17 && arguments[0] == 0) /* xen_version: version */
		return fake.answer < 0 ? fake.answer : 4 << 16 | 17;
	if (ordinal == 17 && arguments[0] == 1) {
		memcpy((void *)arguments[1], "-test\0\0\0\0\0\0\0\0\0\0X", 16);
		return 0;
	}
	if (arguments[1] != 0 && fake.xen != NULL)
		fake.xen((void *)arguments[1]);
	return fake.answer;
}

LONG_PTR XenAsmVmcall(ULONG_PTR ordinal, const ULONG_PTR *arguments)
{
	return hypercall(ordinal, arguments, false);
}

LONG_PTR XenAsmVmmcall(ULONG_PTR ordinal, const ULONG_PTR *arguments)
{
	return hypercall(ordinal, arguments, true);
}

void fake_step(void)
{
	fake.step++;
	if (fake.crash_at == 0 || fake.step != fake.crash_at)
		return;
	fake.crash_at = 0;
	fake.crash();
	abort();
}

USHORT XenAsmIn16(USHORT port)
{
	assert(port == 0x10);
	if (fake.refuses_product && fake.product != 0)
		return 0xd249;
	return fake.magic;
}

UCHAR XenAsmIn8(USHORT port)
{
	assert(port == 0x12);
	return fake.port_version;
}

VOID XenAsmOut16(USHORT port, USHORT value)
{
	fake_step();
	if (port == 0x12)
		fake.product = value;
	else if (port == 0x10)
		fake.mask |= value;
	else
		abort();
}

VOID XenAsmOut32(USHORT port, ULONG value)
{
	assert(port == 0x10);
	fake_step();
	fake.build = value;
}

VOID XenAsmOut8(USHORT port, UCHAR value)
{
	size_t n = strlen(fake.log);

	assert(port == 0x12);
	if (n + 1 < sizeof(fake.log))
		fake.log[n] = (char)value;
}

VOID XenAsmInterruptsOff(VOID)
{
	fake.interrupts_off = true;
}

VOID XenAsmInterruptsOn(VOID)
{
	fake.interrupts_off = false;
}

ULONG DbgPrint(PCSTR format, ...)
{
	va_list arguments;
	size_t n = strlen(fake.debugger);

	va_start(arguments, format);
	vsnprintf(fake.debugger + n, sizeof(fake.debugger) - n, format, arguments);
	va_end(arguments);
	return 0;
}

NTSTATUS KeDelayExecutionThread(KPROCESSOR_MODE mode, BOOLEAN alertable, PLARGE_INTEGER interval)
{
	(void)mode;
	(void)alertable;
	(void)interval;
	return STATUS_SUCCESS;
}

NTSTATUS ZwQuerySystemInformation(ULONG class, PVOID information, ULONG length, PULONG result)
{
	SYSTEM_FIRMWARE_TABLE_INFORMATION *table = information;
	ULONG room = length - offsetof(SYSTEM_FIRMWARE_TABLE_INFORMATION, TableBuffer);

	assert(class == 76 && table->TableBufferLength <= room);
	assert(table->ProviderSignature == 0x41435049);
	assert(table->Action == SystemFirmwareTable_Get && memcmp(&table->TableID, "APIC", 4) == 0);
	if (fake.madt == NULL)
		return STATUS_NOT_FOUND;
	*result = fake.madt_size;
	room = table->TableBufferLength;
	table->TableBufferLength = fake.madt_size;
	if (fake.madt_size > room)
		return STATUS_BUFFER_TOO_SMALL;
	memcpy(table->TableBuffer, fake.madt, fake.madt_size);
	return STATUS_SUCCESS;
}

static void narrow(char *to, size_t size, const UNICODE_STRING *from)
{
	size_t n = 0;

	for (; n < from->Length / sizeof(WCHAR) && n + 1 < size; n++)
		to[n] = (char)from->Buffer[n];
	to[n] = '\0';
}

void RtlInitUnicodeString(PUNICODE_STRING string, PCWSTR text)
{
	USHORT n = 0;

	while (text[n] != 0)
		n++;
	*string = (UNICODE_STRING){ (USHORT)(n * 2), (USHORT)(n * 2 + 2), (PWCHAR)(uintptr_t)text };
}

static bool failing(void)
{
	fake.registry_calls++;
	return fake.fail_at != 0 && fake.registry_calls == fake.fail_at;
}

static struct value *find(const char *path, const char *name)
{
	for (size_t i = 0; i < RTL_NUMBER_OF(values); i++)
		if (values[i].used && strcasecmp(values[i].path, path) == 0 &&
			strcasecmp(values[i].name, name) == 0)
			return &values[i];
	return NULL;
}

static HANDLE key(const char *path, bool create)
{
	for (size_t i = 0; i < RTL_NUMBER_OF(keys); i++) {
		if (keys[i][0] == '\0' && create)
			snprintf(keys[i], sizeof(keys[i]), "%s", path);
		if (strcasecmp(keys[i], path) == 0)
			return (HANDLE)(i + 1);
	}
	return NULL;
}

static bool has_parent(const char *path)
{
	char parent[160];
	char *end;

	snprintf(parent, sizeof(parent), "%s", path);
	end = strrchr(parent, '\\');
	if (end == NULL)
		return true;
	*end = '\0';
	return strcasecmp(parent, "Services") == 0 || strcasecmp(parent, "Control") == 0 ||
	       key(parent, false) != NULL;
}

static NTSTATUS open_key(PHANDLE handle, POBJECT_ATTRIBUTES attributes, bool create)
{
	char path[160];

	narrow(path, sizeof(path), attributes->ObjectName);
	assert(attributes->Attributes == (OBJ_CASE_INSENSITIVE | OBJ_KERNEL_HANDLE));
	assert(strncmp(path, ROOT, strlen(ROOT)) == 0);
	if (failing())
		return STATUS_INSUFFICIENT_RESOURCES;
	/* One key at a time: what the path leads through has to be there. */
	*handle = create && !has_parent(path + strlen(ROOT)) ? NULL
							     : key(path + strlen(ROOT), create);
	if (*handle == NULL)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	fake.open_keys++;
	return STATUS_SUCCESS;
}

NTSTATUS ZwOpenKey(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes)
{
	(void)access;
	return open_key(handle, attributes, false);
}

NTSTATUS ZwCreateKey(PHANDLE handle, ACCESS_MASK access, POBJECT_ATTRIBUTES attributes, ULONG index,
	PUNICODE_STRING class, ULONG options, PULONG disposition)
{
	(void)access;
	(void)index;
	(void)class;
	(void)options;
	(void)disposition;
	return open_key(handle, attributes, true);
}

static struct value *lookup(HANDLE handle, PUNICODE_STRING name, char *text, size_t size)
{
	narrow(text, size, name);
	return find(keys[(size_t)handle - 1], text);
}

NTSTATUS ZwQueryValueKey(HANDLE handle, PUNICODE_STRING name, KEY_VALUE_INFORMATION_CLASS class,
	PVOID information, ULONG length, PULONG result)
{
	KEY_VALUE_PARTIAL_INFORMATION *out = information;
	size_t header = offsetof(KEY_VALUE_PARTIAL_INFORMATION, Data);
	char text[64];
	struct value *v = lookup(handle, name, text, sizeof(text));

	assert(class == KeyValuePartialInformation);
	if (failing())
		return STATUS_INSUFFICIENT_RESOURCES;
	if (v == NULL)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	*result = (ULONG)header + v->size;
	if (length < header)
		return STATUS_BUFFER_TOO_SMALL;
	out->Type = v->type;
	out->DataLength = v->size;
	if (length < *result) {
		memcpy(out->Data, v->data, length - header);
		return STATUS_BUFFER_OVERFLOW;
	}
	memcpy(out->Data, v->data, v->size);
	return STATUS_SUCCESS;
}

void fake_registry_set(const char *path, const char *name, ULONG type, const void *data, ULONG size)
{
	struct value *v = find(path, name);

	for (size_t i = 0; v == NULL && i < RTL_NUMBER_OF(values); i++)
		if (!values[i].used)
			v = &values[i];
	assert(v != NULL && size <= sizeof(v->data));
	snprintf(v->path, sizeof(v->path), "%s", path);
	snprintf(v->name, sizeof(v->name), "%s", name);
	v->type = type;
	memcpy(v->data, data, size);
	v->size = size;
	v->used = true;
	key(path, true);
}

void fake_registry_set_text(const char *path, const char *name, const char *text)
{
	WCHAR wide[512];
	size_t n = 0;

	do
		wide[n] = (unsigned char)text[n];
	while (text[n++] != '\0');
	fake_registry_set(path, name, REG_SZ, wide, (ULONG)(n * 2));
}

bool fake_registry_get(const char *path, const char *name, ULONG *type, void *data, ULONG *size)
{
	struct value *v = find(path, name);

	if (v == NULL)
		return false;
	*type = v->type;
	*size = v->size;
	memcpy(data, v->data, v->size);
	return true;
}

void fake_registry_key(const char *path)
{
	key(path, true);
}

void fake_registry_save(void)
{
	saved = registry;
}

void fake_registry_load(void)
{
	registry = saved;
}

struct registry *fake_registry_copy(void)
{
	struct registry *copy = malloc(sizeof(*copy));

	assert(copy != NULL);
	*copy = saved;
	return copy;
}

void fake_registry_paste(const struct registry *copy)
{
	saved = *copy;
}

bool fake_registry_has_key(const char *path)
{
	return key(path, false) != NULL;
}

static void written(bool now)
{
	if (now && (fake.disk_up || fake.early))
		fake_registry_save();
}

NTSTATUS ZwSetValueKey(
	HANDLE handle, PUNICODE_STRING name, ULONG index, ULONG type, PVOID data, ULONG size)
{
	char text[64];

	(void)index;
	narrow(text, sizeof(text), name);
	if (failing())
		return STATUS_INSUFFICIENT_RESOURCES;
	fake_step();
	fake_registry_set(keys[(size_t)handle - 1], text, type, data, size);
	written(fake.eager);
	return STATUS_SUCCESS;
}

NTSTATUS ZwDeleteValueKey(HANDLE handle, PUNICODE_STRING name)
{
	char text[64];
	struct value *v = lookup(handle, name, text, sizeof(text));

	if (failing())
		return STATUS_INSUFFICIENT_RESOURCES;
	if (v == NULL)
		return STATUS_OBJECT_NAME_NOT_FOUND;
	fake_step();
	v->used = false;
	written(fake.eager);
	return STATUS_SUCCESS;
}

NTSTATUS ZwFlushKey(HANDLE handle)
{
	assert(handle != NULL);
	if (failing())
		return STATUS_INSUFFICIENT_RESOURCES;
	fake_step();
	written(true);
	return STATUS_SUCCESS;
}

NTSTATUS ZwClose(HANDLE handle)
{
	assert(handle != NULL && fake.open_keys > 0);
	fake.open_keys--;
	return STATUS_SUCCESS;
}

void fake_reset(void)
{
	memset(&fake, 0, sizeof(fake));
	memset(&registry, 0, sizeof(registry));
	memset(&saved, 0, sizeof(saved));
	fake.vendor = "GenuineIntel";
	fake.magic = 0x49d2;
}
