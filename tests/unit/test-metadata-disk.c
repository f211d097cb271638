/* SPDX-License-Identifier: BSD-2-Clause */
/* `ddk metadata` as a whole, over real RPMs, with createrepo_c's and dnf's readers as judges. */
#include "metadata-fixture.h"

#include <fcntl.h>

#include <createrepo_c/createrepo_c.h>

#include "command.h"
#include "metadata/disk.h"

#define XEN	 "hello-modules-xen-6.1.0-1-amd64"
#define KDUMP	 "hello-modules-kdump-6.1.0-1-cloud"
#define TEMPLATE "#!/bin/sh\nLABEL=@LABEL@\nPACKAGES=@PACKAGES@\n"

static void module_rpm(const char *out, const char *name, const char *uname, const char *version)
{
	AUTO_FREE char *tags = xasprintf("Name: %s\nVersion: %s\nRelease: 1\n"
					 "Group: System Environment/Kernel",
		name, version);
	AUTO_FREE char *file = xasprintf("/lib/modules/%s/extra/hello.ko", uname);
	AUTO_FREE char *body = xasprintf("%%files\n%s", file);

	build_rpm(out, tags, file, version, body);
}

static int setup(void **state)
{
	if (make_scratch(state) != 0)
		return -1;
	module_rpm("rpms", XEN, "6.1.0-1-amd64", "1.0");
	module_rpm("rpms", KDUMP, "6.1.0-1-cloud", "1.0");
	module_rpm("odd", "hello-modules-xen-9", "9", "1.0");
	module_rpm("odd", XEN, "6.1.0-1-amd64", "1.1");
	build_rpm("rpms", "Name: hello-data\nVersion: 2.0\nRelease: 1\nBuildArch: noarch",
		"/lib/firmware/hello.bin /etc/hello.conf", "",
		"%files\n/lib/firmware/hello.bin\n%config(noreplace) /etc/hello.conf");
	/* Needs nothing of the others, and one needs it: it has to come before that. */
	build_rpm("rpms", "Name: acme-cli\nVersion: 3.0\nRelease: 1\nEpoch: 2", "/opt/acme/cli", "",
		"%files\n/opt/acme");
	build_rpm("rpms", "Name: aaa-gui\nVersion: 3.0\nRelease: 1\nRequires: acme-cli",
		"/opt/aaa/gui", "", "%files\n/opt/aaa");
	build_rpm("rpms",
		"Name: update-hello-disk\nVersion: 1.0\nRelease: 1\nBuildArch: noarch\n"
		"Requires: hello-data, aaa-gui\nRequires: " XEN ", " KDUMP,
		"", "",
		"%package -n control-hello-disk\nSummary: c\n%description -n "
		"control-hello-disk\nc\n%files\n%files -n control-hello-disk");
	write_scratch("disk.conf", good_conf);
	write_scratch("install.sh.in", TEMPLATE);
	return 0;
}

/* A directory with the RPMs of rpms/, in no particular state otherwise. */
static void fresh(const char *dir)
{
	assert_int_equal(run("rm -rf %s && mkdir -p %s/SRPMS && cp rpms/* %s/ && "
			     "cp rpms/acme-cli* %s/SRPMS/x.src.rpm",
				 dir, dir, dir, dir),
		0);
}

/* Runs the command; what it says goes to the file err. */
static int metadata(const char *conf, const char *dir, const char *md5)
{
	AUTO_FREE char *c = in_scratch(conf), *i = in_scratch("install.sh.in");
	AUTO_FREE char *d = in_scratch(dir), *err = in_scratch("err");
	AUTO_FREE char *m = in_scratch(md5 ? md5 : "unused");
	char *argv[] = { (char *)"metadata", (char *)"--conf", c, (char *)"--installer", i,
		(char *)"--epoch", (char *)"1700000000", d, (char *)"--metadata-md5", m, NULL };
	int argc = md5 ? 10 : 8;
	AUTO_CLOSE int saved = dup(STDERR_FILENO);
	AUTO_CLOSE int fd = open(err, O_WRONLY | O_CREAT | O_TRUNC, 0600);
	int status;

	if (!md5)
		argv[argc] = NULL;
	dup2(fd, STDERR_FILENO);
	optind = 0;
	status = cmd_metadata(argc, argv);
	dup2(saved, STDERR_FILENO);
	return status;
}

