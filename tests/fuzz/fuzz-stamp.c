/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An ISO 9660 image of any bytes. Sectors 0 to 15 are not read and would only be ballast. The first
 * byte of the input says whether the rest is all from sector 16 on, or follows descriptors that are
 * sound, so that the directories get their share of the runs.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "util/alloc.h"
#include "iso/stamp.h"

enum { SECTOR = 2048, HEAD = 16 * SECTOR };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static unsigned char *make_image(const uint8_t *data, size_t size, size_t *total)
{
	static const unsigned char terminator[] = "\377CD001\001";
	size_t start = data[0] % 2 ? HEAD : HEAD + 2 * SECTOR;
	unsigned char *image = xcalloc(start + size, 1);
	unsigned char *descriptor = image + HEAD;

	*total = start + size - 1;
	memcpy(image + start, data + 1, size - 1);
	if (start == HEAD)
		return image;
	/* Root directory in sector 18, as long as the input. */
	memcpy(descriptor, "\001CD001\001", 7);
	descriptor[129] = SECTOR >> 8;
	descriptor[156 + 2] = 18;
	descriptor[156 + 10] = (unsigned char)(size - 1);
	descriptor[156 + 11] = (unsigned char)((size - 1) >> 8);
	memcpy(descriptor + SECTOR, terminator, 7);
	/* A directory's last sector has to be whole. */
	*total = start + (size + SECTOR - 2) / SECTOR * SECTOR;
	image = xreallocarray(image, *total + 1, 1);
	memset(image + start + size - 1, 0, *total - (start + size - 1));
	return image;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	unsigned char *image, *again;
	struct iso_edits edits;
	size_t total;
	char *error;
	int r;

	if (size == 0)
		return 0;
	again = make_image(data, size, &total);
	image = xcalloc(total, 1);
	memcpy(image, again, total);
	r = iso_stamp(image, total, 1700000000, &edits, &error);
	if ((r < 0) != (error != NULL))
		abort();
	/* Every edit lies in the image, and bytes outside of all edits are the input's. */
	for (size_t i = 0; i < edits.n; i++) {
		if (edits.v[i].len > total || edits.v[i].offset > total - edits.v[i].len)
			abort();
		memcpy(again + edits.v[i].offset, image + edits.v[i].offset, edits.v[i].len);
	}
	if (memcmp(again, image, total) != 0)
		abort();
	free(edits.v);
	free(error);
	free(again);
	free(image);
	return 0;
}
