/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `ddk inf`: each rule is broken once in an INF that is otherwise good, and no other rule with it.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <string.h>

#include "util/alloc.h"
#include "util/outfile.h"
#include "windows/infcheck.h"
#include "windows/infstamp.h"
#include "windows/sddl.h"

static const char good[] =
	"; comment; with [brackets] and \"one quote\n"
	"[Version]\n"
	"Signature = \"$WINDOWS NT$\"\n"
	"Class = System ; the class\n"
	"ClassGuid = {4D36E97D-E325-11CE-BFC1-08002BE10318}\n"
	"Provider = %Vendor%\n"
	"CatalogFile = x.cat\n"
	"PnpLockdown = 1\n"
	"DriverVer = 02/29/2024,1.2.3.65535\n"
	"[DestinationDirs]\n"
	"DefaultDestDir = 12\n"
	"Programs = 11,tools\n"
	"[SourceDisksNames]\n"
	"1 = %Disk%,,,\\x64\n"
	"2 = %Disk%\n"
	"[SourceDisksFiles.amd64]\n"
	"x.sys = 1\n"
	"[SourceDisksFiles]\n"
	"x.sys = 2\n"
	"y.exe = 2,sub\n"
	"[Manufacturer]\n"
	"%Vendor% = Models, NTamd64, NTx86.6.1\n"
	"[Models.NTamd64]\n"
	"%Device% = Install, PCI\\VEN_5853&DEV_0001, *PNP0A03\n"
	"[Models.NTx86.6.1]\n"
	"%Device% = Install, PCI\\VEN_5853&DEV_0001&SUBSYS_00015853&REV_01, \\\n"
	"  ROOT\\THING\n"
	"[Install.NTamd64]\n"
	"CopyFiles = Files, Programs\n"
	"[Install.NTamd64.Services]\n"
	"AddService = DKX, 2, Service\n"
	"AddService = DKY, , Program, Log\n"
	"[Install]\n"
	"CopyFiles = @x.sys\n"
	"[Install.HW]\n"
	"AddReg = Hardware\n"
	"[Install.NTamd64.HW]\n"
	"AddReg = Hardware\n"
	"[Install.Services]\n"
	"AddService = DKX, 0x00000002, Service\n"
	"[Files]\n"
	"x.sys,,,2\n"
	"[Programs]\n"
	"z.exe,y.exe\n"
	"[Hardware]\n"
	"HKR,,Security,,\"D:P(A;;GA;;;SY)(A;;GA;;;BA)(A;;GR;;;WD)\"\n"
	"[Service]\n"
	"ServiceType = 1\n"
	"StartType = 0\n"
	"ErrorControl = 0x1\n"
	"ServiceBinary = %12%\\X.SYS\n"
	"Security = \"D:(A;;0x1f01ff;;;S-1-5-18)\"\n"
	"AddReg = Parameters\n"
	"[Program]\n"
	"ServiceType = 0x10\n"
	"StartType = 2\n"
	"ErrorControl = 1\n"
	"ServiceBinary = %11%\\tools\\z.exe\n"
	"[Parameters]\n"
	"HKR,Parameters,Note,0x00020000,\"%%SystemRoot%% ;no comment \"\"quoted\"\"\"\n"
	"HKR,,Number,0x00010001,1\n"
	"[Log]\n"
	"AddReg = LogValues\n"
	"[LogValues]\n"
	"HKR,,TypesSupported,0x00010001,7\n"
	"[Strings]\n"
	"Vendor = \"Vendor, of things\"\n"
	"Device = \"Thing\"\n"
	"Disk = Disk\n";

