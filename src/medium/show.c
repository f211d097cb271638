/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "check/xml.h"
#include "medium/show.h"
#include "util/alloc.h"
#include "util/cleanup.h"

const char *fate_name(enum fate f)
{
	static const char *const names[] = { "-", "installs", "loads" };

	return names[f];
}

/* Reads a field of width hex digits behind mark, "*" for a wildcard; returns what follows, or NULL.
 */
static const char *device_field(const char *p, const char *mark, size_t width, char out[9])
{
	size_t len = strlen(mark);

	if (strncmp(p, mark, len) != 0)
		return NULL;
	p += len;
	if (*p == '*') {
		strcpy(out, "*");
		return p + 1;
	}
	/* The mark of the next field may be a hex digit too, hence the width. */
	if (strspn(p, "0123456789ABCDEFabcdef") < width)
		return NULL;
	/* Eight digits of PCI start with four noughts. */
	for (; width > 4 && *p == '0'; width--)
		p++;
	memcpy(out, p, width);
	out[width] = '\0';
	for (char *c = out; *c; c++) {
		if (*c >= 'A' && *c <= 'F')
			*c += 'a' - 'A';
	}
	return p + width;
}

/* Formats: the kernel's scripts/mod/file2alias.c. */
char *show_device(const char *alias, const char **bus)
{
	static const struct {
		const char *bus, *vendor, *device;
		size_t width;
	} kinds[] = { { "pci", "pci:v", "d", 8 }, { "usb", "usb:v", "p", 4 } };
	char vendor[9], device[9];

	*bus = "";
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *p = device_field(alias, kinds[i].vendor, kinds[i].width, vendor);

		if (!p || !device_field(p, kinds[i].device, kinds[i].width, device))
			continue;
		*bus = kinds[i].bus;
		return xasprintf("%s:%s", vendor, device);
	}
	return NULL;
}

static void take_requires(struct show *s, const xmlNode *repository)
{
	const xmlNode *n = xml_child(repository, "requires");

	for (; n && s->n_requires < 1000; n = xml_next(n, "requires")) {
		AUTO_FREE char *originator = xml_attr(n, "originator");
		AUTO_FREE char *name = xml_attr(n, "name");
		AUTO_FREE char *test = xml_attr(n, "test");
		AUTO_FREE char *version = xml_attr(n, "version");

		s->requires =
			xgrow(s->requires, s->n_requires, &s->cap_requires, sizeof(*s->requires));
		s->requires[s->n_requires++] =
			xasprintf("%s:%s %s %s", originator, name, test, version);
	}
}

/* The root of a metadata file; *doc keeps it alive. */
static const xmlNode *root_of(const struct contents *c, const char *path, xmlDoc **doc)
{
	const struct contents_text *t = contents_text(c, path);
	AUTO_FREE char *why = NULL;

	*doc = t ? xml_parse(t->data, t->len, &why) : NULL;
	return *doc ? xmlDocGetRootElement(*doc) : NULL;
}

static void gather_names(struct show *s)
{
	AUTO_XML xmlDoc *xs_doc = NULL;
	AUTO_XML xmlDoc *update_doc = NULL;
	const xmlNode *xs = root_of(s->c, "XS-REPOSITORY", &xs_doc);
	const xmlNode *update = root_of(s->c, "update.xml", &update_doc);

	s->originator = xml_attr(xs, "originator");
	s->build = xml_attr(xs, "build");
	s->product = xml_attr(xs, "product");
	s->label = xs ? xml_attr(xs, "name") : xml_attr(update, "name-label");
	s->version = xml_attr(xs ? xs : update, "version");
	s->text = xs ? xml_text(xml_child(xs, "description"))
		     : xml_text(xml_child(update, "name-description"));
	if (xs)
		take_requires(s, xs);
}