static void expect_error(int status, int expected, const char *words)
{
	AUTO_STRBUF struct strbuf err = read_scratch("err");

	if (status != expected || !strstr(err.buf, words))
		fail_msg("status %d, no '%s' in:\n%s", status, words, err.buf);
}

static void test_whole(void **state)
{
	(void)state;
	fresh("a");
	assert_int_equal(metadata("disk.conf", "a", "sum"), DDK_OK);
	assert_int_equal(run("xmllint --noout a/XS-REPOSITORY a/XS-PACKAGES a/update.xml "
			     "a/repodata/*.xml"),
		0);
	/* The concatenation that old installers show. */
	assert_int_equal(run("test \"$(cat a/XS-REPOSITORY a/XS-PACKAGES | md5sum | cut -c1-32)  "
			     "hello-disk\" = \"$(cat sum)\""),
		0);
	assert_int_equal(
		run("cmp a/install a/install.sh && test -x a/install -a -x a/install.sh && "
		    "sh -n a/install && ! grep -q @ a/install"),
		0);
	assert_int_equal(run("grep -q '^uuid=.*-.*-5' a/disk.info && ! ls -a a | grep ddk"), 0);
	/* Each size and MD5 as coreutils see the files; nothing of SRPMS. */
	assert_int_equal(
		run("sed -n 's/.*size=\"\\([0-9]*\\)\" md5=\"\\([0-9a-f]*\\)\".*>\\(.*\\)<.*/"
		    "\\2  \\3 \\1/p' a/XS-PACKAGES >list && test $(wc -l <list) = 5 && "
		    "cd a && while read -r sum file size; do "
		    "test \"$(md5sum <$file)\" = \"$sum  -\" && "
		    "test $(wc -c <$file) = $size || exit 1; done <../list"),
		0);
	assert_int_equal(
		run("awk '{print $2}' list >order && printf '%%s\\n' "
		    "hello-data-2.0-1.noarch.rpm " XEN "-1.0-1.x86_64.rpm " KDUMP
		    "-1.0-1.x86_64.rpm acme-cli-3.0-1.x86_64.rpm aaa-gui-3.0-1.x86_64.rpm | "
		    "diff - order"),
		0);
}

/* Other dates, other order of creation, another directory, a second run over a first: same bytes.
 */
static void test_deterministic(void **state)
{
	(void)state;
	fresh("a");
	assert_int_equal(metadata("disk.conf", "a", NULL), DDK_OK);
	assert_int_equal(
		run("rm -rf other && mkdir -p other/place/SRPMS && cp a/SRPMS/* "
		    "other/place/SRPMS/ && for f in $(ls -r rpms); do cp rpms/$f other/place/; "
		    "touch -d 2001-02-03 other/place/$f; done"),
		0);
	assert_int_equal(metadata("disk.conf", "other/place", NULL), DDK_OK);
	assert_int_equal(run("diff -r a other/place"), 0);
	assert_int_equal(run("mkdir a/.ddk-metadata.AbCdEf && touch a/.ddk-metadata.AbCdEf/x"), 0);
	assert_int_equal(metadata("disk.conf", "a", NULL), DDK_OK);
	assert_int_equal(run("diff -r a other/place"), 0);
}