static const struct {
	enum inf_rule_id rule;
	const char *from, *to; /* "" and a text: the text goes first */
} cases[] = {
	{ INF_SYNTAX, "[Programs]\n", "[Programs\n" },
	{ INF_SYNTAX, "Disk = Disk", "Disk = \"Disk" },
	{ INF_SYNTAX, "", "stray\n" },
	{ INF_SYNTAX, "Disk = Disk", "Disk = Di\001sk" },
	{ INF_ENCODING, "Disk = Disk", "Disk = Di\xe4sk" },
	{ INF_SIGNATURE, "$WINDOWS NT$", "$CHICAGO$" },
	{ INF_SIGNATURE, "Signature = \"$WINDOWS NT$\"\n", "" },
	{ INF_CLASS, "Class = System", "Class = Net" },
	{ INF_CLASS, "Class = System", "Class = Systems" },
	{ INF_CLASS, "4D36E97D", "4D36E97E" },
	{ INF_PROVIDER, "Provider = %Vendor%", "Provider =" },
	{ INF_PROVIDER, "Provider = %Vendor%\n", "" },
	{ INF_DRIVERVER, "02/29/2024", "02/29/2023" },
	{ INF_DRIVERVER, "02/29/2024", "2024-02-29" },
	{ INF_DRIVERVER, "1.2.3.65535", "1.2.3.65536" },
	{ INF_DRIVERVER, "1.2.3.65535", "1.2.3" },
	{ INF_DRIVERVER, "DriverVer = 02/29/2024,1.2.3.65535\n", "" },
	{ INF_CATALOG, "CatalogFile = x.cat\n", "" },
	{ INF_CATALOG, "x.cat", "x.dat" },
	{ INF_LOCKDOWN, "PnpLockdown = 1", "PnpLockdown = 0" },
	{ INF_LOCKDOWN, "PnpLockdown = 1\n", "" },
	{ INF_STRING, "Provider = %Vendor%", "Provider = %Vendors%" },
	{ INF_STRING, "%%SystemRoot%%", "%SystemRoot%" },
	{ INF_STRING, "%%SystemRoot%%", "100% " },
	{ INF_NO_SECTION, "CopyFiles = Files, Programs", "CopyFiles = Files, Programs, Others" },
	{ INF_NO_SECTION, "AddReg = Parameters", "AddReg = Parameters, Others" },
	{ INF_NO_SECTION, "DKX, 2, Service\n", "DKX, 2, Service, Others\n" },
	{ INF_NO_SECTION, "NTx86.6.1\n", "NTx86.6.1, NTarm64\n" },
	{ INF_NO_SECTION, "= Install, PCI\\VEN_5853&DEV_0001,",
		"= Install, PCI\\VEN_5853&DEV_0001\n%Device% = Others, X\\Y, " },
	{ INF_UNUSED, "[Strings]", "[Instal.Services]\nAddService = X,2,Service\n[Strings]" },
	{ INF_ARCHITECTURE, "NTx86.6.1\n", "NTx86.6.1, NTmips\n" },
	{ INF_ARCHITECTURE, "[Manufacturer]\n", "[Manufacturer]\n%Disk% = Models\n" },
	{ INF_HARDWARE_ID, "*PNP0A03", "PNP0A03" },
	{ INF_HARDWARE_ID, "*PNP0A03", "USB\\VID 1" },
	{ INF_HARDWARE_ID, "DEV_0001, *", "DEV_001, *" },
	{ INF_HARDWARE_ID, "DEV_0001, *", "DEV_0001&SUB_1, *" },
	{ INF_HARDWARE_ID, "Install, PCI\\VEN_5853&DEV_0001, *PNP0A03", "Install" },
	{ INF_SOURCE, "y.exe = 2,sub\n", "" },
	{ INF_SOURCE, "y.exe = 2,sub", "y.exe = 3,sub" },
	{ INF_DESTINATION, "Programs = 11", "Programs = 99" },
	{ INF_SERVICE, "StartType = 2", "StartType = 5" },
	{ INF_SERVICE, "StartType = 2", "StartType = 0" },
	{ INF_SERVICE, "ServiceType = 1\n", "ServiceType = 3\n" },
	{ INF_SERVICE, "ServiceType = 1\n", "" },
	{ INF_SERVICE, "ErrorControl = 1\n", "ErrorControl = normal\n" },
	{ INF_SERVICE, "ServiceBinary = %11%\\tools\\z.exe\n", "" },
	{ INF_SERVICE, "AddService = DKY, ,", "AddService = DKY, no," },
	{ INF_SECURITY, "D:P(A;;GA;;;SY)", "D:P(A;;GA;;;SY" },
	{ INF_SECURITY, "D:P(A;;GA;;;SY)", "D:P(A;;GA;;;S)" },
	{ INF_SECURITY, "D:(A;;0x1f01ff;;;S-1-5-18)", "O:SY" },
	{ INF_OPEN, "(A;;GR;;;WD)", "(A;;GRGW;;;WD)" },
	{ INF_OPEN, "(A;;GR;;;WD)", "(A;;0x12019f;;;S-1-1-0)" },
	{ INF_COINSTALLER, "[Strings]", "[Install.CoInstallers]\n[Strings]" },
	{ INF_COINSTALLER, "HKR,,Number,0x00010001,1",
		"HKR,,CoInstallers32,0x00010000,\"co.dll,Entry\"" },
	{ INF_PATH, "%11%\\tools\\z.exe", "C:\\tools\\z.exe" },
	{ INF_PATH, "%11%\\tools\\z.exe", "%11%\\..\\z.exe" },
	{ INF_PATH, "z.exe,y.exe", "z.exe,y.exe\n\\q.exe,y.exe" },
	{ INF_PATH, "z.exe,y.exe", "z.exe,y.exe\nq.exe,sub\\y.exe" },
	{ INF_PATH, "= 2,sub", "= 2,..\\sub" },
	{ INF_PATH, "@x.sys", "@x.sys, @sub\\x.sys" },
	{ INF_ASSOCIATE, "DKX, 2, Service", "DKX, 0, Service" },
	{ INF_ASSOCIATE, "AddService = DKY, ,", "AddService = DKY, 2," },
	{ INF_ASSOCIATE, "[Install.Services]\nAddService = DKX, 0x00000002, Service\n", "" },
	{ INF_REGISTRY, "HKR,,Number", "HKXX,,Number" },
	{ INF_REGISTRY, "HKR,,Number,0x00010001", "HKR,,Number,REG_DWORD" },
	{ INF_TWICE, "PnpLockdown = 1\n", "PnpLockdown = 1\npnplockdown = 1\n" },
	{ INF_TWICE, "Disk = Disk", "Disk = Disk\nDISK = disk" },
	{ INF_TWICE, "StartType = 2", "StartType = 2\nStartType = 2" },
	{ INF_BINARY, "%11%\\tools\\z.exe", "%11%\\z.exe" },
	{ INF_BINARY, "z.exe,y.exe", "y.exe" },
	{ INF_OBSOLETE, "CopyFiles = @x.sys", "CopyFiles = @x.sys\nDelFiles = Files" },
};

