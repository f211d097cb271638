/* SPDX-License-Identifier: BSD-2-Clause */
/* A well-formed image is made in memory; each test breaks one property and expects its one rule. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "../allow.h"
#include "../coff.h"
#include "../pe.h"
#include "../pe_rules.h"

#define HEADERS 0x400
#define TEXT	0x400 /* offsets in the file; rva = 0x1000, 0x2000, … */
#define RDATA	0x600
#define RSRC	0xa00
#define RELOC	0xc00
#define SIZE	0xe00

#define COFF	 (0x80 + 4)
#define OPTIONAL (0x80 + 24)

struct image {
	uint8_t data[SIZE + 64];
	size_t size;
	bool plus;
	size_t directories;
	size_t sections;
};

static void w16(struct image *i, size_t at, uint16_t v)
{
	i->data[at] = (uint8_t)v;
	i->data[at + 1] = (uint8_t)(v >> 8);
}

static void w32(struct image *i, size_t at, uint32_t v)
{
	w16(i, at, (uint16_t)v);
	w16(i, at + 2, (uint16_t)(v >> 16));
}

static void section(struct image *i, unsigned int n, const char *name, uint32_t raw, uint32_t size,
	uint32_t flags)
{
	size_t at = i->sections + n * 40;

	memcpy(i->data + at, name, strlen(name));
	w32(i, at + 8, size);
	w32(i, at + 12, 0x1000 * (n + 1));
	w32(i, at + 16, size);
	w32(i, at + 20, raw);
	w32(i, at + 36, flags);
}

static void directory(struct image *i, unsigned int n, uint32_t rva, uint32_t size)
{
	w32(i, i->directories + n * 8, rva);
	w32(i, i->directories + n * 8 + 4, size);
}

static void seal(struct image *i)
{
	size_t at = OPTIONAL + 64;

	w32(i, at, pe_checksum(i->data, i->size, at));
}

static void make(struct image *i, bool plus)
{
	static const char key[] = "V\0S\0_\0V\0E\0R\0S\0I\0O\0N\0_\0I\0N\0F\0O\0\0";
	uint16_t optional = plus ? 240 : 224;

	memset(i, 0, sizeof(*i));
	i->size = SIZE;
	i->plus = plus;
	memcpy(i->data, "MZ", 2);
	w32(i, 60, 0x80);
	memcpy(i->data + 0x80, "PE\0\0", 4);
	w16(i, COFF, plus ? 0x8664 : 0x14c);
	w16(i, COFF + 2, 4);
	w32(i, COFF + 4, 0x12345678);
	w16(i, COFF + 16, optional);
	w16(i, COFF + 18, 0x0002);
	w16(i, OPTIONAL, plus ? 0x20b : 0x10b);
	w32(i, OPTIONAL + 16, 0x1010);
	w32(i, OPTIONAL + 32, 4096);
	w32(i, OPTIONAL + 36, 512);
	w16(i, OPTIONAL + 40, 6);
	w16(i, OPTIONAL + 42, 1);
	w16(i, OPTIONAL + 48, 6);
	w16(i, OPTIONAL + 50, 1);
	w32(i, OPTIONAL + 56, 0x5000);
	w32(i, OPTIONAL + 60, HEADERS);
	w16(i, OPTIONAL + 68, 1);
	w16(i, OPTIONAL + 70, 0x2140);
	i->directories = OPTIONAL + (plus ? 112 : 96);
	w32(i, i->directories - 4, 16);
	i->sections = OPTIONAL + optional;
	section(i, 0, ".text", TEXT, 0x200, 0x60000020);
	section(i, 1, ".rdata", RDATA, 0x400, 0x40000040);
	section(i, 2, ".rsrc", RSRC, 0x200, 0x40000040);
	section(i, 3, ".reloc", RELOC, 0x200, 0x42000040);

	/* Imports: one module, one name, at 0x2000; table at 0x2040, names from 0x2060. */
	directory(i, PE_DIR_IMPORT, 0x2000, 40);
	w32(i, RDATA, 0x2040);
	w32(i, RDATA + 12, 0x2060);
	w32(i, RDATA + 16, 0x2040);
	w32(i, RDATA + 0x40, 0x2080);
	strcpy((char *)i->data + RDATA + 0x60, "ntoskrnl.exe");
	strcpy((char *)i->data + RDATA + 0x82, "ZwClose");

	/* Debug: CodeView and REPRO at 0x2100, the CodeView record at 0x2180. */
	directory(i, PE_DIR_DEBUG, 0x2100, 56);
	w32(i, RDATA + 0x104, 0x12345678);
	w32(i, RDATA + 0x10c, 2);
	w32(i, RDATA + 0x110, 32);
	w32(i, RDATA + 0x114, 0x2180);
	w32(i, RDATA + 0x118, RDATA + 0x180);
	w32(i, RDATA + 0x120, 0x12345678);
	w32(i, RDATA + 0x128, 16);
	memcpy(i->data + RDATA + 0x180, "RSDS", 4);
	for (unsigned int n = 0; n < 16; n++)
		i->data[RDATA + 0x184 + n] = (uint8_t)(n + 1);
	w32(i, RDATA + 0x194, 1);
	strcpy((char *)i->data + RDATA + 0x198, "xen.pdb");

	/* Resources: type 16, name 1, language 0x409, then the data. */
	directory(i, PE_DIR_RESOURCE, 0x3000, 0x200);
	w16(i, RSRC + 14, 1);
	w32(i, RSRC + 16, 16);
	w32(i, RSRC + 20, 0x80000018);
	w16(i, RSRC + 0x18 + 14, 1);
	w32(i, RSRC + 0x18 + 16, 1);
	w32(i, RSRC + 0x18 + 20, 0x80000030);
	w16(i, RSRC + 0x30 + 14, 1);
	w32(i, RSRC + 0x30 + 16, 0x409);
	w32(i, RSRC + 0x30 + 20, 0x48);
	w32(i, RSRC + 0x48, 0x3058);
	w32(i, RSRC + 0x4c, 92);
	w16(i, RSRC + 0x58, 92);
	w16(i, RSRC + 0x5a, 52);
	memcpy(i->data + RSRC + 0x5e, key, sizeof(key));
	w32(i, RSRC + 0x80, 0xfeef04bd);

	/* One block with one entry and its padding. */
	directory(i, PE_DIR_BASERELOC, 0x4000, 12);
	w32(i, RELOC, 0x2000);
	w32(i, RELOC + 4, 12);
	w16(i, RELOC + 8, plus ? 0xa1f0 : 0x31f0);
	seal(i);
}

