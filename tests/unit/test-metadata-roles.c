/* SPDX-License-Identifier: BSD-2-Clause */
/* The rules about RPMs, on RPM headers made by hand. */
#include "metadata-fixture.h"

#include "metadata/roles.h"

static void depend(struct rpmfile_deps *deps, const char *name)
{
	deps->v = xreallocarray(deps->v, deps->n + 1, sizeof(*deps->v));
	deps->v[deps->n++] =
		(struct rpmfile_dep){ .name = xstrdup(name), .op = "", .evr = xstrdup("") };
}

static void test_roles(void **state)
{
	static const struct {
		const char *name;
		const char *path;
		enum role role;
		bool firmware;
	} cases[] = {
		{ "hello-modules-xen-1", "/lib/modules/1/extra/a.ko", ROLE_MODULE, false },
		{ "anything", "/usr/lib/modules/1/extra/a.ko.xz", ROLE_MODULE, false },
		{ "hello-data", "/etc/hello.conf", ROLE_DATA, false },
		{ "hello-data", "/lib/firmware/x", ROLE_DATA, true },
		{ "blob", "/usr/lib/firmware/x", ROLE_DATA, true },
		{ "blob", "/lib/firmware/", ROLE_RPM, false },
		{ "blob", "/lib/firmwares/x", ROLE_RPM, false },
		{ "other-data", "/opt/x", ROLE_RPM, false },
		{ "hello-data-extra", "/opt/x", ROLE_RPM, false },
		{ "update-disk", "/opt/x", ROLE_UPDATE, false },
		{ "control-disk", "/opt/x", ROLE_CONTROL, false },
		{ "update-other", "/opt/x", ROLE_RPM, false },
		{ "tool", "/lib/modules/1/extra/", ROLE_RPM, false },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_RPMFILE struct rpmfile r = fake(cases[i].name, "noarch", PATHS(cases[i].path));

		assert_int_equal(role_of(&r, "disk", "hello"), cases[i].role);
		assert_int_equal(role_has_firmware(&r), cases[i].firmware);
	}
	{
		/* Without disk.info, an update package is one that holds nothing. */
		AUTO_RPMFILE struct rpmfile empty = fake("update-any", "noarch", NULL);
		AUTO_RPMFILE struct rpmfile full = fake("update-any", "noarch", PATHS("/opt/x"));
		AUTO_RPMFILE struct rpmfile data = fake("x-data", "noarch", PATHS("/etc/x"));

		assert_int_equal(role_of(&empty, NULL, NULL), ROLE_UPDATE);
		assert_int_equal(role_of(&full, NULL, NULL), ROLE_RPM);
		assert_int_equal(role_of(&data, NULL, NULL), ROLE_DATA);
	}
}

/* finding NULL: the path is fine. A second path makes a module package one. */
static void test_places(void **state)
{
	static const struct {
		enum role role;
		const char *path;
		const char *finding;
	} cases[] = {
		{ ROLE_MODULE, "/lib/modules/1/extra/b.ko", NULL },
		{ ROLE_MODULE, "/lib/modules/1/updates/b.ko", NULL },
		{ ROLE_MODULE, "/lib/modules/1/override/x/b.ko", NULL },
		{ ROLE_MODULE, "/lib/modules/", NULL },
		{ ROLE_MODULE, "/lib/modules/1/", NULL },
		{ ROLE_MODULE, "/usr/share/doc/hello/README", NULL },
		{ ROLE_MODULE, "/lib/modules/1/kernel/b.ko", "belongs to the kernel's own" },
		{ ROLE_MODULE, "/lib/modules/1/modules.dep", "depmod" },
		{ ROLE_MODULE, "/lib/modules/1/b.ko", "/lib/modules/UNAME/extra" },
		{ ROLE_MODULE, "/lib/modules/1/extras/b.ko", "/lib/modules/UNAME/extra" },
		{ ROLE_MODULE, "/lib/modules/2/extra/b.ko", "is for one kernel" },
		{ ROLE_MODULE, "/lib/modules/11/extra/b.ko", "is for one kernel" },
		{ ROLE_MODULE, "/usr/lib/modules/1/extra/b.ko", "do not look below /usr" },
		{ ROLE_MODULE, "/etc/x.conf", "data package" },
		{ ROLE_MODULE, "/usr/lib/.build-id/ab/cd", "_build_id_links" },
		{ ROLE_DATA, "/etc/hello.conf", NULL },
		{ ROLE_DATA, "/etc/udev/rules.d/90-x.rules", NULL },
		{ ROLE_DATA, "/lib/firmware/x.bin", NULL },
		{ ROLE_DATA, "/usr/lib/firmware/x.bin", NULL },
		{ ROLE_DATA, "/usr/share/doc/x/README", NULL },
		{ ROLE_DATA, "/usr/share/licenses/x/L", NULL },
		{ ROLE_DATA, "/usr/share/man/man4/x.4.gz", NULL },
		{ ROLE_DATA, "/usr/share/", NULL },
		{ ROLE_DATA, "/lib/udev/rules.d/90-x.rules", "/etc/udev/rules.d" },
		{ ROLE_DATA, "/etc/udev/90-x.rules", "/etc/udev/rules.d" },
		{ ROLE_DATA, "/usr/bin/tool", "EXTRA_RPMS" },
		{ ROLE_DATA, "/etcetera", "EXTRA_RPMS" },
		{ ROLE_DATA, "/usr/lib/.build-id/ab/cd", "_build_id_links" },
		{ ROLE_RPM, "/opt/acme/cli", NULL },
		{ ROLE_RPM, "/usr/lib/.build-id/ab/cd", NULL },
		{ ROLE_RPM, "/lib/modules/1/x", "only module packages" },
		{ ROLE_RPM, "/boot/vmlinuz", "/boot" },
		{ ROLE_RPM, "/bootx", NULL },
		{ ROLE_UPDATE, "/boot/x", "/boot" },
		{ ROLE_RPM, "opt/x", "absolute" },
		{ ROLE_RPM, "/opt/../boot/x", "absolute" },
		{ ROLE_RPM, "/opt/..", "absolute" },
		{ ROLE_RPM, "/opt/./x", "absolute" },
		{ ROLE_RPM, "/opt//x", "absolute" },
		{ ROLE_RPM, "/opt/a\nb", "absolute" },
		{ ROLE_RPM, "/opt/...x/.hidden", NULL },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct findings *f = findings_new();
		bool module = cases[i].role == ROLE_MODULE;
		AUTO_RPMFILE struct rpmfile r = fake("x", "noarch",
			module ? PATHS("/lib/modules/1/extra/a.ko", cases[i].path)
			       : PATHS(cases[i].path));
		const char *uname;
		size_t len;

		role_check_files(&r, cases[i].role, "x.rpm", &f->rep, &uname, &len);
		if (cases[i].finding) {
			expect_finding(f, cases[i].finding);
			expect_finding(f, "x.rpm: ");
		}
		if (f->rep.count != (cases[i].finding != NULL))
			fail_msg("%s: %s", cases[i].path, f->text.buf);
		if (module)
			assert_true(len == 1 && *uname == '1');
		else
			assert_null(uname);
		findings_free(f);
	}
}

