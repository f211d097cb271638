/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PV_XS_H
#define PV_XS_H

#include "pv_errno.h"
#include "pv_platform.h"
#include "pv_xen.h"

/*
 * A client of xenstore over the shared ring (xen/io/xs_wire.h, docs/misc/xenstore.txt and
 * xenstore-ring.txt). Kind: externally locked.
 *
 * The caller submits requests, calls pv_xs_pump whenever the event channel fires, a request was
 * submitted or pv_xs_deadline has passed, and takes finished requests and pending watches from it.
 * Every call returns at once. A request belongs to the client from submit until it comes back from
 * pv_xs_next_done; its path and value must stay until then, its reply lands in the caller's buffer.
 *
 * Time: a request has one limit for everything, from submit to reply. One that runs out comes back
 * with PV_ETIMEDOUT, but if it was sent its id stays taken until the answer comes or the connection
 * is reset, so that a late answer is never taken for another's.
 */
#define PV_XS_VECS	5
#define PV_XS_TOKEN_MAX 24
#define PV_XS_ORPHANS	8

enum pv_xs_req_state {
	PV_XS_IDLE, /* the caller's */
	PV_XS_QUEUED,
	PV_XS_SENDING, /* its bytes are going out, from our copy */
	PV_XS_SENT,
	PV_XS_DONE, /* has its result; not yet taken with pv_xs_next_done */
};

struct pv_xs_vec {
	const void *data;
	uint32_t len;
};

struct pv_xs_watch;

struct pv_xs_req {
	struct pv_xs_req *next;
	enum pv_xs_req_state state;
	uint32_t type; /* XS_* */
	uint32_t tx;   /* 0: none */
	uint32_t tx_epoch;
	uint32_t id;	/* while sent */
	uint32_t order; /* among those sent */
	uint32_t nvec;
	struct pv_xs_vec vec[PV_XS_VECS];
	char number[3][24]; /* text of numbers that the request sends */
	uint64_t deadline;
	void *reply; /* the caller's; may be NULL */
	uint32_t reply_cap;
	uint32_t reply_len; /* what the answer had, also when it did not fit (PV_ENOBUFS) */
	int rc;
	struct pv_xs_watch *watch; /* of which it is a part; such requests stay inside */
	void *context;		   /* the caller's */
};

enum pv_xs_slot_state {
	PV_XS_SLOT_FREE,
	PV_XS_SLOT_BUSY,
	PV_XS_SLOT_ABANDONED, /* its request is over, its answer is not here yet */
};

struct pv_xs_slot { /* one for each request in flight; the caller's array */
	struct pv_xs_req *req;
	uint32_t type, tx;
	uint16_t use; /* goes into the id, so that no two requests share one */
	uint8_t state;
};

enum pv_xs_watch_state {
	PV_XS_WATCH_OFF,
	PV_XS_WATCH_ADDING,
	PV_XS_WATCH_ON,
	PV_XS_WATCH_FAILED, /* the store refused it: rc tells */
	PV_XS_WATCH_REMOVING,
};

struct pv_xs_watch { /* the caller's, with its path, from add until it is OFF again */
	struct pv_xs_req req;
	const char *path;
	uint32_t path_len;
	char token[PV_XS_TOKEN_MAX];
	uint32_t token_len;
	uint32_t slot;
	enum pv_xs_watch_state state;
	int rc;
	bool remove;   /* to be removed when the request that is under way is over */
	bool pending;  /* something happened since the caller last looked */
	uint64_t time; /* limit for each of its requests */
	void *context; /* the caller's */
};

struct pv_xs_watch_slot { /* one for each watch; the caller's array */
	struct pv_xs_watch *watch;
	uint32_t use;
};

enum pv_xs_state {
	PV_XS_UP,
	PV_XS_CONNECTING, /* waiting for the server to reset the ring */
	PV_XS_BROKEN,	  /* pv_xs_reconnect, or give up */
	PV_XS_DEAD,	  /* broken, and the server cannot reset it */
};

struct pv_xs {
	struct xenstore_domain_interface *ring;
	enum pv_xs_state state;
	bool hold;		     /* about to be suspended: no new request is sent */
	bool notify;		     /* an event is due */
	int error;		     /* why it is broken */
	uint32_t req_prod, rsp_cons; /* ours; the page only gets copies */
	uint32_t epoch;		     /* of the connection: rises with each reset and resume */

