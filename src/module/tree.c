/* SPDX-License-Identifier: BSD-2-Clause */
#include <elf.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "module/tree.h"
#include "util/alloc.h"
#include "util/strbuf.h"

#define CONFIG_SIZE_MAX ((size_t)8 << 20)

static int read_release(struct header_tree *t, char **why)
{
	static const char *const places[] = { "include/generated/utsrelease.h",
		"include/linux/utsrelease.h" };
	static const char define[] = "#define UTS_RELEASE \"";

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", t->dir, places[i]);
		AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
		const char *start, *end;
		int r = strbuf_read_file(&sb, path, CONFIG_SIZE_MAX);

		if (r == -ENOENT || r == -ENOTDIR)
			continue;
		if (r < 0) {
			*why = xasprintf("%s: %s", path, strerror(-r));
			return r;
		}
		start = sb.buf ? strstr(sb.buf, define) : NULL;
		end = start ? strchr(start + strlen(define), '"') : NULL;
		if (!end || end == start + strlen(define)) {
			*why = xasprintf(
				"%s: it does not define UTS_RELEASE; prepare the tree with "
				"`make modules_prepare`",
				path);
			return -EINVAL;
		}
		start += strlen(define);
		t->release = xstrndup(start, (size_t)(end - start));
		return 0;
	}
	*why = xasprintf(
		"%s: no include/generated/utsrelease.h, so this is no prepared header tree; "
		"give the folder that /lib/modules/UNAME/build points to",
		t->dir);
	return -ENOENT;
}

static bool is_set(const char *text, const char *option)
{
	AUTO_FREE char *line = xasprintf("\nCONFIG_%s=y\n", option);

	return strstr(text, line) || strncmp(text, line + 1, strlen(line) - 1) == 0;
}

static int read_config(struct header_tree *t, char **why)
{
	AUTO_FREE char *path = xasprintf("%s/include/config/auto.conf", t->dir);
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	int r = strbuf_read_file(&sb, path, CONFIG_SIZE_MAX);

	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r < 0) {
		*why = xasprintf("%s: %s", path, strerror(-r));
		return r;
	}
	if (!sb.buf)
		return 0;
	t->has_config = true;
	t->smp = is_set(sb.buf, "SMP");
	t->preempt = is_set(sb.buf, "PREEMPT") || is_set(sb.buf, "PREEMPT_BUILD");
	t->preempt_rt = is_set(sb.buf, "PREEMPT_RT");
	t->module_unload = is_set(sb.buf, "MODULE_UNLOAD");
	t->modversions = is_set(sb.buf, "MODVERSIONS");
	if (is_set(sb.buf, "X86_64"))
		t->elf_machine = EM_X86_64;
	else if (is_set(sb.buf, "X86_32"))
		t->elf_machine = EM_386;
	else if (is_set(sb.buf, "ARM64"))
		t->elf_machine = EM_AARCH64;
	return 0;
}

static int read_symvers(struct header_tree *t, char **why)
{
	AUTO_FREE char *path = xasprintf("%s/Module.symvers", t->dir);
	size_t line;
	int r = symvers_read(&t->symvers, path, &line);

	if (r == 0)
		return 0;
	if (r == -EINVAL && line)
		*why = xasprintf(
			"%s:%zu: not a line of Module.symvers (CRC, symbol, module, export "
			"type, between tabs)",
			path, line);
	else if (r == -ENOENT)
		*why = xasprintf("%s: missing, so no symbol can be checked; a tree made with "
				 "`make modules_prepare` alone has none, take the kernel's own",
			path);
	else
		*why = xasprintf("%s: %s", path, strerror(-r));
	return r;
}

int header_tree_read(struct header_tree *t, const char *dir, char **why)
{
	int r;

	*t = (struct header_tree){ .dir = xstrdup(dir) };
	*why = NULL;
	r = read_release(t, why);
	if (r == 0)
		r = read_config(t, why);
	if (r == 0)
		r = read_symvers(t, why);
	return r;
}

void header_tree_release(struct header_tree *t)
{
	free(t->dir);
	free(t->release);
	symvers_release(&t->symvers);
	*t = (struct header_tree){ 0 };
}
