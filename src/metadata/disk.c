/* SPDX-License-Identifier: BSD-2-Clause */
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "util/alloc.h"
#include "metadata/disk.h"
#include "metadata/rules.h"

/* python 2 readers divide a file's size by 100 and then by the result. */
enum { MIN_SIZE = 100 };

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n > m && strcmp(s + n - m, end) == 0;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Names of all *.rpm in dir, sorted: what follows must not depend on the directory's order. */
static int list_rpms(const char *dir, char ***names, size_t *n)
{
	DIR *dp = opendir(dir);
	struct dirent *e;
	size_t cap = 0;
	int r;

	if (!dp)
		return -errno;
	while (errno = 0, (e = readdir(dp)) != NULL) {
		if (!ends_with(e->d_name, ".rpm"))
			continue;
		*names = xgrow(*names, *n, &cap, sizeof(char *));
		(*names)[(*n)++] = xstrdup(e->d_name);
	}
	r = -errno;
	closedir(dp);
	if (*n)
		qsort(*names, *n, sizeof(char *), by_text);
	return r;
}

static void check_words(const struct disk_package *p, struct reporter *rep)
{
	const struct {
		const char *what;
		const char *value;
	} words[] = {
		{ "name", p->rpm.name },
		{ "version", p->rpm.version },
		{ "release", p->rpm.release },
		{ "architecture", p->rpm.arch },
	};
	const char *broken = rule_rpm_file(p->file);

	if (broken)
		report(rep, p->file, "%s; rename the RPM", broken);
	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		broken = *words[i].value ? rule_rpm_word(words[i].value) : "must not be empty";
		if (broken)
			report(rep, p->file, "RPM %s '%s': %s; correct the spec", words[i].what,
				words[i].value, broken);
	}
}

static void check_kernel(struct disk_package *p, const struct conf *c, const char *uname,
	size_t len, struct reporter *rep)
{
	AUTO_FREE char *name = xstrndup(uname, len);

	p->kernel = conf_find_kernel(c, name);
	if (!p->kernel)
		report(rep, p->file,
			"holds modules for kernel %s, which is none of the disk's kernels; "
			"remove the stale RPM, or build for that kernel too",
			name);
}

static void judge(struct disk_package *p, const struct conf *c, struct reporter *rep)
{
	const char *uname;
	size_t len;

	p->role = role_of(&p->rpm, c->label, c->driver);
	p->firmware = p->role == ROLE_DATA && role_has_firmware(&p->rpm);
	check_words(p, rep);
	if (p->rpm.is_source) {
		report(rep, p->file,
			"is a source RPM; source RPMs belong in SRPMS/, the root is for what "
			"gets installed");
		return;
	}
	if (!role_arch_fits(p->rpm.arch, c->arch))
		report(rep, p->file,
			"is for architecture %s, the release is %s; build it for %s or noarch",
			p->rpm.arch, c->arch, c->arch);
	if (p->digest.size < MIN_SIZE)
		report(rep, p->file,
			"has %" PRIu64 " bytes; old installers call a package of less than %d "
			"bytes damaged",
			p->digest.size, MIN_SIZE);
	role_check_files(&p->rpm, p->role, p->file, rep, &uname, &len);
	if (uname)
		check_kernel(p, c, uname, len, rep);
	if ((p->role == ROLE_UPDATE || p->role == ROLE_CONTROL) && !(c->formats & CONF_YUM))
		report(rep, p->file,
			"is for the format yum, which the release does not have; remove it");
}

static int load_package(struct disk_package *p, const char *dir, char *name, const struct conf *c,
	struct reporter *rep)
{
	AUTO_FREE char *error = NULL;
	struct stat st;
	int r;

	*p = (struct disk_package){ .file = name, .path = xasprintf("%s/%s", dir, name) };
	if (lstat(p->path, &st) < 0) {
		r = -errno;
		report(rep, p->path, "%s", strerror(-r));
		return r;
	}
	if (!S_ISREG(st.st_mode)) {
		report(rep, p->path, "is no regular file; put the RPM itself on the disk");
		return -EINVAL;
	}
	r = rpmfile_read(&p->rpm, p->path, 0, &error);
	if (r == 0) {
		r = digest_file(&p->digest, DIGEST_MD5 | DIGEST_SHA256, p->path);
		if (r == 0) {
			judge(p, c, rep);
			return 0;
		}
		error = xstrdup(strerror(-r));
	}
	report(rep, p->path, "%s", error);
	return r == -EBADMSG ? -EINVAL : r;
}

/* Kernels of one pair stand together, at the place of the pair's first; xen leads. */
static size_t kernel_rank(const struct conf *c, const struct conf_kernel *k)
{
	size_t pair = 0;

	if (!k)
		return 0;
	while (strcmp(c->kernels[pair].pair, k->pair) != 0)
		pair++;
	pair *= c->nkernels + 1;
	if (strcmp(k->flavour, "xen") == 0)
		return pair;
	return pair + 1 + (size_t)(k - c->kernels);
}

static int class_of(const struct disk_package *p)
{
	switch (p->role) {
	case ROLE_MODULE:
		return 1;
	case ROLE_UPDATE:
		return 3;
	case ROLE_CONTROL:
		return 4;
	default:
		return p->firmware ? 0 : 2;
	}
}

static int by_place(const void *a, const void *b, void *data)
{
	const struct disk_package *x = a, *y = b;
	const struct conf *c = data;
	size_t rx = kernel_rank(c, x->kernel), ry = kernel_rank(c, y->kernel);
	int c_x = class_of(x), c_y = class_of(y);
	int cmp;

	if (c_x != c_y)
		return c_x - c_y;
	if (rx != ry)
		return rx < ry ? -1 : 1;
	cmp = strcmp(x->rpm.name, y->rpm.name);
	return cmp ? cmp : strcmp(x->file, y->file);
}

