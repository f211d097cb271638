/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>

#include "diff/diff.h"
#include "util/cleanup.h"

static json_t *text(const char *s)
{
	AUTO_FREE char *shown = printable(s);

	return json_string(shown);
}

static json_t *side(const struct show *s)
{
	return json_pack("{s:o, s:o, s:o, s:o, s:o}", "medium", text(s->c->medium.name), "label",
		text(s->label), "originator", text(s->originator), "version", text(s->version),
		"build", text(s->build));
}

void diff_print_json(const struct diff *d, const struct findings *f, FILE *out)
{
	json_t *changes = json_array();
	json_t *top;

	for (size_t i = 0; i < d->n; i++) {
		const struct diff_change *c = &d->v[i];

		json_array_append_new(changes,
			json_pack("{s:s, s:s, s:o, s:o, s:o, s:o}", "kind", diff_kind_name(c->kind),
				"change", diff_how_name(c->how), "where", text(c->where), "name",
				text(c->name), "old", text(c->old), "new", text(c->new)));
	}
	top = json_pack("{s:o, s:o, s:o, s:o, s:b}", "old", side(d->old), "new", side(d->new),
		"changes", changes, "findings", findings_json(f), "versioning_kept",
		!findings_fail(f, false));
	json_dumpf(top, out, JSON_INDENT(2));
	fputc('\n', out);
	json_decref(top);
}
