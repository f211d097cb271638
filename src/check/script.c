/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "check/check.h"

/* Finds @TOKEN@, capitals, digits and _ only; returns its length or 0. */
static size_t token_length(const char *p)
{
	size_t len = strspn(p + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789");

	return len && p[len + 1] == '@' ? len + 2 : 0;
}

static void check_one(struct check *k, const struct contents_text *t)
{
	if ((t->mode & 0111) == 0)
		findings_add(k->f, RULE_IN_MODE, t->path, "its mode is %04o", t->mode & 07777);
	if (strncmp(t->data, "#!/", 3) != 0)
		findings_add(k->f, RULE_IN_SCRIPT, t->path, "it does not start with #!/");
	for (const char *p = t->data; (p = strchr(p, '@')) != NULL; p++) {
		size_t len = token_length(p);

		if (len) {
			findings_add(k->f, RULE_IN_SCRIPT, t->path, "%.*s was not filled in",
				len > 60 ? 60 : (int)len, p);
			break;
		}
	}
}

void check_script(struct check *k)
{
	const struct contents_text *sh = contents_text(k->c, "install.sh");
	const struct contents_text *plain = contents_text(k->c, "install");

	/* Disks of the yum format alone come without, unless the kit made them. */
	if (!sh && (k->has_xs || k->c->has_conf))
		findings_add(k->f, RULE_IN_MISSING, "install.sh", "it is missing");
	if (!plain && (k->has_xs || k->c->has_conf))
		findings_add(k->f, RULE_IN_MISSING, "install", "it is missing");
	if (sh && plain && (sh->len != plain->len || memcmp(sh->data, plain->data, sh->len) != 0))
		findings_add(k->f, RULE_IN_MISSING, "install", "it differs from install.sh");
	if (sh)
		check_one(k, sh);
	if (plain)
		check_one(k, plain);
}
