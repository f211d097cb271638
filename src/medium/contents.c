/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "medium/contents.h"
#include "medium/payload.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/strbuf.h"

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), e = strlen(end);

	return n >= e && strcmp(s + n - e, end) == 0;
}

static bool is_text(const char *path)
{
	static const char *const names[] = { "XS-REPOSITORY", "XS-PACKAGES", "XS-REPOSITORY-LIST",
		"update.xml", "update.xml.asc", "disk.info", "install.sh", "install", "EULA" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(path, names[i]) == 0)
			return true;
	}
	return strncmp(path, "repodata/", 9) == 0 || contents_is_cert(path) ||
	       contents_is_key(path);
}

static bool want(void *arg, const struct medium_entry *e)
{
	(void)arg;
	(void)e;
	return true;
}

/* Counts n more bytes of metadata; false, and a finding, when they are too many. */
static bool text_room(struct contents *c, const char *path, uint64_t n)
{
	if (n <= CONTENTS_TEXT_MAX - c->text_bytes) {
		c->text_bytes += (size_t)n;
		return true;
	}
	findings_add(c->findings, RULE_MD_ENTRY, path,
		"with its %llu bytes the metadata of the medium has more than %zu",
		(unsigned long long)n, CONTENTS_TEXT_MAX);
	return false;
}

