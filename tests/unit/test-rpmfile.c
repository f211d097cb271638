/* SPDX-License-Identifier: BSD-2-Clause */
#include "metadata-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>

#include "rpm/rpmfile.h"
#include "util/digest.h"

#define SAMPLE "rpms/sample-1.2-3.x86_64.rpm"

static int setup(void **state)
{
	if (make_scratch(state) != 0)
		return -1;
	build_rpm("rpms",
		"Name: sample\nVersion: 1.2\nRelease: 3\nEpoch: 4\nGroup: System "
		"Environment/Kernel\n"
		"Vendor: Acme\nRequires: other >= 2:1.0-1\nRequires: plain\nConflicts: enemy < 5\n"
		"Obsoletes: older\nProvides: thing = 7",
		"/lib/modules/6.1.0-1-amd64/extra/a.ko "
		"/lib/modules/6.1.0-1-amd64/extra/sub/b.ko.xz "
		"/lib/modules/5.0+1/updates/c.ko.gz /etc/sample.conf /usr/share/doc/sample/README",
		"salt",
		"%post\necho hello\n%preun -p /sbin/ldconfig\n"
		"%files\n/lib/modules\n%config(noreplace) /etc/sample.conf\n"
		"%doc /usr/share/doc/sample/README\n%ghost /var/log/sample.log");
	return 0;
}

static const struct rpmfile_dep *find_dep(const struct rpmfile_deps *deps, const char *name)
{
	for (size_t i = 0; i < deps->n; i++) {
		if (strcmp(deps->v[i].name, name) == 0)
			return &deps->v[i];
	}
	fail_msg("no dependency %s", name);
	return NULL;
}

static const struct rpmfile_entry *find_file(const struct rpmfile *r, const char *path)
{
	for (size_t i = 0; i < r->nfiles; i++) {
		if (strcmp(r->files[i].path, path) == 0)
			return &r->files[i];
	}
	fail_msg("no file %s", path);
	return NULL;
}

static void check_sample(const struct rpmfile *r)
{
	const struct rpmfile_entry *e;
	const struct rpmfile_dep *d;

	assert_string_equal(r->name, "sample");
	assert_string_equal(r->version, "1.2");
	assert_string_equal(r->release, "3");
	assert_true(r->has_epoch);
	assert_int_equal(r->epoch, 4);
	assert_string_equal(r->arch, "x86_64");
	assert_string_equal(r->group, "System Environment/Kernel");
	assert_string_equal(r->vendor, "Acme");
	assert_string_equal(r->summary, "test");
	assert_string_equal(r->license, "BSD-2-Clause");
	assert_string_equal(r->payload_format, "cpio");
	assert_string_equal(r->payload_compressor, "gzip");
	assert_string_equal(r->payload_flags, "6");
	assert_string_equal(r->sourcerpm, "sample-1.2-3.src.rpm");
	assert_false(r->is_source);
	assert_false(r->is_signed);
	assert_string_equal(r->key_id, "");
	assert_true(r->buildtime > 1000000000);
	assert_true(r->installed_size > 0);

	d = find_dep(&r->requires, "other");
	assert_string_equal(d->op, ">=");
	assert_string_equal(d->evr, "2:1.0-1");
	assert_string_equal(find_dep(&r->requires, "plain")->op, "");
	assert_string_equal(find_dep(&r->conflicts, "enemy")->op, "<");
	assert_string_equal(find_dep(&r->obsoletes, "older")->evr, "");
	assert_string_equal(find_dep(&r->provides, "thing")->op, "=");

	e = find_file(r, "/etc/sample.conf");
	assert_true(e->config && e->noreplace && !e->doc && !e->ghost);
	assert_true(S_ISREG(e->mode));
	assert_int_equal(e->size, strlen("/etc/sample.conf salt\n"));
	assert_string_equal(r->file_digest_algo, "sha256");
	{
		struct digest sum;

		digest_buffer(&sum, DIGEST_SHA256, "/etc/sample.conf salt\n", e->size);
		assert_string_equal(e->digest, sum.sha256);
	}
	assert_true(find_file(r, "/usr/share/doc/sample/README")->doc);
	assert_true(find_file(r, "/var/log/sample.log")->ghost);
	e = find_file(r, "/lib/modules/5.0+1");
	assert_true(S_ISDIR(e->mode));
	assert_string_equal(e->digest, "");

	assert_int_equal(r->nscripts, 2);
	assert_string_equal(r->scripts[0].type, "postin");
	assert_string_equal(r->scripts[0].interpreter, "/bin/sh");
	assert_string_equal(r->scripts[0].body, "echo hello");
	assert_string_equal(r->scripts[1].type, "preun");
	assert_string_equal(r->scripts[1].interpreter, "/sbin/ldconfig");
	assert_string_equal(r->scripts[1].body, "");
}

