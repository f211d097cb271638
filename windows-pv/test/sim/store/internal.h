/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_STORE_INTERNAL_H
#define SIM_STORE_INTERNAL_H

#include "core/internal.h"
#include "sim_store.h"

#include <xen/io/xs_wire.h>

#define XS_BUCKETS   512
#define XS_PERMS     8
#define XS_PATH_SIZE (XENSTORE_ABS_PATH_MAX + 1)
#define XS_OWNERS    32

enum { XS_MAY_READ = 1, XS_MAY_WRITE = 2, XS_OWNS = 4 };

struct xs_perm {
	uint16_t domid;
	uint8_t access;
};

/* A node, in the tree or in a transaction's own view of it. */
struct xs_node {
	struct xs_node *next;
	char *path;
	uint8_t *value;
	uint32_t size;
	char **child;
	uint32_t children;
	struct xs_perm perm[XS_PERMS];
	uint32_t perms;
	uint64_t
		generation; /* in a transaction: when it was first looked at; 0: it was not there */
	bool modified, absent; /* only in a transaction */
};

struct xs_change { /* what a transaction will tell the watchers */
	struct xs_change *next;
	char *path;
	bool removed;
	struct xs_perm perm[XS_PERMS]; /* of what was removed */
	uint32_t perms;
};

struct xs_transaction {
	struct xs_transaction *next;
	uint32_t id;
	uint64_t begun;
	struct xs_node *nodes;
	uint32_t node_count;
	int created;
	struct xs_change *changes, **last_change;
};

struct xs_watch {
	struct xs_watch *next;
	char *path; /* absolute, or special */
	char *token;
	uint32_t prefix; /* what to cut off for a watch that was given as relative */
};

struct xs_message {
	struct xs_message *next;
	struct xsd_sockmsg head;
	uint8_t *data;
	uint32_t size; /* of data; head.len may lie */
	uint32_t sent; /* of head and data */
	bool rewrite;
};

struct xs_conn {
	struct xs_conn *next;
	struct sim_store *store;
	struct sim_domain *domain; /* NULL: a client in the control domain */
	uint16_t id;
	struct sim_task *kicked;
	uint32_t port; /* of the control domain */
	void (*furnish)(void *);
	void *furnish_argument;
	bool bound, ignored, dead, deaf;
	struct xs_watch *watches;
	uint32_t watch_count;
	struct xs_transaction *transactions;
	uint32_t transaction_count;
	struct {
		struct xsd_sockmsg head;
		uint8_t data[XENSTORE_PAYLOAD_MAX];
	} in;
	uint32_t got;
	struct xs_message *out, **last;
	uint32_t queued;
	struct xs_message *parked; /* a reply that is to be overtaken */
	uint64_t parked_until;
	struct sim_temper temper;
	enum sim_attack attack;
	uint32_t attack_skip;
	uint64_t asleep_until, requests;
	bool rewriting; /* the next step makes a length in the ring a lie */
	uint32_t rewrite_at;
};

struct sim_client {
	struct xs_conn conn;
};

struct sim_store {
	struct sim *sim;
	struct sim_domain *control;
	struct sim_task *task;
	struct xs_node *nodes[XS_BUCKETS];
	uint64_t generation;
	struct xs_conn *conns;
	struct sim_quota quota;
	struct {
		uint16_t domid;
		uint32_t count;
	} owners[XS_OWNERS];
	uint32_t next_transaction;
	char scratch[XS_PATH_SIZE];	       /* paths are long and stacks are short */
	uint8_t payload[XENSTORE_PAYLOAD_MAX]; /* of an event */
	uint8_t reply[XENSTORE_PAYLOAD_MAX + 1];
};

/* tree.c: nodes as the request sees them, in a transaction (t) or outside (NULL). */
char *xs_copy(const char *text);
const struct xs_node *xs_get(struct sim_store *s, struct xs_transaction *t, const char *path);
struct xs_node *xs_change(struct sim_store *s, struct xs_transaction *t, const char *path);
struct xs_node *xs_create(struct sim_store *s, struct xs_transaction *t, const char *path,
	const struct xs_perm *perm, uint32_t perms);
void xs_delete(struct sim_store *s, struct xs_transaction *t, const char *path);
void xs_set_value(struct xs_node *node, const void *value, uint32_t size);
void xs_set_perms(struct sim_store *s, struct xs_transaction *t, struct xs_node *node,
	const struct xs_perm *perm, uint32_t perms);
uint32_t xs_owned(const struct sim_store *s, uint16_t domid);
bool xs_parent(const char *path, char *parent);
void xs_publish(struct sim_store *s, const struct xs_node *from);
bool xs_unchanged(struct sim_store *s, const struct xs_node *seen);
void xs_node_free(struct xs_node *node);
struct xs_node *xs_private(struct sim_store *s, struct xs_transaction *t, const char *path);
void xs_tree_free(struct sim_store *s);

/* transaction.c */
int xs_begin(struct xs_conn *conn, uint32_t *id);
struct xs_transaction *xs_find(struct xs_conn *conn, uint32_t id);
int xs_end(struct xs_conn *conn, struct xs_transaction *t, bool commit);
void xs_abandon_all(struct xs_conn *conn);

/* watch.c */
void xs_fire(struct sim_store *s, struct xs_transaction *t, const char *path,
	const struct xs_node *removed);
void xs_fire_now(struct sim_store *s, const char *path, bool removed, const struct xs_perm *perm,
	uint32_t perms);
int xs_watch_add(struct xs_conn *conn, const char *path, const char *token, uint32_t prefix);
int xs_watch_remove(struct xs_conn *conn, const char *path, const char *token);
void xs_watch_remove_all(struct xs_conn *conn);
void xs_event(struct xs_conn *conn, const struct xs_watch *watch, const char *path);

/* access.c, request.c */
uint32_t xs_home(uint16_t id, char *path); /* path has room for 32; its length */
void xs_remove_tree(struct sim_store *s, struct xs_transaction *t, const char *path);
int xs_absolute(struct xs_conn *conn, const char *path, bool special, char *absolute);
bool xs_allowed(const struct xs_conn *conn, const struct xs_perm *perm, uint32_t perms, int need);
int xs_write(struct xs_conn *conn, struct xs_transaction *t, const char *path, const void *value,
	uint32_t size, bool make_only);
int xs_remove(struct xs_conn *conn, struct xs_transaction *t, const char *path);
int xs_read(struct xs_conn *conn, struct xs_transaction *t, const char *path, int need,
	const struct xs_node **node);
void xs_handle(struct xs_conn *conn);
extern const char *const xs_error_names[];

/* connection.c */
void xs_send(struct xs_conn *conn, uint32_t type, uint32_t id, uint32_t transaction,
	const void *data, uint32_t size);
void xs_drop_output(struct xs_conn *conn);
void xs_park(struct xs_conn *conn, struct xs_message *message);

/* attack.c: true: the message was dealt with. */
bool xs_attack(struct xs_conn *conn, struct xs_message *message);
void xs_append(struct xs_conn *conn, struct xs_message *message);
struct xs_message *xs_message(
	uint32_t type, uint32_t id, uint32_t transaction, const void *data, uint32_t size);
void xs_message_free(struct xs_message *message);
struct xenstore_domain_interface *xs_ring(struct xs_conn *conn);

#endif
