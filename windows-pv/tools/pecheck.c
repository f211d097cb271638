/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pecheck: proves of .sys files and programs what this kit demands of them (pe_rules.h), and that
 * they import only what an allow-list has. Exit status: 0 all well, 1 a rule is broken, 2 it could
 * not look.
 */
#include "allow.h"
#include "coff.h"
#include "pe.h"
#include "pe_rules.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BIGGEST (64u << 20)

struct file {
	const char *name;
	uint8_t *data;
	size_t size;
};

static int read_file(struct file *f, const char *name)
{
	FILE *in = fopen(name, "rb");
	size_t got;

	*f = (struct file){ .name = name, .data = malloc(BIGGEST + 1) };
	if (in == NULL || f->data == NULL) {
		fprintf(stderr, "pecheck: %s: %s\n", name, strerror(errno));
		if (in != NULL)
			fclose(in);
		free(f->data);
		return -1;
	}
	got = fread(f->data, 1, BIGGEST, in);
	f->data[got] = '\0'; /* so that a text ends */
	f->size = got;
	if (ferror(in) || !feof(in)) {
		fprintf(stderr, "pecheck: %s: unreadable, or larger than %u bytes\n", name,
			BIGGEST);
		fclose(in);
		free(f->data);
		return -1;
	}
	fclose(in);
	return 0;
}

static void report(void *context, const char *rule, const char *text)
{
	fprintf(stderr, "%s: %s: %s\n", ((struct file *)context)->name, rule, text);
}

struct imports {
	struct file *file;
	const struct allow *allow;
	uint16_t machine;
	unsigned int broken;
};

static int one_import(void *context, const char *dll, const char *name, unsigned int ordinal)
{
	struct imports *i = context;

	if (name == NULL) {
		fprintf(stderr, "%s: import: %s by ordinal %u\n", i->file->name, dll, ordinal);
		i->broken++;
	} else if (strchr(name, '@') != NULL) {
		fprintf(stderr, "%s: import: %s!%s is a decorated name: no module exports one\n",
			i->file->name, dll, name);
		i->broken++;
	} else if (allow_import(i->allow, dll, name, i->machine) == NULL) {
		fprintf(stderr, "%s: import: %s!%s is not on the allow-list\n", i->file->name, dll,
			name);
		i->broken++;
	}
	return 0;
}

static int check(const char *name, const struct pe_demands *demands, const struct allow *allow)
{
	struct file f;
	unsigned int broken;
	struct pe pe;

	if (read_file(&f, name) != 0)
		return 2;
	broken = pe_check(f.data, f.size, demands, report, &f);
	if (allow != NULL && pe_parse(&pe, f.data, f.size) == NULL) {
		struct imports i = { &f, allow, pe.machine, 0 };
		const char *why;

		if (pe_imports(&pe, one_import, &i, &why) != 0) {
			report(&f, "import", why);
			broken++;
		}
		broken += i.broken;
	}
	free(f.data);
	return broken != 0;
}

static int fix_checksum(const char *name)
{
	struct file f;
	struct pe pe;
	const char *why;
	uint32_t sum;
	FILE *out;
	int bad;

	if (read_file(&f, name) != 0)
		return 2;
	why = pe_parse(&pe, f.data, f.size);
	if (why != NULL) {
		report(&f, "format", why);
		free(f.data);
		return 1;
	}
	sum = pe_checksum(f.data, f.size, pe.checksum_offset);
	free(f.data);
	out = fopen(name, "r+b");
	if (out == NULL) {
		fprintf(stderr, "pecheck: %s: %s\n", name, strerror(errno));
		return 2;
	}
	bad = fseek(out, (long)pe.checksum_offset, SEEK_SET);
	for (unsigned int i = 0; i < 4; i++)
		bad |= fputc((int)(sum >> (i * 8) & 0xff), out) == EOF;
	bad |= fclose(out);
	if (bad)
		fprintf(stderr, "pecheck: %s: cannot write\n", name);
	return bad ? 2 : 0;
}

/* The directory names of a symbol store: PDB by GUID and age, image by time stamp and size. */
static int print_keys(const char *name)
{
	struct file f;
	struct pe pe;
	struct pe_codeview cv;
	const char *why;

	if (read_file(&f, name) != 0)
		return 2;
	why = pe_parse(&pe, f.data, f.size);
	if (why == NULL && !pe_codeview(&pe, &cv))
		why = "no reference to a PDB";
	if (why != NULL) {
		report(&f, "format", why);
		free(f.data);
		return 1;
	}
	printf("%s %08X%04X%04X", cv.pdb, pe_u32(cv.guid), pe_u16(cv.guid + 4),
		pe_u16(cv.guid + 6));
	for (unsigned int i = 8; i < 16; i++)
		printf("%02X", cv.guid[i]);
	printf("%X %08X%x\n", cv.age, pe.timestamp, pe.image_size);
	free(f.data);
	return 0;
}

