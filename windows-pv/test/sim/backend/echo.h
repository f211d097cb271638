/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef SIM_ECHO_H
#define SIM_ECHO_H

#include <stdint.h>

/*
 * A ring as xen/io/ring.h lays it out, one page, for a device that only the simulator has. Each
 * request is answered once, in any order: value is ~argument. With a grant the page is mapped, its
 * first `argument` bytes (at most a page) are inverted, and it is let go.
 */
struct echo_request {
	uint64_t id;
	uint32_t argument;
	uint32_t grant; /* 0: none */
};

struct echo_response {
	uint64_t id;
	int32_t status; /* 0, or the GNTST_ status of the mapping */
	uint32_t value;
};

struct echo_ring {
	uint32_t req_prod, req_event, rsp_prod, rsp_event;
	uint8_t pad[48];
	union {
		struct echo_request request;
		struct echo_response response;
	} entry[128]; /* what fits and is a power of two */
};

#define ECHO_ENTRIES 128

#endif
