/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "util/alloc.h"
#include "windows/infcheck.h"

/* Microsoft: System-Defined Device Setup Classes. */
static const struct {
	const char *name, *guid;
} classes[] = {
	{ "CDROM", "{4d36e965-e325-11ce-bfc1-08002be10318}" },
	{ "Computer", "{4d36e966-e325-11ce-bfc1-08002be10318}" },
	{ "DiskDrive", "{4d36e967-e325-11ce-bfc1-08002be10318}" },
	{ "Display", "{4d36e968-e325-11ce-bfc1-08002be10318}" },
	{ "Extension", "{e2f84ce7-8efa-411c-aa69-97454ca4cb57}" },
	{ "HDC", "{4d36e96a-e325-11ce-bfc1-08002be10318}" },
	{ "HIDClass", "{745a17a0-74d3-11d0-b6fe-00a0c90f57da}" },
	{ "Keyboard", "{4d36e96b-e325-11ce-bfc1-08002be10318}" },
	{ "Media", "{4d36e96c-e325-11ce-bfc1-08002be10318}" },
	{ "Monitor", "{4d36e96e-e325-11ce-bfc1-08002be10318}" },
	{ "Mouse", "{4d36e96f-e325-11ce-bfc1-08002be10318}" },
	{ "Net", "{4d36e972-e325-11ce-bfc1-08002be10318}" },
	{ "Ports", "{4d36e978-e325-11ce-bfc1-08002be10318}" },
	{ "SCSIAdapter", "{4d36e97b-e325-11ce-bfc1-08002be10318}" },
	{ "SoftwareComponent", "{5c4c3332-344d-483c-8739-259e934c9cc8}" },
	{ "System", "{4d36e97d-e325-11ce-bfc1-08002be10318}" },
	{ "USB", "{36fc9e60-c465-11cf-8056-444553540000}" },
	{ "Volume", "{71a27cdd-812a-11d0-bec7-08002be2092f}" },
};

static const char *const architectures[] = { "NTamd64", "NTarm64", "NTarm", "NTx86" };

void inf_found(struct inf_check *c, enum inf_rule_id rule, unsigned line, const char *fmt, ...)
{
	AUTO_FREE char *text = NULL;
	va_list ap;

	va_start(ap, fmt);
	text = xvasprintf(fmt, ap);
	va_end(ap);
	inf_finding(c->f, rule, c->inf->file, line, "%s", text);
}

struct inf_section *inf_use(struct inf_check *c, const char *name)
{
	struct inf_section *s = inf_section(c->inf, name);

	if (s)
		s->is_used = true;
	return s;
}

struct inf_section *inf_refer(struct inf_check *c, const char *name, unsigned line)
{
	struct inf_section *s = inf_use(c, name);

	if (!s)
		inf_found(c, INF_NO_SECTION, line, "there is no section [%s]", name);
	return s;
}

bool inf_is_new(struct inf_check *c, struct inf_section *s, enum inf_role role)
{
	bool is_new = s->checked_for[role] != c->arch;

	s->checked_for[role] = c->arch;
	return is_new;
}

char *inf_text(struct inf_check *c, const struct inf_line *line, size_t i)
{
	return inf_expand(c->inf, inf_value(line, i), 0, NULL);
}

void inf_check_twice(
	struct inf_check *c, const struct inf_section *s, const char *const *but, size_t n)
{
	for (size_t i = 0; i < s->n; i++) {
		const char *key = s->v[i].key;
		bool may = !key;

		for (size_t k = 0; k < n && !may; k++)
			may = strcasecmp(key, but[k]) == 0;
		if (!may && inf_line(s, key) != &s->v[i])
			inf_found(c, INF_TWICE, s->v[i].number, "'%s' stands in [%s] before", key,
				s->name);
	}
}

