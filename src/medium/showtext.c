/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "medium/show.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/strbuf.h"

enum { WIDTH = 80 };

void show_wrapped(FILE *out, const char *head, const char *text, int indent)
{
	AUTO_FREE char *shown = printable(text);
	int column = fprintf(out, "%s", head);

	for (const char *p = shown; *p;) {
		size_t len = strcspn(p, " ");

		if (column > indent && column + 1 + (int)len > WIDTH) {
			fprintf(out, "\n%*s", indent, "");
			column = indent;
		} else if (column > indent) {
			fputc(' ', out);
			column++;
		}
		fwrite(p, 1, len, out);
		column += (int)len;
		p += len + strspn(p + len, " ");
	}
	fputc('\n', out);
}

static void print_field(FILE *out, const char *name, const char *text)
{
	AUTO_FREE char *head = xasprintf("  %-10s ", name);

	if (*text)
		show_wrapped(out, head, text, 13);
}

/* Who signed the RPMs, as far as the RPMs themselves say: `ddk check` verifies it. */
static void print_signed(const struct show *s, FILE *out)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	const char *key = NULL;
	size_t n = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct rpmfile *r = &s->v[i].rpm->rpm;

		if (!r->is_signed)
			continue;
		n++;
		key = !key || strcmp(key, r->key_id) == 0 ? r->key_id : "several";
	}
	if (n)
		strbuf_addf(&sb, "%zu of %zu RPMs, key %s", n, s->n, key);
	if (medium_find(&s->c->medium, "update.xml.asc"))
		strbuf_addf(&sb, "%smetadata", n ? "; " : "");
	print_field(out, "signed", sb.buf ? sb.buf : "no");
}

static void print_medium(const struct show *s, FILE *out)
{
	const struct iso_facts *iso = &s->c->medium.iso;
	const struct conf *conf = s->c->has_conf ? &s->c->conf : NULL;
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	AUTO_FREE char *title = xasprintf("%s %s%s%s", *s->label ? s->label : "(no label)",
		s->version, *s->build ? "-" : "", s->build);

	show_wrapped(out, "", title, 0);
	print_field(out, "text", s->text);
	if (conf)
		print_field(out, "vendor", conf->vendor);
	if (conf)
		print_field(out, "release", conf->release);
	if (*s->originator)
		strbuf_addf(&sb, "%s:%s", s->originator, s->label);
	print_field(out, "identifier", sb.buf ? sb.buf : "");
	print_field(out, "product", s->product);
	for (size_t i = 0; i < s->n_requires; i++)
		print_field(out, i ? "" : "requires", s->requires[i]);
	strbuf_reset(&sb);
	strbuf_addf(&sb, "%s%s%s", s->has_xs ? "xs " : "", s->has_yum ? "yum" : "",
		s->has_xs || s->has_yum ? "" : "none");
	print_field(out, "formats", sb.buf);
	if (s->c->medium.is_iso) {
		strbuf_reset(&sb);
		strbuf_addf(&sb, "%llu bytes, volume %s%s%s", (unsigned long long)iso->file_size,
			iso->volume_id, iso->rock_ridge ? ", Rock Ridge" : "",
			iso->joliet ? ", Joliet" : "");
		print_field(out, "image", sb.buf);
	}
	print_signed(s, out);
	for (size_t i = 0; conf && i < conf->nexcludes; i++) {
		strbuf_reset(&sb);
		strbuf_addf(&sb, "%s: %s", conf->excludes[i].flavour, conf->excludes[i].reason);
		print_field(out, "left out", sb.buf);
	}
	for (size_t i = 0; conf && i < conf->noverrides; i++)
		print_field(out, "override", conf->overrides[i]);
}

static void print_packages(const struct show *s, FILE *out)
{
	static const char row[] = "    %-9s %-9s %-10s %-12s %-10s %12s\n";

	fputs("\nPackages, and what each consumer does with them\n", out);
	fprintf(out, row, "role", "flavour", "installer", "install.sh", "yum", "bytes");
	for (size_t i = 0; i < s->n; i++) {
		const struct show_package *p = &s->v[i];
		AUTO_FREE char *bytes = xasprintf("%llu", (unsigned long long)p->rpm->digest.size);
		AUTO_FREE char *flavour = printable(*p->flavour ? p->flavour : "-");

		show_wrapped(out, "  ", p->rpm->path, 2);
		if (p->rpm->uname)
			show_wrapped(out, "    for ", p->rpm->uname, 8);
		fprintf(out, row, role_name(p->rpm->role), flavour, fate_name(p->installer),
			fate_name(p->host), fate_name(p->yum), bytes);
	}
	if (s->has_xs)
		fputs("  loads: at once, into the running installer, and installs; of the kernels\n"
		      "  only the one that runs\n",
			out);
}