/* Returns how many of the size bytes came. */
static size_t read_whole(int fd, char *data, size_t size)
{
	size_t done = 0;

	while (done < size) {
		ssize_t n = read(fd, data + done, size - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return done;
}

static void read_text(struct contents *c, const struct medium_entry *e, int fd)
{
	struct contents_text *t;

	if (!text_room(c, e->path, e->size))
		return;
	c->texts = xgrow(c->texts, c->n_texts, &c->cap_texts, sizeof(*c->texts));
	t = &c->texts[c->n_texts];
	*t = (struct contents_text){ .path = xstrdup(e->path), .mode = e->mode };
	t->data = xcalloc(1, (size_t)e->size + 1);
	t->len = read_whole(fd, t->data, (size_t)e->size);
	digest_buffer(&t->digest, DIGEST_MD5 | DIGEST_SHA256, t->data, t->len);
	c->n_texts++;
}

struct module_walk {
	struct contents *contents;
	struct contents_rpm *rpm;
};

enum { RPM_MODULES_MAX = 16384 };

static int read_module(void *arg, const char *path, const void *data, size_t size)
{
	struct module_walk *w = arg;
	struct contents_rpm *r = w->rpm;
	AUTO_FREE char *file = r->bare ? xstrdup(path) : xasprintf("%s:%s", r->path, path);
	AUTO_FREE char *why = NULL;
	struct contents_module cm = { 0 };

	if (module_parse(&cm.module, path, data, size, &why) < 0) {
		findings_add(w->contents->findings, RULE_KO_READ, file, "%s", why);
		module_release(&cm.module);
		return 0;
	}
	if (w->contents->trust && cm.module.signature.present)
		cm.verdict = trust_module(w->contents->trust, data, size);
	cm.path = xstrdup(path);
	r->modules = xgrow(r->modules, r->n_modules, &r->cap_modules, sizeof(*r->modules));
	r->modules[r->n_modules++] = cm;
	return r->n_modules == RPM_MODULES_MAX ? -EFBIG : 0;
}

/* Payloads are unpacked for modules only. */
static void read_modules(struct contents *c, struct contents_rpm *r, int fd)
{
	struct module_walk w = { c, r };
	AUTO_FREE char *why = NULL;
	size_t listed = 0, n = 0;
	char **unames = rpmfile_unames(&r->rpm, &n);

	for (size_t i = 0; i < n; i++) {
		if (i == 0)
			r->uname = unames[i];
		else
			free(unames[i]);
	}
	free(unames);
	for (size_t i = 0; i < r->rpm.nfiles; i++) {
		const struct rpmfile_entry *e = &r->rpm.files[i];

		listed += (e->mode & S_IFMT) == S_IFREG && !e->ghost && module_is_path(e->path);
	}
	if (listed == 0)
		return;
	if (payload_modules(fd, read_module, &w, &why) < 0)
		findings_add(c->findings, RULE_RP_PAYLOAD, r->path, "%s",
			why ? why : "it has too many modules");
	else if (listed > r->n_modules && !findings_has(c->findings, RULE_KO_READ))
		findings_add(c->findings, RULE_RP_PAYLOAD, r->path,
			"its header lists %zu modules, the payload has %zu", listed, r->n_modules);
}

/* Each key is asked about once: the answer is the same for all that it signed. */
static enum verdict verify_rpm(const struct contents *c, const struct contents_rpm *r, int fd)
{
	const struct contents_rpm *before = NULL;
	enum verdict v;

	for (const struct contents_rpm *o = c->rpms; o < r && !before; o++) {
		bool valid = o->verdict == VERDICT_GOOD || o->verdict == VERDICT_EXPIRED ||
			     o->verdict == VERDICT_UNABLE;

		if (valid && strcmp(o->rpm.key_id, r->rpm.key_id) == 0)
			before = o;
	}
	v = trust_rpm(c->trust, fd, !before);
	return before && v == VERDICT_GOOD ? before->verdict : v;
}

static void read_rpm(struct contents *c, const struct medium_entry *e, int fd)
{
	AUTO_FREE char *error = NULL;
	struct contents_rpm *r;

	c->rpms = xgrow(c->rpms, c->n_rpms, &c->cap_rpms, sizeof(*c->rpms));
	r = &c->rpms[c->n_rpms++];
	*r = (struct contents_rpm){ .path = xstrdup(e->path) };
	/* What comes out of an image lies in a file of our own. */
	r->readable = rpmfile_read_whole(&r->rpm, fd, c->medium.is_iso ? RPMFILE_OURS : 0,
			      DIGEST_MD5 | DIGEST_SHA256, &r->digest, &error) == 0;
	if (!r->readable)
		findings_add(
			c->findings, RULE_RP_READ, e->path, "%s", error ? error : "unreadable");
	else if (!r->rpm.is_source)
		read_modules(c, r, fd);
	if (r->readable && r->rpm.is_signed && c->trust)
		r->verdict = verify_rpm(c, r, fd);
}

/* A module without an RPM round it is kept as a package that has nothing else. */
static void read_bare_module(struct contents *c, const struct medium_entry *e, int fd)
{
	struct contents_rpm *r;
	struct module_walk w = { .contents = c };
	AUTO_FREE char *data = NULL;
	size_t done = 0;

	c->rpms = xgrow(c->rpms, c->n_rpms, &c->cap_rpms, sizeof(*c->rpms));
	r = &c->rpms[c->n_rpms++];
	*r = (struct contents_rpm){ .path = xstrdup(e->path), .bare = true };
	w.rpm = r;
	if (e->size > MODULE_SIZE_MAX) {
		findings_add(c->findings, RULE_KO_READ, e->path,
			"it has %llu bytes; the limit is %zu", (unsigned long long)e->size,
			MODULE_SIZE_MAX);
		return;
	}
	data = xcalloc(1, (size_t)e->size + 1);
	done = read_whole(fd, data, (size_t)e->size);
	digest_buffer(&r->digest, DIGEST_MD5 | DIGEST_SHA256, data, done);
	read_module(&w, e->path, data, done);
}

static bool is_windows(const char *path)
{
	return strncmp(path, WINDOWS_FOLDER, strlen(WINDOWS_FOLDER)) == 0;
}

/* INF files and catalogs are kept, of others what is known of them. */
static void read_windows(struct contents *c, const struct medium_entry *e, int fd)
{
	enum windows_kind kind = windows_kind(e->path);
	AUTO_FREE char *data = NULL;
	struct contents_file *file;
	size_t len;

	if (e->size > (kind == WINDOWS_INF ? INF_SIZE_MAX : WINDOWS_FILE_MAX)) {
		findings_add(c->findings, RULE_WP_LAYOUT, e->path, "it has %llu bytes",
			(unsigned long long)e->size);
		return;
	}
	if ((kind == WINDOWS_INF || kind == WINDOWS_CATALOG) && !text_room(c, e->path, e->size))
		return;
	data = xcalloc(1, (size_t)e->size + 1);
	len = read_whole(fd, data, (size_t)e->size);
	c->files = xgrow(c->files, c->n_files, &c->cap_files, sizeof(*c->files));
	file = &c->files[c->n_files++];
	*file = (struct contents_file){ .path = xstrdup(e->path) };
	digest_buffer(&file->digest, DIGEST_MD5 | DIGEST_SHA256, data, len);
	file->windows = windows_file_read(e->path, data, len);
}

static void read_file(void *arg, const struct medium_entry *e, int fd)
{
	struct contents *c = arg;
	struct contents_file *file;

	if (c->medium.is_single && !medium_is_rpm(fd)) {
		read_bare_module(c, e, fd);
		return;
	}
	if (!c->medium.is_single && is_text(e->path)) {
		read_text(c, e, fd);
		return;
	}
	if (!c->medium.is_single && is_windows(e->path)) {
		read_windows(c, e, fd);
		return;
	}
	if (c->medium.is_single || ends_with(e->path, ".rpm")) {
		read_rpm(c, e, fd);
		return;
	}
	c->files = xgrow(c->files, c->n_files, &c->cap_files, sizeof(*c->files));
	file = &c->files[c->n_files++];
	*file = (struct contents_file){ .path = xstrdup(e->path) };
	if (digest_fd(&file->digest, DIGEST_MD5 | DIGEST_SHA256, fd) < 0)
		findings_add(c->findings, RULE_MD_ENTRY, e->path, "it cannot be read to its end");
}

/* An ISO may give one extent two names: the second gets a copy, if the first is kept whole. */
static void copy_shared_texts(struct contents *c)
{
	for (size_t i = 0; i < c->medium.n; i++) {
		const struct medium_entry *e = &c->medium.v[i];
		const struct contents_text *first;
		struct contents_text copy;

		if (e->same < 0 || !is_text(e->path))
			continue;
		first = contents_text(c, c->medium.v[e->same].path);
		if (!first) {
			findings_add(c->findings, RULE_MD_ENTRY, e->path,
				"it shares its data with %s", c->medium.v[e->same].path);
			continue;
		}
		if (!text_room(c, e->path, first->len))
			continue;
		copy = *first;
		copy.path = xstrdup(e->path);
		copy.mode = e->mode;
		copy.data = xcalloc(1, first->len + 1);
		memcpy(copy.data, first->data, first->len);
		c->texts = xgrow(c->texts, c->n_texts, &c->cap_texts, sizeof(*c->texts));
		c->texts[c->n_texts++] = copy;
	}
}

static void report_info(void *data, const char *where, const char *text)
{
	findings_add(data, RULE_MD_INFO, where, "%s", text);
}

static bool is_there(const char *path, size_t len, const char *suffix)
{
	AUTO_FREE char *name = xasprintf("%.*s%s", (int)len, path, suffix);

	return access(name, F_OK) == 0;
}

/* Two algorithms, so that each has a thread. */
struct image_digests {
	struct digest_ctx *md5;
	struct digest_ctx *sha256;
};

static void add_digest(void *ctx, const void *data, size_t len)
{
	digest_add(ctx, data, len);
}

/* The digests of an image are wanted when NAME.md5 or NAME.sha256 lies beside NAME.iso. */
static void start_image(struct image_digests *d, struct medium_visitor *v, const char *path)
{
	size_t len = strlen(path);

	if (len < 5 || strcmp(path + len - 4, ".iso") != 0)
		return;
	if (is_there(path, len - 4, ".md5")) {
		d->md5 = digest_begin(DIGEST_MD5);
		v->image[v->n_image++] = (struct fanout_sink){ add_digest, d->md5 };
	}
	if (is_there(path, len - 4, ".sha256")) {
		d->sha256 = digest_begin(DIGEST_SHA256);
		v->image[v->n_image++] = (struct fanout_sink){ add_digest, d->sha256 };
	}
}

/* Nothing is kept of what was no image. */
static void finish_image(struct image_digests *d, struct digest *out, bool is_iso)
{
	struct digest md5 = { 0 }, sha256 = { 0 };

	if (d->md5)
		digest_end(d->md5, &md5);
	if (d->sha256)
		digest_end(d->sha256, &sha256);
	if (!is_iso)
		return;
	memcpy(out->md5, md5.md5, sizeof(out->md5));
	memcpy(out->sha256, sha256.sha256, sizeof(out->sha256));
}

static int read_medium(
	struct contents *c, const char *path, const struct trust *t, struct findings *f)
{
	struct medium_visitor visitor = { .arg = c, .want = want, .file = read_file };
	struct reporter rep = { .fn = report_info, .data = f };
	const struct contents_text *info;
	struct image_digests image = { 0 };
	int r;

	*c = (struct contents){ .findings = f, .trust = t };
	start_image(&image, &visitor, path);
	r = medium_read(&c->medium, path, &visitor, f);
	finish_image(&image, &c->image, c->medium.is_iso);
	if (r < 0)
		return r;
	copy_shared_texts(c);
	info = contents_text(c, "disk.info");
	if (info) {
		c->has_conf = true;
		conf_parse(&c->conf, "disk.info", info->data, info->len, &rep);
	}
	for (size_t i = 0; i < c->n_rpms; i++) {
		struct contents_rpm *x = &c->rpms[i];

		if (x->readable)
			x->role = role_of(&x->rpm, c->has_conf ? c->conf.label : NULL,
				c->has_conf ? c->conf.driver : NULL);
	}
	return 0;
}

int contents_read(struct contents *c, const char *path, struct findings *f)
{
	return read_medium(c, path, NULL, f);
}

bool contents_is_cert(const char *path)
{
	return strcmp(path, TRUST_CERT) == 0;
}

bool contents_is_key(const char *path)
{
	return strncmp(path, TRUST_KEY_PREFIX, strlen(TRUST_KEY_PREFIX)) == 0 && !strchr(path, '/');
}

static bool want_trust(void *arg, const struct medium_entry *e)
{
	const struct trust *t = arg;

	return e->size <= TRUST_FILE_MAX && ((!t->given_certs && contents_is_cert(e->path)) ||
						    (!t->given_keys && contents_is_key(e->path)));
}

/* One that is damaged counts for nothing here; the topic of signatures looks at it again. */
static void read_trust(void *arg, const struct medium_entry *e, int fd)
{
	AUTO_FREE char *data = xcalloc(1, (size_t)e->size + 1);
	AUTO_FREE char *why = NULL;
	size_t len = read_whole(fd, data, (size_t)e->size);

	if (contents_is_cert(e->path))
		trust_add_cert(arg, data, len, &why);
	else
		trust_add_key(arg, data, len, &why);
}

int contents_read_verified(
	struct contents *c, const char *path, struct trust *t, struct findings *f)
{
	struct medium_visitor visitor = { .arg = t, .want = want_trust, .file = read_trust };
	AUTO_FINDINGS struct findings unused = { 0 };
	AUTO_MEDIUM struct medium m = { 0 };
	int r = 0;

	/* Keys first, by themselves: they may lie behind what they verify. */
	if (!t->given_certs || !t->given_keys)
		r = medium_read(&m, path, &visitor, &unused);
	if (r < 0) {
		*c = (struct contents){ .findings = f };
		return r;
	}
	return read_medium(c, path, t, f);
}

void contents_release(struct contents *c)
{
	for (size_t i = 0; i < c->n_rpms; i++) {
		struct contents_rpm *r = &c->rpms[i];

		for (size_t j = 0; j < r->n_modules; j++) {
			free(r->modules[j].path);
			module_release(&r->modules[j].module);
		}
		free(r->modules);
		free(r->uname);
		free(r->path);
		rpmfile_release(&r->rpm);
	}
	for (size_t i = 0; i < c->n_texts; i++) {
		free(c->texts[i].path);
		free(c->texts[i].data);
	}
	for (size_t i = 0; i < c->n_files; i++) {
		windows_file_free(c->files[i].windows);
		free(c->files[i].path);
	}
	free(c->rpms);
	free(c->texts);
	free(c->files);
	if (c->has_conf)
		conf_release(&c->conf);
	medium_release(&c->medium);
	*c = (struct contents){ 0 };
}