static bool is_date(const char *s)
{
	static const int days[] = { 31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	int month, day, year, end = 0;

	for (size_t i = 0; i < 10; i++) {
		if (i == 2 || i == 5 ? s[i] != '/' : !isdigit((unsigned char)s[i]))
			return false;
	}
	if (sscanf(s, "%2d/%2d/%4d%n", &month, &day, &year, &end) != 3 || s[end])
		return false;
	if (month < 1 || month > 12 || day < 1 || day > days[month - 1] || year < 1980)
		return false;
	return month != 2 || day < 29 || (year % 4 == 0 && (year % 100 != 0 || year % 400 == 0));
}

static bool is_version(const char *s)
{
	for (int part = 0; part < 4; part++) {
		size_t len = strspn(s, "0123456789");

		if (len < 1 || len > 5 || strtoul(s, NULL, 10) > 65535)
			return false;
		s += len;
		if (*s++ != (part < 3 ? '.' : '\0'))
			return false;
	}
	return true;
}

/* [Version] also takes these with a decoration, one for each kind of system. */
static const struct inf_line *version_line(
	struct inf_check *c, const struct inf_section *s, const char *key, char **value)
{
	const struct inf_line *l = inf_line(s, key);

	*value = inf_text(c, l, 0);
	return l;
}

static void check_class(struct inf_check *c, const struct inf_section *s)
{
	AUTO_FREE char *class = NULL;
	AUTO_FREE char *guid = NULL;
	const struct inf_line *l = version_line(c, s, "Class", &class);
	const char *wanted = NULL;

	version_line(c, s, "ClassGuid", &guid);
	for (size_t i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
		if (strcasecmp(classes[i].name, class) == 0)
			wanted = classes[i].guid;
	}
	if (!wanted && *class && *guid && inf_section(c->inf, "ClassInstall32"))
		return; /* the package brings the class along */
	if (!wanted)
		inf_found(
			c, INF_CLASS, l ? l->number : s->number, "Class '%s' is not known", class);
	else if (strcasecmp(wanted, guid) != 0)
		inf_found(c, INF_CLASS, l->number, "ClassGuid '%s' is not that of class %s, %s",
			guid, class, wanted);
}

static void check_driverver(struct inf_check *c, const struct inf_section *s)
{
	const struct inf_line *l = inf_line(s, "DriverVer");
	AUTO_FREE char *date = inf_text(c, l, 0);
	AUTO_FREE char *version = inf_text(c, l, 1);

	if (!l)
		inf_found(c, INF_DRIVERVER, s->number, "there is no DriverVer");
	else if (!is_date(date) || !is_version(version) || l->n != 2)
		inf_found(c, INF_DRIVERVER, l->number, "DriverVer '%s,%s'", date, version);
}

static void check_catalog_file(struct inf_check *c, const struct inf_section *s)
{
	size_t found = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct inf_line *l = &s->v[i];
		AUTO_FREE char *name = inf_text(c, l, 0);
		size_t len = strlen(name);

		if (!l->key || strncasecmp(l->key, "CatalogFile", 11) != 0 ||
			(l->key[11] && l->key[11] != '.'))
			continue;
		found++;
		if (len < 5 || strcasecmp(name + len - 4, ".cat") != 0 || strpbrk(name, "/\\:")) {
			inf_found(
				c, INF_CATALOG, l->number, "CatalogFile '%s' is no NAME.cat", name);
		} else if (c->files && !c->files->has(c->files->arg, name)) {
			inf_found(c, INF_CATALOG, l->number, "%s/%s is not there", c->files->where,
				name);
		}
	}
	if (!found)
		inf_found(c, INF_CATALOG, s->number, "there is no CatalogFile");
}

static void check_version(struct inf_check *c)
{
	struct inf_section *s = inf_use(c, "Version");
	AUTO_FREE char *signature = NULL;
	AUTO_FREE char *provider = NULL;
	AUTO_FREE char *lockdown = NULL;
	const struct inf_line *l;

	if (!s) {
		inf_found(c, INF_SIGNATURE, 0, "there is no section [Version]");
		return;
	}
	l = version_line(c, s, "Signature", &signature);
	if (strcasecmp(signature, "$Windows NT$") != 0)
		inf_found(c, INF_SIGNATURE, l ? l->number : s->number, "Signature is '%s'",
			signature);
	check_class(c, s);
	l = version_line(c, s, "Provider", &provider);
	if (!*provider)
		inf_found(c, INF_PROVIDER, l ? l->number : s->number, "Provider is %s",
			l ? "empty" : "missing");
	check_driverver(c, s);
	check_catalog_file(c, s);
	l = version_line(c, s, "PnpLockdown", &lockdown);
	if (strcmp(lockdown, "1") != 0)
		inf_found(c, INF_LOCKDOWN, l ? l->number : s->number, "PnpLockdown is %s%s",
			l ? "" : "missing", lockdown);
	inf_check_twice(c, s, NULL, 0);
}

