/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "metadata/conf.h"
#include "metadata/rules.h"

/* Far beyond any real disk; keeps what is done per pair of lines bounded. */
enum { MAX_CONF = 1 << 20, MAX_REPEATS = CONF_REPEATS_MAX };

struct parser {
	struct conf *c;
	struct reporter *rep;
	const char *name;
	unsigned line;
	size_t before; /* findings of others */
	size_t cap_requires, cap_kernels, cap_excludes, cap_overrides, cap_guests;
};

enum need { OPTIONAL, MANDATORY };

/* Single values: where they live, what they may be, and where the vendor mends them. */
static const struct key {
	const char *name;
	size_t offset;
	enum need need;
	const char *(*rule)(const char *);
	const char *cure;
} keys[] = {
#define KEY(name, member, need, rule, cure)                                                        \
	{                                                                                          \
		name, offsetof(struct conf, member), need, rule, cure                              \
	}
	KEY("kit", kit, MANDATORY, rule_kver, "build it with the kit's make"),
	KEY("release", release, MANDATORY, rule_kver, "correct RELEASE in disk.mk"),
	KEY("driver", driver, MANDATORY, rule_identifier, "correct Name in the module's spec"),
	KEY("label", label, MANDATORY, rule_identifier, "correct LABEL in disk.mk"),
	KEY("originator", originator, MANDATORY, rule_identifier, "correct VENDOR_CODE in disk.mk"),
	KEY("vendor", vendor, MANDATORY, rule_vendor, "correct VENDOR in disk.mk"),
	KEY("text", text, MANDATORY, rule_text, "correct TEXT in disk.mk"),
	KEY("version", version, MANDATORY, rule_version, "correct DISK.VERSION in disk.mk"),
	KEY("build", build, OPTIONAL, rule_build, "correct the disk's build"),
	KEY("uuid", uuid, OPTIONAL, rule_uuid, "correct UUID in disk.mk, or leave it out"),
	KEY("product", product, MANDATORY, rule_product, "correct the release file"),
	KEY("product-version", product_version, MANDATORY, rule_version,
		"correct the release file"),
	KEY("product-build", product_build, OPTIONAL, rule_build, "correct the release file"),
	KEY("platform", platform, OPTIONAL, rule_product, "correct the release file"),
	KEY("platform-version", platform_version, OPTIONAL, rule_version,
		"correct the release file"),
	KEY("base", base, MANDATORY, rule_repository, "correct the release file"),
	KEY("base-version", base_version, MANDATORY, rule_version, "correct the release file"),
	KEY("arch", arch, MANDATORY, rule_arch, "correct the release file"),
	KEY("guidance", guidance, OPTIONAL, rule_guidance, "correct GUIDANCE in disk.mk"),
#undef KEY
};

enum { N_KEYS = sizeof(keys) / sizeof(keys[0]) };

static char **slot(struct conf *c, const struct key *k)
{
	return (char **)((char *)c + k->offset);
}

#define COMPLAIN(p, ...)                                                                           \
	do {                                                                                       \
		AUTO_FREE char *where = xasprintf("%s:%u", (p)->name, (p)->line);                  \
		report((p)->rep, where, __VA_ARGS__);                                              \
	} while (0)

/* Returns the next word of *s, ended by a NUL, and moves *s behind it; NULL at the end. */
static char *word(char **s)
{
	char *start = *s + strspn(*s, " \t");

	if (!*start)
		return NULL;
	*s = start + strcspn(start, " \t");
	if (**s)
		*(*s)++ = '\0';
	return start;
}

static bool sound(struct parser *p, const char *key, const char *what, const char *value,
	const char *(*rule)(const char *))
{
	const char *broken = rule(value);

	if (broken)
		COMPLAIN(p, "%s=: %s '%s': %s", key, what, value, broken);
	return !broken;
}

static void parse_formats(struct parser *p, char *value)
{
	if (!*value)
		COMPLAIN(p, "formats= must not be empty; set FORMATS in the release file");
	for (char *w; (w = word(&value));) {
		unsigned bit = strcmp(w, "xs") == 0    ? CONF_XS
			       : strcmp(w, "yum") == 0 ? CONF_YUM
						       : 0;

		if (!bit)
			COMPLAIN(p,
				"formats=: '%s': has to be xs, yum or both; correct FORMATS in "
				"the release file",
				w);
		p->c->formats |= bit;
	}
}

