/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The metadata files of a disk from any bytes: the first byte picks the file, the rest is its text.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "check/shell.h"
#include "util/alloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add(struct contents *c, const char *path, const void *data, size_t len)
{
	struct contents_text *t;
	struct medium *m = &c->medium;

	m->v = xgrow(m->v, m->n, &m->cap, sizeof(*m->v));
	m->v[m->n++] = (struct medium_entry){ xstrdup(path), 0100755, len, -1 };
	c->texts = xgrow(c->texts, c->n_texts, &c->cap_texts, sizeof(*c->texts));
	t = &c->texts[c->n_texts++];
	*t = (struct contents_text){ .path = xstrdup(path), .mode = 0100755, .len = len };
	t->data = xcalloc(1, len + 1);
	memcpy(t->data, data, len);
	digest_buffer(&t->digest, DIGEST_MD5 | DIGEST_SHA256, t->data, t->len);
}

/* Lets repomd.xml name the fuzzed file, so that it is read as what it is. */
static void add_repomd(struct contents *c, const char *type, const char *href)
{
	static const char form[] =
		"<repomd><data type=\"%s\"><checksum type=\"sha256\">x</checksum>"
		"<location href=\"%s\"/></data></repomd>";
	AUTO_FREE char *text = xasprintf(form, type, href);

	add(c, "repodata/repomd.xml", text, strlen(text));
}

static void ignore(void *arg, size_t line, char *const *words, size_t n)
{
	(void)arg;
	(void)line;
	if (n == 0 || !words[n - 1])
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const files[] = { "XS-REPOSITORY", "XS-PACKAGES", "update.xml",
		"repodata/repomd.xml", "repodata/primary.xml.gz", "repodata/comps.xml",
		"install.sh" };
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_CONTENTS struct contents c = { .findings = &f };
	size_t pick;

	if (size == 0)
		return 0;
	pick = data[0] % (sizeof(files) / sizeof(files[0]));
	c.medium.name = xstrdup("fuzz");
	if (pick == 4)
		add_repomd(&c, "primary", files[pick]);
	if (pick == 5)
		add_repomd(&c, "group", files[pick]);
	add(&c, files[pick], data + 1, size - 1);
	check_medium(&c, NULL, &f);
	if (pick == 6) {
		struct shell_construct found;

		shell_commands(c.texts[0].data, ignore, NULL);
		shell_newer_than_bash_3_2(c.texts[0].data, &found);
	}
	return 0;
}
