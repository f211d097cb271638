/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include <string.h>
#include <time.h>

#include "check/findings.h"
#include "medium/show.h"
#include "util/alloc.h"

static void date_text(long long t, char out[11])
{
	const time_t when = (time_t)t;
	struct tm tm;

	if (!gmtime_r(&when, &tm) || strftime(out, 11, "%Y-%m-%d", &tm) == 0)
		strcpy(out, "?");
}

static void print_line(FILE *out, const char *name, const char *text)
{
	AUTO_FREE char *head = xasprintf("  %-10s ", name);

	if (text && *text)
		show_wrapped(out, head, text, 13);
}

static void print_names(FILE *out, const char *name, const struct inf_names *l)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; i < l->n; i++)
		strbuf_addf(&sb, "%s%s", i ? " " : "", l->v[i]);
	print_line(out, name, sb.buf);
}

/* "XENBUS 00000001 (IFACE)" for each id of a child of a bus. */
static void needs_of(const struct inf_driver *d, struct inf_names *needs)
{
	struct inf_child_id id;

	for (size_t i = 0; i < d->ids.n; i++) {
		AUTO_FREE char *text = NULL;

		if (!inf_child_id(d->ids.v[i], &id))
			continue;
		text = xasprintf("%s %s (%s)", id.bus, id.revision, id.class);
		inf_names_add(needs, text);
	}
}

static void release_names(struct inf_names *l)
{
	for (size_t i = 0; i < l->n; i++)
		free(l->v[i]);
	free(l->v);
}

static char *signature_text(const struct codesign *s)
{
	char from[11], to[11];

	if (!s->is_signed)
		return xstrdup("nobody");
	if (!s->signer)
		return xasprintf("?: %s", s->wrong ? s->wrong : "");
	date_text(s->not_before, from);
	date_text(s->not_after, to);
	return xasprintf("%s, %s to %s, %s time stamp%s%s", s->signer, from, to,
		s->is_stamped ? "with" : "no", s->wrong ? "; " : "", s->wrong ? s->wrong : "");
}

static void print_driver(const struct windows_arch *a, FILE *out)
{
	const struct inf_driver *d = &a->driver;
	CLEANUP(release_names) struct inf_names needs = { 0 };
	AUTO_FREE char *sign = a->catalog ? signature_text(&a->catalog->file->sign)
					  : xstrdup("nobody: no catalog");
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;

	print_line(out, "vendor", d->provider);
	print_line(out, "class", d->class);
	print_names(out, "services", &d->services);
	print_names(out, "devices", &d->ids);
	if (d->revisions.n) {
		strbuf_adds(&sb, d->bus);
		for (size_t i = 0; i < d->revisions.n; i++)
			strbuf_addf(&sb, " %s", d->revisions.v[i]);
	}
	print_line(out, "offers", sb.buf);
	strbuf_reset(&sb);
	needs_of(d, &needs);
	for (size_t i = 0; i < needs.n; i++)
		strbuf_addf(&sb, "%s%s", i ? ", " : "", needs.v[i]);
	print_line(out, "needs", sb.buf);
	print_line(out, "signed by", sign);
}

/* A package without an INF holds programs. */
static void print_programs(const struct windows_package *p, FILE *out)
{
	for (size_t i = 0; i < WINDOWS_ARCHES; i++) {
		for (size_t j = 0; j < p->arch[i].n; j++) {
			const struct windows_entry *e = &p->arch[i].v[j];
			AUTO_FREE char *sign = signature_text(&e->file->sign);
			const unsigned short *v = e->file->facts.version;
			AUTO_FREE char *text =
				xasprintf("%s %u.%u.%u.%u", e->path, v[0], v[1], v[2], v[3]);

			print_line(out, "program", text);
			print_line(out, "signed by", sign);
		}
	}
}

