/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "medium/medium.h"
#include "medium/payload.h"
#include "module/gate.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/strbuf.h"

static const char *uname_of(const struct gate *g)
{
	return g->uname ? g->uname : g->tree ? g->tree->release : NULL;
}

/* Takes file, rpm and path over. */
static void add_module(
	struct gate *g, struct findings *f, struct gate_module gm, const void *data, size_t size)
{
	AUTO_FREE char *why = NULL;

	if (module_parse(&gm.module, gm.path ? gm.path : gm.file, data, size, &why) < 0) {
		findings_add(f, RULE_KO_READ, gm.file, "%s", why);
		module_release(&gm.module);
		free(gm.file);
		free(gm.rpm);
		free(gm.path);
		return;
	}
	if (g->trust && gm.module.signature.present)
		gm.verdict = trust_module(g->trust, data, size);
	g->v = xgrow(g->v, g->n, &g->cap, sizeof(*g->v));
	g->v[g->n++] = gm;
}

struct rpm_walk {
	struct gate *gate;
	struct findings *findings;
	const char *rpm;
	size_t found;
};

/* More modules than any kernel has; the bound keeps a hostile RPM from filling the memory. */
enum { RPM_MODULES_MAX = 16384 };

static int add_from_rpm(void *arg, const char *path, const void *data, size_t size)
{
	struct rpm_walk *w = arg;
	struct gate_module gm = {
		.file = xasprintf("%s:%s", w->rpm, path),
		.rpm = xstrdup(w->rpm),
		.path = xstrdup(path),
	};

	add_module(w->gate, w->findings, gm, data, size);
	return ++w->found == RPM_MODULES_MAX ? -EFBIG : 0;
}

static int add_rpm(struct gate *g, const char *path, int fd, struct findings *f)
{
	struct rpm_walk w = { .gate = g, .findings = f, .rpm = path };
	AUTO_FREE char *why = NULL;

	if (payload_modules(fd, add_from_rpm, &w, &why) < 0)
		findings_add(f, RULE_RP_PAYLOAD, path, "%s", why ? why : "it has too many modules");
	else if (w.found == 0)
		findings_add(f, RULE_KO_NONE, path, "the build left no module for %s%s%s%s",
			uname_of(g) ? uname_of(g) : "the kernel", g->flavour ? " (flavour " : "",
			g->flavour ? g->flavour : "", g->flavour ? ")" : "");
	return 0;
}

int gate_add(struct gate *g, const char *path, struct findings *f)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	struct gate_module gm = { 0 };
	struct stat st;
	int r;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	if (medium_is_rpm(fd))
		return add_rpm(g, path, fd, f);
	r = strbuf_read_file(&sb, path, MODULE_SIZE_MAX);
	if (r < 0)
		return r;
	gm.file = xstrdup(path);
	add_module(g, f, gm, sb.buf ? sb.buf : "", sb.len);
	return 0;
}

static bool has_word(const char *text, const char *word)
{
	size_t len = strlen(word);

	for (const char *p = text; (p = strstr(p, word)) != NULL; p++) {
		if ((p == text || p[-1] == ' ') && (p[len] == ' ' || p[len] == '\0'))
			return true;
	}
	return false;
}

/* Words of the kernel's include/linux/vermagic.h that follow from its configuration. */
static void check_vermagic(const struct gate *g, const struct gate_module *gm, struct findings *f)
{
	const char *magic = module_info(&gm->module, "vermagic");
	const char *uname = uname_of(g);
	const struct header_tree *t = g->tree;
	size_t len = magic ? strcspn(magic, " ") : 0;

	if (!magic || len == 0) {
		findings_add(f, RULE_KO_VERMAGIC, gm->file, "it has no vermagic");
		return;
	}
	if (uname && (strlen(uname) != len || strncmp(magic, uname, len) != 0))
		findings_add(f, RULE_KO_VERMAGIC, gm->file,
			"it was built for %.*s, asked for was %s", (int)len, magic, uname);
	if (!t || !t->has_config)
		return;
	const struct {
		const char *word;
		bool wanted;
	} words[] = {
		{ "SMP", t->smp },
		{ "preempt", t->preempt },
		{ "preempt_rt", t->preempt_rt },
		{ "mod_unload", t->module_unload },
		{ "modversions", t->modversions },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		if (has_word(magic + len, words[i].word) != words[i].wanted)
			findings_add(f, RULE_KO_VERMAGIC_FLAGS, gm->file,
				"vermagic '%s' %s '%s', the tree %s says otherwise", magic,
				words[i].wanted ? "lacks" : "has", words[i].word, t->dir);
	}
	if (t->elf_machine && t->elf_machine != gm->module.elf_machine)
		findings_add(f, RULE_KO_MACHINE, gm->file,
			"it is for ELF machine %d, the kernel of %s for %d", gm->module.elf_machine,
			t->dir, t->elf_machine);
}

