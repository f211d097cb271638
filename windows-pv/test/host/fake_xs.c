/* SPDX-License-Identifier: BSD-2-Clause */
#include "fake_xs.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void fake_xs_init(struct fake_xs *f, struct xenstore_domain_interface *ring, uint32_t index)
{
	memset(f, 0, sizeof(*f));
	memset(ring, 0, sizeof(*ring));
	memset(ring->req, 0xdd, sizeof(ring->req));
	memset(ring->rsp, 0xdd, sizeof(ring->rsp));
	f->ring = ring;
	f->next_tx = 1;
	f->out_cap = 1 << 20;
	f->out = malloc(f->out_cap);
	ring->req_cons = ring->req_prod = index;
	ring->rsp_cons = ring->rsp_prod = index;
}

void fake_xs_fini(struct fake_xs *f)
{
	free(f->out);
}

void fake_xs_reset(struct fake_xs *f)
{
	f->in_done = 0;
	f->out_len = f->out_done = 0;
	memset(f->watches, 0, sizeof(f->watches));
	f->open_tx = 0;
	f->ring->req_cons = f->ring->req_prod = 0;
	f->ring->rsp_cons = f->ring->rsp_prod = 0;
	f->ring->connection = XENSTORE_CONNECTED;
}

void fake_xs_raw(struct fake_xs *f, const void *data, uint32_t len)
{
	if (f->out_done == f->out_len)
		f->out_done = f->out_len = 0;
	if (len > f->out_cap - f->out_len)
		abort();
	memcpy(f->out + f->out_len, data, len);
	f->out_len += len;
}

void fake_xs_say(
	struct fake_xs *f, uint32_t type, uint32_t id, uint32_t tx, const void *data, uint32_t len)
{
	struct xsd_sockmsg hdr = { type, id, tx, len };

	fake_xs_raw(f, &hdr, sizeof(hdr));
	if (len)
		fake_xs_raw(f, data, len);
}

static void say(struct fake_xs *f, const void *data, uint32_t len)
{
	fake_xs_say(f, f->hdr.type, f->hdr.req_id, f->hdr.tx_id, data, len);
}

static void refuse(struct fake_xs *f, const char *error)
{
	fake_xs_say(f, XS_ERROR, f->hdr.req_id, f->hdr.tx_id, error, (uint32_t)strlen(error) + 1);
}

void fake_xs_fire(struct fake_xs *f, const char *path)
{
	for (unsigned int i = 0; i < FAKE_WATCHES; i++) {
		struct fake_watch *w = &f->watches[i];
		size_t n = strlen(w->path);
		char event[256];
		int len;

		if (!w->used || strncmp(path, w->path, n) || (path[n] && path[n] != '/'))
			continue;
		len = snprintf(event, sizeof(event), "%s%c%s", path, 0, w->token);
		fake_xs_say(f, XS_WATCH_EVENT, 0, 0, event, (uint32_t)len + 1);
	}
}

static void copy_text(char *dst, size_t cap, const char *src)
{
	size_t n = strnlen(src, cap - 1);

	memcpy(dst, src, n);
	dst[n] = '\0';
}

static struct fake_node *find(struct fake_xs *f, const char *path, bool make)
{
	struct fake_node *empty = NULL;

	for (unsigned int i = 0; i < FAKE_NODES; i++) {
		if (!f->nodes[i].used)
			empty = &f->nodes[i];
		else if (!strcmp(f->nodes[i].path, path))
			return &f->nodes[i];
	}
	if (!make || !empty)
		return NULL;
	memset(empty, 0, sizeof(*empty));
	empty->used = true;
	copy_text(empty->path, sizeof(empty->path), path);
	return empty;
}

static void directory(struct fake_xs *f, const char *path)
{
	uint8_t list[4096];
	uint32_t len = 0;
	size_t n = strlen(path);

	for (unsigned int i = 0; i < FAKE_NODES; i++) {
		const char *p = f->nodes[i].path;

		if (!f->nodes[i].used || strncmp(p, path, n) || p[n] != '/' ||
			strchr(p + n + 1, '/'))
			continue;
		memcpy(list + len, p + n + 1, strlen(p + n + 1) + 1);
		len += (uint32_t)strlen(p + n + 1) + 1;
	}
	say(f, list, len);
}

static void watch(struct fake_xs *f, const char *path, const char *token)
{
	char event[256];
	int len;

	for (unsigned int i = 0; i < FAKE_WATCHES; i++) {
		struct fake_watch *w = &f->watches[i];

		if (w->used)
			continue;
		w->used = true;
		copy_text(w->path, sizeof(w->path), path);
		copy_text(w->token, sizeof(w->token), token);
		say(f, "OK", 3);
		len = snprintf(event, sizeof(event), "%s%c%s", path, 0, token);
		fake_xs_say(f, XS_WATCH_EVENT, 0, 0, event, (uint32_t)len + 1);
		return;
	}
	refuse(f, "E2BIG");
}

