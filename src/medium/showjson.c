/* SPDX-License-Identifier: BSD-2-Clause */
#include <jansson.h>
#include <string.h>

#include "medium/show.h"
#include "util/alloc.h"
#include "util/cleanup.h"

/* Names on a medium may be any bytes, JSON is UTF-8. A bare module has no strings of an RPM. */
static json_t *text(const char *s)
{
	AUTO_FREE char *shown = printable(s ? s : "");

	return json_string(shown);
}

static json_t *values(const struct module *m, const char *key)
{
	json_t *a = json_array();

	for (size_t i = 0; i < m->n_info; i++) {
		if (strcmp(m->info[i].key, key) == 0)
			json_array_append_new(a, text(m->info[i].value));
	}
	return a;
}

static json_t *signature(const struct module_signature *s)
{
	if (!s->present)
		return json_null();
	return json_pack("{s:o, s:o, s:o, s:b}", "signer", text(s->signer), "key_id",
		text(s->key_id), "hash", text(s->hash), "damaged", s->malformed);
}

static json_t *single(const struct module *m, const char *key)
{
	const char *value = module_info(m, key);

	return text(value ? value : "");
}

static json_t *name_or_null(const char *s)
{
	return s ? text(s) : json_null();
}

/* What aliases of PCI and USB devices mean; null where the name is not known. */
static json_t *devices(const struct show *s, const struct module *m)
{
	json_t *a = json_array();
	size_t n;
	struct show_claim *v = show_claims(s, m, &n);

	for (size_t i = 0; i < n; i++)
		json_array_append_new(a, json_pack("{s:s, s:s, s:o, s:o}", "bus", v[i].bus, "id",
						 v[i].device, "vendor", name_or_null(v[i].vendor),
						 "name", name_or_null(v[i].name)));
	show_claims_free(v, n);
	return a;
}

static json_t *module(const struct show *s, const struct contents_module *cm)
{
	const struct module *m = &cm->module;

	return json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:b}",
		"devices", devices(s, m), "name", text(m->name), "path", text(cm->path), "version",
		single(m, "version"), "license", single(m, "license"), "description",
		single(m, "description"), "vermagic", single(m, "vermagic"), "aliases",
		values(m, "alias"), "firmware", values(m, "firmware"), "parameters",
		values(m, "parm"), "depends", values(m, "depends"), "signature",
		signature(&m->signature), "debug", m->has_debug);
}

static json_t *package(const struct show *s, const struct show_package *p)
{
	const struct contents_rpm *r = p->rpm;
	AUTO_FREE char *evr =
		r->bare ? xstrdup("") : xasprintf("%s-%s", r->rpm.version, r->rpm.release);
	json_t *modules = json_array();

	for (size_t i = 0; i < r->n_modules; i++)
		json_array_append_new(modules, module(s, &r->modules[i]));
	return json_pack("{s:o, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:I, s:s, s:s, s:o, s:{s:s, "
			 "s:s, s:s}, s:o}",
		"file", text(r->path), "name", text(r->rpm.name), "version", text(evr), "arch",
		text(r->rpm.arch), "role", role_name(r->role), "type", text(p->type), "flavour",
		text(p->flavour), "kernel", r->uname ? text(r->uname) : json_null(), "size",
		(json_int_t)r->digest.size, "md5", r->digest.md5, "sha256", r->digest.sha256,
		"signed_by", name_or_null(r->rpm.is_signed ? r->rpm.key_id : NULL), "consumers",
		"installer", fate_name(p->installer), "host", fate_name(p->host), "yum",
		fate_name(p->yum), "modules", modules);
}

static json_t *image(const struct medium *m)
{
	if (!m->is_iso)
		return json_null();
	return json_pack("{s:I, s:o, s:o, s:b, s:b}", "size", (json_int_t)m->iso.file_size,
		"volume_id", text(m->iso.volume_id), "application_id", text(m->iso.application_id),
		"rock_ridge", m->iso.rock_ridge, "joliet", m->iso.joliet);
}

void show_print_json(const struct show *s, FILE *out)
{
	json_t *packages = json_array();
	json_t *requires = json_array();
	json_t *formats = json_array();
	json_t *top;

	for (size_t i = 0; i < s->n; i++)
		json_array_append_new(packages, package(s, &s->v[i]));
	for (size_t i = 0; i < s->n_requires; i++)
		json_array_append_new(requires, text(s->requires[i]));
	if (s->has_xs)
		json_array_append_new(formats, json_string("xs"));
	if (s->has_yum)
		json_array_append_new(formats, json_string("yum"));
	top = json_pack("{s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "medium",
		text(s->c->medium.name), "label", text(s->label), "originator", text(s->originator),
		"version", text(s->version), "build", text(s->build), "text", text(s->text),
		"product", text(s->product), "formats", formats, "requires", requires, "image",
		image(&s->c->medium), "packages", packages, "windows_pv",
		show_windows_json(&s->windows));
	json_dumpf(top, out, JSON_INDENT(2));
	fputc('\n', out);
	json_decref(top);
}
