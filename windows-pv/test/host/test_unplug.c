/* SPDX-License-Identifier: BSD-2-Clause */
#include "test.h"
#include "pv_unplug.h"

static void handshake(void **state)
{
	(void)state;
	assert_int_equal(pv_unplug_handshake(0xffff, 0xff, false), PV_UNPLUG_PORT_ABSENT);
	assert_int_equal(pv_unplug_handshake(0, 0, true), PV_UNPLUG_PORT_ABSENT);
	assert_int_equal(pv_unplug_handshake(0x49d2, 0, false), PV_UNPLUG_PORT_READY);
	assert_int_equal(pv_unplug_handshake(0x49d2, 1, false), PV_UNPLUG_PORT_IDENTIFY);
	assert_int_equal(pv_unplug_handshake(0x49d2, 1, true), PV_UNPLUG_PORT_READY);
	assert_int_equal(pv_unplug_handshake(0xd249, 1, false), PV_UNPLUG_PORT_REFUSED);
	assert_int_equal(pv_unplug_handshake(0xd249, 1, true), PV_UNPLUG_PORT_REFUSED);
}

/* All 2^11 inputs at every state of the port, against the rules said another way. */
static void every_input(void **state)
{
	unsigned int yes = 0;

	(void)state;
	for (unsigned int port = 0; port < 4; port++) {
		for (unsigned int bits = 0; bits < 1u << 11; bits++) {
			struct pv_unplug_input in = {
				.port = (enum pv_unplug_port)port,
				.enabled = bits & 1,
				.safe_mode = bits >> 1 & 1,
				.boot_emulated = bits >> 2 & 1,
				.nvme = bits >> 3 & 1,
				.disks = { bits >> 4 & 1, bits >> 5 & 1, bits >> 6 & 1 },
				.nics = { bits >> 7 & 1, bits >> 8 & 1, bits >> 9 & 1 },
				.too_late = bits >> 10 & 1,
			};
			struct pv_unplug_output out;
			bool may, disks, nics;

			pv_unplug_decide(&in, &out);
			may = in.enabled && !in.safe_mode && !in.too_late &&
			      port == PV_UNPLUG_PORT_READY;
			disks = may &&
				(in.disks.forced || (in.disks.requests && in.disks.device_known));
			nics = may &&
			       (in.nics.forced || (in.nics.requests && in.nics.device_known));
			assert_int_equal(out.disks == PV_UNPLUG_YES, disks);
			assert_int_equal(out.nics == PV_UNPLUG_YES, nics);
			assert_int_equal((out.mask & PV_UNPLUG_NICS) != 0, nics);
			assert_int_equal(
				(out.mask & PV_UNPLUG_ALL_DISKS) != 0, disks && !in.boot_emulated);
			assert_int_equal(
				(out.mask & PV_UNPLUG_AUX_DISKS) != 0, disks && in.boot_emulated);
			assert_int_equal((out.mask & PV_UNPLUG_NVME) != 0,
				disks && in.nvme && !in.boot_emulated);
			assert_int_equal(out.mask & ~0xfu, 0);
			assert_int_equal(out.clear_requests, in.disks.requests || in.nics.requests);
			yes += out.mask != 0;
		}
	}
	assert_true(yes > 0);
}

static void reasons(void **state)
{
	struct pv_unplug_input in = { .port = PV_UNPLUG_PORT_READY, .enabled = true };
	struct pv_unplug_output out;

	(void)state;
	pv_unplug_decide(&in, &out);
	assert_int_equal(out.disks, PV_UNPLUG_NOT_REQUESTED);
	in.disks.requests = 1;
	pv_unplug_decide(&in, &out);
	assert_int_equal(out.disks, PV_UNPLUG_NO_DEVICE);
	in.safe_mode = true;
	pv_unplug_decide(&in, &out);
	assert_int_equal(out.disks, PV_UNPLUG_SAFE_MODE);
	in.safe_mode = false;
	in.too_late = true;
	pv_unplug_decide(&in, &out);
	assert_int_equal(out.disks, PV_UNPLUG_TOO_LATE);
	in.port = PV_UNPLUG_PORT_IDENTIFY;
	pv_unplug_decide(&in, &out);
	assert_int_equal(out.disks, PV_UNPLUG_NO_PORT);
	in.port = PV_UNPLUG_PORT_REFUSED;
	pv_unplug_decide(&in, &out);
	assert_int_equal(out.nics, PV_UNPLUG_HOST_REFUSES);
	in.enabled = false;
	pv_unplug_decide(&in, &out);
	assert_int_equal(out.disks, PV_UNPLUG_NOT_ENABLED);
	assert_int_equal(out.mask, 0);
}

static void counts(void **state)
{
	uint32_t count = 0;

	(void)state;
	assert_int_equal(pv_unplug_count(true, true, 1), 1);
	assert_int_equal(pv_unplug_count(true, true, PV_UNPLUG_MOST), PV_UNPLUG_MOST);
	assert_int_equal(pv_unplug_count(true, true, PV_UNPLUG_MOST + 1), 0);
	assert_int_equal(pv_unplug_count(true, true, 0xffffffff), 0);
	assert_int_equal(pv_unplug_count(true, false, 1), 0);
	assert_int_equal(pv_unplug_count(false, true, 1), 0);
	assert_int_equal(pv_unplug_change(&count, false), PV_EINVAL);
	assert_int_equal(count, 0);
	for (uint32_t i = 0; i < PV_UNPLUG_MOST; i++)
		assert_int_equal(pv_unplug_change(&count, true), 0);
	assert_int_equal(pv_unplug_change(&count, true), PV_ENOSPC);
	assert_int_equal(count, PV_UNPLUG_MOST);
	assert_int_equal(pv_unplug_count(true, true, count), count);
	assert_int_equal(pv_unplug_change(&count, false), 0);
	assert_int_equal(count, PV_UNPLUG_MOST - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handshake),
		cmocka_unit_test(every_input),
		cmocka_unit_test(reasons),
		cmocka_unit_test(counts),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
