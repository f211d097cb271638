/* SPDX-License-Identifier: BSD-2-Clause */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "util/alloc.h"
#include "windows/infcheck.h"
#include "windows/sddl.h"

bool inf_number(const char *s, unsigned long *n)
{
	char *end;

	if (!isdigit((unsigned char)*s))
		return false;
	errno = 0;
	*n = strtoul(s, &end, 0);
	return !*end && !errno && *n <= 0xffffffffUL;
}

bool inf_is_relative(const char *path)
{
	const char *s = path;

	if (*s == '\\' || *s == '/' || strchr(s, ':'))
		return false;
	while (*s) {
		size_t len = strcspn(s, "\\/");

		if (len == 2 && s[0] == '.' && s[1] == '.')
			return false;
		s += len + (s[len] != '\0');
	}
	return true;
}

static void check_security(struct inf_check *c, const char *text, unsigned line)
{
	const char *why = NULL;
	struct sddl s;

	if (sddl_parse(text, &s, &why) < 0)
		inf_found(c, INF_SECURITY, line, "'%s' has %s", text, why);
	else if (s.open_to)
		inf_found(c, INF_OPEN, line, "'%s' lets %.2s write", text, s.open_to);
}

void inf_check_registry(struct inf_check *c, const char *name, unsigned line)
{
	static const char *const roots[] = { "HKR", "HKCR", "HKCU", "HKLM", "HKU" };
	struct inf_section *s = inf_section(c->inf, name);
	AUTO_FREE char *security = xasprintf("%s.Security", name);
	const struct inf_section *protection = inf_use(c, security);

	if (s && s->is_used)
		return;
	s = inf_refer(c, name, line);
	for (size_t i = 0; s && i < s->n; i++) {
		const struct inf_line *l = &s->v[i];
		AUTO_FREE char *root = inf_text(c, l, 0);
		AUTO_FREE char *value = inf_text(c, l, 2);
		AUTO_FREE char *flags = inf_text(c, l, 3);
		AUTO_FREE char *data = inf_text(c, l, 4);
		unsigned long n;
		bool known = false;

		for (size_t k = 0; k < sizeof(roots) / sizeof(roots[0]); k++)
			known |= strcasecmp(root, roots[k]) == 0;
		if (!known || l->key)
			inf_found(c, INF_REGISTRY, l->number, "root '%s' is not known", root);
		else if (*flags && !inf_number(flags, &n))
			inf_found(c, INF_REGISTRY, l->number, "flags '%s' are no number", flags);
		if (strcasecmp(value, "CoInstallers32") == 0)
			inf_found(c, INF_COINSTALLER, l->number, "a co-installer, '%s'", data);
		if (strcasecmp(root, "HKR") == 0 && strcasecmp(value, "Security") == 0)
			check_security(c, data, l->number);
	}
	if (protection && protection->n != 1)
		inf_found(c, INF_SECURITY, protection->number, "[%s] is not one line", security);
	else if (protection) {
		AUTO_FREE char *text = inf_text(c, &protection->v[0], 0);

		check_security(c, text, protection->v[0].number);
	}
}

/* Windows compares names without case, so the directory is looked through. */
static bool has_file(const char *dir, const char *path)
{
	size_t len = strcspn(path, "\\/");
	AUTO_FREE char *next = NULL;
	struct dirent *d;
	struct stat st;
	DIR *list;

	if (len == 0 && *path)
		return has_file(dir, path + 1);
	list = opendir(dir);
	while (list && (d = readdir(list))) {
		if (strlen(d->d_name) == len && strncasecmp(d->d_name, path, len) == 0) {
			next = xasprintf("%s/%s", dir, d->d_name);
			break;
		}
	}
	if (list)
		closedir(list);
	if (!next || stat(next, &st) < 0)
		return false;
	if (path[len])
		return S_ISDIR(st.st_mode) && has_file(next, path + len + 1);
	return S_ISREG(st.st_mode);
}

bool inf_directory_has(const void *arg, const char *path)
{
	return has_file(arg, path);
}

/* The line of a [SourceDisks…] table: that of the architecture goes first. */
static const struct inf_line *source_line(struct inf_check *c, const char *table, const char *key)
{
	AUTO_FREE char *own = xasprintf("%s.%s", table, c->arch);
	const struct inf_line *l = *c->arch ? inf_line(inf_section(c->inf, own), key) : NULL;

	return l ? l : inf_line(inf_section(c->inf, table), key);
}