static void parse_signatures(struct parser *p, char *value)
{
	for (char *w; (w = word(&value));) {
		unsigned bit = strcmp(w, "modules") == 0 ? CONF_SIGNED_MODULES
			       : strcmp(w, "rpms") == 0	 ? CONF_SIGNED_RPMS
							 : 0;

		if (!bit)
			COMPLAIN(p,
				"signatures=: '%s': has to be modules, rpms or both; correct "
				"MODULE.SIGNATURES and RPM.SIGNATURES in the release file",
				w);
		p->c->signatures |= bit;
	}
}

static bool room(struct parser *p, const char *key, size_t n)
{
	if (n < MAX_REPEATS)
		return true;
	COMPLAIN(p, "%s=: more than %d lines; a disk is allowed no more", key, MAX_REPEATS);
	return false;
}

static void parse_requires(struct parser *p, char *value)
{
	char *repo = word(&value), *test = word(&value), *version = word(&value);
	char *build = word(&value);
	struct conf_requires *q;
	bool good;

	if (!version || word(&value)) {
		COMPLAIN(p, "requires=: has to be ORIGINATOR:NAME TEST VERSION [BUILD]; correct "
			    "REQUIRES in disk.mk");
		return;
	}
	good = sound(p, "requires", "identifier", repo, rule_repository);
	good &= sound(p, "requires", "test", test, rule_test);
	good &= sound(p, "requires", "version", version, rule_version);
	if (build)
		good &= sound(p, "requires", "build", build, rule_build);
	if (!good || !room(p, "requires", p->c->nrequires))
		return;
	p->c->requires = xgrow(p->c->requires, p->c->nrequires, &p->cap_requires, sizeof(*q));
	q = &p->c->requires[p->c->nrequires++];
	*q = (struct conf_requires){
		.originator = xstrndup(repo, strcspn(repo, ":")),
		.name = xstrdup(strchr(repo, ':') + 1),
		.test = xstrdup(test),
		.version = xstrdup(version),
		.build = xstrdup(build ? build : ""),
	};
}

static void parse_kernel(struct parser *p, char *value)
{
	char *flavour = word(&value), *uname = word(&value), *kver = word(&value);
	char *pair = word(&value);
	struct conf_kernel *k;
	bool good;

	if (!pair || word(&value)) {
		COMPLAIN(p, "kernel=: has to be FLAVOUR UNAME KVER PAIR; correct the release file");
		return;
	}
	good = sound(p, "kernel", "flavour", flavour, rule_identifier);
	good &= sound(p, "kernel", "uname", uname, rule_uname);
	good &= sound(p, "kernel", "kver", kver, rule_kver);
	good &= sound(p, "kernel", "pair", pair, rule_kver);
	if (!good || !room(p, "kernel", p->c->nkernels))
		return;
	if (conf_find_kernel(p->c, uname)) {
		COMPLAIN(p, "kernel=: '%s' stands in two kernel= lines; name each kernel once",
			uname);
		return;
	}
	for (size_t i = 0; i < p->c->nkernels; i++) {
		k = &p->c->kernels[i];
		if (strcmp(k->pair, pair) == 0 && strcmp(k->flavour, flavour) == 0) {
			COMPLAIN(p,
				"kernel=: '%s' and '%s' are both flavour %s of %s; one kernel of a "
				"version may be of a flavour",
				k->uname, uname, flavour, pair);
			return;
		}
	}
	p->c->kernels = xgrow(p->c->kernels, p->c->nkernels, &p->cap_kernels, sizeof(*k));
	p->c->kernels[p->c->nkernels++] = (struct conf_kernel){
		.flavour = xstrdup(flavour),
		.uname = xstrdup(uname),
		.kver = xstrdup(kver),
		.pair = xstrdup(pair),
	};
}