struct seen {
	char rules[256];
};

static void collect(void *context, const char *rule, const char *text)
{
	struct seen *s = context;

	assert_non_null(text);
	snprintf(s->rules + strlen(s->rules), sizeof(s->rules) - strlen(s->rules), "%s ", rule);
}

static void expect_with(struct image *i, const struct pe_demands *demands, const char *rules)
{
	struct seen s = { "" };
	unsigned int broken = pe_check(i->data, i->size, demands, collect, &s);

	assert_string_equal(s.rules, rules);
	assert_int_equal(broken != 0, rules[0] != '\0');
}

static void expect(struct image *i, const char *rules)
{
	static const struct pe_demands any = { 0 };

	expect_with(i, &any, rules);
}

static void well_formed(void **state)
{
	struct image i;

	(void)state;
	for (int plus = 0; plus < 2; plus++) {
		struct pe_demands demands = { .machine = plus ? PE_MACHINE_AMD64 : PE_MACHINE_I386,
			.is_signed = PE_SIGNED_NO };

		make(&i, plus != 0);
		expect_with(&i, &demands, "");
		demands.machine = plus ? PE_MACHINE_I386 : PE_MACHINE_AMD64;
		expect_with(&i, &demands, "machine ");
		demands.machine = 0;
		demands.is_signed = PE_SIGNED_YES;
		expect_with(&i, &demands, "signature ");
	}
}

static void program(void **state)
{
	static const struct pe_demands demands = { .is_program = true };
	struct image i;

	(void)state;
	for (int plus = 0; plus < 2; plus++) {
		make(&i, plus != 0);
		expect_with(&i, &demands, "subsystem driver ");
		w16(&i, OPTIONAL + 68, 3);
		w16(&i, OPTIONAL + 70, 0x0140);
		seal(&i);
		expect_with(&i, &demands, "");
		w16(&i, OPTIONAL + 68, 2); /* a window's */
		w16(&i, OPTIONAL + 70, 0x0100);
		seal(&i);
		expect_with(&i, &demands, "subsystem aslr ");
	}
}