static bool has_hex(const char *s, size_t n)
{
	return strspn(s, "0123456789abcdefABCDEF") == n && (!s[n] || s[n] == '&');
}

/* PCI has a form of its own: "Identifiers for PCI Devices". */
static bool is_pci(const char *s)
{
	static const struct {
		const char *name;
		size_t digits;
	} parts[] = { { "VEN_", 4 }, { "DEV_", 4 }, { "SUBSYS_", 8 }, { "REV_", 2 }, { "CC_", 6 },
		{ "CC_", 4 } };
	bool fine = true;

	while (fine && s) {
		fine = false;
		for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
			size_t len = strlen(parts[i].name);

			fine |= strncasecmp(s, parts[i].name, len) == 0 &&
				has_hex(s + len, parts[i].digits);
		}
		s = strchr(s, '&');
		s = s ? s + 1 : NULL;
	}
	return fine;
}

/* Microsoft, "Hardware IDs": MAX_DEVICE_ID_LEN is 200 with the NUL. */
static bool is_hardware_id(const char *s)
{
	const char *slash = strchr(s, '\\');
	size_t n = strlen(s);

	if (n == 0 || n > 199)
		return false;
	for (size_t i = 0; i < n; i++) {
		if (s[i] <= ' ' || s[i] >= 0x7f || s[i] == ',')
			return false;
	}
	if (s[0] == '*')
		return n > 1 && !slash;
	if (!slash || slash == s || !slash[1])
		return false;
	return strncasecmp(s, "PCI\\", 4) != 0 || is_pci(slash + 1);
}

/* INSTALL.NTamd64 goes before INSTALL.NT, and that before INSTALL; setup takes one of them. */
static struct inf_section *find_install(struct inf_check *c, const char *name)
{
	AUTO_FREE char *exact = xasprintf("%s.NT%s", name, c->arch);
	AUTO_FREE char *nt = xasprintf("%s.NT", name);
	struct inf_section *s = *c->arch ? inf_use(c, exact) : NULL;

	if (!s)
		s = inf_use(c, nt);
	return s ? s : inf_use(c, name);
}

static void check_model(struct inf_check *c, const struct inf_line *l)
{
	AUTO_FREE char *install = inf_text(c, l, 0);
	struct inf_section *s;

	if (!l->key || !*l->key || l->n < 2)
		inf_found(c, INF_HARDWARE_ID, l->number,
			"a model without a description or without a hardware id");
	for (size_t i = 1; i < l->n; i++) {
		AUTO_FREE char *id = inf_text(c, l, i);

		if (!is_hardware_id(id))
			inf_found(c, INF_HARDWARE_ID, l->number, "'%s' is no hardware id", id);
	}
	s = find_install(c, install);
	if (s)
		inf_check_install(c, s, true);
	else
		inf_found(c, INF_NO_SECTION, l->number, "there is no section [%s] nor [%s.NT%s]",
			install, install, c->arch);
}

static void check_models(struct inf_check *c, const char *name, unsigned line)
{
	struct inf_section *s = inf_refer(c, name, line);

	if (!s || !inf_is_new(c, s, INF_MODELS))
		return;
	for (size_t i = 0; i < s->n; i++)
		check_model(c, &s->v[i]);
}

/* "NTamd64" or "NTamd64.6.1": the architecture without NT, or NULL. */
static const char *architecture(const char *decoration)
{
	for (size_t i = 0; i < sizeof(architectures) / sizeof(architectures[0]); i++) {
		size_t len = strlen(architectures[i]);

		if (strncasecmp(decoration, architectures[i], len) == 0 &&
			(!decoration[len] || decoration[len] == '.'))
			return architectures[i] + 2;
	}
	return NULL;
}

