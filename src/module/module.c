/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "module/elf.h"
#include "module/module.h"
#include "util/alloc.h"
#include "util/cleanup.h"

static const char *const suffixes[] = { ".ko", ".ko.gz", ".ko.xz", ".ko.zst" };

/* Length of path without a module suffix, or 0 when it has none. */
static size_t stem_length(const char *path)
{
	size_t len = strlen(path);

	for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++) {
		size_t n = strlen(suffixes[i]);

		if (len > n && path[len - n - 1] != '/' && strcmp(path + len - n, suffixes[i]) == 0)
			return len - n;
	}
	return 0;
}

bool module_is_path(const char *path)
{
	return stem_length(path) > 0;
}

void module_name_normalise(char *name)
{
	for (; *name; name++) {
		if (*name == '-')
			*name = '_';
	}
}

char *module_name_of(const char *path)
{
	size_t len = stem_length(path);
	char *stem = xstrndup(path, len ? len : strlen(path));
	const char *slash = strrchr(stem, '/');
	char *name = xstrdup(slash ? slash + 1 : stem);

	free(stem);
	module_name_normalise(name);
	return name;
}

const char *module_info(const struct module *m, const char *key)
{
	for (size_t i = 0; i < m->n_info; i++) {
		if (strcmp(m->info[i].key, key) == 0)
			return m->info[i].value;
	}
	return NULL;
}

/* .modinfo is a run of NUL-terminated key=value strings; alignment may leave empty ones. */
static int read_modinfo(struct module *m, const struct module_section *s, char **why)
{
	const char *p = (const char *)s->data;
	const char *end;

	if (s->size == 0)
		return 0;
	end = p + s->size;
	while (p < end) {
		const char *nul = memchr(p, '\0', (size_t)(end - p));
		const char *eq;

		if (!nul) {
			*why = xstrdup("the last string of .modinfo has no end");
			return -EINVAL;
		}
		eq = memchr(p, '=', (size_t)(nul - p));
		if (eq) {
			if (m->n_info == MODULE_SYMBOLS_MAX) {
				*why = xasprintf(
					".modinfo has more than %d entries", MODULE_SYMBOLS_MAX);
				return -EINVAL;
			}
			m->info = xgrow(m->info, m->n_info, &m->info_cap, sizeof(*m->info));
			m->info[m->n_info++] = (struct module_info){
				.key = xstrndup(p, (size_t)(eq - p)),
				.value = xstrdup(eq + 1),
			};
		}
		p = nul + 1;
	}
	return 0;
}

static int read_sections(struct module_elf *e, char **why)
{
	size_t shstrndx;
	Elf_Scn *scn = NULL;

	if (elf_getshdrnum(e->elf, &e->n) != 0 || e->n < 2) {
		*why = xstrdup("the ELF file has no sections");
		return -EINVAL;
	}
	if (e->n > MODULE_SECTION_MAX) {
		*why = xasprintf("the ELF file claims %zu sections", e->n);
		return -EINVAL;
	}
	if (elf_getshdrstrndx(e->elf, &shstrndx) != 0 || shstrndx >= e->n)
		shstrndx = 0;
	e->sections = xcalloc(e->n, sizeof(*e->sections));
	for (size_t i = 0; i < e->n; i++)
		e->sections[i].name = "";
	while ((scn = elf_nextscn(e->elf, scn)) != NULL) {
		size_t i = elf_ndxscn(scn);
		struct module_section *s;
		Elf_Data *d;

		if (i >= e->n || !gelf_getshdr(scn, &e->sections[i].sh))
			continue;
		s = &e->sections[i];
		if (s->sh.sh_type == SHT_NOBITS)
			continue;
		d = elf_rawdata(scn, NULL);
		if (!d || !d->d_buf) {
			if (s->sh.sh_size == 0)
				continue;
			*why = xasprintf("section %zu lies outside of the file", i);
			return -EINVAL;
		}
		s->data = d->d_buf;
		s->size = d->d_size;
		/* Symbols and relocations are wanted in the byte order of this machine. */
		if (s->sh.sh_type == SHT_SYMTAB || s->sh.sh_type == SHT_RELA ||
			s->sh.sh_type == SHT_REL)
			s->elf_data = elf_getdata(scn, NULL);
	}
	for (size_t i = 1; i < e->n && shstrndx; i++) {
		const char *name =
			module_elf_string(&e->sections[shstrndx], e->sections[i].sh.sh_name);

		e->sections[i].name = name ? name : "";
	}
	return 0;
}