/*
 * Puts what a package requires before it, and leaves the order alone otherwise. Of a circle the
 * first in order goes first: rpm would need them in one call anyway.
 */
static void sort_by_requires(struct disk_package *v, size_t n)
{
	AUTO_FREE struct role_package *rpms = xcalloc(n + 1, sizeof(*rpms));
	AUTO_FREE bool *needs = NULL;
	AUTO_FREE bool *placed = xcalloc(n + 1, sizeof(*placed));
	AUTO_FREE struct disk_package *out = xcalloc(n + 1, sizeof(*out));

	for (size_t i = 0; i < n; i++)
		rpms[i] = (struct role_package){ v[i].file, &v[i].rpm };
	needs = role_requires(rpms, n);
	for (size_t count = 0; count < n; count++) {
		size_t first = n, pick = n;

		for (size_t i = 0; i < n && pick == n; i++) {
			size_t k = 0;

			if (placed[i])
				continue;
			if (first == n)
				first = i;
			while (k < n && (placed[k] || !needs[i * n + k]))
				k++;
			if (k == n)
				pick = i;
		}
		if (pick == n)
			pick = first;
		placed[pick] = true;
		out[count] = v[pick];
	}
	if (n)
		memcpy(v, out, n * sizeof(*v));
}

static void check_kernels_served(const struct disk *d, const char *dir, struct reporter *rep)
{
	const struct conf *c = d->conf;

	for (size_t k = 0; k < c->nkernels; k++) {
		size_t i = 0;

		while (i < d->n && d->v[i].kernel != &c->kernels[k])
			i++;
		if (i == d->n)
			report(rep, dir,
				"has no module package for kernel %s (flavour %s); build it, or "
				"set EXCLUDE.%s and say why",
				c->kernels[k].uname, c->kernels[k].flavour, c->kernels[k].flavour);
	}
}

static void check_yum(struct disk *d, const char *dir, struct reporter *rep)
{
	AUTO_FREE struct role_package *v = xcalloc(d->ninstalled + 1, sizeof(*v));

	for (size_t i = d->ninstalled; i < d->n; i++) {
		if (d->v[i].role == ROLE_UPDATE)
			d->update = &d->v[i];
		else
			d->control = &d->v[i];
	}
	if (!d->control)
		report(rep, dir,
			"has no RPM control-%s, which update.xml names; without it installers "
			"refuse the disk: make build-rpms makes it",
			d->conf->label);
	if (!d->update) {
		report(rep, dir,
			"has no RPM update-%s, which the groups update and drivers install; make "
			"build-rpms makes it",
			d->conf->label);
		return;
	}
	for (size_t i = 0; i < d->ninstalled; i++)
		v[i] = (struct role_package){ d->v[i].file, &d->v[i].rpm };
	v[d->ninstalled] = (struct role_package){ d->update->file, &d->update->rpm };
	role_check_update(v, d->ninstalled + 1, d->ninstalled, rep);
}

static void check_eula(const struct conf *c, const char *dir, struct reporter *rep)
{
	AUTO_FREE char *path = xasprintf("%s/EULA", dir);
	struct stat st;
	bool there = lstat(path, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0;

	if (c->eula && !there)
		report(rep, dir,
			"has no file EULA with text, though eula=yes; add it, or set "
			"EULA to no");
	if (!c->eula && there)
		report(rep, path,
			"is on the disk, though eula=no: nobody would be asked; remove "
			"it, or set EULA");
}

static void check_whole(struct disk *d, const char *dir, struct reporter *rep)
{
	AUTO_FREE struct role_package *v = xcalloc(d->n + 1, sizeof(*v));

	for (size_t i = 0; i < d->n; i++)
		v[i] = (struct role_package){ d->v[i].file, &d->v[i].rpm };
	if (d->ninstalled == 0)
		report(rep, dir,
			"holds no RPM to install; old installers fail on an empty "
			"package list: run make build-rpms");
	role_check_coinstall(v, d->n, rep);
	check_kernels_served(d, dir, rep);
	if (d->conf->formats & CONF_YUM)
		check_yum(d, dir, rep);
	check_eula(d->conf, dir, rep);
}

int disk_load(struct disk *d, const char *dir, const struct conf *c, struct reporter *rep)
{
	AUTO_FREE char **names = NULL;
	size_t n = 0, before = rep->count;
	int r;

	*d = (struct disk){ .conf = c };
	r = list_rpms(dir, &names, &n);
	if (r < 0) {
		report(rep, dir, "%s", strerror(-r));
		for (size_t i = 0; i < n; i++)
			free(names[i]);
		return r;
	}
	d->v = xcalloc(n + 1, sizeof(*d->v));
	for (size_t i = 0; i < n; i++) {
		int one = load_package(&d->v[i], dir, names[i], c, rep);

		d->n++;
		if (one < 0 && (r == 0 || r == -EINVAL))
			r = one;
	}
	/* What an unread RPM holds is not known: findings about the whole would mislead. */
	if (r < 0)
		return r;
	if (d->n)
		qsort_r(d->v, d->n, sizeof(*d->v), by_place, (void *)c);
	while (d->ninstalled < d->n && class_of(&d->v[d->ninstalled]) < 3)
		d->ninstalled++;
	sort_by_requires(d->v, d->ninstalled);
	check_whole(d, dir, rep);
	return rep->count == before ? 0 : -EINVAL;
}

void disk_release(struct disk *d)
{
	for (size_t i = 0; i < d->n; i++) {
		free(d->v[i].file);
		free(d->v[i].path);
		rpmfile_release(&d->v[i].rpm);
	}
	free(d->v);
	*d = (struct disk){ 0 };
}
