/* SPDX-License-Identifier: BSD-2-Clause */
/* What this kit demands of every .sys, and of a program. */
#ifndef DK_PE_RULES_H
#define DK_PE_RULES_H

#include "pe.h"

enum pe_signed {
	PE_SIGNED_ANY,
	PE_SIGNED_NO,
	PE_SIGNED_YES,
};

struct pe_demands {
	uint16_t machine; /* 0: either */
	enum pe_signed is_signed;
	bool is_program; /* on a console, with mingw's C library; else a driver */
};

/* rule is a word that tests and scripts rely on; text says what was found. */
typedef void (*pe_report_fn)(void *context, const char *rule, const char *text);

/*
 * Returns the number of broken rules:
 *   format machine subsystem version driver checksum nx aslr wx entry alignment relocations
 *   resource timestamp pdb signature
 */
unsigned int pe_check(const void *data, size_t size, const struct pe_demands *demands,
	pe_report_fn report, void *context);

#endif
