/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "metadata/disk.h"

static char *requires_lines(const struct disk *d)
{
	struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; i < d->conf->nrequires; i++) {
		const struct conf_requires *q = &d->conf->requires[i];

		strbuf_addf(&sb, "%s%s:%s %s %s %s", i ? "\n" : "", q->originator, q->name, q->test,
			q->version, *q->build ? q->build : "-");
	}
	return strbuf_detach(&sb);
}

static char *kernel_lines(const struct disk *d)
{
	struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; i < d->conf->nkernels; i++) {
		const struct conf_kernel *k = &d->conf->kernels[i];

		strbuf_addf(&sb, "%s%s %s %s", i ? "\n" : "", k->flavour, k->uname, k->kver);
	}
	return strbuf_detach(&sb);
}

static char *override_lines(const struct disk *d)
{
	struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; i < d->conf->noverrides; i++)
		strbuf_addf(&sb, "%s%s", i ? "\n" : "", d->conf->overrides[i]);
	return strbuf_detach(&sb);
}

static char *package_lines(const struct disk *d)
{
	struct strbuf sb = STRBUF_INIT;

	for (size_t i = 0; i < d->ninstalled; i++) {
		const struct disk_package *p = &d->v[i];

		strbuf_addf(&sb, "%s%s %s ", i ? "\n" : "", role_name(p->role), p->rpm.name);
		if (p->rpm.has_epoch)
			strbuf_addf(&sb, "%" PRIu32, p->rpm.epoch);
		else
			strbuf_addch(&sb, '-');
		strbuf_addf(&sb, " %s %s %s %s %s %" PRIu64 " %s %s %s", p->rpm.version,
			p->rpm.release, p->rpm.arch, p->kernel ? p->kernel->uname : "-",
			p->kernel ? p->kernel->flavour : "-", p->digest.size, p->digest.md5,
			p->digest.sha256, p->file);
	}
	return strbuf_detach(&sb);
}

/* The value of a token, which the caller frees; NULL for a token that nobody knows. */
static char *value_of(const struct disk *d, const char *token, size_t len)
{
	const struct conf *c = d->conf;
	const struct {
		const char *token;
		const char *value;
	} plain[] = {
		{ "KIT_VERSION", c->kit },
		{ "RELEASE", c->release },
		{ "DRIVER", c->driver },
		{ "LABEL", c->label },
		{ "ORIGINATOR", c->originator },
		{ "VENDOR", c->vendor },
		{ "TEXT", c->text },
		{ "VERSION", c->version },
		{ "BUILD", c->build },
		{ "UUID", c->uuid },
		{ "PRODUCT", c->product },
		{ "PRODUCT_VERSION", c->product_version },
		{ "PLATFORM", c->platform },
		{ "PLATFORM_VERSION", c->platform_version },
		{ "BASE", c->base },
		{ "BASE_VERSION", c->base_version },
		{ "ARCH", c->arch },
		{ "EULA", c->eula ? "yes" : "no" },
	};
	static const struct {
		const char *token;
		char *(*make)(const struct disk *);
	} lists[] = {
		{ "REQUIRES", requires_lines },
		{ "KERNELS", kernel_lines },
		{ "PACKAGES", package_lines },
		{ "OVERRIDES", override_lines },
	};

	for (size_t i = 0; i < sizeof(plain) / sizeof(plain[0]); i++) {
		if (strlen(plain[i].token) == len && memcmp(plain[i].token, token, len) == 0)
			return xstrdup(plain[i].value);
	}
	for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); i++) {
		if (strlen(lists[i].token) == len && memcmp(lists[i].token, token, len) == 0)
			return lists[i].make(d);
	}
	return NULL;
}

static void add_shell_word(struct strbuf *sb, const char *s)
{
	strbuf_addch(sb, '\'');
	for (; *s; s++) {
		if (*s == '\'')
			strbuf_adds(sb, "'\\''");
		else
			strbuf_addch(sb, *s);
	}
	strbuf_addch(sb, '\'');
}

/* Length of the token name when p (at an '@') begins @TOKEN@, else 0. */
static size_t token_length(const char *p, const char *end)
{
	const char *q = p + 1;

	while (q < end && ((*q >= 'A' && *q <= 'Z') || *q == '_'))
		q++;
	return q < end && *q == '@' ? (size_t)(q - p - 1) : 0;
}

int disk_write_installer(const struct disk *d, const char *name, const char *template, size_t len,
	struct reporter *rep, struct strbuf *sb)
{
	const char *end = template + len;
	size_t before = rep->count;
	unsigned line = 1;

	for (const char *p = template; p < end; p++) {
		size_t n = *p == '@' ? token_length(p, end) : 0;
		AUTO_FREE char *value = NULL;

		if (n == 0) {
			line += *p == '\n';
			strbuf_addch(sb, *p);
			continue;
		}
		value = value_of(d, p + 1, n);
		if (value) {
			add_shell_word(sb, value);
		} else {
			AUTO_FREE char *where = xasprintf("%s:%u", name, line);

			report(rep, where,
				"unknown token @%.*s@; the template and this ddk are not of one "
				"version of the kit",
				(int)(n < 64 ? n : 64), p + 1);
		}
		p += n + 1;
	}
	return rep->count == before ? 0 : -EINVAL;
}