static const char *without_root(const char *path)
{
	if (strcmp(path, ".") == 0)
		return "";
	return strncmp(path, ".\\", 2) == 0 ? path + 2 : *path == '\\' ? path + 1 : path;
}

static void check_source(struct inf_check *c, const char *file, unsigned line)
{
	const struct inf_line *l = source_line(c, "SourceDisksFiles", file), *disk;
	AUTO_FREE char *id = inf_text(c, l, 0);
	AUTO_FREE char *subdir = inf_text(c, l, 1);
	AUTO_FREE char *root = NULL;
	AUTO_FREE char *path = NULL;

	if (!l) {
		inf_found(c, INF_SOURCE, line, "'%s' is not in [SourceDisksFiles]", file);
		return;
	}
	disk = source_line(c, "SourceDisksNames", id);
	if (!disk) {
		inf_found(c, INF_SOURCE, l->number, "disk '%s' is not in [SourceDisksNames]", id);
		return;
	}
	root = inf_text(c, disk, 3);
	/* Both may begin with a backslash, which means the package's own folder. */
	if (!inf_is_relative(without_root(root)) || !inf_is_relative(without_root(subdir))) {
		inf_found(c, INF_PATH, l->number, "'%s', folder '%s' of disk '%s'", file, subdir,
			root);
		return;
	}
	path = xasprintf("%s\\%s\\%s", without_root(root), without_root(subdir), file);
	if (c->files && !c->files->has(c->files->arg, path))
		inf_found(c, INF_FILE, line, "'%s' is not in %s%s%s", file, c->files->where,
			*root || *subdir ? ", folder " : "",
			*subdir ? without_root(subdir) : without_root(root));
}

static bool is_directory_id(const char *s)
{
	/* Microsoft, "Using Dirids"; from 16384 on they are CSIDL values. */
	static const unsigned short known[] = { 1, 10, 11, 12, 13, 17, 18, 20, 21, 23, 24, 25, 30,
		50, 51, 52, 53, 54, 55 };
	unsigned long n;

	if (!inf_number(s, &n))
		return false;
	n = strtoul(s, NULL, 10);
	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i] == n)
			return true;
	}
	return (n >= 16384 && n <= 16447) || (n >= 66000 && n <= 66004);
}

/* "12\folder" for a list of files, or NULL; the caller frees it. */
static char *destination(struct inf_check *c, const char *list, unsigned line)
{
	const struct inf_section *s = inf_section(c->inf, "DestinationDirs");
	const struct inf_line *l = list ? inf_line(s, list) : NULL;
	AUTO_FREE char *id = NULL;
	AUTO_FREE char *folder = NULL;

	if (!l)
		l = inf_line(s, "DefaultDestDir");
	if (!l) {
		inf_found(c, INF_DESTINATION, line, "no directory id for '%s'",
			list ? list : "a single file");
		return NULL;
	}
	id = inf_text(c, l, 0);
	folder = inf_text(c, l, 1);
	if (!is_directory_id(id)) {
		inf_found(c, INF_DESTINATION, l->number, "directory id '%s' is not known", id);
		return NULL;
	}
	if (!inf_is_relative(folder)) {
		inf_found(c, INF_PATH, l->number, "folder '%s'", folder);
		return NULL;
	}
	return xasprintf("%lu%s%s", strtoul(id, NULL, 10), *folder ? "\\" : "", folder);
}

static void add_copied(struct inf_check *c, const char *place, const char *name)
{
	if (!place) {
		c->is_unplaced = true;
		return;
	}
	c->v = xgrow(c->v, c->n, &c->cap, sizeof(*c->v));
	c->v[c->n++].place = xasprintf("%s\\%s", place, name);
}

static void check_file_list(struct inf_check *c, const char *name, unsigned line)
{
	struct inf_section *s = inf_refer(c, name, line);
	AUTO_FREE char *place = NULL;

	if (!s || !inf_is_new(c, s, INF_FILES))
		return;
	place = destination(c, name, line);
	for (size_t i = 0; i < s->n; i++) {
		const struct inf_line *l = &s->v[i];
		AUTO_FREE char *to = inf_text(c, l, 0);
		AUTO_FREE char *from = inf_text(c, l, 1);
		const char *source = *from ? from : to;

		if (!*to || strpbrk(to, "\\/:") || strpbrk(source, "\\/:")) {
			inf_found(c, INF_PATH, l->number, "'%s' is no plain file name",
				strpbrk(source, "\\/:") ? source : to);
			continue;
		}
		check_source(c, source, l->number);
		add_copied(c, place, to);
	}
}