static void check_manufacturer(struct inf_check *c)
{
	const struct inf_section *s = inf_use(c, "Manufacturer");

	for (size_t i = 0; s && i < s->n; i++) {
		const struct inf_line *l = &s->v[i];
		AUTO_FREE char *base = inf_text(c, l, 0);

		if (l->n < 2)
			inf_found(c, INF_ARCHITECTURE, l->number,
				"models [%s] without an architecture", base);
		for (size_t k = 1; k < l->n; k++) {
			AUTO_FREE char *target = inf_text(c, l, k);
			AUTO_FREE char *name = xasprintf("%s.%s", base, target);

			c->arch = architecture(target);
			if (!c->arch) {
				inf_found(c, INF_ARCHITECTURE, l->number,
					"'%s' is no architecture that is known", target);
				inf_use(c, name);
				continue;
			}
			check_models(c, name, l->number);
		}
	}
	c->arch = "";
}

static bool starts(const char *s, const char *with)
{
	size_t n = strlen(with);

	return strncasecmp(s, with, n) == 0 && (!s[n] || s[n] == '.');
}

/* Sections that setup calls by their own name; "DefaultInstall.NTamd64.Services" is one's part. */
static void check_roots(struct inf_check *c)
{
	static const char *const tables[] = { "Version", "Strings", "SourceDisksNames",
		"SourceDisksFiles", "DestinationDirs", "ControlFlags", "SignatureAttributes" };
	static const char *const installs[] = { "DefaultInstall", "DefaultUninstall",
		"ClassInstall32", "InterfaceInstall32" };
	bool has_root = inf_section(c->inf, "Manufacturer");

	for (size_t i = 0; i < c->inf->n; i++) {
		struct inf_section *s = &c->inf->v[i];
		const char *arch = strcasestr(s->name, ".NT");

		for (size_t k = 0; k < sizeof(tables) / sizeof(tables[0]); k++)
			s->is_used |= starts(s->name, tables[k]);
		for (size_t k = 0; k < sizeof(installs) / sizeof(installs[0]); k++) {
			size_t len = strlen(installs[k]);

			if (!starts(s->name, installs[k]) ||
				(s->name[len] && (arch != s->name + len || strchr(arch + 1, '.'))))
				continue;
			s->is_used = true;
			has_root |= k == 0;
			c->arch = arch ? architecture(arch + 1) : NULL;
			if (!c->arch)
				c->arch = "";
			inf_check_install(c, s, false);
		}
	}
	c->arch = "";
	if (!has_root)
		inf_found(c, INF_ARCHITECTURE, 0,
			"there is neither [Manufacturer] nor [DefaultInstall.NT…]");
}

static void check_strings(struct inf_check *c)
{
	for (size_t i = 0; i < c->inf->n; i++) {
		struct inf_section *s = &c->inf->v[i];

		if (starts(s->name, "Strings")) {
			inf_check_twice(c, s, NULL, 0);
			continue;
		}
		for (size_t k = 0; k < s->n; k++) {
			const struct inf_line *l = &s->v[k];

			if (l->key)
				free(inf_expand(c->inf, l->key, l->number, c->f));
			for (size_t m = 0; m < l->n; m++)
				free(inf_expand(c->inf, l->values[m], l->number, c->f));
		}
	}
}

void inf_check(struct inf *inf, const char *dir, struct findings *f)
{
	struct inf_files files = { .where = dir, .has = inf_directory_has, .arg = dir };

	inf_check_among(inf, dir ? &files : NULL, f);
}

void inf_check_among(struct inf *inf, const struct inf_files *files, struct findings *f)
{
	struct inf_check c = { .inf = inf, .files = files, .f = f, .arch = "" };

	check_version(&c);
	check_strings(&c);
	check_manufacturer(&c);
	check_roots(&c);
	for (size_t i = 0; i < inf->n; i++) {
		const struct inf_section *s = &inf->v[i];

		if (!s->is_used)
			inf_found(&c, INF_UNUSED, s->number, "no line names [%s]", s->name);
	}
	for (size_t i = 0; i < c.n; i++)
		free(c.v[i].place);
	free(c.v);
}
