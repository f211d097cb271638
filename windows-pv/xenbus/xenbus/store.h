/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * xenstore. store.c is the connection: who may pump it, and what a pump sets going. store_call.c is
 * a request and the wait for its answer. store_watch.c, and store_interface.c for children.
 */
#ifndef XENBUS_STORE_H
#define XENBUS_STORE_H

#include "evtchn.h"
#include "pv_xs.h"
#include "store_interface.h"

#define STORE_PATH_MAX 3072 /* docs/misc/xenstore.txt: of an absolute path */
#define STORE_SLOTS    32   /* requests in flight */
#define STORE_WATCHES  256

struct _STORE {
	PFDO Fdo;
	NT_LOCK Lock;
	struct pv_xs Xs NT_UNDER(Lock);
	/* Watches whose adding or removing somebody waits for. */
	LIST_ENTRY Changing NT_UNDER(Lock);
	ULONG Watches NT_UNDER(Lock);
	ULONG Transactions NT_UNDER(Lock);
	struct pv_xs_slot Slots[STORE_SLOTS];
	struct pv_xs_watch_slot WatchSlots[STORE_WATCHES];
	struct xenstore_domain_interface *Ring;
	ULONGLONG Pfn; /* of Ring */
	PDK_EVTCHN_CHANNEL Channel;
	volatile LONG Event; /* the channel has fired and is masked */
	volatile LONG Stopping;
	KDPC Dpc;
	KTIMER Timer;
};

struct _STORE_CALL;
struct _DK_STORE_TRANSACTION {
	struct pv_xs_txn Transaction;
	struct _STORE_CALL *End; /* kept ready: ending it must not fail for lack of memory */
};

struct _DK_STORE_WATCH {
	struct pv_xs_watch Watch;
	PKEVENT Event;
	LIST_ENTRY Link; /* in Changing */
	BOOLEAN Waited;	 /* is in Changing */
	KEVENT Changed;
	ULONG Length;
	CHAR Path[];
};

NTSTATUS StoreStart(PFDO Fdo) NT_PASSIVE;
VOID StoreStop(PFDO Fdo) NT_PASSIVE;

/* store_suspend.c. Before a suspend: as much as possible is answered, and nothing more is asked. */
VOID StoreQuiesce(PSTORE Store) NT_PASSIVE;
/* After one that did not come about. */
VOID StoreContinue(PSTORE Store) NT_PASSIVE;
/* In a new domain, at DISPATCH_LEVEL with all other processors held. */
VOID StoreResume(PSTORE Store);
/* Lets the connection go on. */
VOID StorePump(PSTORE Store) NT_HOLDS(Store->Lock);

/* A request with room for its path and its answer: 8 KiB, from the pool. */
typedef struct _STORE_CALL {
	struct pv_xs_req Request;
	KEVENT Done;
	ULONG Length; /* of Path */
	CHAR Path[STORE_PATH_MAX + 1];
	/* The answer; of a write, the value. */
	UCHAR Data[XENSTORE_PAYLOAD_MAX];
} STORE_CALL, *PSTORE_CALL;

/* With the path Prefix, slash, Node. */
NTSTATUS StoreCallCreate(PCSTR Prefix, PCSTR Node, PSTORE_CALL *Call);
/* Submits what one of lib/'s builders has made of Call->Request, and waits for its end. The answer
 * is in Data, and as long as Request.reply_len; NULL for Reply throws it away. */
int StoreCallRun(PSTORE Store, PSTORE_CALL Call, PVOID Reply) NT_PASSIVE;

/* Joins the two; Path has STORE_PATH_MAX + 1 bytes. */
NTSTATUS StorePath(PCSTR Prefix, PCSTR Node, PCHAR Path, PULONG Length);

/* store_node.c. Value is the caller's to free, and has a NUL beyond its length. */
NTSTATUS StoreRead(PSTORE Store, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix, PCSTR Node,
	PCHAR *Value, PULONG Length) NT_PASSIVE;
NTSTATUS StoreWrite(PSTORE Store, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix, PCSTR Node,
	PCSTR Value, ULONG Length) NT_PASSIVE;
NTSTATUS StoreRemove(
	PSTORE Store, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix, PCSTR Node) NT_PASSIVE;
NTSTATUS StoreTransactionStart(PSTORE Store, PDK_STORE_TRANSACTION *Transaction) NT_PASSIVE;
/* The transaction is gone, whatever the answer. */
NTSTATUS StoreTransactionEnd(
	PSTORE Store, PDK_STORE_TRANSACTION Transaction, BOOLEAN Commit) NT_PASSIVE;

/* The names in a directory, each with its NUL; the caller frees them. */
NTSTATUS StoreDirectory(PSTORE Store, PDK_STORE_TRANSACTION Transaction, PCSTR Prefix, PCSTR Node,
	PCHAR *Names, PULONG Length) NT_PASSIVE;

NTSTATUS StoreWatchAdd(
	PSTORE Store, PCSTR Prefix, PCSTR Node, PKEVENT Event, PDK_STORE_WATCH *Watch) NT_PASSIVE;
NTSTATUS StoreWatchRemove(PSTORE Store, PDK_STORE_WATCH Watch) NT_PASSIVE;

#endif
