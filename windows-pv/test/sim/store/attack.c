/* SPDX-License-Identifier: BSD-2-Clause */
/* What a hostile xenstored does. Each attack is done once, at a reply that the test chooses. */
#include "store/internal.h"

#define FLOOD 1000

static const char *const names[SIM_ATTACK_COUNT] = {
	[SIM_ATTACK_NONE] = "none",
	[SIM_ATTACK_SILENCE] = "silence",
	[SIM_ATTACK_UNKNOWN_ID] = "unknown-id",
	[SIM_ATTACK_ONLY_UNKNOWN_ID] = "only-unknown-id",
	[SIM_ATTACK_TWICE] = "twice",
	[SIM_ATTACK_WRONG_TYPE] = "wrong-type",
	[SIM_ATTACK_NO_SUCH_TYPE] = "no-such-type",
	[SIM_ATTACK_LONG] = "long",
	[SIM_ATTACK_HUGE] = "huge",
	[SIM_ATTACK_UNTERMINATED] = "unterminated",
	[SIM_ATTACK_EMPTY] = "empty",
	[SIM_ATTACK_NAMES] = "names",
	[SIM_ATTACK_UNKNOWN_ERROR] = "unknown-error",
	[SIM_ATTACK_PRODUCER_AHEAD] = "producer-ahead",
	[SIM_ATTACK_PRODUCER_BACK] = "producer-back",
	[SIM_ATTACK_CONSUMER_AHEAD] = "consumer-ahead",
	[SIM_ATTACK_REWRITE_HEADER] = "rewrite-header",
	[SIM_ATTACK_WATCH_UNKNOWN] = "watch-unknown",
	[SIM_ATTACK_WATCH_MALFORMED] = "watch-malformed",
	[SIM_ATTACK_WATCH_FLOOD] = "watch-flood",
	[SIM_ATTACK_ERROR_FIELD] = "error-field",
	[SIM_ATTACK_NO_RECONNECT] = "no-reconnect",
};

const char *sim_attack_name(enum sim_attack attack)
{
	return attack < SIM_ATTACK_COUNT ? names[attack] : "?";
}

static void replace_data(struct xs_message *message, const void *data, uint32_t size)
{
	sim_release(message->data);
	message->data = sim_alloc(size);
	message->size = size;
	message->head.len = size;
	if (data)
		sim_memcpy(message->data, data, size);
}

/* Near the right one in the ways that a client may number its requests. */
static uint32_t wrong_id(struct xs_conn *conn, uint32_t id)
{
	switch (sim_random(conn->store->sim, 4)) {
	case 0:
		return id + 1;
	case 1:
		return id + 0x10000;
	case 2:
		return id - 0x10000;
	default:
		return ~id;
	}
}

static void replace_with_names(struct xs_message *message)
{
	static const char odd[] = "a/b\0\0..\0%s%n\0\x80\xff\0vif";
	char list[sizeof(odd) + 301];

	sim_memcpy(list, odd, sizeof(odd));
	sim_memset(list + sizeof(odd), 'x', 300);
	list[sizeof(odd) + 300] = '\0';
	replace_data(message, list, sizeof(list));
}

static void append_event(struct xs_conn *conn, const char *data, uint32_t size)
{
	xs_append(conn, xs_message(XS_WATCH_EVENT, 0, 0, data, size));
}