/* One 16-bit or 32-bit word changed, then the checksum mended: which rules it breaks. */
struct change {
	size_t at; /* from the start; with D_ or S_, from that table */
	unsigned int width;
	uint32_t value;
	const char *rules;
};
#define D_(n) (0x10000 + (n)*8)
#define S_(n) (0x20000 + (n)*40)

static const struct change changes[] = {
	{ OPTIONAL + 68, 2, 2, "subsystem " },
	{ OPTIONAL + 48, 2, 10, "version " },
	{ OPTIONAL + 42, 2, 0, "version " },
	{ OPTIONAL + 70, 2, 0x0140, "driver " },
	{ OPTIONAL + 70, 2, 0x2040, "nx " },
	{ OPTIONAL + 70, 2, 0x2100, "aslr " },
	{ COFF, 2, 0x1c0, "machine " },
	{ OPTIONAL + 32, 4, 8192, "alignment " },
	{ OPTIONAL + 36, 4, 768, "alignment " },
	{ S_(0) + 36, 4, 0xe0000020, "wx " },
	{ S_(1) + 36, 4, 0xe0000040, "wx " },
	{ OPTIONAL + 16, 4, 0, "entry " },
	{ OPTIONAL + 16, 4, 0x2010, "entry " },
	{ OPTIONAL + 16, 4, 0x9000, "entry " },
	{ COFF + 18, 2, 0x0003, "relocations " },
	{ D_(PE_DIR_BASERELOC) + 4, 4, 0, "relocations " },
	{ D_(PE_DIR_BASERELOC) + 4, 4, 10, "relocations " },
	{ D_(PE_DIR_BASERELOC), 4, 0x4ffff000, "relocations " },
	{ RELOC + 4, 4, 6, "relocations " },
	{ RELOC + 4, 4, 200, "relocations " },
	{ RELOC, 4, 0x2004, "relocations " },
	{ RELOC, 4, 0xfffff000, "relocations " },
	{ RELOC + 8, 2, 0x51f0, "relocations " },
	{ D_(PE_DIR_RESOURCE) + 4, 4, 0, "resource " },
	{ RSRC + 16, 4, 3, "resource " },
	{ RSRC + 20, 4, 0x800001fc, "resource " },
	{ RSRC + 0x30 + 20, 4, 0x7fffffff, "resource " },
	{ RSRC + 0x4c, 4, 50, "resource " },
	{ RSRC + 0x48, 4, 0x5000, "resource " },
	{ RSRC + 0x80, 4, 0, "resource " },
	{ RSRC + 0x5e, 2, 'X', "resource " },
	{ RDATA + 0x128, 4, 13, "timestamp " },
	{ RDATA + 0x104, 4, 1, "timestamp " },
	{ COFF + 4, 4, 0x5f000000, "timestamp " },
	{ RDATA + 0x180, 4, 0, "pdb " },
	{ RDATA + 0x110, 4, 25, "pdb " },
	{ RDATA + 0x118, 4, 0xfffffff0, "pdb " },
	{ RDATA + 0x198, 2, '/' | 'x' << 8, "pdb " },
	{ RDATA + 0x198, 2, 'C' | ':' << 8, "pdb " },
	{ D_(PE_DIR_SECURITY) + 4, 4, 16, "signature " },
	{ 0, 2, 0, "format " },
	{ 60, 4, SIZE - 10, "format " },
	{ 60, 4, 0xfffffffc, "format " },
	{ OPTIONAL, 2, 0x107, "format " },
	{ COFF + 16, 2, 40, "format " },
	{ COFF + 2, 2, 0, "format " },
	{ COFF + 2, 2, 97, "format " },
	{ OPTIONAL + 60, 4, SIZE + 1, "format " },
	{ S_(2) + 20, 4, SIZE, "format " },
	{ S_(3) + 16, 4, 0xffffffff, "format " },
	{ S_(3) + 8, 4, 0x2000, "format " },
	{ S_(1) + 12, 4, 0x1000, "format " },
};

static void each_rule(void **state)
{
	(void)state;
	for (int plus = 0; plus < 2; plus++)
		for (size_t n = 0; n < sizeof(changes) / sizeof(changes[0]); n++) {
			const struct change *c = &changes[n];
			struct image i;
			size_t at = c->at;

			make(&i, plus != 0);
			if (at >= 0x20000)
				at = at - 0x20000 + i.sections;
			else if (at >= 0x10000)
				at = at - 0x10000 + i.directories;
			if (c->width == 2)
				w16(&i, at, (uint16_t)c->value);
			else
				w32(&i, at, c->value);
			seal(&i);
			print_message("%s %zu: %s\n", plus ? "x64" : "x86", n, c->rules);
			expect(&i, c->rules);
		}
}

