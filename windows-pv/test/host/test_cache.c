/* SPDX-License-Identifier: BSD-2-Clause */
#include "test.h"
#include "pv_cache.h"

#define SLAB 4096

static void *new_slab(void)
{
	void *p = aligned_alloc(SLAB, SLAB);

	assert_non_null(p);
	memset(p, 0xa5, SLAB);
	return p;
}

static void all_zero(const unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		assert_int_equal(p[i], 0);
}

static void drain(struct pv_cache *c)
{
	void *slab;

	while ((slab = pv_cache_reclaim(c, true)))
		free(slab);
	assert_int_equal(c->slabs, 0);
	assert_int_equal(c->objects, 0);
}

static void sizes(void **state)
{
	struct pv_cache c;

	(void)state;
	assert_int_equal(pv_cache_init(&c, 4096, 64, 8, 0, 0), 0);
	assert_int_equal(pv_cache_init(&c, 4096, 1, 8, 0, 0), 0);
	assert_int_equal(c.object_size, 8);
	assert_int_equal(c.per_slab, PV_CACHE_SLAB_OBJECTS);
	assert_int_equal(pv_cache_init(&c, 4095, 64, 8, 0, 0), PV_EINVAL);
	assert_int_equal(pv_cache_init(&c, 4096, 64, 12, 0, 0), PV_EINVAL);
	assert_int_equal(pv_cache_init(&c, 4096, 64, 4, 0, 0), PV_EINVAL);
	assert_int_equal(pv_cache_init(&c, 4096, 0, 8, 0, 0), PV_EINVAL);
	assert_int_equal(pv_cache_init(&c, 4096, 4096, 8, 0, 0), PV_EINVAL);
	assert_int_equal(pv_cache_init(&c, 4096, UINT32_MAX, 8, 0, 0), PV_EINVAL);
	assert_int_equal(pv_cache_init(&c, 4096, 64, 4096, 0, 0), PV_EINVAL);
	assert_int_equal(pv_cache_init(&c, 8192, 4096, 4096, 0, 0), 0);
	assert_int_equal(c.per_slab, 1);
}

static void zeroed_each_time(void **state)
{
	struct pv_cache c;
	void *o, *again;

	(void)state;
	pv_cache_init(&c, SLAB, 100, 8, 0, 0);
	assert_int_equal(pv_cache_get(&c, &o), PV_ENOMEM);
	pv_cache_add_slab(&c, new_slab());
	assert_int_equal(pv_cache_get(&c, &o), 0);
	all_zero(o, 100);
	memset(o, 0x5a, 104);
	assert_int_equal(pv_cache_put(&c, o), 0);
	assert_int_equal(pv_cache_get(&c, &again), 0);
	assert_ptr_equal(o, again);
	all_zero(again, 104);
	pv_cache_put(&c, again);
	drain(&c);
}

static void wrong_puts(void **state)
{
	struct pv_cache c, other;
	void *o, *slab = new_slab();
	char *p;

	(void)state;
	pv_cache_init(&c, SLAB, 64, 8, 0, 0);
	pv_cache_init(&other, SLAB, 64, 8, 0, 0);
	assert_int_equal(pv_cache_add_slab(&c, NULL), PV_EINVAL);
	assert_int_equal(pv_cache_add_slab(&c, (char *)slab + 64), PV_EINVAL);
	assert_int_equal(pv_cache_add_slab(&c, slab), 0);
	pv_cache_get(&c, &o);
	p = o;
	assert_int_equal(pv_cache_put(&c, NULL), PV_EINVAL);
	assert_int_equal(pv_cache_put(&c, p + 1), PV_EINVAL);
	assert_int_equal(pv_cache_put(&c, p + 64), PV_EINVAL);
	assert_int_equal(pv_cache_put(&c, slab), PV_EINVAL);
	assert_int_equal(pv_cache_put(&c, (char *)slab + SLAB - 1), PV_EINVAL);
	assert_int_equal(pv_cache_put(&other, p), PV_EINVAL);
	assert_int_equal(pv_cache_put(&c, p), 0);
	assert_int_equal(pv_cache_put(&c, p), PV_EINVAL);
	drain(&c);
}