bool gate_license_is_gpl(const char *license)
{
	static const char *const known[] = { "GPL", "GPL v2", "GPL and additional rights",
		"Dual BSD/GPL", "Dual MIT/GPL", "Dual MPL/GPL" };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(license, known[i]) == 0)
			return true;
	}
	return false;
}

/* Exporters in the order in which they count: a disk may replace a module of the kernel. */
struct exporters {
	struct symvers *v[3];
	size_t n;
};

static const struct symvers_entry *find_export(const struct exporters *x, const char *symbol)
{
	for (size_t i = 0; i < x->n; i++) {
		const struct symvers_entry *e = symvers_find(x->v[i], symbol);

		if (e)
			return e;
	}
	return NULL;
}

static bool imports_namespace(const struct module *m, const char *ns)
{
	for (size_t i = 0; i < m->n_info; i++) {
		if (strcmp(m->info[i].key, "import_ns") == 0 && strcmp(m->info[i].value, ns) == 0)
			return true;
	}
	return false;
}

/* Counts a finding of a rule that may hit thousands of symbols; false past the limit. */
static bool within(size_t *n, size_t max)
{
	return ++*n <= max;
}

static void check_crcs(
	struct gate *g, const struct gate_module *gm, const struct exporters *x, struct findings *f)
{
	const struct module *m = &gm->module;
	size_t n = 0;

	for (size_t i = 0; i < m->versions.n; i++) {
		const struct module_symbol *s = &m->versions.v[i];
		const struct symvers_entry *e = find_export(x, s->name);

		g->checked++;
		if (!e || e->crc == 0 || e->crc == s->crc || !within(&n, g->max_symbols))
			continue;
		findings_add(f, RULE_KO_CRC, gm->file,
			"symbol %s: the module wants version 0x%08x, %s exports 0x%08x", s->name,
			s->crc, e->module, e->crc);
	}
	if (n > g->max_symbols)
		findings_add(f, RULE_KO_CRC, gm->file, "and %zu more symbols of another version",
			n - g->max_symbols);
}

static void check_undefined(
	struct gate *g, const struct gate_module *gm, const struct exporters *x, struct findings *f)
{
	const struct module *m = &gm->module;
	const char *license = module_info(m, "license");
	bool gpl = license && gate_license_is_gpl(license);
	bool modversions = g->tree && g->tree->has_config && g->tree->modversions;
	size_t missing = 0, bare = 0;

	for (size_t i = 0; i < m->undefined.n; i++) {
		const struct module_symbol *s = &m->undefined.v[i];
		const struct symvers_entry *e = find_export(x, s->name);

		g->checked++;
		if (!e) {
			if (g->tree && !s->weak && within(&missing, g->max_symbols))
				findings_add(f, RULE_KO_SYMBOL, gm->file,
					"symbol %s: exported neither by %s nor by the modules "
					"given",
					s->name, uname_of(g) ? uname_of(g) : "the kernel");
			continue;
		}
		if (modversions && m->has_versions && e->crc && !s->weak &&
			!module_symbols_find(&m->versions, s->name) &&
			within(&bare, g->max_symbols))
			findings_add(f, RULE_KO_MODVERSIONS, gm->file,
				"symbol %s: the module has no version for it", s->name);
		if (e->gpl && license && !gpl)
			findings_add(f, RULE_KO_GPL, gm->file,
				"symbol %s is GPL-only, the module's licence is '%s'", s->name,
				license);
		if (*e->ns && !imports_namespace(m, e->ns))
			findings_add(f, RULE_KO_NAMESPACE, gm->file,
				"symbol %s is in namespace %s, which the module does not import",
				s->name, e->ns);
	}
	if (missing > g->max_symbols)
		findings_add(f, RULE_KO_SYMBOL, gm->file, "and %zu more symbols nobody exports",
			missing - g->max_symbols);
	if (bare > g->max_symbols)
		findings_add(f, RULE_KO_MODVERSIONS, gm->file, "and %zu more without a version",
			bare - g->max_symbols);
}

static void check_depends(const struct gate *g, const struct gate_module *gm,
	const struct exporters *x, struct findings *f)
{
	const char *depends = module_info(&gm->module, "depends");
	AUTO_FREE char *copy = xstrdup(depends ? depends : "");
	char *save = NULL;

	for (char *name = strtok_r(copy, ",", &save); name; name = strtok_r(NULL, ",", &save)) {
		bool found = false;

		module_name_normalise(name);
		for (size_t i = 0; !found && i < x->n; i++)
			found = symvers_has_module(x->v[i], name);
		for (size_t i = 0; !found && i < g->n; i++)
			found = strcmp(g->v[i].module.name, name) == 0;
		if (!found)
			findings_add(f, RULE_KO_DEPENDS, gm->file,
				"it depends on module %s, which neither the kernel nor the disk "
				"has",
				name);
	}
}

