/* SPDX-License-Identifier: BSD-2-Clause */
/* What to do, in which order, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "../core/plan.h"

struct world {
	struct pvi_system system;
	struct pvi_packages medium;
	struct pvi_plan plan;
};

static int setup(void **state)
{
	*state = calloc(1, sizeof(struct world));
	return *state ? 0 : -1;
}

static int teardown(void **state)
{
	free(*state);
	return 0;
}

/* name, version 1.0.0.N of day N, ids and revisions with blanks between. */
static struct pvi_package *package(struct pvi_packages *l, const char *name, const char *inf,
	unsigned int version, const char *ids, const char *bus, const char *revisions)
{
	struct pvi_package *p = &l->v[l->n++];
	char words[512], *rest, *word;

	memset(p, 0, sizeof(*p));
	pvi_copy(p->name, sizeof(p->name), name);
	pvi_copy(p->provider, sizeof(p->provider), "Test");
	pvi_copy(p->inf, sizeof(p->inf), inf);
	pvi_copy(p->bus, sizeof(p->bus), bus);
	p->version = (struct pvi_version){ { 1, 0, 0, (uint16_t)version }, 20260100 + version };
	p->content = version;
	pvi_copy(words, sizeof(words), ids);
	for (word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		pvi_copy(p->ids[p->id_count++], PVI_ID, word);
	pvi_copy(words, sizeof(words), revisions);
	for (word = strtok_r(words, " ", &rest); word; word = strtok_r(NULL, " ", &rest))
		pvi_copy(p->revisions[p->revision_count++], 9, word);
	return p;
}

static struct pvi_device *device(struct pvi_system *s, const char *matching, const char *inf)
{
	struct pvi_device *d = &s->devices[s->device_count++];

	memset(d, 0, sizeof(*d));
	pvi_copy(d->instance, sizeof(d->instance), matching);
	pvi_copy(d->matching, sizeof(d->matching), matching);
	pvi_copy(d->inf, sizeof(d->inf), inf);
	d->present = true;
	return d;
}

#define PCI    "PCI\\VEN_5853&DEV_0001"
#define VIF1   "XENBUS\\VEN_DK0001&DEV_VIF&REV_00000001"
#define VIF2   "XENBUS\\VEN_DK0001&DEV_VIF&REV_00000002"
#define IFACE1 "XENBUS\\VEN_DK0001&DEV_IFACE&REV_00000001"
#define NET1   "XENVIF\\VEN_DK0001&DEV_NET&REV_00000001"
#define OLD    "00000001"
#define BOTH   "00000002 00000001"
#define NEW    "00000002"

static const char *text(const struct pvi_plan *plan)
{
	static char out[4096];
	size_t n = 0;

	out[0] = 0;
	for (size_t i = 0; i < plan->step_count; i++) {
		const struct pvi_step *s = &plan->steps[i];

		n += (size_t)snprintf(out + n, sizeof(out) - n, "%s%s%s%s", i ? ", " : "",
			pvi_kind_text(s->kind), *s->inf ? " " : "", s->inf);
	}
	return out;
}

static enum pvi_outcome run(struct world *w, enum pvi_verb verb)
{
	return pvi_plan(&w->plan, verb, &w->system, &w->medium, "Test", NULL, 0);
}

static void generation_one(struct world *w)
{
	package(&w->system.installed, "xenbus", "oem1.inf", 1, PCI, "XENBUS", OLD);
	device(&w->system, PCI, "oem1.inf");
}

static void first_install(void **state)
{
	struct world *w = *state;

	package(&w->medium, "xenbus", "D:\\xenbus.inf", 1, PCI, "XENBUS", OLD);
	package(&w->medium, "xennet", "D:\\xennet.inf", 1, NET1, "", "");
	package(&w->medium, "xenvif", "D:\\xenvif.inf", 1, VIF1, "XENVIF", OLD);
	assert_int_equal(run(w, PVI_INSTALL), PVI_READY);
	assert_string_equal(text(&w->plan),
		"stage D:\\xennet.inf, stage D:\\xenvif.inf, stage D:\\xenbus.inf, "
		"bind D:\\xennet.inf, bind D:\\xenvif.inf, bind D:\\xenbus.inf");
	assert_int_equal(run(w, PVI_UPGRADE), PVI_NOTHING);
	assert_non_null(strstr(w->plan.why, "xennet is not installed"));
}

static void nothing_new(void **state)
{
	struct world *w = *state;

	generation_one(w);
	package(&w->medium, "XENBUS", "D:\\xenbus.inf", 1, PCI, "XENBUS", OLD);
	assert_int_equal(run(w, PVI_INSTALL), PVI_NOTHING);
	assert_string_equal(w->plan.why, "XENBUS stays: 1.0.0.1 is installed\n");
	w->medium.v[0].content++;
	assert_int_equal(run(w, PVI_INSTALL), PVI_NOTHING);
	assert_non_null(strstr(w->plan.why, "other files of that version"));
	w->system.installed.v[0].version.date++;
	assert_int_equal(run(w, PVI_UPGRADE), PVI_NOTHING);
	assert_non_null(strstr(w->plan.why, "the medium has 1.0.0.1"));
}

static void veto_of_a_child(void **state)
{
	struct world *w = *state;

	generation_one(w);
	package(&w->system.installed, "xenvif", "oem2.inf", 1, VIF1, "", "");
	device(&w->system, VIF1, "oem2.inf");
	package(&w->medium, "xenbus", "D:\\xenbus.inf", 2, PCI, "XENBUS", NEW);
	assert_int_equal(run(w, PVI_UPGRADE), PVI_VETOED);
	assert_int_equal(w->plan.step_count, 0);
	assert_string_equal(w->plan.why,
		"veto: device " VIF1 ", driven by xenvif 1.0.0.1, needs revision 00000001 of "
		"XENBUS, which xenbus 1.0.0.2 "
		"does not offer; first upgrade xenvif to one for revision 00000002, or remove "
		"it\n");

	/* A bus that still offers it may come. */
	pvi_copy(w->medium.v[0].revisions[w->medium.v[0].revision_count++], 9, "00000001");
	assert_int_equal(run(w, PVI_UPGRADE), PVI_READY);
	assert_string_equal(text(&w->plan),
		"restore, stage D:\\xenbus.inf, bind D:\\xenbus.inf, unstage oem1.inf");
}

static void not_vetoed(void **state)
{
	struct world *w = *state;

	generation_one(w);
	package(&w->system.installed, "xenvif", "oem2.inf", 1, VIF1, "", "");
	device(&w->system, VIF1, "oem2.inf")->present = false;
	package(&w->medium, "xenbus", "D:\\xenbus.inf", 2, PCI, "XENBUS", NEW);
	/* A device that is gone needs nothing. */
	assert_int_equal(run(w, PVI_UPGRADE), PVI_READY);
	/* The child comes along. */
	w->system.devices[1].present = true;
	package(&w->medium, "xenvif", "D:\\xenvif.inf", 2, VIF2, "", "");
	assert_int_equal(run(w, PVI_UPGRADE), PVI_READY);
	assert_string_equal(text(&w->plan),
		"restore, stage D:\\xenvif.inf, stage D:\\xenbus.inf, bind D:\\xenvif.inf, "
		"bind D:\\xenbus.inf, unstage oem1.inf, unstage oem2.inf");
	assert_string_equal(w->plan.steps[3].old, "oem2.inf");
	/* One that is in the store already does as well. */
	w->medium.n = 1;
	package(&w->system.installed, "xenvif", "oem3.inf", 2, VIF2, "", "");
	assert_int_equal(run(w, PVI_UPGRADE), PVI_READY);
	/* A driver of another class or vendor does not. */
	w->system.installed.n = 2;
	package(&w->system.installed, "other", "oem3.inf", 2,
		"XENBUS\\VEN_XX0001&DEV_VIF&REV_00000002 XENBUS\\VEN_DK0001&DEV_VBD&REV_00000002",
		"", "");
	assert_int_equal(run(w, PVI_UPGRADE), PVI_VETOED);
}

/* The device was without its revision before: that keeps nobody from anything. */
static void broken_before(void **state)
{
	struct world *w = *state;

	package(&w->system.installed, "xenbus", "oem1.inf", 2, PCI, "XENBUS", NEW);
	device(&w->system, VIF1, "");
	package(&w->medium, "xeniface", "D:\\xeniface.inf", 1,
		"XENBUS\\VEN_DK0001&DEV_IFACE&REV_00000002", "", "");
	assert_int_equal(run(w, PVI_INSTALL), PVI_READY);
}

static void needs(void **state)
{
	struct world *w = *state;

	package(&w->medium, "xenvif", "D:\\xenvif.inf", 1, VIF2, "", "");
	assert_int_equal(run(w, PVI_INSTALL), PVI_VETOED);
	assert_non_null(strstr(w->plan.why, "first install the package of XENBUS"));
	generation_one(w);
	assert_int_equal(run(w, PVI_INSTALL), PVI_VETOED);
	assert_non_null(strstr(w->plan.why, "needs revision 00000002 of XENBUS, and xenbus offers "
					    "00000001"));
	/* One of several ids is enough. */
	pvi_copy(w->medium.v[0].ids[w->medium.v[0].id_count++], PVI_ID, VIF1);
	assert_int_equal(run(w, PVI_INSTALL), PVI_READY);
}

static void removal(void **state)
{
	struct world *w = *state;
	const char *bus = "xenbus", *none = "xenfoo";

	generation_one(w);
	package(&w->system.installed, "xeniface", "oem2.inf", 1, IFACE1, "", "");
	device(&w->system, IFACE1, "oem2.inf");
	assert_int_equal(pvi_plan(&w->plan, PVI_REMOVE, &w->system, &w->medium, "Test", &bus, 1),
		PVI_VETOED);
	assert_string_equal(w->plan.why,
		"veto: device " IFACE1
		", driven by xeniface, hangs on XENBUS; first remove xeniface\n");
	assert_int_equal(pvi_plan(&w->plan, PVI_REMOVE, &w->system, &w->medium, "Test", &none, 1),
		PVI_VETOED);
	assert_int_equal(run(w, PVI_REMOVE), PVI_READY);
	assert_string_equal(text(&w->plan), "restore, unbind oem2.inf, unstage oem2.inf, "
					    "unbind oem1.inf, unstage oem1.inf");
	/* A disk or network card may be what the system runs from. */
	package(&w->system.installed, "xenvif", "oem3.inf", 1, VIF1, "", "");
	device(&w->system, VIF1, "oem3.inf");
	assert_int_equal(run(w, PVI_REMOVE), PVI_READY);
	assert_string_equal(text(&w->plan),
		"restore, restart, restore, unbind oem2.inf, unstage oem2.inf, unbind oem3.inf, "
		"unstage oem3.inf, unbind oem1.inf, unstage oem1.inf");
	/* What another vendor installed is his to remove. */
	for (size_t i = 0; i < w->system.installed.n; i++)
		pvi_copy(w->system.installed.v[i].provider, PVI_NAME, "Other");
	assert_int_equal(run(w, PVI_REMOVE), PVI_NOTHING);
	assert_int_equal(pvi_plan(&w->plan, PVI_REMOVE, &w->system, &w->medium, "Test", &bus, 1),
		PVI_VETOED);
	w->system.installed.n = 0;
	assert_int_equal(run(w, PVI_REMOVE), PVI_NOTHING);
}

static void names(void **state)
{
	struct world *w = *state;
	const char *one[] = { "xenvif" }, *unknown[] = { "xenvif", "nothing" };

	generation_one(w);
	package(&w->medium, "xenbus", "D:\\xenbus.inf", 2, PCI, "XENBUS", BOTH);
	package(&w->medium, "xenvif", "D:\\xenvif.inf", 1, VIF1, "", "");
	assert_int_equal(
		pvi_plan(&w->plan, PVI_INSTALL, &w->system, &w->medium, "Test", one, 1), PVI_READY);
	assert_string_equal(text(&w->plan), "stage D:\\xenvif.inf, bind D:\\xenvif.inf");
	assert_int_equal(
		pvi_plan(&w->plan, PVI_INSTALL, &w->system, &w->medium, "Test", unknown, 2),
		PVI_VETOED);
}

/* Buses that hang on each other come to an end. */
static void circle(void **state)
{
	struct world *w = *state;

	package(&w->medium, "a", "a", 1, "B\\VEN_DK0001&DEV_X&REV_00000001", "A", OLD);
	package(&w->medium, "b", "b", 1, "A\\VEN_DK0001&DEV_X&REV_00000001", "B", OLD);
	assert_int_equal(run(w, PVI_INSTALL), PVI_READY);
	assert_int_equal(w->plan.step_count, 4);
}

/* As many as there may be, all of them with the longest reasons. */
static void crowd(void **state)
{
	struct world *w = *state;
	char name[32];

	for (unsigned int i = 0; i < PVI_PACKAGES; i++) {
		snprintf(name, sizeof(name), "package%u", i);
		package(&w->medium, name, name, 2, VIF1, "", "");
		package(&w->system.installed, name, name, 1, VIF1, "", "");
	}
	assert_int_equal(run(w, PVI_INSTALL), PVI_VETOED);
	assert_true(w->plan.why_length < sizeof(w->plan.why));
	assert_int_equal(w->plan.why[w->plan.why_length - 1], '\n');
	pvi_copy(w->medium.v[0].bus, 32, "XENBUS");
	pvi_copy(w->medium.v[0].revisions[w->medium.v[0].revision_count++], 9, OLD);
	assert_int_equal(run(w, PVI_INSTALL), PVI_READY);
	assert_int_equal(w->plan.step_count, 1 + 3 * PVI_PACKAGES);
}

static void ids(void **state)
{
	struct pvi_child c;
	char revision[9];

	(void)state;
	assert_true(pvi_child_parse(&c, "xenbus\\ven_dk0001&dev_vif&rev_0000000a"));
	assert_string_equal(c.bus, "XENBUS");
	assert_string_equal(c.device, "VIF");
	assert_string_equal(c.revision, "0000000A");
	for (const char **bad = (const char *[]){ "", "XENBUS", "\\VEN_DK0001&DEV_VIF&REV_00000001",
		     "XENBUS\\VEN_DK0001&DEV_VIF", "XENBUS\\VEN_DK0001&DEV_VIF&REV_0000001",
		     "XENBUS\\VEN_DK0001&DEV_VIF&REV_000000011",
		     "XENBUS\\VEN_DK0001&DEV_&REV_00000001",
		     "XENBUS\\VEN_DK0001&DEV_VIF&REV_0000000G", "PCI\\VEN_5853&DEV_0001&REV_01",
		     "XENBUS\\VEN_DK0001&SUBSYS_1&DEV_VIF&REV_00000001", NULL };
		*bad; bad++)
		assert_false(pvi_child_parse(&c, *bad));
	assert_false(pvi_revision_parse(revision, "1"));
}

static void versions(void **state)
{
	struct pvi_version a, b;
	char out[PVI_VERSION_TEXT];

	(void)state;
	assert_true(pvi_version_parse(&a, "11/21/2026", "1.2.3.4"));
	assert_string_equal(pvi_version_text(&a, out), "1.2.3.4");
	assert_true(pvi_version_parse(&b, "11/22/2026", "0.0.0.1"));
	assert_true(pvi_version_compare(&a, &b) < 0);
	assert_true(pvi_version_parse(&b, "11/21/2026", "1.2.10.0"));
	assert_true(pvi_version_compare(&a, &b) < 0 && pvi_version_compare(&b, &a) > 0);
	assert_false(pvi_version_parse(&a, "11/21/2026", "1.2.3"));
	assert_false(pvi_version_parse(&a, "11/21/2026", "1.2.3.4.5"));
	assert_false(pvi_version_parse(&a, "11/21/2026", "1.2.3.70000"));
	assert_false(pvi_version_parse(&a, "2026-11-21", "1.2.3.4"));
	assert_false(pvi_version_parse(&a, "13/21/2026", "1.2.3.4"));
	assert_false(pvi_version_parse(&a, "", ""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
		TEST(first_install),
		TEST(nothing_new),
		TEST(veto_of_a_child),
		TEST(not_vetoed),
		TEST(broken_before),
		TEST(needs),
		TEST(removal),
		TEST(names),
		TEST(circle),
		TEST(crowd),
		TEST(ids),
		TEST(versions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
