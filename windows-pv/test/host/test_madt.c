/* SPDX-License-Identifier: BSD-2-Clause */
#include "test.h"
#include "pv_madt.h"

struct table {
	uint8_t bytes[1024];
	size_t size;
};

static void put(struct table *t, uint32_t value)
{
	for (int i = 0; i < 32; i += 8)
		t->bytes[t->size++] = (uint8_t)(value >> i);
}

static void begin(struct table *t)
{
	memset(t, 0, sizeof(*t));
	memcpy(t->bytes, "APIC", 4);
	t->size = PV_MADT_HEADER;
}

static void local(struct table *t, uint8_t number, uint8_t apic, uint32_t flags)
{
	const uint8_t head[] = { 0, 8, number, apic };

	memcpy(t->bytes + t->size, head, sizeof(head));
	t->size += sizeof(head);
	put(t, flags);
}

static void x2local(struct table *t, uint32_t number, uint32_t apic, uint32_t flags)
{
	const uint8_t head[] = { 9, 16, 0, 0 };

	memcpy(t->bytes + t->size, head, sizeof(head));
	t->size += sizeof(head);
	put(t, apic);
	put(t, flags);
	put(t, number);
}

static void end(struct table *t)
{
	uint8_t sum = 0;

	for (int i = 0; i < 4; i++)
		t->bytes[4 + i] = (uint8_t)(t->size >> 8 * i);
	t->bytes[9] = 0;
	for (size_t i = 0; i < t->size; i++)
		sum = (uint8_t)(sum + t->bytes[i]);
	t->bytes[9] = (uint8_t)-sum;
}

/* In memory without slack. */
static int ask(const struct table *t, size_t size, uint32_t apic, uint32_t *vcpu)
{
	char *exact = test_exact(t->bytes, size);
	int rc = pv_madt_vcpu((const uint8_t *)exact, size, apic, vcpu);

	free(exact);
	return rc;
}

/* As Xen's firmware writes it: an I/O APIC, then a processor for each that there may be. */
static void xens(struct table *t, uint8_t count, uint8_t enabled)
{
	static const uint8_t io_apic[12] = { 1, 12, 1 };

	begin(t);
	memcpy(t->bytes + t->size, io_apic, sizeof(io_apic));
	t->size += sizeof(io_apic);
	for (uint8_t i = 0; i < count; i++)
		local(t, i, (uint8_t)(2 * i), i < enabled);
	end(t);
}

static void of_xen(void **state)
{
	struct table t;
	uint32_t vcpu;

	(void)state;
	xens(&t, 16, 4);
	for (uint32_t i = 0; i < 4; i++) {
		vcpu = 99;
		assert_int_equal(ask(&t, t.size, 2 * i, &vcpu), 0);
		assert_int_equal(vcpu, i);
	}
	vcpu = 99;
	assert_int_equal(ask(&t, t.size, 8, &vcpu), PV_ENOENT);
	assert_int_equal(ask(&t, t.size, 1, &vcpu), PV_ENOENT);
	assert_int_equal(ask(&t, t.size, 0x10000, &vcpu), PV_ENOENT);
	assert_int_equal(vcpu, 99);
	/* What lies behind the table is not looked at. */
	assert_int_equal(ask(&t, t.size + 40, 6, &vcpu), 0);
	assert_int_equal(vcpu, 3);
}

static void large_ids(void **state)
{
	struct table t;
	uint32_t vcpu = 0;

	(void)state;
	begin(&t);
	local(&t, 0, 0, 1);
	x2local(&t, 300, 600, 1);
	x2local(&t, 301, 602, 0);
	end(&t);
	assert_int_equal(ask(&t, t.size, 600, &vcpu), 0);
	assert_int_equal(vcpu, 300);
	assert_int_equal(ask(&t, t.size, 602, &vcpu), PV_ENOENT);
}

static void another_machines(void **state)
{
	struct table t;
	uint32_t vcpu = 99;

	(void)state;
	begin(&t);
	local(&t, 0, 0, 1);
	local(&t, 1, 1, 1);
	local(&t, 3, 2, 1);
	end(&t);
	assert_int_equal(ask(&t, t.size, 0, &vcpu), 0);
	vcpu = 99;
	assert_int_equal(ask(&t, t.size, 1, &vcpu), PV_EPROTO);
	assert_int_equal(ask(&t, t.size, 2, &vcpu), PV_EPROTO);
	assert_int_equal(vcpu, 99);
}

static void nonsense(void **state)
{
	struct table t;
	uint32_t vcpu;

	(void)state;
	xens(&t, 4, 4);
	for (size_t size = 0; size < t.size; size++)
		assert_int_equal(ask(&t, size, 6, &vcpu), PV_EINVAL);
	t.bytes[0] = 'X';
	assert_int_equal(ask(&t, t.size, 0, &vcpu), PV_EINVAL);
	xens(&t, 4, 4);
	t.bytes[PV_MADT_HEADER + 20] ^= 1; /* not what was summed up */
	assert_int_equal(ask(&t, t.size, 0, &vcpu), PV_EINVAL);
	/* Entries that end beyond the table, do not end, or have no room for what they should. */
	for (int length = 0; length < 256; length++) {
		begin(&t);
		local(&t, 0, 0, 1);
		t.bytes[PV_MADT_HEADER + 1] = (uint8_t)length;
		end(&t);
		assert_int_equal(ask(&t, t.size, 0, &vcpu), length == 8 ? 0 : PV_EINVAL);
	}
	begin(&t);
	t.bytes[t.size++] = 0;
	end(&t);
	assert_int_equal(ask(&t, t.size, 0, &vcpu), PV_EINVAL);
	begin(&t);
	t.bytes[t.size++] = 9;
	t.bytes[t.size++] = 8;
	t.size += 6;
	end(&t);
	assert_int_equal(ask(&t, t.size, 0, &vcpu), PV_ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(of_xen),
		cmocka_unit_test(large_ids),
		cmocka_unit_test(another_machines),
		cmocka_unit_test(nonsense),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