	struct pv_xs_slot *slots;
	uint32_t nslots;
	struct pv_xs_watch_slot *watches;
	uint32_t nwatches, event_cursor, events;

	struct pv_xs_req *queue, **queue_end;
	struct pv_xs_req *done, **done_end;
	uint32_t order;

	/* Transactions whose start was answered after its caller had gone: to be ended. */
	uint32_t orphans[PV_XS_ORPHANS], norphans;
	struct pv_xs_req orphan_req;

	uint32_t strays;       /* answers to nobody */
	uint32_t stray_events; /* events for a watch that is not there */
	uint32_t lost_orphans;

	uint32_t out_len, out_done, out_slot;
	uint32_t in_done;
	struct xsd_sockmsg in_hdr;
	uint8_t out[sizeof(struct xsd_sockmsg) + XENSTORE_PAYLOAD_MAX];
	uint8_t in[XENSTORE_PAYLOAD_MAX];
};

/* What pv_xs_pump found; several at once. */
#define PV_XS_NOTIFY  0x01u /* send an event to the store */
#define PV_XS_DONES   0x02u /* pv_xs_next_done has something */
#define PV_XS_EVENTS  0x04u /* pv_xs_next_event has something */
#define PV_XS_MORE    0x08u /* there is more to read: let others run, then pump again */
#define PV_XS_FAILED  0x10u /* the connection is broken: pv_xs_reconnect */
#define PV_XS_WAITING 0x20u /* the server is resetting the ring; nothing moves until then */

/*
 * The ring may have been used before, by firmware or by a driver that is gone: what lies in it
 * unread is skipped, or the server asked to reset it where it can. nslots: requests in flight at
 * once, nwatches: watches, both at most 65535.
 */
int pv_xs_init(struct pv_xs *xs, struct xenstore_domain_interface *ring, struct pv_xs_slot *slots,
	uint32_t nslots, struct pv_xs_watch_slot *watches, uint32_t nwatches);

unsigned int pv_xs_pump(struct pv_xs *xs, uint64_t now);
uint64_t pv_xs_deadline(const struct pv_xs *xs);

/*
 * Queues a request that was made with one of the builders below. PV_EAGAIN: its transaction died
 * with an older connection, start it again; PV_EDEAD: there is no connection.
 */
int pv_xs_submit(struct pv_xs *xs, struct pv_xs_req *req, void *reply, uint32_t reply_cap,
	uint64_t deadline);

/*
 * Ends a request at once with PV_ECANCELED, as if its time had run out; it
 * comes back like any other.
 */
void pv_xs_cancel(struct pv_xs *xs, struct pv_xs_req *req);

/* A finished request, the oldest first, or NULL. rc is 0 or an error of the store or of ours. */
struct pv_xs_req *pv_xs_next_done(struct pv_xs *xs);

/*
 * Asks the server to reset the ring. PV_EDEAD: it cannot; nothing will come of this connection.
 * The next pump says PV_XS_NOTIFY. Requests that were under way: see pv_xs_resume.
 */
int pv_xs_reconnect(struct pv_xs *xs, uint64_t now);

/*
 * Before a suspend: no more is sent. PV_EAGAIN: something is half sent or unanswered, pump and
 * call again; a suspend that comes nevertheless loses no request that can be repeated.
 */
int pv_xs_suspend(struct pv_xs *xs);

/*
 * After it. new_domain false: the suspend was cancelled, everything goes on. Otherwise, in the new
 * domain and before the event channel is opened: watches are set again, requests that say the same
 * when said twice are sent again, transactions and requests in them end with PV_EAGAIN, all others
 * with PV_ERESET. ring: where it is now.
 */
void pv_xs_resume(
	struct pv_xs *xs, struct xenstore_domain_interface *ring, bool new_domain, uint64_t now);

/*
 * Builders: one for each kind of message. They check what they are given (PV_EINVAL, PV_E2BIG) and
 * keep pointers to it. tx: 0, or a transaction's id with the connection's epoch.
 */
struct pv_xs_txn {
	uint32_t id, epoch;
	uint32_t tries, max_tries;
};

/* XS_READ, XS_DIRECTORY, XS_GET_PERMS, XS_MKDIR, XS_RM */
int pv_xs_req_path(struct pv_xs_req *req, uint32_t type, const struct pv_xs_txn *tx,
	const char *path, size_t len);
int pv_xs_req_write(struct pv_xs_req *req, const struct pv_xs_txn *tx, const char *path, size_t len,
	const void *value, size_t value_len);
