/* SPDX-License-Identifier: BSD-2-Clause */
/* The 64-bit half of primitives.S itself, assembled for this machine, its hypercalls hooked. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cpuid.h>
#include <cmocka.h>

uint64_t HookSeen[6];
uint64_t HookWhich;
uint64_t HookAnswer;
uint64_t KeptWrong;

uint64_t CallKeeping(void *function, uint64_t a, uint64_t b, uint64_t c);
void XenAsmCpuid(void);
void XenAsmVmcall(void);
void XenAsmVmmcall(void);

static void hypercall(void *function, uint64_t which)
{
	uint64_t arguments[5] = { 0x1000000000001, 0x2000000000002, 0x3000000000003,
		0x4000000000004, 0x5000000000005 };

	HookAnswer = (uint64_t)-22;
	HookWhich = 0;
	assert_true(CallKeeping(function, 34, (uint64_t)arguments, 0) == (uint64_t)-22);
	assert_int_equal(HookWhich, which);
	assert_int_equal(KeptWrong, 0);
	assert_int_equal(HookSeen[0], 34);
	assert_memory_equal(HookSeen + 1, arguments, sizeof(arguments));
}

static void hypercalls(void **state)
{
	(void)state;
	hypercall((void *)XenAsmVmcall, 1);
	hypercall((void *)XenAsmVmmcall, 2);
}

static void cpuid(void **state)
{
	static const uint32_t leaves[][2] = { { 0, 0 }, { 7, 0 }, { 4, 1 }, { 0x80000002, 0 } };
	uint32_t ours[4];
	uint32_t theirs[4];

	(void)state;
	for (size_t i = 0; i < sizeof(leaves) / sizeof(leaves[0]); i++) {
		__cpuid_count(
			leaves[i][0], leaves[i][1], theirs[0], theirs[1], theirs[2], theirs[3]);
		CallKeeping((void *)XenAsmCpuid, leaves[i][0], leaves[i][1], (uint64_t)ours);
		assert_int_equal(KeptWrong, 0);
		assert_memory_equal(ours, theirs, sizeof(ours));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hypercalls),
		cmocka_unit_test(cpuid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
