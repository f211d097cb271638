/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <getopt.h>
#include <glob.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/diag.h"
#include "util/digest.h"
#include "util/outfile.h"
#include "util/strbuf.h"
#include "metadata/conf.h"
#include "metadata/disk.h"
#include "metadata/epoch.h"
#include "metadata/rules.h"

#include "command.h"

enum { MAX_TEMPLATE = 4 << 20 };

#define STAGING ".ddk-metadata."

struct options {
	const char *conf;
	const char *installer;
	const char *metadata_md5;
	const char *key;
	const char *dir;
	long long epoch;
	bool check_conf;
};

/* One file of the root of the disk. An empty text means that this disk does not have it. */
struct output {
	const char *name;
	mode_t mode;
	struct strbuf text;
};

enum { XS_REPOSITORY, XS_PACKAGES, UPDATE_XML, DISK_INFO, INSTALL_SH, INSTALL, N_OUTPUTS };

static void print_help(FILE *out)
{
	fputs("Usage: ddk metadata --conf FILE --installer FILE --epoch N [OPTION]... DIR\n"
	      "       ddk metadata --check-conf --conf FILE\n"
	      "Writes every metadata file of the staged disk DIR from its RPMs: XS-REPOSITORY and\n"
	      "XS-PACKAGES (format xs), update.xml and repodata/ (format yum), disk.info,\n"
	      "install.sh and install. Nothing is written when the disk breaks a rule.\n\n"
	      "      --conf FILE          the disk as make describes it (disk.conf)\n"
	      "      --installer FILE     template of install.sh (install.sh.in)\n"
	      "      --epoch N            date for everything, seconds since 1970\n"
	      "                           (SOURCE_DATE_EPOCH)\n"
	      "      --metadata-md5 FILE  also write the MD5 of XS-REPOSITORY and XS-PACKAGES\n"
	      "                           together, which old installers show on Verify\n"
	      "      --key NAME           update.xml names this GPG key file; without it the\n"
	      "                           disk says that it is unsigned\n"
	      "      --check-conf         only hold FILE against the rules\n"
	      "  -h, --help               this text\n\n"
	      "Exit status: 0 fine, 1 the RPMs break a rule, 2 usage or disk.conf, 3 could not\n"
	      "read or write.\n",
		out);
}