int pv_xs_req_directory_part(struct pv_xs_req *req, const struct pv_xs_txn *tx, const char *path,
	size_t len, uint32_t offset);

enum pv_xs_access {
	PV_XS_ACCESS_NONE = 'n',
	PV_XS_ACCESS_READ = 'r',
	PV_XS_ACCESS_WRITE = 'w',
	PV_XS_ACCESS_BOTH = 'b',
};

struct pv_xs_perm {
	enum pv_xs_access access;
	uint16_t domid;
};

/* At most three; the first names the owner and what everybody else may do. */
int pv_xs_req_set_perms(struct pv_xs_req *req, const struct pv_xs_txn *tx, const char *path,
	size_t len, const struct pv_xs_perm *perms, size_t count);
int pv_xs_req_transaction_start(struct pv_xs_req *req);
int pv_xs_req_transaction_end(struct pv_xs_req *req, const struct pv_xs_txn *tx, bool commit);
/* XS_GET_DOMAIN_PATH, XS_IS_DOMAIN_INTRODUCED, XS_RELEASE, XS_RESUME */
int pv_xs_req_domain(struct pv_xs_req *req, uint32_t type, uint16_t domid);
int pv_xs_req_introduce(struct pv_xs_req *req, uint16_t domid, uint64_t gfn, uint32_t port);
int pv_xs_req_set_target(struct pv_xs_req *req, uint16_t domid, uint16_t target);
int pv_xs_req_reset_watches(struct pv_xs_req *req);
/* Strings of a control command, each with its NUL. */
int pv_xs_req_control(struct pv_xs_req *req, const char *strings, size_t len);

/*
 * What is in a reply. The text is the store's word: lengths are checked, nothing is assumed to be
 * terminated that is not.
 */

/* The next string of a list; false at the end. *offset begins at 0. A last one without NUL counts.
 */
bool pv_xs_next_string(
	const void *reply, uint32_t reply_len, uint32_t *offset, const char **s, uint32_t *len);
int pv_xs_next_perm(const void *reply, uint32_t reply_len, uint32_t *offset,
	struct pv_xs_perm *perm); /* 1, 0 at the end, PV_EPROTO */
int pv_xs_error(const void *reply, uint32_t reply_len);

/*
 * Transactions. Start: submit pv_xs_req_transaction_start, then pv_xs_txn_started with the request
 * that came back. Everything in it, then the end, whose result, or that of any request in it, goes
 * to pv_xs_txn_result: 0 committed; PV_EAGAIN do the whole again; or an error to give up with (and
 * if the end was not sent yet, send it with commit false).
 */
void pv_xs_txn_init(struct pv_xs_txn *tx, uint32_t max_tries);
int pv_xs_txn_started(const struct pv_xs *xs, struct pv_xs_txn *tx, const struct pv_xs_req *start);
int pv_xs_txn_result(struct pv_xs_txn *tx, int rc);

/*
 * Watches. time: limit for adding and for removing. Set again after every reset. A new watch is
 * pending once, as the store has it. Events are not queued: any number of them is one "look again".
 */
int pv_xs_watch_add(struct pv_xs *xs, struct pv_xs_watch *watch, const char *path, size_t len,
	uint64_t time, uint64_t now);
/* 0: gone already. PV_EAGAIN: pump until its state is PV_XS_WATCH_OFF; it keeps its memory. */
int pv_xs_watch_remove(struct pv_xs *xs, struct pv_xs_watch *watch, uint64_t now);
/* A watch that is pending, and no longer is; each in its turn. NULL: none. */
struct pv_xs_watch *pv_xs_next_event(struct pv_xs *xs);

/*
 * A directory of any length, by XS_DIRECTORY_PART: the caller submits part after part and feeds
 * each reply in. out: the caller's, receives the names, each with its NUL.
 */
struct pv_xs_listing {
	char *out;
	uint32_t cap, len;
	char generation[24];
	uint32_t generation_len;
	uint32_t restarts;
};

void pv_xs_listing_init(struct pv_xs_listing *l, char *out, uint32_t cap);
/*
 * 1: ask for the part at offset l->len next. 0: complete. PV_EAGAIN: the directory changes faster
 * than it can be read. PV_ENOBUFS: out is too small; what is in it is whole names. PV_EPROTO.
 */
int pv_xs_listing_feed(struct pv_xs_listing *l, const void *reply, uint32_t reply_len);

#endif
