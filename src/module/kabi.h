/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_KABI_H
#define DDK_KABI_H

#include "module/gate.h"

struct kabi_user {
	const struct gate_module *module;
	uint32_t crc; /* the version it was built with */
	bool has_crc;
};

/* A symbol that modules import and a kernel does not have, or has in another version. */
struct kabi_symbol {
	const char *name;
	const struct symvers_entry *have; /* NULL: nobody exports it */
	struct kabi_user *users;
	size_t n;
};

struct kabi {
	struct kabi_symbol *v; /* sorted by name */
	size_t n, cap;
	struct kabi_user *users; /* of all symbols */
	struct symvers own;	 /* what the modules export */
};

#define AUTO_KABI __attribute__((cleanup(kabi_release)))

/*
 * Holds all modules of g against g->extra alone: will they load into the kernel whose exports these
 * are? What one module exports, another may import; weak symbols may be missing; a symbol without
 * a version, as in a list of names, agrees with any. k points into g.
 */
void kabi_make(struct kabi *k, struct gate *g);
/* One finding for each symbol, with the modules that use it. */
void kabi_report(const struct kabi *k, struct findings *f);
/* The same as a json_t of jansson: [{symbol, state, have, users: [{module, wants}]}]. */
struct json_t *kabi_json(const struct kabi *k);
void kabi_release(struct kabi *k);

#endif