/* Returns -1 to go on, else an exit status. */
static int parse_options(int argc, char **argv, struct options *o)
{
	static const struct option longs[] = {
		{ "conf", required_argument, NULL, 'c' },
		{ "installer", required_argument, NULL, 'i' },
		{ "epoch", required_argument, NULL, 'e' },
		{ "metadata-md5", required_argument, NULL, 'm' },
		{ "key", required_argument, NULL, 'k' },
		{ "check-conf", no_argument, NULL, 'C' },
		{ "help", no_argument, NULL, 'h' },
		{ NULL, 0, NULL, 0 },
	};
	const char *epoch = NULL, *broken;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", longs, NULL)) != -1) {
		switch (opt) {
		case 'c':
			o->conf = optarg;
			break;
		case 'i':
			o->installer = optarg;
			break;
		case 'e':
			epoch = optarg;
			break;
		case 'm':
			o->metadata_md5 = optarg;
			break;
		case 'k':
			o->key = optarg;
			break;
		case 'C':
			o->check_conf = true;
			break;
		case 'h':
			print_help(stdout);
			return DDK_OK;
		default:
			diag_note("`ddk metadata --help` lists the options");
			return DDK_USAGE;
		}
	}
	if (o->check_conf && o->conf && argc == optind)
		return -1;
	if (!o->conf || !o->installer || !epoch || argc - optind != 1) {
		diag_error("metadata: --conf, --installer, --epoch and one directory are needed; "
			   "see `ddk metadata --help`");
		return DDK_USAGE;
	}
	if (epoch_parse(epoch, &o->epoch) < 0) {
		diag_error("--epoch '%s': " EPOCH_RULE, epoch);
		return DDK_USAGE;
	}
	broken = *o->key ? rule_identifier(o->key) : NULL;
	if (broken) {
		diag_error("--key '%s': %s; give the base name of the file in /etc/pki/rpm-gpg",
			o->key, broken);
		return DDK_USAGE;
	}
	o->dir = argv[optind];
	return -1;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void remove_tree(const char *path)
{
	nftw(path, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static void cleanup_tree(char **path)
{
	if (*path)
		remove_tree(*path);
	free(*path);
}

/* A killed run leaves its staging directory behind, and it must not get onto the ISO. */
static void remove_stale(const char *dir)
{
	glob_t found;

	for (size_t i = 0; dir[i]; i++) {
		if (strchr("*?[\\", dir[i]))
			return; /* glob would read the name as a pattern */
	}
	AUTO_FREE char *pattern = xasprintf("%s/" STAGING "??????", dir);

	if (glob(pattern, GLOB_NOSORT, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			remove_tree(found.gl_pathv[i]);
		globfree(&found);
	}
}

static int failed(const char *path, int r)
{
	diag_error("%s: %s", path, strerror(-r));
	return DDK_IO;
}

static int make_texts(const struct options *o, const struct disk *d, struct output *out)
{
	const struct conf *c = d->conf;
	AUTO_STRBUF struct strbuf template = STRBUF_INIT;
	struct reporter rep = { 0 };
	int r;

	if (c->formats & CONF_XS) {
		disk_write_xs_repository(d, &out[XS_REPOSITORY].text);
		disk_write_xs_packages(d, &out[XS_PACKAGES].text);
	}
	if (c->formats & CONF_YUM)
		disk_write_update_xml(d, o->key, &out[UPDATE_XML].text);
	conf_write(c, &out[DISK_INFO].text);

	r = strbuf_read_file(&template, o->installer, MAX_TEMPLATE);
	if (r < 0)
		return failed(o->installer, r);
	if (disk_write_installer(
		    d, o->installer, template.buf, template.len, &rep, &out[INSTALL_SH].text) < 0)
		return DDK_USAGE;
	strbuf_add(&out[INSTALL].text, out[INSTALL_SH].text.buf, out[INSTALL_SH].text.len);
	return DDK_OK;
}

static int stage(const struct options *o, const struct disk *d, const struct output *out,
	const char *staging)
{
	AUTO_FREE char *repodata = xasprintf("%s/repodata", staging);
	struct reporter rep = { 0 };

	for (int i = 0; i < N_OUTPUTS; i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", staging, out[i].name);
		int r;

		if (out[i].text.len == 0)
			continue;
		r = outfile_write(path, out[i].mode, out[i].text.buf, out[i].text.len);
		if (r < 0)
			return failed(path, r);
	}
	if (!(d->conf->formats & CONF_YUM))
		return DDK_OK;
	if (mkdir(repodata, 0755) < 0)
		return failed(repodata, -errno);
	return disk_write_repodata(d, repodata, o->epoch, &rep) < 0 ? DDK_IO : DDK_OK;
}

/* Swaps a whole directory in; what was there before ends up in staging. */
static int replace_repodata(const char *staging, const char *dir, bool wanted)
{
	AUTO_FREE char *from = xasprintf("%s/repodata", staging);
	AUTO_FREE char *to = xasprintf("%s/repodata", dir);
	AUTO_FREE char *aside = xasprintf("%s/repodata.old", staging);

	if (wanted && renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_EXCHANGE) == 0)
		return DDK_OK;
	/* Nothing there to swap with, or a file system that cannot. */
	if (rename(to, aside) < 0 && errno != ENOENT)
		return failed(to, -errno);
	if (wanted && rename(from, to) < 0)
		return failed(to, -errno);
	return DDK_OK;
}

static int commit(const char *staging, const char *dir, const struct output *out, bool yum)
{
	for (int i = 0; i < N_OUTPUTS; i++) {
		AUTO_FREE char *from = xasprintf("%s/%s", staging, out[i].name);
		AUTO_FREE char *to = xasprintf("%s/%s", dir, out[i].name);

		/* A file of a format that the disk no longer has must not stay behind. */
		if (out[i].text.len == 0 ? unlink(to) < 0 && errno != ENOENT : rename(from, to) < 0)
			return failed(to, -errno);
	}
	return replace_repodata(staging, dir, yum);
}

static int write_metadata_md5(
	const struct options *o, const struct conf *c, const struct output *out)
{
	AUTO_FREE char *line = NULL;
	struct digest_ctx *ctx;
	struct digest sum;
	int r;

	if (!o->metadata_md5)
		return DDK_OK;
	if (!(c->formats & CONF_XS)) {
		diag_note("%s: not written, the release does not have the format xs",
			o->metadata_md5);
		if (unlink(o->metadata_md5) < 0 && errno != ENOENT)
			return failed(o->metadata_md5, -errno);
		return DDK_OK;
	}
	ctx = digest_begin(DIGEST_MD5);
	digest_add(ctx, out[XS_REPOSITORY].text.buf, out[XS_REPOSITORY].text.len);
	digest_add(ctx, out[XS_PACKAGES].text.buf, out[XS_PACKAGES].text.len);
	digest_end(ctx, &sum);
	line = xasprintf("%s  %s\n", sum.md5, c->label);
	r = outfile_write(o->metadata_md5, 0644, line, strlen(line));
	return r < 0 ? failed(o->metadata_md5, r) : DDK_OK;
}

static int write_all(const struct options *o, const struct disk *d, struct output *out)
{
	CLEANUP(cleanup_tree) char *staging = NULL;
	int status = make_texts(o, d, out);

	if (status != DDK_OK)
		return status;
	remove_stale(o->dir);
	staging = xasprintf("%s/" STAGING "XXXXXX", o->dir);
	if (!mkdtemp(staging)) {
		int r = -errno;

		free(staging);
		staging = NULL;
		return failed(o->dir, r);
	}
	status = stage(o, d, out, staging);
	if (status == DDK_OK)
		status = commit(staging, o->dir, out, d->conf->formats & CONF_YUM);
	if (status == DDK_OK)
		status = write_metadata_md5(o, d->conf, out);
	return status;
}

int cmd_metadata(int argc, char **argv)
{
	struct options o = { .key = "" };
	struct output out[N_OUTPUTS] = {
		[XS_REPOSITORY] = { "XS-REPOSITORY", 0644, STRBUF_INIT },
		[XS_PACKAGES] = { "XS-PACKAGES", 0644, STRBUF_INIT },
		[UPDATE_XML] = { "update.xml", 0644, STRBUF_INIT },
		[DISK_INFO] = { "disk.info", 0644, STRBUF_INIT },
		[INSTALL_SH] = { "install.sh", 0755, STRBUF_INIT },
		[INSTALL] = { "install", 0755, STRBUF_INIT },
	};
	AUTO_CONF struct conf c = { 0 };
	AUTO_DISK struct disk d = { 0 };
	struct reporter rep = { 0 };
	int status = parse_options(argc, argv, &o);
	int r;

	if (status >= 0)
		return status;
	r = conf_read(&c, o.conf, &rep);
	if (r < 0)
		return r == -EINVAL ? DDK_USAGE : DDK_IO;
	if (o.check_conf)
		return DDK_OK;
	r = disk_load(&d, o.dir, &c, &rep);
	if (r == 0)
		r = conf_read_guests(&c, o.dir, &rep);
	if (r < 0)
		return r == -EINVAL ? DDK_FINDINGS : DDK_IO;
	status = write_all(&o, &d, out);
	for (int i = 0; i < N_OUTPUTS; i++)
		strbuf_release(&out[i].text);
	return status;
}