static void parse_exclude(struct parser *p, char *value)
{
	char *flavour = word(&value);
	char *reason = value + strspn(value, " \t");

	if (!flavour || !*reason) {
		COMPLAIN(p, "exclude=: has to be FLAVOUR and the reason; write EXCLUDE.<flavour> = "
			    "reason in disk.mk");
		return;
	}
	if (!sound(p, "exclude", "flavour", flavour, rule_identifier) ||
		!room(p, "exclude", p->c->nexcludes))
		return;
	for (size_t i = 0; i < p->c->nexcludes; i++) {
		if (strcmp(p->c->excludes[i].flavour, flavour) == 0) {
			COMPLAIN(p, "exclude=: flavour %s is excluded twice; keep one line",
				flavour);
			return;
		}
	}
	p->c->excludes =
		xgrow(p->c->excludes, p->c->nexcludes, &p->cap_excludes, sizeof(*p->c->excludes));
	p->c->excludes[p->c->nexcludes++] = (struct conf_exclude){
		.flavour = xstrdup(flavour),
		.reason = xstrdup(reason),
	};
}

static void parse_override(struct parser *p, char *value)
{
	struct conf *c = p->c;

	if (!*value || !sound(p, "override", "text", value, rule_text) ||
		!room(p, "override", c->noverrides))
		return;
	c->overrides = xgrow(c->overrides, c->noverrides, &p->cap_overrides, sizeof(char *));
	c->overrides[c->noverrides++] = xstrdup(value);
}

static void parse_guest(struct parser *p, char *value)
{
	struct conf *c = p->c;
	char *package = word(&value), *arch;
	struct conf_guest g = { 0 };

	while ((arch = word(&value))) {
		g.x64 |= strcmp(arch, "x64") == 0;
		g.x86 |= strcmp(arch, "x86") == 0;
		if (strcmp(arch, "x64") != 0 && strcmp(arch, "x86") != 0)
			COMPLAIN(p, "guest=: '%s': has to be x64 or x86", arch);
	}
	if (!g.x64 && !g.x86) {
		COMPLAIN(p, "guest=: has to be PACKAGE and x64, x86 or both");
		return;
	}
	if (!sound(p, "guest", "package", package, rule_identifier) ||
		!room(p, "guest", c->nguests))
		return;
	c->guests = xgrow(c->guests, c->nguests, &p->cap_guests, sizeof(g));
	g.package = xstrdup(package);
	c->guests[c->nguests++] = g;
}

static void parse_single(struct parser *p, const struct key *k, const char *value)
{
	char **where = slot(p->c, k);
	const char *broken = NULL;

	if (*value)
		broken = k->rule(value);
	else if (k->need == MANDATORY)
		broken = "must not be empty";
	if (broken) {
		COMPLAIN(p, "%s '%s': %s; %s", k->name, value, broken, k->cure);
		return;
	}
	free(*where);
	*where = xstrdup(value);
}

/* Those that have to be there are asked for by their index. */
enum { FORMATS, KERNEL };

struct special {
	const char *name;
	bool repeats;
	void (*parse)(struct parser *, char *);
};

static void parse_eula(struct parser *p, char *value)
{
	p->c->eula = strcmp(value, "yes") == 0;
	if (!p->c->eula && *value && strcmp(value, "no") != 0)
		COMPLAIN(p, "eula '%s': has to be yes or no; correct EULA in disk.mk", value);
}

static const struct special specials[] = {
	[FORMATS] = { "formats", false, parse_formats },
	[KERNEL] = { "kernel", true, parse_kernel },
	{ "requires", true, parse_requires },
	{ "signatures", false, parse_signatures },
	{ "eula", false, parse_eula },
	{ "exclude", true, parse_exclude },
	{ "override", true, parse_override },
	{ "guest", true, parse_guest },
};

enum { N_SPECIALS = sizeof(specials) / sizeof(specials[0]) };

/* Index of a key: first the single ones, then the special ones; -1 when nobody knows it. */
static int find_key(const char *name, size_t len)
{
	for (int i = 0; i < N_KEYS + N_SPECIALS; i++) {
		const char *key = i < N_KEYS ? keys[i].name : specials[i - N_KEYS].name;

		if (strlen(key) == len && memcmp(key, name, len) == 0)
			return i;
	}
	return -1;
}