/* A disk that changes its formats keeps nothing of the old ones. */
static void test_formats(void **state)
{
	(void)state;
	fresh("a");
	assert_int_equal(metadata("disk.conf", "a", "sum"), DDK_OK);
	assert_int_equal(run("sed s/formats=.*/formats=xs/ disk.conf >xs.conf; "
			     "sed s/formats=.*/formats=yum/ disk.conf >yum.conf"),
		0);
	assert_int_equal(metadata("yum.conf", "a", "sum"), DDK_OK);
	assert_int_equal(run("test -e a/repodata/repomd.xml -a -e a/update.xml -a ! -e "
			     "a/XS-REPOSITORY -a ! -e a/XS-PACKAGES -a ! -e sum"),
		0);
	expect_error(metadata("xs.conf", "a", NULL), DDK_FINDINGS, "is for the format yum");
	assert_int_equal(run("rm a/update-* a/control-*"), 0);
	assert_int_equal(metadata("xs.conf", "a", NULL), DDK_OK);
	assert_int_equal(run("test ! -e a/repodata -a ! -e a/update.xml -a -e a/XS-PACKAGES"), 0);
}

/* prepare: what spoils a good disk; nothing may be written then. */
static const struct {
	const char *prepare;
	int status;
	const char *words;
} bad_disks[] = {
	{ "rm a/control-*", DDK_FINDINGS, "no RPM control-hello-disk" },
	{ "rm a/update-*", DDK_FINDINGS, "no RPM update-hello-disk" },
	{ "rm a/*kdump*", DDK_FINDINGS, "no module package for kernel 6.1.0-1-cloud" },
	{ "cp odd/*-9-* a/", DDK_FINDINGS, "holds modules for kernel 9, which is none" },
	{ "cp odd/*-1.1-1* a/", DDK_FINDINGS, "two packages of one name: " XEN },
	{ "cp a/acme-cli* a/again.rpm", DDK_FINDINGS, "two packages of one name: acme-cli" },
	{ "mv a/acme-cli* 'a/acme cli.rpm'", DDK_FINDINGS, "acme cli.rpm: only" },
	{ "cp a/acme-cli* a/-x.rpm", DDK_FINDINGS, "-x.rpm: only" },
	{ "head -c 900 a/acme-cli* >a/cut.rpm", DDK_FINDINGS, "cut.rpm: not an RPM" },
	{ "ln -s acme-cli-3.0-1.x86_64.rpm a/link.rpm", DDK_FINDINGS, "is no regular file" },
	{ "mkdir a/dir.rpm", DDK_FINDINGS, "is no regular file" },
	{ "echo accept >a/EULA", DDK_FINDINGS, "though eula=no" },
	{ "rm a/*.rpm", DDK_FINDINGS, "no RPM to install" },
	{ "rm -r a", DDK_IO, "a: No such file" },
	{ "sed -i s/version=1.0/version=x/ bad.conf", DDK_USAGE, "version 'x'" },
	{ "sed -i s/eula=no/eula=yes/ bad.conf", DDK_FINDINGS, "no file EULA" },
	{ "sed -i s/arch=.*/arch=aarch64/ bad.conf", DDK_FINDINGS, "is for architecture x86_64" },
	{ "rm bad.conf", DDK_IO, "bad.conf: No such file" },
	{ "echo X=@FOO@ >>install.sh.in", DDK_USAGE, "install.sh.in:4: unknown token @FOO@" },
	{ "rm install.sh.in", DDK_IO, "install.sh.in: No such file" },
};

static void test_bad_disks(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(bad_disks) / sizeof(bad_disks[0]); i++) {
		fresh("a");
		write_scratch("install.sh.in", TEMPLATE);
		assert_int_equal(run("cp disk.conf bad.conf && echo old >a/XS-PACKAGES && %s",
					 bad_disks[i].prepare),
			0);
		expect_error(
			metadata("bad.conf", "a", NULL), bad_disks[i].status, bad_disks[i].words);
		assert_int_equal(
			run("test ! -d a || { test ! -e a/XS-REPOSITORY -a ! -e a/repodata "
			    "-a \"$(cat a/XS-PACKAGES)\" = old && ! ls -a a | grep ddk; }"),
			0);
	}
	write_scratch("install.sh.in", TEMPLATE);
}

