/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Transactions: a private copy of every node that was looked at, and the change of those that were
 * written. On an old Xen any change by anybody else is a conflict; on a newer one only a change to
 * a node that this transaction used.
 */
#include "store/internal.h"

int xs_begin(struct xs_conn *conn, uint32_t *id)
{
	struct sim_store *s = conn->store;
	struct xs_transaction *t;

	if (conn->id != 0 && conn->transaction_count >= s->quota.transactions)
		return -XEN_ENOSPC;
	t = sim_alloc(sizeof(*t));
	do {
		t->id = ++s->next_transaction;
	} while (t->id == 0 || xs_find(conn, t->id));
	t->begun = s->generation;
	t->last_change = &t->changes;
	t->next = conn->transactions;
	conn->transactions = t;
	conn->transaction_count++;
	*id = t->id;
	return 0;
}

struct xs_transaction *xs_find(struct xs_conn *conn, uint32_t id)
{
	struct xs_transaction *t = conn->transactions;

	while (t && t->id != id)
		t = t->next;
	return t;
}

static void drop(struct xs_conn *conn, struct xs_transaction *t)
{
	struct xs_transaction **p = &conn->transactions;

	while (*p != t)
		p = &(*p)->next;
	*p = t->next;
	conn->transaction_count--;
	while (t->nodes) {
		struct xs_node *node = t->nodes;

		t->nodes = node->next;
		xs_node_free(node);
	}
	while (t->changes) {
		struct xs_change *change = t->changes;

		t->changes = change->next;
		sim_release(change->path);
		sim_release(change);
	}
	sim_release(t);
}

static bool conflicts(struct xs_conn *conn, struct xs_transaction *t)
{
	struct sim_store *s = conn->store;
	bool by_node = !conn->domain || conn->domain->profile->store_node_conflicts;

	if (sim_chance(s->sim, conn->temper.conflict))
		return true;
	if (!by_node)
		return t->begun != s->generation;
	for (struct xs_node *node = t->nodes; node; node = node->next)
		if (!xs_unchanged(s, node))
			return true;
	return false;
}

int xs_end(struct xs_conn *conn, struct xs_transaction *t, bool commit)
{
	struct sim_store *s = conn->store;

	if (commit && conflicts(conn, t)) {
		drop(conn, t);
		return -XEN_EAGAIN;
	}
	if (commit && conn->id != 0 && t->created > 0 &&
		xs_owned(s, conn->id) + (uint32_t)t->created > s->quota.nodes) {
		drop(conn, t);
		return -XEN_ENOSPC;
	}
	if (commit) {
		for (struct xs_node *node = t->nodes; node; node = node->next)
			if (node->modified)
				xs_publish(s, node);
		for (struct xs_change *c = t->changes; c; c = c->next)
			xs_fire_now(s, c->path, c->removed, c->perm, c->perms);
	}
	drop(conn, t);
	return 0;
}

void xs_abandon_all(struct xs_conn *conn)
{
	while (conn->transactions)
		drop(conn, conn->transactions);
}
