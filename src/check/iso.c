/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "check/check.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/strbuf.h"

/* The names that Joliet keeps whole with -joliet-long. */
enum { JOLIET_NAME_MAX = 103 };

static void check_facts(struct check *k)
{
	const struct iso_facts *iso = &k->c->medium.iso;
	const char *name = k->c->medium.name;

	if (iso->volume_size > iso->file_size)
		findings_add(k->f, RULE_IS_FORMAT, name,
			"it has %llu bytes and claims %llu: it was cut",
			(unsigned long long)iso->file_size, (unsigned long long)iso->volume_size);
	if (!iso->rock_ridge)
		findings_add(k->f, RULE_IS_ROCK_RIDGE, name, "it has no Rock Ridge");
	if (!iso->joliet)
		findings_add(k->f, RULE_IS_JOLIET, name, "it has no Joliet");
	if (!*iso->volume_id)
		findings_add(k->f, RULE_IS_VOLUME, name, "it has no volume id");
	else if (k->c->has_conf && k->c->conf.label &&
		 strncmp(iso->volume_id, k->c->conf.label, 32) != 0)
		findings_add(k->f, RULE_IS_VOLUME, name, "its volume id is '%s', its label '%s'",
			iso->volume_id, k->c->conf.label);
	for (size_t i = 0; i < k->c->medium.n; i++) {
		const char *path = k->c->medium.v[i].path;
		const char *slash = strrchr(path, '/');
		size_t len = strlen(slash ? slash + 1 : path);

		if (len > JOLIET_NAME_MAX)
			findings_add(k->f, RULE_IS_NAME, path, "its name has %zu characters", len);
	}
}

/* Holds one line "HEX  NAME" of a file beside the image against the digest; name may be NULL. */
static void check_sum(struct check *k, const char *path, const char *digest, const char *name)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	size_t len = strlen(digest);
	const char *rest;

	if (strbuf_read_file(&sb, path, 4096) < 0 || !sb.buf) {
		findings_add(k->f, RULE_IS_DIGEST, path, "it cannot be read");
		return;
	}
	if (sb.len < len || strncmp(sb.buf, digest, len) != 0) {
		findings_add(k->f, RULE_IS_DIGEST, path, "it says %.*s, the digest is %s",
			(int)strcspn(sb.buf, " \n") > 64 ? 64 : (int)strcspn(sb.buf, " \n"), sb.buf,
			digest);
		return;
	}
	rest = sb.buf + len;
	if (rest[0] != ' ' || (rest[1] != ' ' && rest[1] != '*'))
		findings_add(k->f, RULE_IS_DIGEST, path, "it has not the form 'DIGEST  NAME'");
	else if (name && (strncmp(rest + 2, name, strlen(name)) != 0 ||
				 strcmp(rest + 2 + strlen(name), "\n") != 0))
		findings_add(k->f, RULE_IS_DIGEST, path, "it is not about %s alone", name);
}

static void check_metadata_md5(struct check *k, const char *path)
{
	const struct contents_text *r = contents_text(k->c, "XS-REPOSITORY");
	const struct contents_text *p = contents_text(k->c, "XS-PACKAGES");
	struct digest_ctx *ctx;
	struct digest d;

	if (!r || !p)
		return;
	ctx = digest_begin(DIGEST_MD5);
	digest_add(ctx, r->data, r->len);
	digest_add(ctx, p->data, p->len);
	digest_end(ctx, &d);
	check_sum(k, path, d.md5, NULL);
}

static void check_digests(struct check *k)
{
	const char *iso = k->c->medium.name;
	const char *slash = strrchr(iso, '/');
	const char *base = slash ? slash + 1 : iso;
	size_t len = strlen(iso);

	if (len < 5 || strcmp(iso + len - 4, ".iso") != 0)
		return;
	AUTO_FREE char *md5 = xasprintf("%.*s.md5", (int)len - 4, iso);
	AUTO_FREE char *sha = xasprintf("%.*s.sha256", (int)len - 4, iso);
	AUTO_FREE char *meta = xasprintf("%.*s.metadata.md5", (int)len - 4, iso);
	const struct digest *d = &k->c->image;

	if (access(meta, F_OK) == 0)
		check_metadata_md5(k, meta);
	/* Made while the image was read. */
	if (*d->md5)
		check_sum(k, md5, d->md5, base);
	if (*d->sha256)
		check_sum(k, sha, d->sha256, base);
}

void check_iso(struct check *k)
{
	if (!k->c->medium.is_iso)
		return;
	/* Without readable descriptors there are no facts, and that finding is there already. */
	if (k->c->medium.n || *k->c->medium.iso.volume_id)
		check_facts(k);
	check_digests(k);
}