/* The values of a .modinfo key, cut at the first blank or colon, with a count when there are many.
 */
static void print_values(FILE *out, const struct module *m, const char *key, const char *head)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	size_t n = 0;

	for (size_t i = 0; i < m->n_info; i++) {
		if (strcmp(m->info[i].key, key) != 0)
			continue;
		if (++n <= 20)
			strbuf_addf(&sb, "%s%.*s", n > 1 ? " " : "",
				(int)strcspn(m->info[i].value, ": "), m->info[i].value);
	}
	if (n > 20)
		strbuf_addf(&sb, " and %zu more", n - 20);
	print_field(out, head, sb.buf ? sb.buf : "");
}

static void print_named(FILE *out, const char *head, const struct show_claim *c)
{
	AUTO_FREE char *text = xasprintf("%s%s%s%s%s", c->device, c->vendor ? " " : "",
		c->vendor ? c->vendor : "", c->name ? " " : "", c->name ? c->name : "");

	print_field(out, head, text);
}

/* One device a line where names are known; without a list of names, as many as fit. */
static void print_devices(FILE *out, const struct show *s, const struct show_claim *v,
	size_t n_claims, const char *bus)
{
	const bool by_line = s->ids && (*bus == 'p' ? s->ids->pci.text : s->ids->usb.text);
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	size_t n = 0;

	for (size_t i = 0; i < n_claims; i++) {
		if (strcmp(v[i].bus, bus) != 0 || ++n > 12)
			continue;
		if (by_line)
			print_named(out, n == 1 ? bus : "", &v[i]);
		else
			strbuf_addf(&sb, "%s%s", n > 1 ? " " : "", v[i].device);
	}
	if (n > 12)
		strbuf_addf(&sb, "%sand %zu more", by_line ? "" : " ", n - 12);
	print_field(out, by_line ? "" : bus, sb.buf ? sb.buf : "");
}

static void print_module(const struct show *s, const struct show_package *p,
	const struct contents_module *cm, FILE *out)
{
	const struct module *m = &cm->module;
	const char *version = module_info(m, "version");
	const char *license = module_info(m, "license");
	const char *description = module_info(m, "description");
	struct show_claim *claims;
	size_t n;
	AUTO_FREE char *title = NULL;
	AUTO_FREE char *kernel = xasprintf("%s%s%s%s", p->rpm->uname ? p->rpm->uname : "?",
		*p->flavour ? " (" : "", p->flavour, *p->flavour ? ")" : "");

	title = xasprintf("%s%s%s, %s, %s%s", m->name, version ? " " : "", version ? version : "",
		license ? license : "no licence",
		!m->signature.present  ? "unsigned"
		: *m->signature.signer ? "signed by "
				       : "signed",
		m->signature.present ? m->signature.signer : "");
	fputc('\n', out);
	show_wrapped(out, "", title, 0);
	print_field(out, "what", description ? description : "");
	print_field(out, "kernel", kernel);
	print_field(out, "file", cm->path);
	claims = show_claims(s, m, &n);
	print_devices(out, s, claims, n, "pci");
	print_devices(out, s, claims, n, "usb");
	show_claims_free(claims, n);
	print_values(out, m, "firmware", "firmware");
	print_values(out, m, "depends", "depends");
	print_values(out, m, "parm", "parameters");
}

void show_print(const struct show *s, FILE *out)
{
	/* A file by itself has no disk to tell of, and a module no package. */
	if (s->c->medium.is_single)
		show_wrapped(out, "", s->c->medium.name, 0);
	else
		print_medium(s, out);
	if (s->n && !s->v[0].rpm->bare)
		print_packages(s, out);
	for (size_t i = 0; i < s->n; i++) {
		for (size_t j = 0; j < s->v[i].rpm->n_modules; j++)
			print_module(s, &s->v[i], &s->v[i].rpm->modules[j], out);
	}
	show_windows(&s->windows, out);
}