static void test_read(void **state)
{
	AUTO_FREE char *path = in_scratch(SAMPLE);
	AUTO_FREE char *error = NULL;
	AUTO_RPMFILE struct rpmfile r;
	size_t n;
	char **unames;

	(void)state;
	assert_int_equal(rpmfile_read(&r, path, RPMFILE_CHECK_DIGESTS, &error), 0);
	assert_null(error);
	check_sample(&r);
	unames = rpmfile_unames(&r, &n);
	assert_int_equal(n, 2);
	assert_string_equal(unames[0], "5.0+1");
	assert_string_equal(unames[1], "6.1.0-1-amd64");
	free(unames[0]);
	free(unames[1]);
	free(unames);
}

/* rpm itself, asked for the same, has to agree. */
static void test_agrees_with_rpm(void **state)
{
	AUTO_FREE char *path = in_scratch(SAMPLE);
	AUTO_STRBUF struct strbuf ours = STRBUF_INIT;
	AUTO_RPMFILE struct rpmfile r;

	(void)state;
	assert_int_equal(run("rpm -qp --qf '[%%{FILENAMES} %%{FILESIZES} %%{FILEDIGESTS}\\n]' %s "
			     ">theirs",
				 SAMPLE),
		0);
	assert_int_equal(rpmfile_read(&r, path, 0, NULL), 0);
	for (size_t i = 0; i < r.nfiles; i++)
		strbuf_addf(&ours, "%s %llu %s\n", r.files[i].path,
			(unsigned long long)r.files[i].size, r.files[i].digest);
	AUTO_STRBUF struct strbuf theirs = read_scratch("theirs");
	assert_string_equal(ours.buf, theirs.buf);
}

static int read_bytes(const void *data, size_t len, unsigned flags, char **error)
{
	AUTO_CLOSE int fd = memfd_create("rpm", MFD_CLOEXEC);
	struct rpmfile r;
	int ret;

	assert_true(fd >= 0);
	assert_int_equal(write(fd, data, len), (ssize_t)len);
	ret = rpmfile_read_fd(&r, fd, flags, error);
	if (ret == 0)
		assert_true(*r.name && *r.version);
	else
		assert_true(r.name == NULL && r.nfiles == 0);
	rpmfile_release(&r);
	assert_true(fcntl(fd, F_GETFD) >= 0);
	return ret;
}

static void test_damaged(void **state)
{
	AUTO_STRBUF struct strbuf rpm = read_scratch(SAMPLE);
	AUTO_FREE char *error = NULL;
	unsigned seed = 1;

	(void)state;
	assert_int_equal(read_bytes(rpm.buf, rpm.len, 0, NULL), 0);
	assert_int_equal(read_bytes("", 0, 0, NULL), -EBADMSG);
	assert_int_equal(read_bytes("#!/bin/sh\n", 10, 0, &error), -EBADMSG);
	assert_non_null(strstr(error, "not an RPM"));
	for (size_t len = 1; len < rpm.len; len += 37)
		read_bytes(rpm.buf, len, 0, NULL);
	for (int i = 0; i < 400; i++) {
		size_t at = (size_t)rand_r(&seed) % rpm.len;
		char old = rpm.buf[at];

		rpm.buf[at] = (char)rand_r(&seed);
		read_bytes(rpm.buf, rpm.len, RPMFILE_CHECK_DIGESTS, NULL);
		rpm.buf[at] = old;
	}
	/* The header is sound when only the payload is not: digests tell. */
	rpm.buf[rpm.len - 9] ^= 1;
	free(error);
	error = NULL;
	assert_int_equal(read_bytes(rpm.buf, rpm.len, 0, NULL), 0);
	assert_int_equal(read_bytes(rpm.buf, rpm.len, RPMFILE_CHECK_DIGESTS, &error), -EBADMSG);
	assert_non_null(strstr(error, "digests inside it"));
	assert_null(strchr(error, '\n'));
}