static char *changed(const char *from, const char *to)
{
	const char *at = strstr(good, from);

	assert_non_null(at);
	return xasprintf("%.*s%s%s", (int)(at - good), good, to, at + strlen(from));
}

static void check(const void *text, size_t size, const char *dir, struct findings *f)
{
	/* On the heap without a NUL, so that the sanitizer sees the end. */
	AUTO_FREE char *copy = xcalloc(1, size ? size : 1);
	AUTO_INF struct inf inf = { 0 };

	memcpy(copy, text, size);
	inf_parse(&inf, "x.inf", copy, size, f);
	inf_check(&inf, dir, f);
}

static void test_good(void **state)
{
	AUTO_FINDINGS struct findings f = { 0 };

	(void)state;
	check(good, sizeof(good) - 1, NULL, &f);
	findings_print(&f, stderr);
	assert_int_equal(f.n, 0);
}

/* A line that cannot be read takes others with it, and a line out of place a section. */
static bool is_alone(const struct findings *f, enum inf_rule_id rule)
{
	for (size_t i = 0; i < f->n; i++) {
		if (f->v[i].rule != inf_rule_get(rule) &&
			f->v[i].rule != inf_rule_get(INF_UNUSED) && rule != INF_SYNTAX)
			return false;
	}
	return f->n > 0;
}

static void test_each_rule(void **state)
{
	bool covered[INF_RULE_COUNT] = { [INF_FILE] = true }; /* below */
	size_t wrong = 0;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_FREE char *text = changed(cases[i].from, cases[i].to);
		AUTO_FINDINGS struct findings f = { 0 };
		const char *id = inf_rule_get(cases[i].rule)->id;

		check(text, strlen(text), NULL, &f);
		covered[cases[i].rule] = true;
		if (inf_has_finding(&f, cases[i].rule) && is_alone(&f, cases[i].rule))
			continue;
		print_error("case %zu ('%s'): %s, and no other:\n", i, cases[i].to, id);
		findings_print(&f, stderr);
		wrong++;
	}
	assert_int_equal(wrong, 0);
	for (size_t i = 0; i < INF_RULE_COUNT; i++)
		assert_true(covered[i]);
}

static char *utf16(const char *text, size_t *size)
{
	size_t n = strlen(text);
	char *wide = xcalloc(n + 1, 2);

	wide[0] = '\xff';
	wide[1] = '\xfe';
	for (size_t i = 0; i < n; i++)
		wide[2 + 2 * i] = text[i];
	*size = 2 * n + 2;
	return wide;
}

