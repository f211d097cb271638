/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rename-import IN OUT FROM TO: copies an image; where it imports module FROM, the copy imports TO,
 * which has as many characters. No other byte changes.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pe.h"

#define IMPORT_ENTRY 20
#define IMPORT_NAME  12

static uint32_t get32(const uint8_t *p)
{
	return p[0] | p[1] << 8 | p[2] << 16 | (uint32_t)p[3] << 24;
}

static uint8_t *read_file(const char *name, size_t *size)
{
	FILE *file = fopen(name, "rb");
	uint8_t *data = NULL;
	long length;

	if (!file)
		return NULL;
	if (!fseek(file, 0, SEEK_END) && (length = ftell(file)) > 0 && !fseek(file, 0, SEEK_SET)) {
		data = malloc((size_t)length);
		*size = (size_t)length;
		if (data && fread(data, 1, *size, file) != *size) {
			free(data);
			data = NULL;
		}
	}
	fclose(file);
	return data;
}

/* How many descriptors were renamed. */
static int rename_import(uint8_t *data, const struct pe *pe, const char *from, const char *to)
{
	uint32_t rva = pe->directory[PE_DIR_IMPORT].rva;
	const uint8_t *entry;
	int renamed = 0;

	for (; (entry = pe_at(pe, rva, IMPORT_ENTRY)) != NULL; rva += IMPORT_ENTRY) {
		uint32_t name = get32(entry + IMPORT_NAME);
		const char *text = name ? pe_string(pe, name) : NULL;

		if (!text)
			break;
		if (strcmp(text, from))
			continue;
		memcpy(data + ((const uint8_t *)text - pe->data), to, strlen(to));
		renamed++;
	}
	return renamed;
}

int main(int argc, char **argv)
{
	const char *why;
	uint8_t *data;
	struct pe pe;
	size_t size = 0;
	FILE *out;

	if (argc != 5 || strlen(argv[3]) != strlen(argv[4])) {
		fprintf(stderr, "rename-import IN OUT FROM TO, both names of one length\n");
		return 2;
	}
	data = read_file(argv[1], &size);
	why = data ? pe_parse(&pe, data, size) : "cannot be read";
	if (why) {
		fprintf(stderr, "%s: %s\n", argv[1], why);
		return 3;
	}
	if (rename_import(data, &pe, argv[3], argv[4]) != 1) {
		fprintf(stderr, "%s: does not import %s once\n", argv[1], argv[3]);
		return 1;
	}
	out = fopen(argv[2], "wb");
	if (!out || fwrite(data, 1, size, out) != size || fclose(out)) {
		fprintf(stderr, "%s: cannot be written\n", argv[2]);
		return 3;
	}
	free(data);
	return 0;
}