static void parse_line(struct parser *p, char *text, unsigned *seen)
{
	char *value = strchr(text, '=');
	size_t len;
	int key;

	if (!value) {
		COMPLAIN(p, "'%.64s': a line has to be key=value, a # comment or blank", text);
		return;
	}
	*value++ = '\0';
	value += strspn(value, " \t");
	for (len = strlen(value); len && strchr(" \t", value[len - 1]); len--)
		value[len - 1] = '\0';

	key = find_key(text, strlen(text));
	if (key < 0) {
		COMPLAIN(p,
			"unknown key '%.64s'; the kit that wrote this file is newer, or the line "
			"is "
			"mistyped",
			text);
		return;
	}
	if (seen[key] && (key < N_KEYS || !specials[key - N_KEYS].repeats))
		COMPLAIN(p, "%s= stands here and in line %u; keep one", text, seen[key]);
	seen[key] = p->line;
	if (key < N_KEYS)
		parse_single(p, &keys[key], value);
	else
		specials[key - N_KEYS].parse(p, value);
}

/* A line is len bytes without its newline. Returns whether it holds something to parse. */
static bool line_is_text(struct parser *p, const char *line, size_t len)
{
	const char *equals = memchr(line, '=', len);
	int key = equals && equals - line <= 32 ? (int)(equals - line) : 0;
	size_t blank = 0;

	while (blank < len && (line[blank] == ' ' || line[blank] == '\t'))
		blank++;
	if (blank == len || line[blank] == '#')
		return false;
	for (size_t i = 0; i < len; i++) {
		unsigned char c = (unsigned char)line[i];

		if (c >= 0x80) {
			COMPLAIN(p,
				"%.*s=: byte 0x%02x in column %zu is not ASCII; readers of "
				"the disk take nothing else: write it without accents",
				key, line, c, i + 1);
			return false;
		}
		if ((c < 0x20 && c != '\t') || c == 0x7f) {
			COMPLAIN(p, "control character 0x%02x in column %zu; remove it", c, i + 1);
			return false;
		}
	}
	return true;
}

static void check_whole(struct parser *p, const unsigned *seen)
{
	struct conf *c = p->c;

	for (size_t i = 0; i < N_KEYS; i++) {
		if (keys[i].need == MANDATORY && !seen[i])
			report(p->rep, p->name, "%s= is missing; %s", keys[i].name, keys[i].cure);
	}
	if (!seen[N_KEYS + FORMATS])
		report(p->rep, p->name,
			"formats= is missing; set FORMATS in the release file to xs, yum or both");
	if (!seen[N_KEYS + KERNEL])
		report(p->rep, p->name,
			"kernel= is missing: a driver disk is for one kernel at least; look at "
			"FLAVOURS and EXCLUDE in disk.mk");
	for (size_t i = 0; i < c->nexcludes; i++) {
		for (size_t k = 0; k < c->nkernels; k++) {
			if (strcmp(c->kernels[k].flavour, c->excludes[i].flavour) != 0)
				continue;
			report(p->rep, p->name,
				"flavour %s is excluded and has kernel= %s; remove one of the two",
				c->excludes[i].flavour, c->kernels[k].uname);
			break;
		}
	}
}

int conf_parse(struct conf *c, const char *name, const char *data, size_t len, struct reporter *rep)
{
	struct parser p = { .c = c, .rep = rep, .name = name, .before = rep->count };
	unsigned seen[N_KEYS + N_SPECIALS] = { 0 };
	const char *end = data + len;

	*c = (struct conf){ 0 };
	for (size_t i = 0; i < N_KEYS; i++)
		*slot(c, &keys[i]) = xstrdup("");

	while (data < end) {
		const char *newline = memchr(data, '\n', (size_t)(end - data));
		size_t n = (size_t)((newline ? newline : end) - data);

		p.line++;
		if (line_is_text(&p, data, n)) {
			AUTO_FREE char *line = xstrndup(data, n);

			parse_line(&p, line, seen);
		} else {
			/* A line with bad bytes does not make its key a missing one as well. */
			const char *equals = memchr(data, '=', n);
			int key = equals ? find_key(data, (size_t)(equals - data)) : -1;

			if (key >= 0)
				seen[key] = p.line;
		}
		if (!newline)
			COMPLAIN(&p, "the line has no end: the file was cut off; write it anew");
		data += n + (newline != NULL);
	}
	check_whole(&p, seen);
	if (rep->count == p.before && !*c->uuid) {
		free(c->uuid);
		c->uuid = conf_derive_uuid(c);
	}
	return rep->count == p.before ? 0 : -EINVAL;
}

