/* SPDX-License-Identifier: BSD-2-Clause */
/* What follows from the values of a disk.conf. */
#include <stdio.h>
#include <string.h>

#include "util/alloc.h"
#include "util/digest.h"
#include "metadata/conf.h"

const struct conf_kernel *conf_find_kernel(const struct conf *c, const char *uname)
{
	for (size_t i = 0; i < c->nkernels; i++) {
		if (strcmp(c->kernels[i].uname, uname) == 0)
			return &c->kernels[i];
	}
	return NULL;
}

char *conf_description(const struct conf *c)
{
	struct strbuf sb = STRBUF_INIT;

	strbuf_adds(&sb, c->text);
	for (size_t i = 0; i < c->noverrides; i++)
		strbuf_addf(&sb, " (override: %s)", c->overrides[i]);
	return strbuf_detach(&sb);
}

char *conf_uuid_of(const char *name)
{
	/* Drawn at random once: a2bed710-e41d-4ea0-a4c2-81ab7a112b53 */
	static const unsigned char space[16] = { 0xa2, 0xbe, 0xd7, 0x10, 0xe4, 0x1d, 0x4e, 0xa0,
		0xa4, 0xc2, 0x81, 0xab, 0x7a, 0x11, 0x2b, 0x53 };
	static const char digits[] = "0123456789abcdef";
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	struct digest d;
	char hex[37];

	strbuf_add(&sb, space, sizeof(space));
	strbuf_adds(&sb, name);
	digest_buffer(&d, DIGEST_SHA1, sb.buf, sb.len);
	/* RFC 4122 4.3: version 5 in the 13th digit, variant 10 in the two top bits of the 17th. */
	d.sha1[12] = '5';
	d.sha1[16] = "89ab89ab89ab89ab"[strchr(digits, d.sha1[16]) - digits];
	snprintf(hex, sizeof(hex), "%.8s-%.4s-%.4s-%.4s-%.12s", d.sha1, d.sha1 + 8, d.sha1 + 12,
		d.sha1 + 16, d.sha1 + 20);
	return xstrdup(hex);
}

char *conf_derive_uuid(const struct conf *c)
{
	AUTO_FREE char *name =
		xasprintf("%s\n%s\n%s\n%s", c->originator, c->label, c->release, c->version);

	return conf_uuid_of(name);
}