static void unwatch(struct fake_xs *f, const char *path, const char *token)
{
	for (unsigned int i = 0; i < FAKE_WATCHES; i++) {
		struct fake_watch *w = &f->watches[i];

		if (w->used && !strcmp(w->path, path) && !strcmp(w->token, token)) {
			w->used = false;
			say(f, "OK", 3);
			return;
		}
	}
	refuse(f, "ENOENT");
}

void fake_xs_answer(struct fake_xs *f)
{
	const char *first = (const char *)f->payload;
	size_t n = strnlen(first, f->hdr.len);
	const char *second = n + 1 < f->hdr.len ? first + n + 1 : "";
	uint32_t rest = n + 1 < f->hdr.len ? f->hdr.len - (uint32_t)n - 1 : 0;
	struct fake_node *node;
	char text[64];

	if (n == f->hdr.len)
		f->bad = "a first string without NUL";
	if (f->hdr.type >= XS_TYPE_COUNT) {
		f->bad = "no such type";
		refuse(f, "ENOSYS");
		return;
	}
	f->requests++;
	f->counts[f->hdr.type]++;
	if (f->hdr.tx_id && f->hdr.tx_id != f->open_tx) {
		refuse(f, "ENOENT");
		return;
	}
	switch (f->hdr.type) {
	case XS_READ:
		node = find(f, first, false);
		if (node)
			say(f, node->value, node->len);
		else
			refuse(f, "ENOENT");
		break;
	case XS_WRITE:
		node = find(f, first, true);
		if (!node) {
			refuse(f, "ENOSPC");
			break;
		}
		memcpy(node->value, second, rest);
		node->len = rest;
		say(f, "OK", 3);
		fake_xs_fire(f, first);
		break;
	case XS_MKDIR:
		find(f, first, true);
		say(f, "OK", 3);
		break;
	case XS_RM:
		node = find(f, first, false);
		if (node)
			node->used = false;
		say(f, "OK", 3);
		fake_xs_fire(f, first);
		break;
	case XS_DIRECTORY:
		directory(f, first);
		break;
	case XS_GET_PERMS:
		say(f, "n0\0r7", 6);
		break;
	case XS_WATCH:
		watch(f, first, second);
		break;
	case XS_UNWATCH:
		unwatch(f, first, second);
		break;
	case XS_TRANSACTION_START:
		f->open_tx = f->next_tx++;
		say(f, text, (uint32_t)snprintf(text, sizeof(text), "%u", f->open_tx) + 1);
		break;
	case XS_TRANSACTION_END:
		f->open_tx = 0;
		if (first[0] == 'T' && f->conflicts) {
			f->conflicts--;
			refuse(f, "EAGAIN");
		} else {
			say(f, "OK", 3);
		}
		break;
	case XS_GET_DOMAIN_PATH:
		say(f, text, (uint32_t)snprintf(text, sizeof(text), "/local/domain/%s", first) + 1);
		break;
	case XS_IS_DOMAIN_INTRODUCED:
		say(f, "T", 2);
		break;
	case XS_RESET_WATCHES:
		memset(f->watches, 0, sizeof(f->watches));
		say(f, "OK", 3);
		break;
	case XS_INTRODUCE:
	case XS_RELEASE:
	case XS_RESUME:
	case XS_SET_TARGET:
		refuse(f, "EACCES");
		break;
	default:
		say(f, "OK", 3);
		break;
	}
}

static bool take_in(struct fake_xs *f, uint32_t max)
{
	bool moved = false;

	while (max--) {
		const uint32_t head = sizeof(f->hdr);
		uint32_t used = f->ring->req_prod - f->ring->req_cons;
		char c;

		if (used > XENSTORE_RING_SIZE) {
			f->bad = "more in the ring than it holds";
			break;
		}
		if (!used)
			break;
		c = f->ring->req[MASK_XENSTORE_IDX(f->ring->req_cons)];
		f->ring->req_cons++;
		moved = true;
		if (f->in_done < head)
			((char *)&f->hdr)[f->in_done] = c;
		else
			f->payload[f->in_done - head] = (uint8_t)c;
		f->in_done++;
		if (f->in_done >= head && f->hdr.len > XENSTORE_PAYLOAD_MAX) {
			f->bad = "an oversized payload";
			f->in_done = 0;
			break;
		}
		if (f->in_done < head || f->in_done < head + f->hdr.len)
			continue;
		f->in_done = 0;
		if (f->hook && f->hook(f, f->arg))
			continue;
		if (!f->silent)
			fake_xs_answer(f);
	}
	return moved;
}

bool fake_xs_step(struct fake_xs *f, uint32_t in, uint32_t out)
{
	bool moved = take_in(f, in);

	while (out-- && f->out_done < f->out_len &&
		f->ring->rsp_prod - f->ring->rsp_cons < XENSTORE_RING_SIZE) {
		f->ring->rsp[MASK_XENSTORE_IDX(f->ring->rsp_prod)] = (char)f->out[f->out_done++];
		f->ring->rsp_prod++;
		moved = true;
	}
	return moved;
}
