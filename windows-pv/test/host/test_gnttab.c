/* SPDX-License-Identifier: BSD-2-Clause */
#include "test.h"
#include "pv_gnttab.h"
#include "pv_xen.h"

#define FRAMES 3

static _Alignas(4096) struct grant_entry_v1 shared[FRAMES * PV_GNTTAB_PER_FRAME];
static struct pv_grant grants[FRAMES * PV_GNTTAB_PER_FRAME];
static char pages[FRAMES * PV_GNTTAB_PER_FRAME];

static void begin(struct pv_gnttab *t, uint32_t frames, uint32_t quarantine)
{
	memset(shared, 0, sizeof(shared));
	assert_int_equal(pv_gnttab_init(t, shared, grants, frames, 8, quarantine), 0);
}

static uint32_t permit(struct pv_gnttab *t)
{
	uint32_t ref;

	assert_int_equal(pv_gnttab_permit(t, 0, 0x1000, false, &pages[0], &ref), 0);
	return ref;
}

/* What Xen does when the peer maps and unmaps. */
static void map(uint32_t ref, bool write)
{
	assert_int_equal(shared[ref].flags & GTF_type_mask, GTF_permit_access);
	shared[ref].flags |= write ? GTF_reading | GTF_writing : GTF_reading;
}

static void unmap(uint32_t ref)
{
	shared[ref].flags &= (uint16_t) ~(GTF_reading | GTF_writing);
}

static void entries(void **state)
{
	struct pv_gnttab t;
	uint32_t ref;

	(void)state;
	begin(&t, 1, 4);
	assert_int_equal(pv_gnttab_add_frame(&t), 0);
	assert_int_equal(pv_gnttab_permit(&t, 7, 0x12345, true, pages, &ref), 0);
	assert_int_equal(ref, 8);
	assert_int_equal(shared[ref].domid, 7);
	assert_int_equal(shared[ref].frame, 0x12345);
	assert_int_equal(shared[ref].flags, GTF_permit_access | GTF_readonly);
	assert_int_equal(pv_gnttab_revoke(&t, ref), 0);
	assert_int_equal(shared[ref].flags, 0);
	assert_int_equal(pv_gnttab_permit(&t, 7, 1ull << 32, false, pages, &ref), PV_ERANGE);
	assert_int_equal(pv_gnttab_permit(&t, 7, UINT32_MAX, false, pages, &ref), 0);
	assert_int_equal(shared[ref].flags, GTF_permit_access);
}

/* What somebody before us granted and a peer still maps stays as it is, and is nobody's. */
static void left_in_use(void **state)
{
	struct pv_gnttab t;
	uint32_t ref, n = 0;

	(void)state;
	begin(&t, 1, 4);
	shared[8].flags = GTF_permit_access | GTF_reading | GTF_writing;
	shared[9].flags = GTF_permit_access;
	shared[511].flags = GTF_permit_access | GTF_reading;
	assert_int_equal(pv_gnttab_add_frame(&t), 0);
	assert_int_equal(shared[8].flags, GTF_permit_access | GTF_reading | GTF_writing);
	assert_int_equal(shared[9].flags, 0);
	while (pv_gnttab_permit(&t, 0, 1, false, NULL, &ref) == 0) {
		assert_true(ref > 8 && ref < 511);
		n++;
	}
	assert_int_equal(n, 512 - 8 - 2);
	assert_int_equal(pv_gnttab_revoke(&t, 8), PV_EINVAL);
	assert_int_equal(shared[511].flags, GTF_permit_access | GTF_reading);
}

/* A table of one frame, then one that grows: every reference once, the reserved ones never. */
static void exhaustion(uint32_t frames)
{
	static bool used[FRAMES * PV_GNTTAB_PER_FRAME];
	struct pv_gnttab t;
	uint32_t ref, n = 0;
	int rc;

	memset(used, 0, sizeof(used));
	begin(&t, frames, 4);
	shared[0].flags = GTF_permit_access; /* the console's, put there by the toolstack */
	shared[1].flags = GTF_permit_access;
	assert_int_equal(pv_gnttab_permit(&t, 0, 1, false, NULL, &ref), PV_ENOMEM);
	for (;;) {
		rc = pv_gnttab_permit(&t, 0, 1, false, NULL, &ref);
		if (rc == PV_ENOMEM) {
			assert_int_equal(pv_gnttab_add_frame(&t), 0);
			continue;
		}
		if (rc)
			break;
		assert_true(ref >= 8 && ref < frames * PV_GNTTAB_PER_FRAME);
		assert_false(used[ref]);
		used[ref] = true;
		n++;
	}
	assert_int_equal(rc, PV_ENOSPC);
	assert_int_equal(n, frames * PV_GNTTAB_PER_FRAME - 8);
	assert_int_equal(pv_gnttab_add_frame(&t), PV_ENOSPC);
	assert_int_equal(shared[0].flags, GTF_permit_access);
	assert_int_equal(shared[1].flags, GTF_permit_access);
	for (ref = 8; ref < frames * PV_GNTTAB_PER_FRAME; ref++)
		assert_int_equal(pv_gnttab_revoke(&t, ref), 0);
	assert_int_equal(t.free, n);
	assert_int_equal(t.active, 0);
}