void inf_check_copy(struct inf_check *c, const struct inf_line *l)
{
	for (size_t i = 0; i < l->n; i++) {
		AUTO_FREE char *what = inf_text(c, l, i);

		if (*what == '@') {
			AUTO_FREE char *place = destination(c, NULL, l->number);

			if (!what[1] || strpbrk(what + 1, "\\/:")) {
				inf_found(c, INF_PATH, l->number, "'%s' is no plain file name",
					what + 1);
				continue;
			}
			check_source(c, what + 1, l->number);
			add_copied(c, place, what + 1);
		} else if (*what) {
			check_file_list(c, what, l->number);
		}
	}
}

static const char *const obsolete[] = { "BitReg", "DelFiles", "Ini2Reg", "LogConfig",
	"ProfileItems", "RegisterDlls", "RenFiles", "UnregisterDlls", "UpdateAutoBat", "UpdateInis",
	"UpdateIniFields" };

/* What may stand in an install section and in those beside it. */
static void check_directives(struct inf_check *c, struct inf_section *s)
{
	for (size_t i = 0; i < s->n; i++) {
		const struct inf_line *l = &s->v[i];
		const char *key = l->key ? l->key : "";

		for (size_t k = 0; k < sizeof(obsolete) / sizeof(obsolete[0]); k++) {
			if (strcasecmp(key, obsolete[k]) != 0)
				continue;
			inf_found(c, INF_OBSOLETE, l->number, "%s", key);
			for (size_t m = 0; m < l->n; m++)
				inf_refer(c, inf_value(l, m), l->number);
		}
		if (strcasecmp(key, "CopyFiles") == 0)
			inf_check_copy(c, l);
		if (strcasecmp(key, "AddReg") == 0 || strcasecmp(key, "DelReg") == 0) {
			for (size_t k = 0; k < l->n; k++) {
				AUTO_FREE char *name = inf_text(c, l, k);

				inf_check_registry(c, name, l->number);
			}
		}
		if (strcasecmp(key, "AddInterface") == 0 && *inf_value(l, 2)) {
			AUTO_FREE char *name = inf_text(c, l, 2);
			struct inf_section *interface = inf_refer(c, name, l->number);

			if (!interface || !inf_is_new(c, interface, INF_INTERFACE))
				continue;
			for (size_t k = 0; k < interface->n; k++) {
				const struct inf_line *add = &interface->v[k];
				AUTO_FREE char *registry = inf_text(c, add, 0);

				if (add->key && strcasecmp(add->key, "AddReg") == 0)
					inf_check_registry(c, registry, add->number);
			}
		}
	}
}

static void check_binary(struct inf_check *c, const struct inf_section *s)
{
	const struct inf_line *l = inf_line(s, "ServiceBinary");
	AUTO_FREE char *path = inf_text(c, l, 0);
	AUTO_FREE char *place = NULL;
	unsigned long id;
	char *end;

	if (!l)
		return; /* IF017 said so */
	id = *path == '%' && isdigit((unsigned char)path[1]) ? strtoul(path + 1, &end, 10) : 0;
	if (id == 0 || strncmp(end, "%\\", 2) != 0 || !inf_is_relative(end + 2)) {
		inf_found(c, INF_PATH, l->number, "ServiceBinary '%s' is no %%12%%\\NAME", path);
		return;
	}
	place = xasprintf("%lu\\%s", id, end + 2);
	for (size_t i = 0; i < c->n; i++) {
		if (strcasecmp(c->v[i].place, place) == 0)
			return;
	}
	if (!c->is_unplaced)
		inf_found(c, INF_BINARY, l->number, "ServiceBinary '%s' is not copied there", path);
}