/* A signature by a key that nobody knows: noted, and no reason to refuse. */
static void test_signed(void **state)
{
	AUTO_FREE char *path = in_scratch("signed.rpm");
	AUTO_FREE char *error = NULL;
	AUTO_RPMFILE struct rpmfile r = { 0 };

	(void)state;
	if (system("command -v gpg >/dev/null && command -v rpmsign >/dev/null") != 0) {
		print_message("# skipped: gpg or rpmsign is not installed\n");
		skip();
	}
	assert_int_equal(
		run("mkdir -m 700 gpg && export GNUPGHOME=$PWD/gpg && "
		    "gpg --batch --quiet --passphrase '' --quick-gen-key test rsa2048 sign "
		    "never && cp %s signed.rpm && rpmsign --define '_gpg_name test' "
		    "--define \"__gpg $(command -v gpg)\" --addsign signed.rpm && "
		    "gpg --list-keys --with-colons | awk -F: '/^pub/ { printf \"%%s\", "
		    "tolower($5) }' >key; gpgconf --kill all",
			SAMPLE),
		0);
	if (rpmfile_read(&r, path, RPMFILE_CHECK_DIGESTS, &error) < 0)
		fail_msg("%s", error);
	AUTO_STRBUF struct strbuf key = read_scratch("key");
	assert_true(r.is_signed);
	assert_string_equal(r.key_id, key.buf);
}

/* Large enough for threads: one pass serves the digests inside and those of the whole file. */
static void test_read_whole(void **state)
{
	AUTO_FREE char *path = in_scratch("large/large-1-1.noarch.rpm");
	AUTO_FREE char *error = NULL;
	AUTO_RPMFILE struct rpmfile r = { 0 };
	AUTO_CLOSE int fd = -1;
	struct digest whole, plain;
	unsigned long long before;
	char byte;

	(void)state;
	build_rpm("large", "Name: large\nVersion: 1\nRelease: 1\nBuildArch: noarch", "/data",
		"$(head -c 6000000 /dev/urandom | base64 -w 0)", "%files\n/data");
	fd = open(path, O_RDWR | O_CLOEXEC);
	assert_true(fd >= 0);
	assert_int_equal(digest_file(&plain, DIGEST_MD5 | DIGEST_SHA256, path), 0);
	assert_true(plain.size > 4 << 20);
	before = bytes_read();
	assert_int_equal(
		rpmfile_read_whole(&r, fd, 0, DIGEST_MD5 | DIGEST_SHA256, &whole, &error), 0);
	assert_in_range(bytes_read() - before, plain.size, plain.size + plain.size / 4);
	assert_string_equal(whole.md5, plain.md5);
	assert_string_equal(whole.sha256, plain.sha256);
	rpmfile_release(&r);
	/* Mapped, nothing but the header is read. */
	before = bytes_read();
	assert_int_equal(rpmfile_read_whole(
				 &r, fd, RPMFILE_OURS, DIGEST_MD5 | DIGEST_SHA256, &whole, &error),
		0);
	assert_in_range(bytes_read() - before, 1, plain.size / 4);
	assert_string_equal(whole.md5, plain.md5);
	assert_string_equal(whole.sha256, plain.sha256);
	rpmfile_release(&r);
	/* One bit of the payload: unsound, and the digests are those of the file as it is. */
	assert_int_equal(pread(fd, &byte, 1, 5 << 20), 1);
	byte ^= 1;
	assert_int_equal(pwrite(fd, &byte, 1, 5 << 20), 1);
	for (unsigned flags = 0; flags <= RPMFILE_OURS; flags += RPMFILE_OURS) {
		assert_int_equal(rpmfile_read_whole(
					 &r, fd, flags, DIGEST_MD5 | DIGEST_SHA256, &whole, &error),
			-EBADMSG);
		assert_non_null(strstr(error, "digests inside it"));
		free(error);
		error = NULL;
	}
	assert_int_equal(digest_file(&plain, DIGEST_MD5 | DIGEST_SHA256, path), 0);
	assert_string_equal(whole.sha256, plain.sha256);
}