static void limit_and_reclaim(void **state)
{
	struct pv_cache c;
	void *o[400];
	uint32_t n = 0, kept = 0;
	void *slab;

	(void)state;
	pv_cache_init(&c, SLAB, 128, 8, 100, 1);
	for (;;) {
		int rc = pv_cache_get(&c, &o[n]);

		if (rc == PV_ENOMEM) {
			pv_cache_add_slab(&c, new_slab());
			continue;
		}
		if (rc) {
			assert_int_equal(rc, PV_ENOSPC);
			break;
		}
		n++;
	}
	assert_int_equal(n, 100);
	assert_int_equal(c.slabs, (100 + c.per_slab - 1) / c.per_slab);
	assert_null(pv_cache_reclaim(&c, true));
	while (n)
		assert_int_equal(pv_cache_put(&c, o[--n]), 0);
	kept = c.slabs;
	while ((slab = pv_cache_reclaim(&c, false))) {
		free(slab);
		kept--;
	}
	assert_int_equal(kept, 1);
	drain(&c);
}

/* Random use; no two live objects overlap and each keeps its content. */
static void random_use(void **state)
{
	struct pv_cache c;
	unsigned char *live[500];
	unsigned int n = 0;
	uint64_t seed = 42;
	void *slab;

	(void)state;
	pv_cache_init(&c, SLAB, 72, 16, 0, 2);
	for (unsigned int i = 0; i < 20000 * test_scale(); i++) {
		void *o;

		if (n < 500 && test_random(&seed) % 2) {
			if (pv_cache_get(&c, &o) == PV_ENOMEM) {
				pv_cache_add_slab(&c, new_slab());
				assert_int_equal(pv_cache_get(&c, &o), 0);
			}
			assert_int_equal((uintptr_t)o % 16, 0);
			all_zero(o, 72);
			memset(o, (int)((uintptr_t)o >> 4), 72);
			live[n++] = o;
		} else if (n) {
			unsigned int k = test_random(&seed) % n;

			for (unsigned int j = 0; j < 72; j++)
				assert_int_equal(
					live[k][j], (unsigned char)((uintptr_t)live[k] >> 4));
			assert_int_equal(pv_cache_put(&c, live[k]), 0);
			live[k] = live[--n];
			if (test_random(&seed) % 16 == 0 && (slab = pv_cache_reclaim(&c, false)))
				free(slab);
		}
		assert_int_equal(c.objects, n);
	}
	while (n)
		pv_cache_put(&c, live[--n]);
	drain(&c);
}

static void magazines(void **state)
{
	struct pv_magazine m = { 0 };
	struct pv_cache c;
	void *o[PV_MAGAZINE_SLOTS + 1];

	(void)state;
	pv_cache_init(&c, SLAB, 64, 8, 0, 0);
	pv_cache_add_slab(&c, new_slab());
	assert_null(pv_magazine_pop(&m, &c));
	for (unsigned int i = 0; i <= PV_MAGAZINE_SLOTS; i++) {
		pv_cache_get(&c, &o[i]);
		memset(o[i], 0x77, 64);
		assert_true(pv_cache_holds(&c, o[i]));
		assert_false(pv_magazine_has(&m, o[i]));
		assert_int_equal(pv_magazine_push(&m, o[i]), i < PV_MAGAZINE_SLOTS);
		assert_int_equal(pv_magazine_has(&m, o[i]), i < PV_MAGAZINE_SLOTS);
	}
	assert_false(pv_cache_holds(&c, (char *)o[0] + 8));
	assert_false(pv_cache_holds(&c, NULL));
	assert_ptr_equal(pv_magazine_pop(&m, &c), o[PV_MAGAZINE_SLOTS - 1]);
	all_zero(o[PV_MAGAZINE_SLOTS - 1], 64);
	pv_cache_put(&c, o[PV_MAGAZINE_SLOTS - 1]);
	pv_cache_put(&c, o[PV_MAGAZINE_SLOTS]);
	assert_false(pv_cache_holds(&c, o[PV_MAGAZINE_SLOTS]));
	for (void *p; (p = pv_magazine_drain(&m));)
		assert_int_equal(pv_cache_put(&c, p), 0);
	drain(&c);
}

/* What a constructor and a destructor walk over is just the objects. */
static void walking(void **state)
{
	struct pv_cache c;
	char *slab = new_slab();
	uint32_t n = 0;
	char *o;

	(void)state;
	pv_cache_init(&c, SLAB, 200, 8, 0, 0);
	pv_cache_add_slab(&c, slab);
	for (; (o = pv_cache_slab_object(&c, slab, n)); n++)
		assert_true(o >= slab + sizeof(struct pv_slab) && o + 200 <= slab + SLAB);
	assert_int_equal(n, c.per_slab);
	drain(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sizes),
		cmocka_unit_test(zeroed_each_time),
		cmocka_unit_test(wrong_puts),
		cmocka_unit_test(limit_and_reclaim),
		cmocka_unit_test(random_use),
		cmocka_unit_test(magazines),
		cmocka_unit_test(walking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
