/* SPDX-License-Identifier: BSD-2-Clause */
/* A guest's ring: bytes in, messages, bytes out. */
#include "store/internal.h"

#include <xen/hvm/params.h>

/* As long as this many messages wait to be taken, no request is read. */
#define OUTPUT_LIMIT 64

/* How long a reply waits for another to overtake it. */
#define PARKED ((uint32_t)(500 * SIM_US))

struct xenstore_domain_interface *xs_ring(struct xs_conn *conn)
{
	return sim_slot(conn->domain, conn->domain->store_gfn)->page->data;
}

struct xs_message *xs_message(
	uint32_t type, uint32_t id, uint32_t transaction, const void *data, uint32_t size)
{
	struct xs_message *message = sim_alloc(sizeof(*message));

	message->head.type = type;
	message->head.req_id = id;
	message->head.tx_id = transaction;
	message->head.len = size;
	message->size = size;
	message->data = sim_alloc(size);
	if (size)
		sim_memcpy(message->data, data, size);
	return message;
}

void xs_message_free(struct xs_message *message)
{
	sim_release(message->data);
	sim_release(message);
}

void xs_append(struct xs_conn *conn, struct xs_message *message)
{
	*conn->last = message;
	conn->last = &message->next;
	conn->queued++;
}

static void unpark(struct xs_conn *conn)
{
	struct xs_message *message = conn->parked;

	conn->parked = NULL;
	if (message)
		xs_append(conn, message);
}

/* For the next one to overtake; but it does not wait for that for ever. */
void xs_park(struct xs_conn *conn, struct xs_message *message)
{
	unpark(conn);
	conn->parked = message;
	conn->parked_until = sim_now(conn->store->sim) + sim_random(conn->store->sim, PARKED);
}

void xs_send(struct xs_conn *conn, uint32_t type, uint32_t id, uint32_t transaction,
	const void *data, uint32_t size)
{
	struct xs_message *message;

	if (!conn->domain && type != XS_WATCH_EVENT)
		return;
	message = xs_message(type, id, transaction, data, size);
	if (type != XS_WATCH_EVENT && conn->attack && conn->attack_skip-- == 0 &&
		xs_attack(conn, message))
		return;
	if (type != XS_WATCH_EVENT && !conn->parked &&
		sim_chance(conn->store->sim, conn->temper.reorder)) {
		xs_park(conn, message);
	} else {
		xs_append(conn, message);
		unpark(conn);
	}
	if (conn->kicked)
		sim_kick(conn->kicked);
}

void xs_drop_output(struct xs_conn *conn)
{
	unpark(conn);
	while (conn->out) {
		struct xs_message *message = conn->out;

		conn->out = message->next;
		xs_message_free(message);
	}
	conn->last = &conn->out;
	conn->queued = 0;
	conn->rewriting = false;
}

static void give_up(struct xs_conn *conn, uint32_t error)
{
	sim_log(conn->store->sim, "store: d%u: broken connection (%u)", conn->id, error);
	conn->ignored = true;
	if (conn->domain->profile->store_features & XENSTORE_SERVER_FEATURE_ERROR)
		SIM_STORE(&xs_ring(conn)->error, error);
}

static uint32_t portion(struct xs_conn *conn, uint32_t available)
{
	struct sim *sim = conn->store->sim;

	if (sim_chance(sim, conn->temper.dribble))
		return 1;
	return sim_chance(sim, 700) ? available : 1 + sim_random(sim, available);
}

/* Moves at most one message in; true: something moved. */
static bool take_input(struct xs_conn *conn)
{
	struct xenstore_domain_interface *ring = xs_ring(conn);
	uint32_t cons = SIM_LOAD(&ring->req_cons), prod = SIM_LOAD(&ring->req_prod);
	uint32_t want = sizeof(conn->in.head), count;

	if (prod - cons > XENSTORE_RING_SIZE) {
		give_up(conn, XENSTORE_ERROR_RINGIDX);
		return true;
	}
	if (prod == cons || conn->queued >= OUTPUT_LIMIT)
		return false;
	if (conn->got >= want)
		want += conn->in.head.len;
	count = portion(conn, prod - cons);
	for (uint32_t i = 0; i < count && conn->got < want; i++)
		((uint8_t *)&conn->in)[conn->got++] = (uint8_t)ring->req[MASK_XENSTORE_IDX(cons++)];
	SIM_STORE(&ring->req_cons, cons);
	if (conn->got == sizeof(conn->in.head) && conn->in.head.len > XENSTORE_PAYLOAD_MAX) {
		give_up(conn, XENSTORE_ERROR_PROTO);
		return true;
	}
	if (conn->got >= sizeof(conn->in.head) &&
		conn->got == sizeof(conn->in.head) + conn->in.head.len) {
		conn->got = 0;
		xs_handle(conn);
	}
	return true;
}