static void check_values(struct inf_check *c, const struct inf_section *s)
{
	/* Microsoft, "INF AddService Directive". */
	static const struct {
		const char *key;
		unsigned char allowed[6];
		size_t n;
	} fields[] = {
		{ "ServiceType", { 1, 2, 4, 8, 0x10, 0x20 }, 6 },
		{ "StartType", { 0, 1, 2, 3, 4 }, 5 },
		{ "ErrorControl", { 0, 1, 2, 3 }, 4 },
	};
	unsigned long value[3] = { 0, 3, 1 };

	for (size_t i = 0; i < 3; i++) {
		const struct inf_line *l = inf_line(s, fields[i].key);
		AUTO_FREE char *text = inf_text(c, l, 0);
		bool fine = false;

		if (inf_number(text, &value[i])) {
			for (size_t k = 0; k < fields[i].n; k++)
				fine |= fields[i].allowed[k] == value[i];
		}
		if (!fine)
			inf_found(c, INF_SERVICE, l ? l->number : s->number, "%s is %s%s",
				fields[i].key, *text ? "" : "missing", text);
	}
	if (!inf_line(s, "ServiceBinary"))
		inf_found(c, INF_SERVICE, s->number, "ServiceBinary is missing");
	if (value[1] < 2 && value[0] >= 0x10)
		inf_found(c, INF_SERVICE, s->number,
			"StartType %lu, though this is a program and no driver", value[1]);
}

void inf_check_service(struct inf_check *c, const struct inf_line *add)
{
	static const char *const many[] = { "AddReg", "DelReg", "BitReg", "Dependencies",
		"AddTrigger" };
	AUTO_FREE char *name = inf_text(c, add, 2);
	AUTO_FREE char *log = inf_text(c, add, 3);
	struct inf_section *s = *name ? inf_refer(c, name, add->number) : NULL;
	const struct inf_line *l = inf_line(s, "Security");
	AUTO_FREE char *security = inf_text(c, l, 0);

	if (*log) {
		struct inf_section *events = inf_refer(c, log, add->number);

		if (events && inf_is_new(c, events, INF_INTERFACE))
			check_directives(c, events);
	}
	if (!s || !inf_is_new(c, s, INF_SERVICES))
		return;
	inf_check_twice(c, s, many, sizeof(many) / sizeof(many[0]));
	check_values(c, s);
	check_binary(c, s);
	if (l)
		check_security(c, security, l->number);
	check_directives(c, s);
}

static void check_services(struct inf_check *c, const struct inf_section *s)
{
	size_t own = 0;

	for (size_t i = 0; i < s->n; i++) {
		const struct inf_line *l = &s->v[i];
		AUTO_FREE char *flags = NULL;
		unsigned long n = 0;

		if (!l->key || strcasecmp(l->key, "AddService") != 0)
			continue;
		flags = inf_text(c, l, 1);
		if (*flags && !inf_number(flags, &n))
			inf_found(c, INF_SERVICE, l->number, "flags '%s' are no number", flags);
		own += n >> 1 & 1;
		if (!*inf_value(l, 2) && *inf_value(l, 0))
			inf_found(c, INF_SERVICE, l->number, "AddService names no section");
		inf_check_service(c, l);
	}
	if (own != 1)
		inf_found(c, INF_ASSOCIATE, s->number, "[%s] has %zu of them", s->name, own);
}

void inf_check_install(struct inf_check *c, struct inf_section *s, bool needs_service)
{
	static const char *const beside[] = { "HW", "Wdf", "Interfaces", "Filters", "Events",
		"Software", "Components", "LogConfigOverride", "FactDef" };
	AUTO_FREE char *services = xasprintf("%s.Services", s->name);
	AUTO_FREE char *coinstallers = xasprintf("%s.CoInstallers", s->name);
	struct inf_section *part;

	if (!inf_is_new(c, s, INF_INSTALL))
		return;
	check_directives(c, s);
	for (size_t i = 0; i < sizeof(beside) / sizeof(beside[0]); i++) {
		AUTO_FREE char *name = xasprintf("%s.%s", s->name, beside[i]);

		part = inf_use(c, name);
		if (part)
			check_directives(c, part);
	}
	part = inf_use(c, coinstallers);
	if (part) {
		inf_found(c, INF_COINSTALLER, part->number, "[%s]", coinstallers);
		check_directives(c, part);
	}
	part = inf_use(c, services);
	if (part && needs_service)
		check_services(c, part);
	else if (part) {
		for (size_t i = 0; i < part->n; i++) {
			if (part->v[i].key && strcasecmp(part->v[i].key, "AddService") == 0)
				inf_check_service(c, &part->v[i]);
		}
	} else if (needs_service && !inf_line(s, "Needs")) {
		inf_found(c, INF_ASSOCIATE, s->number, "there is no section [%s]", services);
	}
}