static const char *flavour_of(const struct contents *c, const struct contents_rpm *r)
{
	const struct conf_kernel *kernel;
	size_t len;

	if (!r->uname)
		return "";
	kernel = c->has_conf ? conf_find_kernel(&c->conf, r->uname) : NULL;
	if (kernel)
		return kernel->flavour;
	len = strlen(r->uname);
	if (len > 3 && strcmp(r->uname + len - 3, "xen") == 0)
		return "xen";
	return len > 5 && strcmp(r->uname + len - 5, "kdump") == 0 ? "kdump" : "";
}

/* The constant of a type, for what outlives the list it was read from. */
static const char *constant_type(const char *type)
{
	static const char *const types[] = { "driver-rpm", "rpm" };

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(type, types[i]) == 0)
			return types[i];
	}
	return "";
}

/* An installer loads what is for any kernel or for the one it runs, which never is the kdump one.
 */
static void add(struct show *s, const struct check *k, const struct contents_rpm *r,
	const struct xs_package *xs)
{
	struct show_package *p = &s->v[s->n++];

	*p = (struct show_package){
		.rpm = r,
		.type = constant_type(xs ? xs->type : ""),
		.flavour = flavour_of(s->c, r),
	};
	if (xs && strcmp(xs->type, "driver-rpm") == 0) {
		p->host = FATE_INSTALLS;
		p->installer = strcmp(p->flavour, "kdump") == 0 ? FATE_INSTALLS : FATE_LOADS;
	} else if (xs) {
		p->installer = FATE_INSTALLS;
		p->host = strcmp(xs->type, "rpm") == 0 ? FATE_INSTALLS : FATE_NOTHING;
	}
	if (s->has_yum && !r->bare && check_yum_find(k, r->rpm.name))
		p->yum = FATE_INSTALLS;
}

static bool is_there(const struct show *s, const struct contents_rpm *r)
{
	for (size_t i = 0; i < s->n; i++) {
		if (s->v[i].rpm == r)
			return true;
	}
	return false;
}

void show_gather(struct show *s, const struct contents *c)
{
	AUTO_FINDINGS struct findings ignored = { 0 };
	struct check k = { .c = c, .f = &ignored };

	*s = (struct show){ .c = c };
	windows_gather(&s->windows, c);
	check_gather(&k);
	s->has_xs = k.has_xs;
	s->has_yum = k.has_yum;
	gather_names(s);
	s->v = xcalloc(c->n_rpms + 1, sizeof(*s->v));
	for (size_t i = 0; i < k.n_xs; i++) {
		if (k.xs[i].rpm && !k.xs[i].rpm->rpm.is_source && !is_there(s, k.xs[i].rpm))
			add(s, &k, k.xs[i].rpm, &k.xs[i]);
	}
	for (size_t i = 0; i < c->n_rpms; i++) {
		const struct contents_rpm *r = &c->rpms[i];

		if ((r->readable || r->bare) && !r->rpm.is_source && !is_there(s, r))
			add(s, &k, r, NULL);
	}
	check_release(&k);
}

void show_release(struct show *s)
{
	for (size_t i = 0; i < s->n_requires; i++)
		free(s->requires[i]);
	free(s->requires);
	free(s->label);
	free(s->originator);
	free(s->version);
	free(s->build);
	free(s->text);
	free(s->product);
	free(s->v);
	windows_release(&s->windows);
	*s = (struct show){ 0 };
}

struct show_claim *show_claims(const struct show *s, const struct module *m, size_t *n)
{
	struct show_claim *v = NULL;
	size_t cap = 0;

	*n = 0;
	for (size_t i = 0; i < m->n_info; i++) {
		struct show_claim c = { 0 };

		if (strcmp(m->info[i].key, "alias") == 0)
			c.device = show_device(m->info[i].value, &c.bus);
		if (!c.device)
			continue;
		ids_find(s->ids, c.bus, c.device, &c.vendor, &c.name);
		v = xgrow(v, *n, &cap, sizeof(*v));
		v[(*n)++] = c;
	}
	return v;
}

void show_claims_free(struct show_claim *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		free(v[i].device);
	free(v);
}