static size_t coinstall(const struct rpmfile *a, const struct rpmfile *b, const char *finding)
{
	struct findings *f = findings_new();
	const struct role_package v[] = { { "a.rpm", a }, { "b.rpm", b } };
	size_t n;

	role_check_coinstall(v, 2, &f->rep);
	n = f->rep.count;
	if (finding) {
		expect_finding(f, finding);
		expect_finding(f, "a.rpm");
		expect_finding(f, "b.rpm");
	}
	findings_free(f);
	return n;
}

static void test_coinstall(void **state)
{
	AUTO_RPMFILE struct rpmfile a = fake("a", "x86_64", PATHS("/opt/x", "/opt/"));
	AUTO_RPMFILE struct rpmfile b = fake("b", "x86_64", PATHS("/opt/x", "/opt/"));
	AUTO_RPMFILE struct rpmfile a32 = fake("a", "i686", PATHS("/opt/x"));
	AUTO_RPMFILE struct rpmfile any = fake("a", "noarch", PATHS("/opt/y"));

	(void)state;
	assert_int_equal(coinstall(&a, &b, NULL), 0);
	assert_int_equal(coinstall(&a, &a32, NULL), 0);
	assert_int_equal(coinstall(&a, &any, "two packages of one name: a"), 1);
	free(a32.version);
	a32.version = xstrdup("2.0");
	assert_int_equal(coinstall(&a, &a32, "two packages of one name: a"), 1);
	free(b.files[0].digest);
	b.files[0].digest = xstrdup("cd");
	assert_int_equal(coinstall(&a, &b, "/opt/x is in a.rpm too"), 1);
	b.files[0].ghost = true;
	assert_int_equal(coinstall(&a, &b, NULL), 0);
}

static void test_arch(void **state)
{
	(void)state;
	assert_true(role_arch_fits("noarch", "aarch64"));
	assert_true(role_arch_fits("x86_64", "x86_64"));
	assert_true(role_arch_fits("i686", "x86_64"));
	assert_true(role_arch_fits("i386", "i686"));
	assert_false(role_arch_fits("x86_64", "i686"));
	assert_false(role_arch_fits("aarch64", "x86_64"));
	assert_false(role_arch_fits("i786", "x86_64"));
	assert_false(role_arch_fits("i", "x86_64"));
}

static void test_update_closure(void **state)
{
	AUTO_RPMFILE struct rpmfile update = fake("update-d", "noarch", NULL);
	AUTO_RPMFILE struct rpmfile module =
		fake("m", "x86_64", PATHS("/lib/modules/1/extra/a.ko"));
	AUTO_RPMFILE struct rpmfile data = fake("d-data", "noarch", PATHS("/etc/d.conf"));
	const struct role_package v[] = { { "m.rpm", &module }, { "d.rpm", &data },
		{ "u.rpm", &update } };
	struct findings *f = findings_new();

	(void)state;
	depend(&module.provides, "m");
	depend(&data.provides, "d-data");
	depend(&update.requires, "m");
	role_check_update(v, 3, 2, &f->rep);
	assert_int_equal(f->rep.count, 1);
	expect_finding(f, "u.rpm: does not require d-data");
	findings_free(f);

	/* Through the module, and through a file. */
	f = findings_new();
	depend(&module.requires, "/etc/d.conf");
	role_check_update(v, 3, 2, &f->rep);
	assert_int_equal(f->rep.count, 0);
	findings_free(f);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_roles),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_coinstall),
		cmocka_unit_test(test_arch),
		cmocka_unit_test(test_update_closure),
	};

	return cmocka_run_group_tests_name("metadata-roles", tests, NULL, NULL);
}