static void one_frame(void **state)
{
	(void)state;
	exhaustion(1);
}

static void several_frames(void **state)
{
	(void)state;
	exhaustion(FRAMES);
}

static void bad_arguments(void **state)
{
	struct pv_gnttab t;
	bool mapped;

	(void)state;
	assert_int_equal(pv_gnttab_init(&t, shared, grants, 0, 8, 4), PV_EINVAL);
	assert_int_equal(pv_gnttab_init(&t, shared, grants, 1, 7, 4), PV_EINVAL);
	assert_int_equal(pv_gnttab_init(&t, shared, grants, 1, 512, 4), PV_EINVAL);
	assert_int_equal(pv_gnttab_init(&t, shared, grants, UINT32_MAX, 8, 4), PV_EINVAL);
	assert_int_equal(pv_gnttab_init(&t, shared, grants, 1, 8, 0), PV_EINVAL);
	begin(&t, 2, 4);
	pv_gnttab_add_frame(&t);
	assert_int_equal(pv_gnttab_revoke(&t, 0), PV_EINVAL);
	assert_int_equal(pv_gnttab_revoke(&t, 7), PV_EINVAL);
	assert_int_equal(pv_gnttab_revoke(&t, 8), PV_EINVAL);
	assert_int_equal(pv_gnttab_revoke(&t, 512), PV_EINVAL);
	assert_int_equal(pv_gnttab_revoke(&t, UINT32_MAX), PV_EINVAL);
	assert_int_equal(pv_gnttab_query(&t, 8, &mapped), PV_EINVAL);
	permit(&t);
	assert_int_equal(pv_gnttab_revoke(&t, 8), 0);
	assert_int_equal(pv_gnttab_revoke(&t, 8), PV_EINVAL);
}

/* Revoke while mapped: neither the reference nor the page comes back before the peer lets go. */
static void revoke_while_mapped(void **state)
{
	struct pv_gnttab t;
	uint32_t ref, other, budget;
	bool mapped;
	void *page;

	(void)state;
	for (int write = 0; write < 2; write++) {
		begin(&t, 1, 4);
		pv_gnttab_add_frame(&t);
		assert_int_equal(pv_gnttab_permit(&t, 0, 1, false, &pages[42], &ref), 0);
		map(ref, write);
		assert_int_equal(pv_gnttab_query(&t, ref, &mapped), 0);
		assert_true(mapped);
		assert_int_equal(pv_gnttab_revoke(&t, ref), PV_EBUSY);
		assert_int_equal(pv_gnttab_revoke(&t, ref), PV_EINVAL);
		assert_int_equal(t.quarantined, 1);
		for (unsigned int i = 0; i < 10; i++) {
			budget = 100;
			assert_int_equal(pv_gnttab_collect(&t, &budget, &page), 0);
			assert_null(page);
			assert_int_equal(
				budget, 0); /* one that stays is looked at again and again */
		}
		for (unsigned int i = 0; i < PV_GNTTAB_PER_FRAME - 9; i++) {
			other = permit(&t);
			assert_int_not_equal(other, ref);
		}
		assert_int_equal(pv_gnttab_permit(&t, 0, 1, false, NULL, &other), PV_ENOSPC);
		unmap(ref);
		budget = 100;
		assert_int_equal(pv_gnttab_collect(&t, &budget, &page), 1);
		assert_ptr_equal(page, &pages[42]);
		assert_int_equal(shared[ref].flags, 0);
		assert_int_equal(pv_gnttab_collect(&t, &budget, &page), 0);
		assert_int_equal(permit(&t), ref);
	}
}

/* A full quarantine stops new grants, and one release lets them go on. */
static void quarantine_is_bounded(void **state)
{
	struct pv_gnttab t;
	uint32_t refs[10], ref, budget = 100;
	void *page;

	(void)state;
	begin(&t, 1, 4);
	pv_gnttab_add_frame(&t);
	for (unsigned int i = 0; i < 10; i++) {
		assert_int_equal(pv_gnttab_permit(&t, 0, i, false, &pages[i], &refs[i]), 0);
		map(refs[i], true);
	}
	/* More than the limit may be revoked: what was granted can always be quarantined. */
	for (unsigned int i = 0; i < 10; i++)
		assert_int_equal(pv_gnttab_revoke(&t, refs[i]), PV_EBUSY);
	assert_int_equal(t.quarantined, 10);
	assert_int_equal(pv_gnttab_permit(&t, 0, 1, false, NULL, &ref), PV_EQUARANTINE);
	for (unsigned int i = 0; i < 7; i++) {
		assert_int_equal(pv_gnttab_permit(&t, 0, 1, false, NULL, &ref), PV_EQUARANTINE);
		unmap(refs[9 - i]);
		budget = 20;
		assert_int_equal(pv_gnttab_collect(&t, &budget, &page), 1);
		assert_ptr_equal(page, &pages[9 - i]);
	}
	assert_int_equal(t.quarantined, 3);
	assert_int_equal(pv_gnttab_permit(&t, 0, 1, false, NULL, &ref), 0);
}