static void checksum(void **state)
{
	struct image i;

	(void)state;
	make(&i, true);
	i.data[TEXT] ^= 1;
	expect(&i, "checksum ");
	make(&i, true);
	w32(&i, OPTIONAL + 64, 0);
	expect(&i, "checksum ");
	/* An odd byte at the end counts. */
	make(&i, true);
	i.size = SIZE + 1;
	i.data[SIZE] = 7;
	seal(&i);
	expect(&i, "");
	i.data[SIZE] = 8;
	expect(&i, "checksum ");
}

static void signature(void **state)
{
	struct pe_demands must = { .is_signed = PE_SIGNED_YES };
	struct pe_demands must_not = { .is_signed = PE_SIGNED_NO };
	struct image i;

	(void)state;
	make(&i, true);
	i.size = SIZE + 16;
	directory(&i, PE_DIR_SECURITY, SIZE, 16);
	w32(&i, SIZE, 16);
	w16(&i, SIZE + 4, 0x0200);
	w16(&i, SIZE + 6, 2);
	seal(&i);
	expect_with(&i, &must, "");
	expect_with(&i, &must_not, "signature ");
	w16(&i, SIZE + 6, 1);
	seal(&i);
	expect_with(&i, &must, "signature ");
	i.size += 8; /* bytes after the signature are signed by nobody */
	seal(&i);
	expect_with(&i, &must, "signature ");
}

static void truncated(void **state)
{
	struct image i;
	struct seen s;
	struct pe_demands any = { 0 };

	(void)state;
	for (int plus = 0; plus < 2; plus++)
		for (size_t size = 0; size < SIZE; size++) {
			/* A copy of exactly that size, so that a sanitizer sees one byte too far.
			 */
			uint8_t *copy = test_malloc(size + 1);

			make(&i, plus != 0);
			memcpy(copy, i.data, size);
			s.rules[0] = '\0';
			assert_int_not_equal(pe_check(copy, size, &any, collect, &s), 0);
			test_free(copy);
		}
}

static int see_import(void *context, const char *dll, const char *name, unsigned int ordinal)
{
	snprintf(context, 64, "%s!%s#%u", dll, name == NULL ? "" : name, ordinal);
	return 0;
}

static void imports(void **state)
{
	struct image i;
	struct pe pe;
	char text[64];
	const char *why;

	(void)state;
	for (int plus = 0; plus < 2; plus++) {
		make(&i, plus != 0);
		assert_null(pe_parse(&pe, i.data, i.size));
		assert_int_equal(pe_imports(&pe, see_import, text, &why), 0);
		assert_string_equal(text, "ntoskrnl.exe!ZwClose#0");
		w32(&i, RDATA + 0x40, plus ? 7 : 0x80000007);
		if (plus)
			w32(&i, RDATA + 0x44, 0x80000000);
		assert_int_equal(pe_imports(&pe, see_import, text, &why), 0);
		assert_string_equal(text, "ntoskrnl.exe!#7");
		w32(&i, RDATA + 0x40, 0x4ff0);
		w32(&i, RDATA + 0x44, 0);
		assert_int_equal(pe_imports(&pe, see_import, text, &why), -1);
		make(&i, plus != 0);
		w32(&i, RDATA + 12, 0xffffffff);
		assert_int_equal(pe_imports(&pe, see_import, text, &why), -1);
		make(&i, plus != 0);
		w32(&i, RDATA, 0x23fc); /* the table runs to the end of the section and beyond */
		w32(&i, RDATA + 0x3fc, 0x2080);
		assert_int_equal(pe_imports(&pe, see_import, text, &why), -1);
	}
}