static bool give_output(struct xs_conn *conn)
{
	struct xenstore_domain_interface *ring = xs_ring(conn);
	uint32_t cons = SIM_LOAD(&ring->rsp_cons), prod = SIM_LOAD(&ring->rsp_prod);
	struct xs_message *message = conn->out;
	uint32_t count;

	if (prod - cons > XENSTORE_RING_SIZE) {
		give_up(conn, XENSTORE_ERROR_RINGIDX);
		return true;
	}
	if (!message || prod - cons == XENSTORE_RING_SIZE)
		return false;
	count = portion(conn, XENSTORE_RING_SIZE - (prod - cons));
	if (message->rewrite && !message->sent) {
		if (XENSTORE_RING_SIZE - (prod - cons) < sizeof(message->head))
			return false;
		count = sizeof(message->head);
		conn->rewrite_at = prod + offsetof(struct xsd_sockmsg, len);
		conn->rewriting = true;
	}
	for (uint32_t i = 0; i < count && message->sent < sizeof(message->head) + message->size;
		i++) {
		uint32_t at = message->sent++;

		ring->rsp[MASK_XENSTORE_IDX(prod++)] =
			at < sizeof(message->head)
				? ((const char *)&message->head)[at]
				: (char)message->data[at - sizeof(message->head)];
	}
	SIM_STORE(&ring->rsp_prod, prod);
	if (message->sent == sizeof(message->head) + message->size) {
		conn->out = message->next;
		if (!conn->out)
			conn->last = &conn->out;
		conn->queued--;
		xs_message_free(message);
	}
	return true;
}

static void forget(struct xs_conn *conn)
{
	xs_drop_output(conn);
	xs_watch_remove_all(conn);
	xs_abandon_all(conn);
	conn->got = 0;
	conn->ignored = false;
	conn->dead = false;
}

static bool reconnect(struct xs_conn *conn)
{
	struct xenstore_domain_interface *ring = xs_ring(conn);

	if (!(conn->domain->profile->store_features & XENSTORE_SERVER_FEATURE_RECONNECTION) ||
		SIM_LOAD(&ring->connection) != XENSTORE_RECONNECT)
		return false;
	forget(conn);
	SIM_STORE(&ring->req_cons, 0u);
	SIM_STORE(&ring->req_prod, 0u);
	SIM_STORE(&ring->rsp_cons, 0u);
	SIM_STORE(&ring->rsp_prod, 0u);
	SIM_STORE(&ring->error, (uint32_t)XENSTORE_ERROR_NONE);
	SIM_STORE(&ring->connection, (uint32_t)XENSTORE_CONNECTED);
	sim_log(conn->store->sim, "store: d%u: reconnected", conn->id);
	return true;
}

static void make_node(
	struct sim_store *s, const char *home, const char *name, uint16_t owner, uint16_t reader)
{
	struct xs_perm perm[2] = { { .domid = owner }, { .domid = reader, .access = XS_MAY_READ } };
	struct xs_conn control = { .store = s };
	char path[64];
	uint32_t used = (uint32_t)sim_strlen(home);

	sim_memcpy(path, home, used + 1);
	if (*name) {
		path[used] = '/';
		sim_memcpy(path + used + 1, name, sim_strlen(name) + 1);
	}
	xs_write(&control, NULL, path, NULL, 0, true);
	xs_set_perms(s, NULL, xs_change(s, NULL, path), perm, owner == reader ? 1 : 2);
}

/* What a toolstack makes: what the guest may only read is the control domain's. */
static void make_home(struct xs_conn *conn)
{
	static const char *const theirs[] = { "", "cpu", "memory", "device", "control" };
	static const char *const its[] = { "control/shutdown", "control/feature-suspend",
		"control/feature-balloon", "control/balloon-active", "data", "drivers", "feature",
		"attr", "error" };
	struct sim_store *s = conn->store;
	char home[32];

	xs_home(conn->id, home);
	for (uint32_t i = 0; i < SIM_ARRAY_SIZE(theirs); i++)
		make_node(s, home, theirs[i], 0, conn->id);
	for (uint32_t i = 0; i < SIM_ARRAY_SIZE(its); i++)
		make_node(s, home, its[i], conn->id, conn->id);
}

static void bind(struct xs_conn *conn)
{
	struct sim_domain *domain = conn->domain;
	int port;

	conn->id = domain->id;
	make_home(conn);
	xs_ring(conn)->server_features = domain->profile->store_features;
	port = sim_port_bind(conn->store->control, domain->id,
		(uint32_t)domain->params[HVM_PARAM_STORE_EVTCHN], conn->store->task);
	if (port < 0)
		sim_fail(conn->store->sim, "store: d%u: no event channel (%d)", domain->id, port);
	conn->port = (uint32_t)port;
	conn->bound = true;
	if (conn->furnish)
		conn->furnish(conn->furnish_argument);
	xs_fire_now(conn->store, "@introduceDomain", false, NULL, 0);
}