static void collect_keeps_to_its_budget(void **state)
{
	struct pv_gnttab t;
	uint32_t refs[8], budget;
	unsigned int calls = 0;
	void *page;

	(void)state;
	begin(&t, 1, 100);
	pv_gnttab_add_frame(&t);
	for (unsigned int i = 0; i < 8; i++) {
		refs[i] = permit(&t);
		map(refs[i], false);
		pv_gnttab_revoke(&t, refs[i]);
	}
	unmap(refs[7]);
	do {
		budget = 3;
		assert_true(calls++ < 10);
	} while (pv_gnttab_collect(&t, &budget, &page) == 0);
	assert_int_equal(calls, 3);
	budget = 0;
	unmap(refs[0]);
	assert_int_equal(pv_gnttab_collect(&t, &budget, &page), 0);
}

/* Random grants, mappings and revocations against a plain model. */
static void random_use(void **state)
{
	enum { FREE, ACTIVE, HELD } model[PV_GNTTAB_PER_FRAME] = { FREE };
	struct pv_gnttab t;
	uint64_t seed = 7;
	unsigned int held = 0, active = 0;

	(void)state;
	begin(&t, 1, 40);
	pv_gnttab_add_frame(&t);
	for (unsigned int i = 0; i < 60000 * test_scale(); i++) {
		uint32_t ref = test_random(&seed) % PV_GNTTAB_PER_FRAME, budget = 5;
		void *page;
		int rc;

		switch (test_random(&seed) % 5) {
		case 0:
			rc = pv_gnttab_permit(&t, 0, i, false, NULL, &ref);
			if (held >= 40) {
				assert_int_equal(rc, PV_EQUARANTINE);
			} else if (active + held == PV_GNTTAB_PER_FRAME - 8) {
				assert_int_equal(rc, PV_ENOSPC);
			} else {
				assert_int_equal(rc, 0);
				assert_int_equal(model[ref], FREE);
				model[ref] = ACTIVE;
				grants[ref].page = &pages[ref];
				active++;
			}
			break;
		case 1:
			if (model[ref] == ACTIVE)
				map(ref, i & 1);
			break;
		case 2:
			if (model[ref] != FREE)
				unmap(ref);
			break;
		case 3:
			rc = pv_gnttab_revoke(&t, ref);
			if (model[ref] != ACTIVE) {
				assert_int_equal(rc, PV_EINVAL);
				break;
			}
			active--;
			if (shared[ref].flags & (GTF_reading | GTF_writing)) {
				assert_int_equal(rc, PV_EBUSY);
				model[ref] = HELD;
				held++;
			} else {
				assert_int_equal(rc, 0);
				model[ref] = FREE;
			}
			break;
		default:
			if (pv_gnttab_collect(&t, &budget, &page)) {
				ref = (uint32_t)((char *)page - pages);
				assert_int_equal(model[ref], HELD);
				assert_int_equal(shared[ref].flags, 0);
				model[ref] = FREE;
				held--;
			}
		}
		assert_int_equal(t.active, active);
		assert_int_equal(t.quarantined, held);
		assert_int_equal(t.free, PV_GNTTAB_PER_FRAME - 8 - active - held);
	}
}

static void resume(void **state)
{
	struct pv_gnttab t;
	uint32_t kept, gone, budget = 10;
	void *page;

	(void)state;
	begin(&t, 1, 1);
	pv_gnttab_add_frame(&t);
	kept = permit(&t);
	assert_int_equal(pv_gnttab_permit(&t, 0, 1, false, &pages[3], &gone), 0);
	map(kept, true);
	map(gone, true);
	assert_int_equal(pv_gnttab_revoke(&t, gone), PV_EBUSY);
	/* The new domain's table holds only what the toolstack put there. */
	memset(shared, 0, sizeof(shared));
	shared[1].flags = GTF_permit_access;
	pv_gnttab_resumed(&t);
	assert_int_equal(shared[1].flags, GTF_permit_access);
	assert_int_equal(shared[kept].flags, 0);
	assert_int_equal(pv_gnttab_revoke(&t, kept), 0);
	assert_int_equal(pv_gnttab_collect(&t, &budget, &page), 1);
	assert_ptr_equal(page, &pages[3]);
	assert_int_equal(t.free, PV_GNTTAB_PER_FRAME - 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(entries),
		cmocka_unit_test(left_in_use),
		cmocka_unit_test(one_frame),
		cmocka_unit_test(several_frames),
		cmocka_unit_test(bad_arguments),
		cmocka_unit_test(revoke_while_mapped),
		cmocka_unit_test(quarantine_is_bounded),
		cmocka_unit_test(collect_keeps_to_its_budget),
		cmocka_unit_test(random_use),
		cmocka_unit_test(resume),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