static void test_usage(void **state)
{
	char *none[] = { (char *)"metadata", NULL };
	char *bad_epoch[] = { (char *)"metadata", (char *)"--conf", (char *)"x",
		(char *)"--installer", (char *)"x", (char *)"--epoch", (char *)"now", (char *)"d",
		NULL };
	char *bad_key[] = { (char *)"metadata", (char *)"--conf", (char *)"x",
		(char *)"--installer", (char *)"x", (char *)"--epoch", (char *)"1", (char *)"--key",
		(char *)"a/b", (char *)"d", NULL };
	AUTO_FREE char *conf = in_scratch("disk.conf");
	char *check[] = { (char *)"metadata", (char *)"--check-conf", (char *)"--conf", conf,
		NULL };

	(void)state;
	optind = 0;
	assert_int_equal(cmd_metadata(1, none), DDK_USAGE);
	optind = 0;
	assert_int_equal(cmd_metadata(8, bad_epoch), DDK_USAGE);
	optind = 0;
	assert_int_equal(cmd_metadata(10, bad_key), DDK_USAGE);
	optind = 0;
	assert_int_equal(cmd_metadata(4, check), DDK_OK);
}

/* createrepo_c's own reader finds every package, with our digests, at its place in the root. */
static void test_repodata_reads_back(void **state)
{
	AUTO_FREE char *dir = in_scratch("a");
	cr_Metadata *md;
	GHashTableIter iter;
	gpointer value;
	GError *err = NULL;
	unsigned n = 0;

	(void)state;
	fresh("a");
	assert_int_equal(metadata("disk.conf", "a", NULL), DDK_OK);
	md = cr_metadata_new(CR_HT_KEY_FILENAME, 0, NULL);
	assert_int_equal(cr_metadata_locate_and_load_xml(md, dir, &err), CRE_OK);
	g_hash_table_iter_init(&iter, cr_metadata_hashtable(md));
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		cr_Package *p = value;
		AUTO_FREE char *path = xasprintf("%s/%s", dir, p->location_href);
		struct digest sum;

		n++;
		assert_null(strchr(p->location_href, '/'));
		assert_int_equal(digest_file(&sum, DIGEST_SHA256, path), 0);
		assert_string_equal(p->pkgId, sum.sha256);
		assert_string_equal(p->checksum_type, "sha256");
		assert_int_equal(p->size_package, sum.size);
		assert_int_equal(p->time_file, 1700000000);
	}
	assert_int_equal(n, 7);
	cr_metadata_free(md);
}

static void test_dnf(void **state)
{
	(void)state;
	if (system("command -v dnf >/dev/null 2>&1") != 0) {
		print_message("# skipped: dnf is not installed (make deps installs it)\n");
		skip();
	}
	fresh("a");
	assert_int_equal(metadata("disk.conf", "a", NULL), DDK_OK);
	write_scratch("dnf.conf", "[main]\nreposdir=/nonexistent\ngroup_command=compat\n"
				  "gpgcheck=0\n");
	write_scratch("dnf.sh",
		"exec dnf -q -y --config=dnf.conf --releasever=9 --forcearch=x86_64 "
		"--setopt=cachedir=$PWD/cache --installroot=$PWD/root "
		"--repofrompath=disk,file://$PWD/a --repo=disk \"$@\"\n");
	assert_int_equal(run("sh dnf.sh group list --ids >groups && grep -q '(drivers)' groups && "
			     "grep -q '(update)' groups"),
		0);
	assert_int_equal(run("sh dnf.sh group info drivers | grep -q update-hello-disk"), 0);
	assert_int_equal(run("sh dnf.sh install --downloadonly --downloaddir=$PWD/got @drivers && "
			     "ls got >have && ls rpms | grep -v control- | diff - have"),
		0);
	assert_int_equal(run("sh dnf.sh install --downloadonly --downloaddir=$PWD/control "
			     "control-hello-disk && ls control/*.rpm"),
		0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_deterministic),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_bad_disks),
		cmocka_unit_test(test_usage),
		cmocka_unit_test(test_repodata_reads_back),
		cmocka_unit_test(test_dnf),
	};

	return cmocka_run_group_tests_name("metadata-disk", tests, setup, remove_scratch);
}
