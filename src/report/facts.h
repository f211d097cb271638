/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_FACTS_H
#define DDK_FACTS_H

#include <jansson.h>
#include <stddef.h>

struct fact {
	char *name;
	char *value;
};

/* What a medium does not tell of how it was made. */
struct facts {
	/* `make show-config JSON=yes`: {values: [{name, value, origin}], kernels: [...]}, or NULL.
	 */
	json_t *config;
	struct fact *tools; /* programs, compilers, header trees, with their versions */
	size_t n_tools, cap_tools;
};

#define AUTO_FACTS __attribute__((cleanup(facts_release)))

/* Adds a file's facts. Returns 0, or a negative errno after an error message. */
int facts_read_config(struct facts *f, const char *path);
/* Lines NAME, a tab, and the version. */
int facts_read_tools(struct facts *f, const char *path);
/* A list of the configuration, an empty one where there is none; a borrowed reference or NULL. */
json_t *facts_list(const struct facts *f, const char *key);
/* A string of an object, "" where there is none. */
const char *facts_string(const json_t *object, const char *key);
void facts_release(struct facts *f);

#endif
