/* SPDX-License-Identifier: BSD-2-Clause */
/* Watches: whom a change is told, and under which name. */
#include "store/internal.h"

static bool is_at_or_under(const char *path, const char *watched)
{
	size_t length = sim_strlen(watched);

	if (!sim_strcmp(watched, "/"))
		return path[0] == '/';
	if (sim_strncmp(path, watched, length))
		return false;
	return path[length] == '\0' || path[length] == '/';
}

/* A domain hears of what it may read; of what is not there any more, by what it could read. */
static bool may_hear(struct xs_conn *conn, const char *path, bool removed,
	const struct xs_perm *perm, uint32_t perms)
{
	struct sim_store *s = conn->store;
	const struct xs_node *node = xs_get(s, NULL, path);
	char up[XS_PATH_SIZE];

	if (conn->id == 0)
		return true;
	if (path[0] == '@')
		return !conn->domain->profile->store_special_checked;
	if (node)
		return xs_allowed(conn, node->perm, node->perms, XS_MAY_READ);
	if (removed)
		return xs_allowed(conn, perm, perms, XS_MAY_READ);
	sim_memcpy(up, path, sim_strlen(path) + 1);
	while (!node && xs_parent(up, s->scratch)) {
		sim_memcpy(up, s->scratch, sim_strlen(s->scratch) + 1);
		node = xs_get(s, NULL, up);
	}
	return node && xs_allowed(conn, node->perm, node->perms, XS_MAY_READ);
}

static bool already_queued(const struct xs_conn *conn, const uint8_t *data, uint32_t size)
{
	for (const struct xs_message *m = conn->out; m; m = m->next)
		if (m->head.type == XS_WATCH_EVENT && !m->sent && m->size == size &&
			!sim_memcmp(m->data, data, size))
			return true;
	return false;
}

void xs_event(struct xs_conn *conn, const struct xs_watch *watch, const char *path)
{
	uint8_t *data = conn->store->payload;
	const char *shown = path + (path[0] == '@' ? 0 : watch->prefix);
	uint32_t first = (uint32_t)sim_strlen(shown) + 1;
	uint32_t second = (uint32_t)sim_strlen(watch->token) + 1;

	if (first + second > XENSTORE_PAYLOAD_MAX)
		return;
	sim_memcpy(data, shown, first);
	sim_memcpy(data + first, watch->token, second);
	if (conn->domain && conn->domain->profile->store_merges_events &&
		already_queued(conn, data, first + second))
		return;
	xs_send(conn, XS_WATCH_EVENT, 0, 0, data, first + second);
}

void xs_fire_now(struct sim_store *s, const char *path, bool removed, const struct xs_perm *perm,
	uint32_t perms)
{
	for (struct xs_conn *conn = s->conns; conn; conn = conn->next) {
		if (conn->ignored)
			continue;
		for (struct xs_watch *w = conn->watches; w; w = w->next)
			if ((path[0] == '@' ? !sim_strcmp(path, w->path)
					    : is_at_or_under(path, w->path)) &&
				may_hear(conn, path, removed, perm, perms))
				xs_event(conn, w, path);
	}
}

void xs_fire(struct sim_store *s, struct xs_transaction *t, const char *path,
	const struct xs_node *removed)
{
	struct xs_change *change;

	if (!t) {
		xs_fire_now(s, path, removed, removed ? removed->perm : NULL,
			removed ? removed->perms : 0);
		return;
	}
	change = sim_alloc(sizeof(*change));
	change->path = xs_copy(path);
	change->removed = removed;
	if (removed) {
		sim_memcpy(change->perm, removed->perm, sizeof(change->perm));
		change->perms = removed->perms;
	}
	*t->last_change = change;
	t->last_change = &change->next;
}

int xs_watch_add(struct xs_conn *conn, const char *path, const char *token, uint32_t prefix)
{
	struct xs_watch *watch;

	for (watch = conn->watches; watch; watch = watch->next)
		if (!sim_strcmp(watch->path, path) && !sim_strcmp(watch->token, token))
			return -XEN_EEXIST;
	if (conn->id != 0 && conn->watch_count >= conn->store->quota.watches)
		return -XEN_E2BIG;
	watch = sim_alloc(sizeof(*watch));
	watch->path = xs_copy(path);
	watch->token = xs_copy(token);
	watch->prefix = prefix;
	watch->next = conn->watches;
	conn->watches = watch;
	conn->watch_count++;
	return 0;
}

static void free_watch(struct xs_watch *watch)
{
	sim_release(watch->path);
	sim_release(watch->token);
	sim_release(watch);
}

int xs_watch_remove(struct xs_conn *conn, const char *path, const char *token)
{
	for (struct xs_watch **p = &conn->watches; *p; p = &(*p)->next) {
		struct xs_watch *watch = *p;

		if (sim_strcmp(watch->path, path) || sim_strcmp(watch->token, token))
			continue;
		*p = watch->next;
		conn->watch_count--;
		free_watch(watch);
		return 0;
	}
	return -XEN_ENOENT;
}

void xs_watch_remove_all(struct xs_conn *conn)
{
	while (conn->watches) {
		struct xs_watch *watch = conn->watches;

		conn->watches = watch->next;
		free_watch(watch);
	}
	conn->watch_count = 0;
}