static size_t count(const void *text, size_t size)
{
	AUTO_FINDINGS struct findings f = { 0 };

	check(text, size, NULL, &f);
	return f.n;
}

static void test_encodings(void **state)
{
	size_t size;
	AUTO_FREE char *wide = utf16(good, &size);
	AUTO_FREE char *accent = changed("Disk = Disk", "Disk = Di\xc3\xa4sk");
	AUTO_FREE char *bom = xasprintf("\xef\xbb\xbf%s", accent);
	AUTO_FREE char *bad = xasprintf("\xef\xbb\xbf%s\xc0\x80", good);
	AUTO_FREE char *crlf = changed("[Strings]\n", "[Strings]\r\n");

	(void)state;
	assert_int_equal(count(wide, size), 0);
	wide[size - 1] = '\xdc'; /* half a surrogate pair */
	assert_true(count(wide, size) > 0);
	assert_true(count(wide, 101) > 0);
	assert_int_equal(count(bom, strlen(bom)), 0);
	assert_int_equal(count(accent, strlen(accent)), 1);
	assert_true(count(bad, strlen(bad)) > 0);
	assert_int_equal(count(crlf, strlen(crlf)), 0);
	assert_true(count("", 0) > 0);
	assert_true(count("\xfe\xff\0[", 4) > 0);
}

static void test_parser(void **state)
{
	static const char text[] = "[A]\n k = \"x ; \"\"y\"\" \" z , , \\ ; go on\n  last\n"
				   "[\"b c\"]\nonly\n[a]\nK2=%%%one%%12%%\n[Strings]\none=1\n";
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_INF struct inf inf = { 0 };
	const struct inf_line *l;

	(void)state;
	inf_parse(&inf, "x", text, sizeof(text) - 1, &f);
	assert_int_equal(f.n, 0);
	assert_int_equal(inf.n, 3);
	l = inf_line(inf_section(&inf, "a"), "K");
	assert_int_equal(l->n, 3);
	assert_int_equal(l->number, 2);
	assert_string_equal(inf_value(l, 0), "x ; \"y\"  z");
	assert_string_equal(inf_value(l, 1), "");
	assert_string_equal(inf_value(l, 2), "last");
	assert_string_equal(inf_value(l, 3), "");
	assert_null(inf_section(&inf, "B C")->v[0].key);
	l = inf_line(inf_section(&inf, "A"), "k2");
	{
		AUTO_FREE char *value = inf_expand(&inf, inf_value(l, 0), 1, &f);

		assert_string_equal(value, "%1%12%%");
		assert_true(inf_has_finding(&f, INF_STRING));
	}
}

static void test_many_lines_end(void **state)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;

	(void)state;
	for (int i = 0; i < 20000; i++)
		strbuf_addf(&sb, "[s%d]\nx=%%x%%\n", i);
	assert_true(count(sb.buf, sb.len) > 0);
	strbuf_reset(&sb);
	for (int i = 0; i < 20000; i++)
		strbuf_adds(&sb, "a,\\\n");
	assert_true(count(sb.buf, sb.len) > 0);
}

static void touch(const char *dir, const char *name)
{
	AUTO_FREE char *path = xasprintf("%s/%s", dir, name);

	assert_int_equal(outfile_write(path, 0644, "x", 1), 0);
}

static void test_files(void **state)
{
	char dir[] = "/tmp/ddk-test-inf.XXXXXX";
	AUTO_FREE char *sub = NULL;
	AUTO_FREE char *x64 = NULL;
	AUTO_FREE char *command = NULL;
	size_t before;

	(void)state;
	assert_non_null(mkdtemp(dir));
	sub = xasprintf("%s/Sub", dir);
	x64 = xasprintf("%s/x64", dir);
	command = xasprintf("mkdir '%s' '%s'", sub, x64);
	assert_int_equal(system(command), 0);
	touch(dir, "x.cat");
	touch(dir, "x.sys");
	touch(sub, "Y.EXE");
	{
		AUTO_FINDINGS struct findings f = { 0 };

		check(good, sizeof(good) - 1, dir, &f);
		assert_int_equal(f.n, 1);
		assert_true(inf_has_finding(&f, INF_FILE));
		before = f.n;
	}
	touch(x64, "x.sys");
	{
		AUTO_FINDINGS struct findings f = { 0 };

		check(good, sizeof(good) - 1, dir, &f);
		assert_int_equal(f.n, before - 1);
	}
	free(command);
	command = xasprintf("rm -r '%s'", dir);
	assert_int_equal(system(command), 0);
}