static void check_path(const struct gate *g, const struct gate_module *gm, struct findings *f)
{
	static const char *const places[] = { "extra", "updates", "override" };
	static const char root[] = "/lib/modules/";
	const char *uname = uname_of(g);
	const char *dir, *place;
	size_t dir_len, place_len;
	bool legal = false;

	if (strncmp(gm->path, root, strlen(root)) != 0 || strstr(gm->path, "/../")) {
		findings_add(f, RULE_KO_PATH, gm->file, "the module lies outside of %s", root);
		return;
	}
	dir = gm->path + strlen(root);
	dir_len = strcspn(dir, "/");
	if (uname && (strlen(uname) != dir_len || strncmp(dir, uname, dir_len) != 0))
		findings_add(f, RULE_KO_PATH, gm->file,
			"the module lies in the folder of %.*s, not of %s", (int)dir_len, dir,
			uname);
	place = dir + dir_len + (dir[dir_len] == '/');
	place_len = strcspn(place, "/");
	if (place[place_len] != '/')
		place_len = 0;
	if (g->module_dir) {
		legal = strlen(g->module_dir) == place_len &&
			strncmp(place, g->module_dir, place_len) == 0;
	} else {
		for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
			legal |= strlen(places[i]) == place_len &&
				 strncmp(place, places[i], place_len) == 0;
	}
	if (!legal)
		findings_add(f, RULE_KO_PATH, gm->file, "the module lies in '%.*s', not in '%s'",
			(int)place_len, place,
			g->module_dir ? g->module_dir : "extra, updates or override");
}

static void check_module(
	struct gate *g, const struct gate_module *gm, const struct exporters *x, struct findings *f)
{
	const struct module *m = &gm->module;
	const char *license = module_info(m, "license");

	check_vermagic(g, gm, f);
	if (!license || !*license)
		findings_add(f, RULE_KO_LICENSE, gm->file, "it states no licence");
	if (m->signature.malformed)
		findings_add(f, RULE_KO_SIGNATURE, gm->file, "its signature is damaged");
	else if (g->require_signature && !m->signature.present)
		findings_add(f, RULE_KO_SIGNATURE, gm->file, "it is not signed");
	else if (gm->verdict == VERDICT_CONTENT)
		findings_add(
			f, RULE_SG_MODULE_CONTENT, gm->file, "signed by %s", m->signature.signer);
	else if (gm->verdict == VERDICT_STRANGER)
		findings_add(
			f, RULE_SG_MODULE_SIGNER, gm->file, "signed by %s", m->signature.signer);
	if (gm->path)
		check_path(g, gm, f);
	if (!g->tree && !g->extra)
		return;
	if (g->tree && g->tree->has_config && g->tree->modversions && !m->has_versions &&
		m->undefined.n)
		findings_add(f, RULE_KO_MODVERSIONS, gm->file,
			"it has no table of versions, the kernel of %s was built with MODVERSIONS",
			g->tree->dir);
	check_undefined(g, gm, x, f);
	if (!g->tree)
		return;
	check_crcs(g, gm, x, f);
	check_depends(g, gm, x, f);
}

void gate_exports(const struct gate *g, struct symvers *own)
{
	for (size_t i = 0; i < g->n; i++) {
		const struct module *m = &g->v[i].module;

		for (size_t j = 0; j < m->exports.n; j++) {
			const struct module_symbol *s = &m->exports.v[j];

			symvers_add(own, &(struct symvers_entry){ .symbol = s->name,
						 .module = m->name,
						 .ns = s->ns,
						 .crc = s->has_crc ? s->crc : 0,
						 .gpl = s->gpl });
		}
	}
}

void gate_run(struct gate *g, struct findings *f)
{
	AUTO_SYMVERS struct symvers own = { 0 };
	struct exporters x = { .v = { &own }, .n = 1 };

	gate_exports(g, &own);
	if (g->extra)
		x.v[x.n++] = g->extra;
	if (g->tree)
		x.v[x.n++] = &g->tree->symvers;
	if (g->tree && g->uname && strcmp(g->uname, g->tree->release) != 0)
		findings_add(f, RULE_KO_TREE, g->tree->dir,
			"it is the tree of %s, asked for was %s", g->tree->release, g->uname);
	for (size_t i = 0; i < g->n; i++)
		check_module(g, &g->v[i], &x, f);
}

void gate_release(struct gate *g)
{
	for (size_t i = 0; i < g->n; i++) {
		free(g->v[i].file);
		free(g->v[i].rpm);
		free(g->v[i].path);
		module_release(&g->v[i].module);
	}
	free(g->v);
	g->v = NULL;
	g->n = g->cap = 0;
}
