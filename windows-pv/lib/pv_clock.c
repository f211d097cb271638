/* SPDX-License-Identifier: BSD-2-Clause */
#include "pv_clock.h"
#include "pv_xen.h"

/* 1970 in seconds since 1601. */
#define EPOCH 11644473600ull
/* Xen holds a version odd for a few instructions. */
#define TRIES 1000

uint64_t pv_divide(uint64_t v, uint32_t d)
{
	uint64_t quotient = 0;
	uint32_t rest = 0;

	for (int shift = 48; shift >= 0; shift -= 16) {
		uint32_t part = rest << 16 | ((uint32_t)(v >> shift) & 0xffff);

		quotient = quotient << 16 | part / d;
		rest = part % d;
	}
	return quotient;
}

/* Seconds and nanoseconds at which system time was 0. */
static void boot_time(const struct shared_info *info, uint64_t *seconds, uint32_t *nano)
{
	for (unsigned int i = 0; i < TRIES; i++) {
		uint32_t version = PV_LOAD_ACQUIRE(info->wc_version);

		*seconds = (uint64_t)PV_READ_ONCE(info->xen_wc_sec_hi) << 32 |
			   PV_READ_ONCE(info->wc_sec);
		*nano = PV_READ_ONCE(info->wc_nsec);
		pv_barrier_read();
		if (!(version & 1) && PV_READ_ONCE(info->wc_version) == version)
			return;
	}
}

static uint64_t system_time(const struct vcpu_time_info *time)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < TRIES; i++) {
		uint32_t version = PV_LOAD_ACQUIRE(time->version);

		pv_copy_in(&value, (const void *)&time->system_time, sizeof(value));
		pv_barrier_read();
		if (!(version & 1) && PV_READ_ONCE(time->version) == version)
			break;
	}
	return value;
}

uint64_t pv_clock_windows(const struct shared_info *info)
{
	uint64_t seconds = 0;
	uint32_t nano = 0;

	boot_time(info, &seconds, &nano);
	return (EPOCH + seconds) * PV_TIME_SECOND +
	       pv_divide((uint64_t)nano + system_time(&info->vcpu_info[0].time), 100);
}