static void test_sddl(void **state)
{
	static const char *const fine[] = { "D:", "D:P", "D:(A;;GA;;;SY)",
		"O:BAG:SYD:PAI(A;OICI;FA;;;BA)",
		"D:(A;;CCDCLCSWRPWPDTLO;;;S-1-5-21-1-2-3-500)S:(ML;;NW;;;LW)",
		"D:(OA;;GR;4d36e97d-e325-11ce-bfc1-08002be10318;;SY)",
		"D:(XA;;FX;;;WD;(@User.Title==\"x\"))" };
	static const char *const bad[] = { "", "x", "D", "D:D:", "S:", "D:(", "D:(A;;GA;;;SY",
		"D:(A;;GA;;SY)", "D:(Q;;GA;;;SY)", "D:(A;QQ;GA;;;SY)", "D:(A;;;;;SY)",
		"D:(A;;G;;;SY)", "D:(A;;GA;x;;SY)", "D:(A;;GA;;;ZZ)", "D:(A;;GA;;;S-1)",
		"D:(A;;0x1ffffffff;;;SY)", "D:(A;;GA;;;SY;;;)", "D:X(A;;GA;;;SY)",
		"O:XXD:", "D:(A;;GA;;;SY)x" };
	const char *why;
	struct sddl s;

	(void)state;
	for (size_t i = 0; i < sizeof(fine) / sizeof(fine[0]); i++) {
		if (sddl_parse(fine[i], &s, &why) < 0)
			fail_msg("%s: %s", fine[i], why);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		if (sddl_parse(bad[i], &s, &why) == 0)
			fail_msg("%s is taken", bad[i]);
	}
	assert_int_equal(sddl_parse("D:NO_ACCESS_CONTROL", &s, &why), 0);
	assert_non_null(s.open_to);
	assert_int_equal(sddl_parse("D:(D;;GA;;;WD)", &s, &why), 0);
	assert_null(s.open_to);
}

static const struct inf_setting settings[] = { { "EMPTY", "" }, { "NAME", "thing" } };

static char *stamp(const char *text, const char *version, const char *date, int want)
{
	AUTO_STRBUF struct strbuf out = STRBUF_INIT;
	char *error;
	int r = inf_stamp(text, strlen(text), settings, 2, version, date, &out, &error);

	assert_int_equal(r < 0, want < 0);
	return r < 0 ? error : strbuf_detach(&out);
}

static void same(const char *template, const char *want)
{
	AUTO_FREE char *got = stamp(template, "1.2.3.4", "2026-11-21", 0);

	assert_string_equal(got, want);
}

static void refuse(const char *template, const char *version, const char *date, const char *want)
{
	AUTO_FREE char *error = stamp(template, version, date, -1);

	assert_non_null(strstr(error, want));
}

static void test_stamp(void **state)
{
	(void)state;
	same("[Version]\na@NAME@b@x@\nx=@EMPTY@\n[X]\nDriverVer = 1\n",
		"[Version]\nathingb@x@\nDriverVer = 11/21/2026,1.2.3.4\n[X]\nDriverVer = 1\n");
	same("[version]\r\ndriverver=\r\nCopyFiles=@NAME.sys\r\n",
		"[version]\r\nDriverVer = 11/21/2026,1.2.3.4\r\nCopyFiles=@NAME.sys\r\n");
	same("[Version]\nX=@EMPTY@@NAME@", "[Version]\nDriverVer = 11/21/2026,1.2.3.4\n");
	refuse("[Version]\n\n@OTHER@\n", "1.2.3.4", "2026-11-21",
		"line 3: nothing is set for @OTHER@");
	refuse("[X]\n", "1.2.3.4", "2026-11-21", "no section [Version]");
	refuse("[Version]\n", "1.2.3", "2026-11-21", "a.b.c.d");
	refuse("[Version]\n", "1.2.3.70000", "2026-11-21", "a.b.c.d");
	refuse("[Version]\n", "1.2.3.4;", "2026-11-21", "a.b.c.d");
	refuse("[Version]\n", "1.2.3.4", "2026-02-29", "YYYY-MM-DD");
	refuse("[Version]\n", "1.2.3.4", "21.11.2026", "YYYY-MM-DD");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_each_rule),
		cmocka_unit_test(test_encodings),
		cmocka_unit_test(test_parser),
		cmocka_unit_test(test_many_lines_end),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_sddl),
		cmocka_unit_test(test_stamp),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
