/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ids that the driver reports are those that the generator writes for children's INF files,
 * from the same table by another way: test_ids FILE.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "dk_config.h"
#include "dk_revisions.h"
#include "pv_pnpid.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static unsigned int said;

/* Whether the file has the id; it is a small file. */
static bool listed(FILE *f, const char *class, const char *id)
{
	char line[256], want[256];
	bool found = false;

	rewind(f);
	while (fgets(line, sizeof(line), f)) {
		char name[32], revision[16], hardware[128];

		if (line[0] == '#')
			continue;
		if (sscanf(line, "%31s %15s %127s", name, revision, hardware) != 3)
			return false;
		snprintf(want, sizeof(want), "&REV_%s", revision);
		if (!strcmp(name, class) && !strcmp(hardware, id) && strstr(id, want))
			found = true;
	}
	return found;
}

static int check(FILE *f, uint16_t device, const char *class)
{
	const struct pv_pnp_bus bus = {
		.name = "XENBUS",
		.prefix = DK_VENDOR_PREFIX,
		.device = device,
		.revisions = DkXenbusRevisions,
		.revision_count = COUNT(DkXenbusRevisions),
		.classes = DkXenbusClasses,
		.class_count = COUNT(DkXenbusClasses),
	};
	uint16_t list[1024];
	char id[PV_ID_MAX];
	size_t offset = 0;
	int units = pv_pnp_hardware_ids(list, COUNT(list), &bus, class);

	if (units < 0)
		return fprintf(stderr, "%s: %d\n", class, units);
	while (pv_pnp_next(list, (size_t)units, &offset, id, sizeof(id)) == 1) {
		said++;
		if (!listed(f, class, id))
			return fprintf(stderr, "%s is not in the file\n", id);
	}
	return 0;
}

static unsigned int lines(FILE *f)
{
	unsigned int n = 0;
	char line[256];

	rewind(f);
	while (fgets(line, sizeof(line), f))
		n += line[0] != '#';
	return n;
}

int main(int argc, char **argv)
{
	FILE *f = argc > 2 ? fopen(argv[1], "r") : NULL;

	if (!f)
		return fprintf(stderr, "usage: test_ids FILE DEVICE...\n"), 2;
	for (int i = 2; i < argc; i++)
		for (size_t c = 0; c < COUNT(DkXenbusClasses); c++)
			if (check(f, (uint16_t)strtoul(argv[i], NULL, 16), DkXenbusClasses[c].name))
				return 1;
	/* Nor does the file have more. */
	if (said != lines(f) || !said)
		return fprintf(stderr, "%u ids, %u lines\n", said, lines(f)), 1;
	fclose(f);
	return 0;
}