static int read_elf(struct module *m, struct module_elf *e, char **why)
{
	GElf_Ehdr eh;
	const struct module_section *s;
	int r;

	if (elf_kind(e->elf) != ELF_K_ELF || !gelf_getehdr(e->elf, &eh)) {
		*why = xstrdup("this is no ELF file");
		return -EINVAL;
	}
	if (eh.e_type != ET_REL) {
		*why = xasprintf("the ELF file is of type %u; a module is relocatable", eh.e_type);
		return -EINVAL;
	}
	e->big_endian = eh.e_ident[EI_DATA] == ELFDATA2MSB;
	e->elf_class = m->elf_class = gelf_getclass(e->elf);
	m->elf_machine = eh.e_machine;
	r = read_sections(e, why);
	if (r < 0)
		return r;
	for (size_t i = 1; i < e->n; i++) {
		const char *name = e->sections[i].name;

		if (strncmp(name, ".debug_", 7) == 0 || strncmp(name, ".zdebug_", 8) == 0)
			m->has_debug = true;
	}
	s = module_elf_section(e, ".modinfo");
	if (!s) {
		*why = xstrdup("it has no .modinfo section, so it is no kernel module");
		return -EINVAL;
	}
	r = read_modinfo(m, s, why);
	return r < 0 ? r : module_read_symbols(m, e, why);
}

static int parse_image(
	struct module *m, const char *file, const unsigned char *image, size_t size, char **why)
{
	struct module_elf e = { 0 };
	const char *name;
	int r;

	if (size > MODULE_SIZE_MAX) {
		*why = xasprintf(
			"the module has %zu bytes; the limit is %zu", size, MODULE_SIZE_MAX);
		return -EFBIG;
	}
	module_read_signature(&m->signature, image, size);
	elf_version(EV_CURRENT);
	/* libelf only reads here; its prototype has no const. */
	e.elf = elf_memory((char *)image, size - m->signature.size);
	if (!e.elf) {
		*why = xstrdup("this is no ELF file");
		return -EINVAL;
	}
	r = read_elf(m, &e, why);
	free(e.sections);
	elf_end(e.elf);
	if (r < 0)
		return r;
	name = module_info(m, "name");
	m->name = name && *name ? xstrdup(name) : module_name_of(file);
	module_name_normalise(m->name);
	return 0;
}

int module_parse(struct module *m, const char *file, const void *image, size_t size, char **why)
{
	AUTO_FREE void *inflated = NULL;
	size_t inflated_size;
	int r;

	*m = (struct module){ 0 };
	*why = NULL;
	r = module_inflate(image, size, MODULE_SIZE_MAX, &inflated, &inflated_size);
	if (r < 0) {
		*why = xasprintf("it does not decompress%s",
			r == -EFBIG ? " into a module of a sane size" : "");
		return r == -EFBIG ? r : -EINVAL;
	}
	if (r == 0)
		return parse_image(m, file, image, size, why);
	m->compressed = true;
	return parse_image(m, file, inflated, inflated_size, why);
}

static void symbols_release(struct module_symbols *s)
{
	for (size_t i = 0; i < s->n; i++) {
		free(s->v[i].name);
		free(s->v[i].ns);
	}
	free(s->v);
}

void module_release(struct module *m)
{
	for (size_t i = 0; i < m->n_info; i++) {
		free(m->info[i].key);
		free(m->info[i].value);
	}
	free(m->info);
	symbols_release(&m->versions);
	symbols_release(&m->undefined);
	symbols_release(&m->exports);
	free(m->signature.signer);
	free(m->signature.key_id);
	free(m->signature.hash);
	free(m->name);
	*m = (struct module){ 0 };
}
