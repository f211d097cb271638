/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DK_STORE_INTERFACE_H
#define DK_STORE_INTERFACE_H

#include "dk_interface.h"

typedef struct _DK_STORE_TRANSACTION DK_STORE_TRANSACTION, *PDK_STORE_TRANSACTION;
typedef struct _DK_STORE_WATCH DK_STORE_WATCH, *PDK_STORE_WATCH;

#define DK_STORE_READ  1
#define DK_STORE_WRITE 2

typedef struct _DK_STORE_PERMISSION {
	USHORT Domid;
	USHORT Access; /* DK_STORE_READ and DK_STORE_WRITE */
} DK_STORE_PERMISSION, *PDK_STORE_PERMISSION;

/* Prefix may be NULL; otherwise the path is Prefix, a slash, Node. Relative paths are below the
 * domain's home. Values and lists are the caller's to give to Free, and end with a NUL beyond their
 * length. */
typedef VOID(NTAPI *DK_STORE_FREE)(PINTERFACE Interface, PVOID Memory);
typedef NTSTATUS(NTAPI *DK_STORE_READ_VALUE)(PINTERFACE Interface,
	PDK_STORE_TRANSACTION Transaction, PCSTR Prefix, PCSTR Node, PCHAR *Value, PULONG Length);
typedef NTSTATUS(NTAPI *DK_STORE_WRITE_VALUE)(PINTERFACE Interface,
	PDK_STORE_TRANSACTION Transaction, PCSTR Prefix, PCSTR Node, PCSTR Value, ULONG Length);
typedef NTSTATUS(NTAPI *DK_STORE_REMOVE)(
	PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix, PCSTR Node);
/* The names, each with its NUL, one after the other; Length counts all bytes. */
typedef NTSTATUS(NTAPI *DK_STORE_DIRECTORY)(PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction,
	PCSTR Prefix, PCSTR Node, PCHAR *Names, PULONG Length);
/* The first entry is the owner and what everybody else may do. */
typedef NTSTATUS(NTAPI *DK_STORE_SET_PERMISSIONS)(PINTERFACE Interface,
	PDK_STORE_TRANSACTION Transaction, PCSTR Prefix, PCSTR Node,
	const DK_STORE_PERMISSION *Permissions, ULONG Count);
typedef NTSTATUS(NTAPI *DK_STORE_TRANSACTION_START)(
	PINTERFACE Interface, PDK_STORE_TRANSACTION *Transaction);
/* The transaction is gone afterwards, whatever the answer. STATUS_RETRY: do all of it again. */
typedef NTSTATUS(NTAPI *DK_STORE_TRANSACTION_END)(
	PINTERFACE Interface, PDK_STORE_TRANSACTION Transaction, BOOLEAN Commit);
/* The event is set once at the start, at each change below the path, and after a resume. */
typedef NTSTATUS(NTAPI *DK_STORE_WATCH_ADD)(
	PINTERFACE Interface, PCSTR Prefix, PCSTR Node, PKEVENT Event, PDK_STORE_WATCH *Watch);
typedef NTSTATUS(NTAPI *DK_STORE_WATCH_REMOVE)(PINTERFACE Interface, PDK_STORE_WATCH Watch);

typedef struct _DK_STORE_INTERFACE_V1 {
	INTERFACE Interface;
	DK_ACQUIRE Acquire;
	DK_RELEASE Release;
	DK_STORE_FREE Free;
	DK_STORE_READ_VALUE Read;
	DK_STORE_WRITE_VALUE Write;
	DK_STORE_REMOVE Remove;
	DK_STORE_DIRECTORY Directory;
	DK_STORE_SET_PERMISSIONS SetPermissions;
	DK_STORE_TRANSACTION_START TransactionStart;
	DK_STORE_TRANSACTION_END TransactionEnd;
	DK_STORE_WATCH_ADD WatchAdd;
	DK_STORE_WATCH_REMOVE WatchRemove;
} DK_STORE_INTERFACE_V1, *PDK_STORE_INTERFACE_V1;

#endif