static void on_resume(struct sim_domain *domain, void *argument)
{
	struct xs_conn *conn = argument;
	char home[32];

	(void)domain;
	/* Nothing was made since the last one. */
	if (!conn->bound)
		return;
	forget(conn);
	sim_port_close(conn->store->control, conn->port);
	conn->bound = false;
	conn->deaf = false;
	conn->attack = SIM_ATTACK_NONE;
	xs_home(conn->id, home);
	xs_remove_tree(conn->store, NULL, home);
	xs_fire_now(conn->store, "@releaseDomain", false, NULL, 0);
	sim_kick(conn->store->task);
}

static uint64_t serve(struct xs_conn *conn)
{
	struct sim *sim = conn->store->sim;
	bool moved;

	if (!conn->bound)
		bind(conn);
	sim_port_pending(conn->store->control, conn->port);
	if (conn->deaf)
		return SIM_NEVER;
	if (reconnect(conn)) {
		sim_port_send(conn->store->control, conn->port);
		return 0;
	}
	if (conn->dead || conn->ignored)
		return SIM_NEVER;
	if (sim_now(sim) < conn->asleep_until)
		return conn->asleep_until;
	if (conn->temper.dawdle_time && sim_chance(sim, conn->temper.dawdle)) {
		conn->asleep_until =
			sim_now(sim) + 1 + sim_random(sim, (uint32_t)conn->temper.dawdle_time);
		return conn->asleep_until;
	}
	for (uint32_t i = 0; conn->rewriting && i < sizeof(uint32_t); i++)
		xs_ring(conn)->rsp[MASK_XENSTORE_IDX(conn->rewrite_at + i)] = (char)0xff;
	conn->rewriting = false;
	if (conn->watches && sim_chance(sim, conn->temper.spurious))
		xs_event(conn, conn->watches, conn->watches->path);
	if (conn->parked && sim_now(sim) >= conn->parked_until)
		unpark(conn);
	moved = take_input(conn);
	if (!conn->ignored && !conn->dead)
		moved |= give_output(conn);
	if (moved)
		sim_port_send(conn->store->control, conn->port);
	if (moved)
		return 0;
	return conn->parked ? conn->parked_until : SIM_NEVER;
}

static uint64_t step(void *argument)
{
	struct sim_store *s = argument;
	uint64_t next = SIM_NEVER;

	for (struct xs_conn *conn = s->conns; conn; conn = conn->next) {
		uint64_t t = conn->domain ? serve(conn) : SIM_NEVER;

		if (t < next)
			next = t;
	}
	return next;
}

static struct xs_conn *add_conn(struct sim_store *s)
{
	struct xs_conn *conn = sim_alloc(sizeof(struct sim_client));

	conn->store = s;
	conn->last = &conn->out;
	conn->next = s->conns;
	s->conns = conn;
	return conn;
}

struct sim_store *sim_store_new(struct sim *sim, struct sim_domain *control)
{
	static const struct sim_quota quota = { .nodes = 1000,
		.watches = 128,
		.transactions = 10,
		.node_size = 2048,
		.perms = 5,
		.transaction_nodes = 1024 };
	struct xs_perm perm = { 0 };
	struct sim_store *s = sim_alloc(sizeof(*s));

	s->sim = sim;
	s->control = control;
	s->quota = quota;
	s->task = sim_service(sim, "xenstored", step, s);
	xs_create(s, NULL, "/", &perm, 1);
	return s;
}

void sim_store_introduce(struct sim_store *s, struct sim_domain *domain)
{
	struct xs_conn *conn = add_conn(s);

	conn->domain = domain;
	conn->kicked = s->task;
	sim_resume_hook(domain, on_resume, conn);
	bind(conn);
}

void sim_store_furnish(
	struct sim_store *s, struct sim_domain *domain, void (*call)(void *), void *argument)
{
	for (struct xs_conn *conn = s->conns; conn; conn = conn->next)
		if (conn->domain == domain) {
			conn->furnish = call;
			conn->furnish_argument = argument;
		}
}

struct sim_client *sim_client_new(struct sim_store *s, struct sim_task *kicked)
{
	struct xs_conn *conn = add_conn(s);

	conn->kicked = kicked;
	return (struct sim_client *)(void *)conn;
}

void sim_store_free(struct sim_store *s)
{
	while (s->conns) {
		struct xs_conn *conn = s->conns;

		s->conns = conn->next;
		forget(conn);
		sim_release(conn);
	}
	xs_tree_free(s);
	sim_release(s);
}
