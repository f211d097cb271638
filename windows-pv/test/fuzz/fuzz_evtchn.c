/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shared info, or event words, with any content, and owners that open, close and answer in any
 * order. The first byte chooses the ABI.
 */
#include "fuzz.h"
#include "pv_evtchn.h"

#define PORTS 200
#define BURST 5

enum { CLOSED, OPEN, BUSY, CLOSING, CLOSING_BUSY };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct fuzz f = { data, size };
	pv_word_t pending[64] = { 0 }, mask[64], selector = 0;
	uint32_t *page = calloc(PV_EVTCHN_PAGE_PORTS, sizeof(*page)), *pages[1];
	uint32_t ready = 0, heads[PV_EVTCHN_QUEUES] = { 0 };
	bool fifo = fuzz_u8(&f) & 1;
	struct pv_evtchn_port *ports = calloc(PORTS, sizeof(*ports));
	uint8_t model[PORTS] = { CLOSED };
	struct pv_evtchn_ref refs[PORTS];
	struct pv_evtchn_cpu cpu;
	struct pv_evtchn e;
	uint64_t now = 0, until;
	uint32_t served = 0, port;
	uint8_t upcall = 0;

	if (!ports || !page ||
		(fifo ? pv_evtchn_init_fifo(&e, pages, ports, PORTS, BURST, 100)
		      : pv_evtchn_init(&e, pending, mask, ports, PORTS, BURST, 100)))
		abort();
	pv_evtchn_prepare_page(page);
	if (fifo) {
		REQUIRE(pv_evtchn_add_page(&e, page) == 0);
		pv_evtchn_cpu_init_fifo(&cpu, 0, &ready, heads, &upcall);
	} else {
		pv_evtchn_cpu_init(&cpu, 0, &selector, &upcall);
	}
	while (f.left) {
		struct pv_evtchn_ref ref;
		uint32_t budget;
		int rc;

		port = fuzz_u8(&f) % (PORTS + 4);
		switch (fuzz_u8(&f) % 10) {
		case 0:
			rc = pv_evtchn_open(&e, port, 0, &ref);
			REQUIRE(port < PORTS || rc == PV_ERANGE);
			if (port >= PORTS)
				break;
			REQUIRE((rc == 0) == (model[port] == CLOSED));
			if (rc)
				break;
			refs[port] = ref;
			model[port] = OPEN;
			pv_evtchn_unmask(&e, &cpu, ref, now, &until);
			break;
		case 1:
			if (port >= PORTS || model[port] == CLOSED)
				break;
			rc = pv_evtchn_close_begin(&e, refs[port]);
			if (model[port] == OPEN) {
				REQUIRE(rc == 0);
				model[port] = CLOSING;
			} else if (model[port] == BUSY) {
				REQUIRE(rc == PV_EBUSY);
				model[port] = CLOSING_BUSY;
			} else {
				REQUIRE(rc == PV_ENOENT);
			}
			break;
		case 2:
			if (port >= PORTS || model[port] == CLOSED)
				break;
			pv_evtchn_close_end(&e, refs[port]);
			if (model[port] == CLOSING)
				model[port] = CLOSED;
			break;
		case 3:
			if (port < PORTS && (model[port] == BUSY || model[port] == CLOSING_BUSY)) {
				rc = pv_evtchn_delivered(&e, refs[port]);
				REQUIRE((rc == PV_EVTCHN_CLOSE) == (model[port] == CLOSING_BUSY));
				model[port] = model[port] == BUSY ? OPEN : CLOSING;
				if (rc == PV_EVTCHN_UNMASK)
					pv_evtchn_unmask(&e, &cpu, refs[port], now, &until);
			}
			break;
		case 4:
			if (port >= PORTS || model[port] == CLOSED)
				break;
			rc = pv_evtchn_eoi(&e, &cpu, refs[port], now, port & 1, &until);
			REQUIRE((rc == PV_ENOENT) == (model[port] >= CLOSING));
			if (rc == PV_EVTCHN_LATER)
				REQUIRE(until > now && until <= now + 100);
			break;
		case 5:
		case 6:
			budget = fuzz_u8(&f) % 32;
			served = 0;
			pv_evtchn_scan_begin(&cpu, budget);
			while ((rc = pv_evtchn_scan_next(&e, &cpu, now, &ref)) == 1) {
				REQUIRE(ref.port < PORTS && model[ref.port] == OPEN);
				model[ref.port] = BUSY;
				refs[ref.port] = ref;
				served++;
			}
			REQUIRE(served <= budget);
			REQUIRE(rc == 0 || rc == PV_EAGAIN);
			break;
		case 7:
			pending[port % 64] ^= (pv_word_t)fuzz_u32(&f) << (port & 32);
			selector |= (pv_word_t)1 << port % 64;
			heads[port % PV_EVTCHN_QUEUES] = fuzz_u32(&f);
			ready |= 1u << port % 32;
			upcall = 1;
			break;
		case 8:
			mask[port % 64] ^= (pv_word_t)fuzz_u32(&f);
			/* Mostly a link that leads somewhere. */
			page[port] ^= fuzz_u32(&f) & 0xf00000ffu;
			break;
		default:
			now += fuzz_u8(&f);
			break;
		}
	}
	free(page);
	free(ports);
	return 0;
}
