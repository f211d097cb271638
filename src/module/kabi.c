/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#include "module/kabi.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/strbuf.h"

struct import {
	const char *name;
	struct kabi_user user;
};

struct imports {
	struct import *v;
	size_t n, cap;
};

static int compare(const void *a, const void *b)
{
	const struct import *x = a, *y = b;
	int c = strcmp(x->name, y->name);

	return c ? c : strcmp(x->user.module->file, y->user.module->file);
}

static const struct symvers_entry *find(
	const struct kabi *k, const struct gate *g, const char *name)
{
	const struct symvers_entry *e = symvers_find(&k->own, name);

	return e ? e : symvers_find(g->extra, name);
}

/* Imports that do not agree with what the kernel has. */
static struct imports gather(const struct kabi *k, struct gate *g)
{
	struct imports l = { 0 };

	for (size_t i = 0; i < g->n; i++) {
		const struct module *m = &g->v[i].module;

		for (size_t j = 0; j < m->undefined.n; j++) {
			const struct module_symbol *s = &m->undefined.v[j];
			const struct module_symbol *v = module_symbols_find(&m->versions, s->name);
			const struct symvers_entry *e = find(k, g, s->name);

			g->checked++;
			if (e ? !e->crc || !v || e->crc == v->crc : s->weak)
				continue;
			l.v = xgrow(l.v, l.n, &l.cap, sizeof(*l.v));
			l.v[l.n++] =
				(struct import){ s->name, { &g->v[i], v ? v->crc : 0, v != NULL } };
		}
	}
	if (l.n)
		qsort(l.v, l.n, sizeof(*l.v), compare);
	return l;
}

void kabi_make(struct kabi *k, struct gate *g)
{
	struct imports l;

	*k = (struct kabi){ 0 };
	gate_exports(g, &k->own);
	l = gather(k, g);
	k->users = xcalloc(l.n + 1, sizeof(*k->users));
	for (size_t i = 0; i < l.n; i++) {
		k->users[i] = l.v[i].user;
		if (k->n && strcmp(k->v[k->n - 1].name, l.v[i].name) == 0) {
			k->v[k->n - 1].n++;
			continue;
		}
		k->v = xgrow(k->v, k->n, &k->cap, sizeof(*k->v));
		k->v[k->n++] = (struct kabi_symbol){ l.v[i].name, find(k, g, l.v[i].name),
			&k->users[i], 1 };
	}
	free(l.v);
}

void kabi_report(const struct kabi *k, struct findings *f)
{
	for (size_t i = 0; i < k->n; i++) {
		const struct kabi_symbol *s = &k->v[i];
		AUTO_STRBUF struct strbuf users = STRBUF_INIT;

		for (size_t j = 0; j < s->n; j++) {
			strbuf_addf(&users, "%s%s", j ? ", " : "", s->users[j].module->file);
			if (s->have)
				strbuf_addf(&users, " (0x%08x)", s->users[j].crc);
		}
		if (s->have)
			findings_add(f, RULE_KO_ABI_CHANGED, s->name,
				"%s exports version 0x%08x; another is used by %s", s->have->module,
				s->have->crc, users.buf);
		else
			findings_add(f, RULE_KO_ABI_MISSING, s->name, "not exported; used by %s",
				users.buf);
	}
}

static json_t *version(bool has_crc, uint32_t crc)
{
	AUTO_FREE char *text = xasprintf("0x%08x", crc);

	return has_crc ? json_string(text) : json_null();
}

json_t *kabi_json(const struct kabi *k)
{
	json_t *list = json_array();

	for (size_t i = 0; i < k->n; i++) {
		const struct kabi_symbol *s = &k->v[i];
		AUTO_FREE char *name = printable(s->name);
		json_t *users = json_array();

		for (size_t j = 0; j < s->n; j++) {
			AUTO_FREE char *file = printable(s->users[j].module->file);

			json_array_append_new(
				users, json_pack("{s:s, s:o}", "module", file, "wants",
					       version(s->users[j].has_crc, s->users[j].crc)));
		}
		json_array_append_new(
			list, json_pack("{s:s, s:s, s:o, s:o}", "symbol", name, "state",
				      s->have ? "changed" : "missing", "have",
				      version(s->have != NULL, s->have ? s->have->crc : 0), "users",
				      users));
	}
	return list;
}

void kabi_release(struct kabi *k)
{
	symvers_release(&k->own);
	free(k->v);
	free(k->users);
	*k = (struct kabi){ 0 };
}