static void allow_list(void **state)
{
	static const char good[] =
		"# comment\n"
		"ntoskrnl.exe ZwClose both _ZwClose@4 5.0 ZwClose function (wdm.h)\n"
		"hal.dll KfAcquireSpinLock x86 @KfAcquireSpinLock@4 5.0 KeAcquireSpinLock macro\n"
		"ntoskrnl.exe KeReleaseSpinLock x64 - 5.2 KeReleaseSpinLock function\n"
		"ntoskrnl.exe DbgPrint both _DbgPrint 5.0 DbgPrint function";
	static const char *const bad[] = {
		"ntoskrnl.exe ExAllocatePool2 both _ExAllocatePool2@20 10.0 ExAllocatePool2 "
		"function",
		"ntoskrnl.exe X both _X@4 6.2 newer than Windows 7",
		"ntoskrnl.exe X both _Y@4 6.1 another name",
		"ntoskrnl.exe X both _X@6 6.1 not words",
		"ntoskrnl.exe X both @X 6.1 fastcall without bytes",
		"ntoskrnl.exe X both X@4 6.1 no convention",
		"ntoskrnl.exe X x64 _X@4 6.1 no such thing on x64",
		"ntoskrnl.exe X arm _X@4 6.1 no such architecture",
		"ntoskrnl.exe X both _X@4 6.1",
		"ntoskrnl.exe X both _X@4 6.1 twice\nntoskrnl.exe X both _X@4 6.1 twice",
	};
	struct allow a = { 0 };
	char why[128];

	(void)state;
	assert_int_equal(allow_parse(&a, good, "list", why, sizeof(why)), 0);
	assert_int_equal(a.entries, 4);
	assert_non_null(allow_import(&a, "NTOSKRNL.EXE", "ZwClose", PE_MACHINE_AMD64));
	assert_null(allow_import(&a, "hal.dll", "ZwClose", PE_MACHINE_AMD64));
	assert_null(allow_import(&a, "ntoskrnl.exe", "zwclose", PE_MACHINE_AMD64));
	assert_null(allow_import(&a, "hal.dll", "KfAcquireSpinLock", PE_MACHINE_AMD64));
	assert_non_null(allow_import(&a, "hal.dll", "KfAcquireSpinLock", PE_MACHINE_I386));
	assert_null(allow_import(&a, "ntoskrnl.exe", "KeReleaseSpinLock", PE_MACHINE_I386));
	assert_non_null(allow_symbol(&a, "_ZwClose@4"));
	assert_null(allow_symbol(&a, "_ZwClose@8"));
	assert_null(allow_symbol(&a, "-"));
	allow_free(&a);
	for (size_t n = 0; n < sizeof(bad) / sizeof(bad[0]); n++) {
		print_message("%s\n", bad[n]);
		assert_int_equal(allow_parse(&a, bad[n], "list", why, sizeof(why)), -1);
		assert_non_null(strstr(why, "list:"));
		allow_free(&a);
	}
}

static int see_symbol(void *context, const char *name, bool undefined)
{
	char *text = context;

	snprintf(text + strlen(text), 64, "%s%s ", undefined ? "?" : "", name);
	return 0;
}

static void objects(void **state)
{
	struct image o = { 0 };
	char text[256] = "";

	(void)state;
	/* Header, three symbols (one with an auxiliary record), string table. */
	w16(&o, 0, PE_MACHINE_I386);
	w32(&o, 8, 20);
	w32(&o, 12, 4);
	memcpy(o.data + 20, "_inside", 7);
	w16(&o, 20 + 12, 1);
	o.data[20 + 16] = 2;
	o.data[20 + 17] = 1;
	memcpy(o.data + 38, "________", 8);
	w32(&o, 56 + 4, 4);
	o.data[56 + 16] = 2;
	memcpy(o.data + 74, ".file", 5);
	o.data[74 + 16] = 103;
	w32(&o, 92, 4 + 18);
	strcpy((char *)o.data + 96, "__imp__ZwClose@4");
	assert_int_equal(coff_symbols(o.data, 96 + 17, PE_MACHINE_I386, see_symbol, text), 0);
	assert_string_equal(text, "_inside ?__imp__ZwClose@4 ");
	assert_int_equal(coff_symbols(o.data, 96 + 16, PE_MACHINE_I386, see_symbol, text), -1);
	assert_int_equal(coff_symbols(o.data, 80, PE_MACHINE_I386, see_symbol, text), -1);
	assert_int_equal(coff_symbols(o.data, 200, PE_MACHINE_AMD64, see_symbol, text), -1);
	w32(&o, 12, 0x20000000);
	assert_int_equal(coff_symbols(o.data, 200, PE_MACHINE_I386, see_symbol, text), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(well_formed),
		cmocka_unit_test(program),
		cmocka_unit_test(each_rule),
		cmocka_unit_test(checksum),
		cmocka_unit_test(signature),
		cmocka_unit_test(truncated),
		cmocka_unit_test(imports),
		cmocka_unit_test(allow_list),
		cmocka_unit_test(objects),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