struct symbols {
	const struct allow *allow;
	const char *file;
	char (*defined)[256];
	size_t count;
	unsigned int broken;
};

static int note_defined(void *context, const char *name, bool undefined)
{
	struct symbols *s = context;
	void *more;

	if (undefined)
		return 0;
	more = realloc(s->defined, (s->count + 1) * sizeof(*s->defined));
	if (more == NULL)
		return -1;
	s->defined = more;
	snprintf(s->defined[s->count++], sizeof(*s->defined), "%s", name);
	return 0;
}

static int check_undefined(void *context, const char *name, bool undefined)
{
	struct symbols *s = context;
	bool import = strncmp(name, "__imp_", 6) == 0;

	if (!undefined)
		return 0;
	for (size_t i = 0; !import && i < s->count; i++)
		if (strcmp(s->defined[i], name) == 0)
			return 0;
	if (allow_symbol(s->allow, import ? name + 6 : name) == NULL) {
		fprintf(stderr,
			"%s: decoration: %s is neither defined here nor on the allow-list\n",
			s->file, name);
		s->broken++;
	}
	return 0;
}

/* All x86 objects of one driver together. */
static int check_objects(char **names, const struct allow *allow)
{
	struct symbols s = { .allow = allow };
	int result = 0;

	for (int pass = 0; pass < 2 && result == 0; pass++)
		for (char **n = names; *n != NULL && result == 0; n++) {
			struct file f;

			if (read_file(&f, *n) != 0) {
				result = 2;
				break;
			}
			s.file = *n;
			if (coff_symbols(f.data, f.size, PE_MACHINE_I386,
				    pass == 0 ? note_defined : check_undefined, &s) != 0) {
				report(&f, "format", "not a well-formed x86 object");
				result = 1;
			}
			free(f.data);
		}
	free(s.defined);
	return result != 0 ? result : s.broken != 0;
}

static int usage(void)
{
	fputs("usage: pecheck [--program] [--machine x64|x86] [--signed|--unsigned] [--allow "
	      "LIST]...\n"
	      "               IMAGE...\n"
	      "       pecheck --objects --allow LIST... X86-OBJECT...\n"
	      "       pecheck --fix-checksum IMAGE...\n"
	      "       pecheck --keys IMAGE...\n",
		stderr);
	return 2;
}

static int add_list(struct allow *allow, const char *name)
{
	struct file f;
	char why[320];
	int result;

	if (read_file(&f, name) != 0)
		return 2;
	result = allow_parse(allow, (char *)f.data, name, why, sizeof(why));
	free(f.data);
	if (result == 0)
		return 0;
	fprintf(stderr, "pecheck: %s\n", why);
	return 2;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "machine", required_argument, NULL, 'm' },
		{ "program", no_argument, NULL, 'p' },
		{ "signed", no_argument, NULL, 's' },
		{ "unsigned", no_argument, NULL, 'u' },
		{ "allow", required_argument, NULL, 'a' },
		{ "objects", no_argument, NULL, 'o' },
		{ "fix-checksum", no_argument, NULL, 'f' },
		{ "keys", no_argument, NULL, 'k' },
		{ 0 },
	};
	struct pe_demands demands = { 0 };
	struct allow allow = { 0 };
	int mode = 'c';
	int worst = 0;
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'm' && strcmp(optarg, "x64") == 0)
			demands.machine = PE_MACHINE_AMD64;
		else if (c == 'm' && strcmp(optarg, "x86") == 0)
			demands.machine = PE_MACHINE_I386;
		else if (c == 'p')
			demands.is_program = true;
		else if (c == 's')
			demands.is_signed = PE_SIGNED_YES;
		else if (c == 'u')
			demands.is_signed = PE_SIGNED_NO;
		else if (c == 'a' && add_list(&allow, optarg) == 0)
			continue;
		else if (c == 'o' || c == 'f' || c == 'k')
			mode = c;
		else {
			allow_free(&allow);
			return c == 'a' ? 2 : usage();
		}
	}
	if (optind == argc) {
		allow_free(&allow);
		return usage();
	}
	if (mode == 'o') {
		worst = check_objects(argv + optind, &allow);
		optind = argc;
	}
	for (; optind < argc; optind++) {
		int result = mode == 'f'   ? fix_checksum(argv[optind])
			     : mode == 'k' ? print_keys(argv[optind])
					   : check(argv[optind], &demands,
						     allow.entries != 0 ? &allow : NULL);

		if (result > worst)
			worst = result;
	}
	allow_free(&allow);
	return worst;
}