int conf_read(struct conf *c, const char *path, struct reporter *rep)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	int r = strbuf_read_file(&sb, path, MAX_CONF);

	*c = (struct conf){ 0 };
	if (r < 0) {
		report(rep, path, "%s", strerror(-r));
		return r;
	}
	return conf_parse(c, path, sb.buf, sb.len, rep);
}

void conf_release(struct conf *c)
{
	for (size_t i = 0; i < N_KEYS; i++)
		free(*slot(c, &keys[i]));
	for (size_t i = 0; i < c->nrequires; i++) {
		free(c->requires[i].originator);
		free(c->requires[i].name);
		free(c->requires[i].test);
		free(c->requires[i].version);
		free(c->requires[i].build);
	}
	for (size_t i = 0; i < c->nkernels; i++) {
		free(c->kernels[i].flavour);
		free(c->kernels[i].uname);
		free(c->kernels[i].kver);
		free(c->kernels[i].pair);
	}
	for (size_t i = 0; i < c->nexcludes; i++) {
		free(c->excludes[i].flavour);
		free(c->excludes[i].reason);
	}
	for (size_t i = 0; i < c->noverrides; i++)
		free(c->overrides[i]);
	for (size_t i = 0; i < c->nguests; i++)
		free(c->guests[i].package);
	free(c->guests);
	free(c->requires);
	free(c->kernels);
	free(c->excludes);
	free(c->overrides);
	*c = (struct conf){ 0 };
}

void conf_write(const struct conf *c, struct strbuf *sb)
{
	for (size_t i = 0; i < N_KEYS; i++)
		strbuf_addf(sb, "%s=%s\n", keys[i].name, *slot((struct conf *)c, &keys[i]));
	strbuf_addf(sb, "formats=%s%s%s\n", c->formats & CONF_XS ? "xs" : "",
		c->formats == (CONF_XS | CONF_YUM) ? " " : "", c->formats & CONF_YUM ? "yum" : "");
	strbuf_addf(sb, "signatures=%s%s%s\n", c->signatures & CONF_SIGNED_MODULES ? "modules" : "",
		c->signatures == (CONF_SIGNED_MODULES | CONF_SIGNED_RPMS) ? " " : "",
		c->signatures & CONF_SIGNED_RPMS ? "rpms" : "");
	strbuf_addf(sb, "eula=%s\n", c->eula ? "yes" : "no");
	for (size_t i = 0; i < c->nrequires; i++) {
		const struct conf_requires *q = &c->requires[i];

		strbuf_addf(sb, "requires=%s:%s %s %s%s%s\n", q->originator, q->name, q->test,
			q->version, *q->build ? " " : "", q->build);
	}
	for (size_t i = 0; i < c->nkernels; i++) {
		const struct conf_kernel *k = &c->kernels[i];

		strbuf_addf(sb, "kernel=%s %s %s %s\n", k->flavour, k->uname, k->kver, k->pair);
	}
	for (size_t i = 0; i < c->nexcludes; i++)
		strbuf_addf(sb, "exclude=%s %s\n", c->excludes[i].flavour, c->excludes[i].reason);
	for (size_t i = 0; i < c->noverrides; i++)
		strbuf_addf(sb, "override=%s\n", c->overrides[i]);
	for (size_t i = 0; i < c->nguests; i++)
		strbuf_addf(sb, "guest=%s%s%s\n", c->guests[i].package,
			c->guests[i].x64 ? " x64" : "", c->guests[i].x86 ? " x86" : "");
}