/* The ring is spoilt; nothing sensible follows until a reconnect. */
static void spoil(struct xs_conn *conn, enum sim_attack attack)
{
	struct xenstore_domain_interface *ring = xs_ring(conn);

	switch (attack) {
	case SIM_ATTACK_PRODUCER_AHEAD:
		SIM_STORE(&ring->rsp_prod, SIM_LOAD(&ring->rsp_cons) + XENSTORE_RING_SIZE + 1);
		break;
	case SIM_ATTACK_PRODUCER_BACK:
		SIM_STORE(&ring->rsp_prod, SIM_LOAD(&ring->rsp_cons) - 1);
		break;
	case SIM_ATTACK_CONSUMER_AHEAD:
		SIM_STORE(&ring->req_cons, SIM_LOAD(&ring->req_prod) + 100);
		break;
	case SIM_ATTACK_NO_RECONNECT:
		conn->deaf = true;
		SIM_STORE(&ring->error, (uint32_t)XENSTORE_ERROR_COMM);
		break;
	default:
		SIM_STORE(&ring->error, (uint32_t)XENSTORE_ERROR_COMM);
		break;
	}
	conn->dead = true;
	sim_port_send(conn->store->control, conn->port);
}

bool xs_attack(struct xs_conn *conn, struct xs_message *message)
{
	enum sim_attack attack = conn->attack;

	conn->attack = SIM_ATTACK_NONE;
	sim_log(conn->store->sim, "store: d%u: attack: %s", conn->id, names[attack]);
	switch (attack) {
	case SIM_ATTACK_NONE:
	case SIM_ATTACK_COUNT:
		return false;
	case SIM_ATTACK_SILENCE:
		xs_message_free(message);
		return true;
	case SIM_ATTACK_UNKNOWN_ID:
		xs_append(conn, xs_message(message->head.type, wrong_id(conn, message->head.req_id),
					message->head.tx_id, "forged", 6));
		return false;
	case SIM_ATTACK_ONLY_UNKNOWN_ID:
		message->head.req_id = wrong_id(conn, message->head.req_id);
		replace_data(message, "forged", 6);
		return false;
	case SIM_ATTACK_TWICE:
		xs_append(conn, message);
		xs_park(conn, xs_message(message->head.type, message->head.req_id,
				      message->head.tx_id, message->data, message->size));
		return true;
	case SIM_ATTACK_WRONG_TYPE:
		message->head.type = message->head.type == XS_READ ? XS_DIRECTORY : XS_READ;
		return false;
	case SIM_ATTACK_NO_SUCH_TYPE:
		message->head.type = XS_INVALID;
		return false;
	case SIM_ATTACK_LONG:
		replace_data(message, NULL, XENSTORE_PAYLOAD_MAX + 1);
		return false;
	case SIM_ATTACK_HUGE:
		message->head.len = UINT32_MAX;
		return false;
	case SIM_ATTACK_UNTERMINATED:
		replace_data(message, "endless", 7);
		return false;
	case SIM_ATTACK_EMPTY:
		replace_data(message, NULL, 0);
		return false;
	case SIM_ATTACK_NAMES:
		replace_with_names(message);
		return false;
	case SIM_ATTACK_UNKNOWN_ERROR:
		message->head.type = XS_ERROR;
		replace_data(message, "EBOGUS", 7);
		return false;
	case SIM_ATTACK_REWRITE_HEADER:
		message->rewrite = !conn->store->sim->config.free;
		return false;
	case SIM_ATTACK_WATCH_UNKNOWN:
		append_event(conn, "device\0no-such-token", 21);
		return false;
	case SIM_ATTACK_WATCH_MALFORMED:
		append_event(conn, "no terminator", 13);
		append_event(conn, "one\0", 4);
		append_event(conn, "", 0);
		return false;
	case SIM_ATTACK_WATCH_FLOOD:
		for (uint32_t i = 0; i < FLOOD; i++) {
			if (conn->watches)
				xs_event(conn, conn->watches, conn->watches->path);
			append_event(conn, "device\0flood", 13);
		}
		return false;
	case SIM_ATTACK_PRODUCER_AHEAD:
	case SIM_ATTACK_PRODUCER_BACK:
	case SIM_ATTACK_CONSUMER_AHEAD:
	case SIM_ATTACK_ERROR_FIELD:
	case SIM_ATTACK_NO_RECONNECT:
		spoil(conn, attack);
		xs_message_free(message);
		return true;
	}
	return false;
}