void show_windows(const struct windows *w, FILE *out)
{
	if (w->n)
		fputs("\nFor Windows guests, below windows-pv/\n", out);
	for (size_t i = 0; i < w->n; i++) {
		const struct windows_package *p = &w->v[i];
		const struct windows_arch *a = windows_first(p);
		AUTO_STRBUF struct strbuf sb = STRBUF_INIT;

		strbuf_adds(&sb, p->name);
		if (a)
			strbuf_addf(&sb, " %s, %s", a->driver.version, a->driver.date);
		for (size_t k = 0; k < WINDOWS_ARCHES; k++) {
			if (p->arch[k].n)
				strbuf_addf(&sb, ", %s", windows_arch_name(k));
		}
		fputc('\n', out);
		show_wrapped(out, "", sb.buf, 0);
		if (a)
			print_driver(a, out);
		else
			print_programs(p, out);
	}
}

static json_t *text(const char *s)
{
	AUTO_FREE char *shown = printable(s ? s : "");

	return json_string(shown);
}

static json_t *names_json(const struct inf_names *l)
{
	json_t *a = json_array();

	for (size_t i = 0; i < l->n; i++)
		json_array_append_new(a, text(l->v[i]));
	return a;
}

static json_t *signature_json(const struct codesign *s)
{
	char from[11], to[11];

	if (!s->signer)
		return json_null();
	date_text(s->not_before, from);
	date_text(s->not_after, to);
	return json_pack("{s:o, s:o, s:s, s:s, s:b, s:o}", "signer", text(s->signer), "issuer",
		text(s->issuer), "from", from, "to", to, "time_stamp", s->is_stamped, "wrong",
		s->wrong ? text(s->wrong) : json_null());
}

static json_t *files_json(const struct windows_arch *a)
{
	json_t *files = json_array();

	for (size_t i = 0; i < a->n; i++) {
		const struct windows_file *f = a->v[i].file;
		AUTO_FREE char *version = xasprintf("%u.%u.%u.%u", f->facts.version[0],
			f->facts.version[1], f->facts.version[2], f->facts.version[3]);

		json_array_append_new(
			files, json_pack("{s:o, s:o, s:o}", "path", text(a->v[i].path), "version",
				       f->facts.has_version ? text(version) : json_null(),
				       "signature", signature_json(&f->sign)));
	}
	return files;
}

/* What a child package's ids say, one object for each class and revision. */
static json_t *needs_json(const struct inf_driver *d)
{
	CLEANUP(release_names) struct inf_names seen = { 0 };
	json_t *a = json_array();
	struct inf_child_id id;

	for (size_t i = 0; i < d->ids.n; i++) {
		AUTO_FREE char *key = NULL;

		if (!inf_child_id(d->ids.v[i], &id))
			continue;
		key = xasprintf("%s %s %s", id.bus, id.class, id.revision);
		if (inf_names_has(&seen, key))
			continue;
		inf_names_add(&seen, key);
		json_array_append_new(a, json_pack("{s:o, s:o, s:o}", "bus", text(id.bus), "device",
						 text(id.class), "revision", text(id.revision)));
	}
	return a;
}

static json_t *arch_json(const struct windows_arch *a, size_t arch)
{
	const struct inf_driver *d = &a->driver;
	json_t *offers = json_null();

	if (!a->inf)
		return json_pack(
			"{s:s, s:o}", "arch", windows_arch_name(arch), "files", files_json(a));
	if (d->revisions.n)
		offers = json_pack(
			"{s:o, s:o}", "bus", text(d->bus), "revisions", names_json(&d->revisions));
	return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "arch",
		windows_arch_name(arch), "inf", text(a->inf->path), "version", text(d->version),
		"date", text(d->date), "vendor", text(d->provider), "class", text(d->class),
		"services", names_json(&d->services), "devices", names_json(&d->ids), "offers",
		offers, "needs", needs_json(d), "files", files_json(a));
}

json_t *show_windows_json(const struct windows *w)
{
	json_t *packages = json_array();

	for (size_t i = 0; i < w->n; i++) {
		json_t *arches = json_array();

		for (size_t k = 0; k < WINDOWS_ARCHES; k++) {
			if (w->v[i].arch[k].n)
				json_array_append_new(arches, arch_json(&w->v[i].arch[k], k));
		}
		json_array_append_new(packages, json_pack("{s:o, s:o}", "name", text(w->v[i].name),
							"architectures", arches));
	}
	return packages;
}