static void test_absent(void **state)
{
	AUTO_FREE char *error = NULL;
	struct rpmfile r;

	(void)state;
	assert_int_equal(rpmfile_read(&r, "/nonexistent.rpm", 0, &error), -ENOENT);
	assert_string_equal(error, "No such file or directory");
	rpmfile_release(&r);
}

static void test_module_uname(void **state)
{
	static const struct {
		const char *path;
		const char *uname;
	} cases[] = {
		{ "/lib/modules/6.1/extra/a.ko", "6.1" },
		{ "/usr/lib/modules/4.19.0+1/updates/x/y/a.ko.zst", "4.19.0+1" },
		{ "/lib/modules/6.1/a.ko.bz2", "6.1" },
		{ "/lib/modules/6.1/a.ko.Z", NULL },
		{ "/lib/modules/6.1/extra/a.komma", NULL },
		{ "/lib/modules/6.1/.ko", "6.1" },
		{ "/lib/modules/a.ko", NULL },
		{ "/lib/modules//a.ko", NULL },
		{ "/lib/modules/", NULL },
		{ "/opt/lib/modules/6.1/a.ko", NULL },
		{ "lib/modules/6.1/a.ko", NULL },
		{ "", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t len = 0;
		const char *uname = rpmfile_module_uname(cases[i].path, &len);

		if (!cases[i].uname) {
			assert_null(uname);
			continue;
		}
		assert_non_null(uname);
		assert_int_equal(len, strlen(cases[i].uname));
		assert_memory_equal(uname, cases[i].uname, len);
	}
}

static void test_compare(void **state)
{
	struct rpmfile a = { .version = (char *)"1.0", .release = (char *)"1" };
	struct rpmfile b = { .version = (char *)"1.0", .release = (char *)"10" };

	(void)state;
	assert_true(rpmfile_compare_evr(&a, &b) < 0);
	assert_true(rpmfile_compare_evr(&b, &a) > 0);
	assert_int_equal(rpmfile_compare_evr(&a, &a), 0);
	a.epoch = 1;
	assert_true(rpmfile_compare_evr(&a, &b) > 0);
}

static void test_digest(void **state)
{
	struct digest d;
	AUTO_FREE unsigned char *big = xcalloc(5 << 20, 1);
	AUTO_FREE char *path = in_scratch("big");

	(void)state;
	/* FIPS 180 and RFC 1321 examples. */
	digest_buffer(&d, DIGEST_MD5 | DIGEST_SHA1 | DIGEST_SHA256, "abc", 3);
	assert_string_equal(d.md5, "900150983cd24fb0d6963f7d28e17f72");
	assert_string_equal(d.sha1, "a9993e364706816aba3e25717850c26c9cd0d89d");
	assert_string_equal(
		d.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	assert_int_equal(d.size, 3);
	digest_buffer(&d, DIGEST_SHA1, "abc", 3);
	assert_string_equal(d.md5, "");
	assert_string_equal(d.sha256, "");

	/* Large enough for two threads; the file goes the plain way. */
	for (size_t i = 0; i < 5 << 20; i++)
		big[i] = (unsigned char)(i * 7 + i / 251);
	assert_int_equal(outfile_write(path, 0644, big, 5 << 20), 0);
	{
		struct digest f;

		digest_buffer(&d, DIGEST_MD5 | DIGEST_SHA256, big, 5 << 20);
		assert_int_equal(digest_file(&f, DIGEST_MD5 | DIGEST_SHA256, path), 0);
		assert_string_equal(d.md5, f.md5);
		assert_string_equal(d.sha256, f.sha256);
		assert_int_equal(f.size, 5 << 20);
		assert_int_equal(d.size, 5 << 20);
	}
	assert_int_equal(digest_file(&d, DIGEST_MD5, "/nonexistent"), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read),
		cmocka_unit_test(test_agrees_with_rpm),
		cmocka_unit_test(test_damaged),
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_read_whole),
		cmocka_unit_test(test_absent),
		cmocka_unit_test(test_module_uname),
		cmocka_unit_test(test_compare),
		cmocka_unit_test(test_digest),
	};

	return cmocka_run_group_tests_name("rpmfile", tests, setup, remove_scratch);
}
