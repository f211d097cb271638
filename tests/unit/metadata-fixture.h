/* SPDX-License-Identifier: BSD-2-Clause */
/* Scratch directories, commands and small RPMs for the tests of src/rpm, src/metadata, src/iso. */
#ifndef METADATA_FIXTURE_H
#define METADATA_FIXTURE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cmocka.h>

#include "metadata/conf.h"
#include "metadata/report.h"
#include "rpm/rpmfile.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/outfile.h"
#include "util/strbuf.h"

static char scratch[64];

__attribute__((unused)) static int make_scratch(void **state)
{
	(void)state;
	snprintf(scratch, sizeof(scratch), "/tmp/ddk-unit-XXXXXX");
	return mkdtemp(scratch) ? 0 : -1;
}

/* A command line for sh, run in the scratch directory; its output goes to the file log. */
__attribute__((format(printf, 1, 2), unused)) static int run(const char *fmt, ...)
{
	AUTO_FREE char *command = NULL;
	AUTO_FREE char *line = NULL;
	va_list ap;
	int status;

	va_start(ap, fmt);
	command = xvasprintf(fmt, ap);
	va_end(ap);
	line = xasprintf("cd %s && { %s; } >log 2>&1", scratch, command);
	status = system(line);
	if (status != 0)
		print_message("# status %d of: %s\n", status, command);
	return status;
}

__attribute__((unused)) static int remove_scratch(void **state)
{
	(void)state;
	return run("rm -rf %s", scratch) ? -1 : 0;
}

__attribute__((unused)) static char *in_scratch(const char *name)
{
	return xasprintf("%s/%s", scratch, name);
}

__attribute__((unused)) static void write_scratch(const char *name, const char *text)
{
	AUTO_FREE char *path = in_scratch(name);

	assert_int_equal(outfile_write(path, 0644, text, strlen(text)), 0);
}

/* The caller releases what it gets. */
__attribute__((unused)) static struct strbuf read_scratch(const char *name)
{
	struct strbuf sb = STRBUF_INIT;
	AUTO_FREE char *path = in_scratch(name);

	assert_int_equal(strbuf_read_file(&sb, path, 64 << 20), 0);
	strbuf_add(&sb, "", 0);
	return sb;
}

/*
 * Builds an RPM into directory out. tags: lines of the preamble; body: %files and what follows it;
 * each word of files becomes a file whose text is its own path and salt.
 */
__attribute__((unused)) static void build_rpm(
	const char *out, const char *tags, const char *files, const char *salt, const char *body)
{
	AUTO_STRBUF struct strbuf spec = STRBUF_INIT;

	strbuf_addf(&spec, "%s\nSummary: test\nLicense: BSD-2-Clause\n%%description\ntest\n", tags);
	strbuf_addf(&spec,
		"%%install\nmkdir -p $RPM_BUILD_ROOT\nfor f in %s; do "
		"mkdir -p $RPM_BUILD_ROOT${f%%/*}; echo $f %s >$RPM_BUILD_ROOT$f; done\n%s\n",
		files, salt, body);
	write_scratch("rpm.spec", spec.buf);
	assert_int_equal(
		run("mkdir -p top %s && rpmbuild -bb --quiet --define \"_topdir $PWD/top\" "
		    "--define '_binary_payload w6.gzdio' --define '_build_id_links none' "
		    "--define '__os_install_post %%{nil}' --define 'debug_package %%{nil}' "
		    "--define '_rpmdir %s/%s' --define '_rpmfilename %%%%{NAME}-%%%%{VERSION}-"
		    "%%%%{RELEASE}.%%%%{ARCH}.rpm' --target x86_64 rpm.spec",
			out, scratch, out),
		0);
}

/* The bytes that this process has read so far, whoever had them in memory. */
__attribute__((unused)) static unsigned long long bytes_read(void)
{
	FILE *f = fopen("/proc/self/io", "r");
	unsigned long long n = 0;

	assert_non_null(f);
	assert_int_equal(fscanf(f, "rchar: %llu", &n), 1);
	fclose(f);
	return n;
}

/* A header made by hand; a path that ends in a slash is a directory. */
__attribute__((unused)) static struct rpmfile fake(
	const char *name, const char *arch, const char *const *paths)
{
	struct rpmfile r = { .name = xstrdup(name),
		.version = xstrdup("1.0"),
		.release = xstrdup("1"),
		.arch = xstrdup(arch),
		.file_digest_algo = "sha256" };

	for (size_t n = 0; paths && paths[n]; n++) {
		size_t len = strlen(paths[n]);
		bool dir = len && paths[n][len - 1] == '/';

		r.files = xreallocarray(r.files, n + 1, sizeof(*r.files));
		r.files[n] =
			(struct rpmfile_entry){ .path = xstrndup(paths[n], dir ? len - 1 : len),
				.mode = dir ? S_IFDIR | 0755 : S_IFREG | 0644,
				.digest = xstrdup(dir ? "" : "ab"),
				.link = xstrdup(""),
				.user = xstrdup("root"),
				.group = xstrdup("root") };
		r.nfiles = n + 1;
	}
	return r;
}

#define PATHS(...) ((const char *const[]){ __VA_ARGS__, NULL })

struct findings {
	struct reporter rep;
	struct strbuf text;
};

static void keep_finding(void *data, const char *where, const char *text)
{
	struct findings *f = data;

	strbuf_addf(&f->text, "%s: %s\n", where, text);
}

__attribute__((unused)) static struct findings *findings_new(void)
{
	struct findings *f = xcalloc(1, sizeof(*f));

	f->rep = (struct reporter){ .fn = keep_finding, .data = f };
	strbuf_add(&f->text, "", 0);
	return f;
}

__attribute__((unused)) static void findings_free(struct findings *f)
{
	strbuf_release(&f->text);
	free(f);
}

__attribute__((unused)) static void expect_finding(const struct findings *f, const char *words)
{
	if (!strstr(f->text.buf, words))
		fail_msg("no finding '%s' in:\n%s", words, f->text.buf);
}

__attribute__((unused)) static const char good_conf[] =
	"kit=0.1.0\n"
	"release=debian-12\n"
	"driver=hello\n"
	"label=hello-disk\n"
	"originator=acme\n"
	"vendor=Acme Corp\n"
	"text=Hello & <it's> \"it\"\n"
	"version=1.0\n"
	"build=\n"
	"uuid=\n"
	"product=Debian\n"
	"product-version=12\n"
	"platform=\n"
	"platform-version=\n"
	"base=debian:main\n"
	"base-version=12\n"
	"arch=x86_64\n"
	"formats=xs yum\n"
	"guidance=restartHost\n"
	"eula=no\n"
	"requires=acme:base ge 1.0\n"
	"kernel=kdump 6.1.0-1-cloud 6.1.0-1-cloud 6.1.0-1\n"
	"kernel=xen 6.1.0-1-amd64 6.1.0-1-amd64 6.1.0-1\n";

#endif
