/* SPDX-License-Identifier: BSD-2-Clause */
/* A back end that owns the whole page and writes anywhere in it between our steps. */
#include "fuzz.h"
#include "pv_ids.h"
#include "pv_ring.h"

struct message {
	uint64_t id;
	uint32_t data[4];
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { data, size };
	uint32_t bytes = 64 + sizeof(struct message) * (1u << fuzz_u8(&f) % 6);
	uint8_t *page = aligned_alloc(64, (bytes + 63) / 64 * 64);
	uint32_t next[16], slots = fuzz_u8(&f) % 16 + 1;
	uint32_t pushed = 0, put = 0, taken = 0;
	struct pv_ids ids;
	struct pv_ring r;

	if (!page || pv_ids_init(&ids, next, slots))
		abort();
	if (pv_ring_init(&r, page, bytes, sizeof(struct message), fuzz_u32(&f)))
		abort();
	while (f.left) {
		struct message m = { 0 };
		uint32_t id, at, v;
		int rc;

		switch (fuzz_u8(&f) % 8) {
		case 0:
			if (pv_ids_get(&ids, &id))
				break;
			m.id = id;
			rc = pv_ring_put(&r, &m, sizeof(m));
			if (rc)
				pv_ids_put(&ids, id);
			else
				put++;
			break;
		case 1:
			if (pv_ring_push(&r) >= 0)
				pushed = put;
			break;
		case 2:
			rc = pv_ring_take(&r, &m, sizeof(m));
			REQUIRE(rc == 0 || rc == 1 || rc == PV_EPROTO);
			if (rc == 1) {
				taken++;
				if (!pv_ids_put(&ids, m.id))
					REQUIRE(m.id < slots);
			}
			break;
		case 3:
			rc = pv_ring_final_check(&r);
			REQUIRE(rc == 0 || rc == 1 || rc == PV_EPROTO);
			break;
		case 4:
			/* The producer, near where it may be. */
			v = r.rsp_cons + fuzz_u8(&f) % 80 - 8;
			memcpy(page + 8, &v, 4);
			break;
		case 5:
			at = fuzz_u8(&f) % 16;
			v = fuzz_u32(&f);
			memcpy(page + at / 4 * 4, &v, 4);
			break;
		case 6:
			at = fuzz_u32(&f) % (bytes - 8);
			v = fuzz_u8(&f);
			memcpy(page + at, &v, 4);
			break;
		default:
			/* An honest answer, as far as the id goes. */
			at = 64 + (r.rsp_seen & (r.entries - 1)) * (uint32_t)sizeof(m);
			m.id = fuzz_u8(&f) % slots;
			memcpy(page + at, &m, sizeof(m));
			v = r.rsp_seen + 1;
			memcpy(page + 8, &v, 4);
			break;
		}
		REQUIRE(taken <= pushed);
		REQUIRE(pv_ring_free(&r) <= r.entries);
		REQUIRE(pv_ring_outstanding(&r) == pushed - taken);
	}
	free(page);
	return 0;
}
