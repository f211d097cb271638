/* SPDX-License-Identifier: BSD-2-Clause */
/* What tests and back-ends ask of the store, without a ring. */
#include "store/internal.h"

static struct xs_conn *conn_of(struct sim_store *store, struct sim_domain *domain)
{
	struct xs_conn *conn = store->conns;

	while (conn && conn->domain != domain)
		conn = conn->next;
	if (!conn)
		sim_abort("the domain was never introduced to the store");
	return conn;
}

void sim_store_quota(struct sim_store *store, const struct sim_quota *quota)
{
	store->quota = *quota;
}

void sim_store_temper(
	struct sim_store *store, struct sim_domain *domain, const struct sim_temper *temper)
{
	sim_enter(store->sim);
	conn_of(store, domain)->temper = *temper;
	sim_leave(store->sim);
}

void sim_store_attack(
	struct sim_store *store, struct sim_domain *domain, enum sim_attack attack, uint32_t skip)
{
	struct xs_conn *conn;

	sim_enter(store->sim);
	conn = conn_of(store, domain);
	conn->attack = attack;
	conn->attack_skip = skip;
	sim_leave(store->sim);
}

void sim_store_use(struct sim_store *store, struct sim_domain *domain, struct sim_store_use *use)
{
	struct xs_conn *conn;

	sim_enter(store->sim);
	conn = conn_of(store, domain);
	use->nodes = xs_owned(store, conn->id);
	use->watches = conn->watch_count;
	use->transactions = conn->transaction_count;
	use->queued = conn->queued;
	use->ignored = conn->ignored;
	use->dead = conn->dead;
	use->requests = conn->requests;
	sim_leave(store->sim);
}

void sim_store_forget_transactions(struct sim_store *store, struct sim_domain *domain)
{
	struct xs_conn *conn;

	sim_enter(store->sim);
	conn = conn_of(store, domain);
	while (conn->transactions)
		xs_end(conn, conn->transactions, false);
	sim_leave(store->sim);
}

int sim_xs_read(struct sim_client *client, const char *path, char *value, uint32_t size)
{
	const struct xs_node *node;
	int rc = xs_read(&client->conn, NULL, path, XS_MAY_READ, &node);

	if (rc)
		return rc;
	if (node->size >= size)
		return -XEN_E2BIG;
	if (node->size)
		sim_memcpy(value, node->value, node->size);
	value[node->size] = '\0';
	return (int)node->size;
}

int sim_xs_write_data(struct sim_client *client, const char *path, const void *value, uint32_t size)
{
	return xs_write(&client->conn, NULL, path, value, size, false);
}

int sim_xs_write(struct sim_client *client, const char *path, const char *value)
{
	return sim_xs_write_data(client, path, value, (uint32_t)sim_strlen(value));
}

int sim_xs_remove(struct sim_client *client, const char *path)
{
	return xs_remove(&client->conn, NULL, path);
}

int sim_xs_perms(struct sim_client *client, const char *path, uint16_t owner, uint16_t reader)
{
	struct xs_perm perm[2] = { { .domid = owner }, { .domid = reader, .access = XS_MAY_READ } };
	struct sim_store *s = client->conn.store;
	struct xs_node *node = xs_change(s, NULL, path);

	if (!node)
		return -XEN_ENOENT;
	xs_set_perms(s, NULL, node, perm, owner == reader ? 1 : 2);
	return 0;
}

int sim_xs_watch(struct sim_client *client, const char *path, const char *token)
{
	int rc = xs_watch_add(&client->conn, path, token, 0);

	if (!rc)
		xs_event(&client->conn, client->conn.watches, path);
	return rc;
}

int sim_xs_unwatch(struct sim_client *client, const char *path, const char *token)
{
	return xs_watch_remove(&client->conn, path, token);
}

int sim_xs_event(struct sim_client *client, char *path, uint32_t size)
{
	struct xs_conn *conn = &client->conn;
	struct xs_message *message = conn->out;
	uint32_t length;

	if (!message)
		return 0;
	length = (uint32_t)sim_strlen((const char *)message->data);
	if (length >= size)
		length = size - 1;
	sim_memcpy(path, message->data, length);
	path[length] = '\0';
	conn->out = message->next;
	if (!conn->out)
		conn->last = &conn->out;
	conn->queued--;
	xs_message_free(message);
	return 1;
}
