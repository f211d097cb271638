/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "win.h"

/* What an INF gives a field at the most (Microsoft, "General Syntax Rules": 4096 characters a
 * line). */
#define FIELD	    4096
/* A name, and a decoration. */
#define SECTION_LEN ((size_t)2 * LINE_LEN)

struct field {
	WCHAR wide[FIELD];
	char narrow[3 * FIELD];
};

static bool field(INFCONTEXT *line, DWORD index, struct field *f)
{
	f->narrow[0] = 0;
	return SetupGetStringFieldW(line, index, f->wide, FIELD, NULL) &&
	       pvi_narrow(f->narrow, sizeof(f->narrow), f->wide);
}

/* The value of a line that may stand once. */
static bool value(HINF inf, const WCHAR *section, const WCHAR *key, DWORD index, struct field *f)
{
	INFCONTEXT line;

	return SetupFindFirstLineW(inf, section, key, &line) && field(&line, index, f);
}

static void take_registry(
	HINF inf, const WCHAR *section, const char *service, struct pvi_package *p)
{
	struct field *f = malloc(sizeof(*f));
	INFCONTEXT line;
	BOOL more = f && SetupFindFirstLineW(inf, section, NULL, &line);

	for (; more; more = SetupFindNextLine(&line, &line)) {
		if (!field(&line, 1, f) || !pvi_same(f->narrow, "HKR") || !field(&line, 2, f) ||
			!pvi_same(f->narrow, "Parameters") || !field(&line, 3, f) ||
			!pvi_same(f->narrow, "Revisions"))
			continue;
		pvi_copy(p->bus, sizeof(p->bus), service);
		for (DWORD i = 5; p->revision_count < PVI_REVISIONS && field(&line, i, f); i++) {
			if (pvi_revision_parse(p->revisions[p->revision_count], f->narrow))
				p->revision_count++;
		}
	}
	free(f);
}

/* What is done with each service section of an install section. */
typedef void service_fn(void *argument, HINF inf, const WCHAR *name, const WCHAR *section);

static void walk_services(HINF inf, const WCHAR *install, service_fn *each, void *argument)
{
	struct field *name = malloc(sizeof(*name)), *section = malloc(sizeof(*section));
	WCHAR actual[LINE_LEN], services[LINE_LEN + 16];
	INFCONTEXT line;
	BOOL more = FALSE;

	if (name && section &&
		SetupDiGetActualSectionToInstallW(inf, install, actual, LINE_LEN, NULL, NULL)) {
		_snwprintf(services, LINE_LEN + 16, L"%ls.Services", actual);
		more = SetupFindFirstLineW(inf, services, L"AddService", &line);
	}
	for (; more; more = SetupFindNextMatchLineW(&line, L"AddService", &line)) {
		if (field(&line, 1, name) && field(&line, 3, section))
			each(argument, inf, name->wide, section->wide);
	}
	free(section);
	free(name);
}

static void take_service(void *argument, HINF inf, const WCHAR *name, const WCHAR *section)
{
	struct pvi_package *p = argument;
	struct field *f = malloc(sizeof(*f));
	char service[32];
	INFCONTEXT line;
	BOOL more = f && pvi_narrow(service, sizeof(service), name) &&
		    SetupFindFirstLineW(inf, section, L"AddReg", &line);

	for (; more; more = SetupFindNextMatchLineW(&line, L"AddReg", &line)) {
		for (DWORD i = 1; field(&line, i, f); i++)
			take_registry(inf, f->wide, service, p);
	}
	free(f);
}

/* Each models section of this machine's architecture. */
typedef void models_fn(void *argument, HINF inf, const WCHAR *section);

static void walk_models(HINF inf, models_fn *each, void *argument)
{
	const WCHAR *arch = wcscmp(pvi_arch(), L"x64") == 0 ? L"NTamd64" : L"NTx86";
	struct field *base = malloc(sizeof(*base)), *target = malloc(sizeof(*target));
	WCHAR section[SECTION_LEN];
	INFCONTEXT line;
	BOOL more = base && target && SetupFindFirstLineW(inf, L"Manufacturer", NULL, &line);

	for (; more; more = SetupFindNextLine(&line, &line)) {
		if (!field(&line, 1, base))
			continue;
		for (DWORD i = 2; field(&line, i, target); i++) {
			size_t n = wcslen(arch);

			if (_wcsnicmp(target->wide, arch, n) != 0 ||
				(target->wide[n] && target->wide[n] != L'.') ||
				wcslen(base->wide) + wcslen(target->wide) + 2 > SECTION_LEN)
				continue;
			_snwprintf(section, SECTION_LEN, L"%ls.%ls", base->wide, target->wide);
			each(argument, inf, section);
		}
	}
	free(target);
	free(base);
}

static void take_models(void *argument, HINF inf, const WCHAR *section)
{
	struct pvi_package *p = argument;
	struct field *f = malloc(sizeof(*f));
	INFCONTEXT line;
	BOOL more = f && SetupFindFirstLineW(inf, section, NULL, &line);

	for (; more; more = SetupFindNextLine(&line, &line)) {
		if (field(&line, 1, f))
			walk_services(inf, f->wide, take_service, p);
		for (DWORD i = 2; field(&line, i, f); i++) {
			if (p->id_count < PVI_IDS && !pvi_has_id(p, f->narrow) &&
				pvi_copy(p->ids[p->id_count], PVI_ID, f->narrow))
				p->id_count++;
		}
	}
	free(f);
}

uint64_t pvi_inf_hash(const WCHAR *path)
{
	HANDLE file = CreateFileW(path, GENERIC_READ, FILE_SHARE_READ | FILE_SHARE_DELETE, NULL,
		OPEN_EXISTING, 0, NULL);
	uint64_t hash = PVI_HASH;
	unsigned char block[4096];
	DWORD got = 0;
	BOOL fine = file != INVALID_HANDLE_VALUE;

	while (fine && (fine = ReadFile(file, block, sizeof(block), &got, NULL)) && got)
		hash = pvi_hash(hash, block, got);
	if (file != INVALID_HANDLE_VALUE)
		CloseHandle(file);
	return fine ? hash : 0;
}

bool pvi_inf_read(struct pvi_package *p, const WCHAR *path)
{
	struct field *f = malloc(sizeof(*f)), *date = malloc(sizeof(*date));
	HINF inf = SetupOpenInfFileW(path, NULL, INF_STYLE_WIN4, NULL);
	bool fine = false;
	char *dot;

	memset(p, 0, sizeof(*p));
	if (!f || !date || inf == INVALID_HANDLE_VALUE)
		goto end;
	if (!value(inf, L"Version", L"CatalogFile", 1, f) || !(dot = strrchr(f->narrow, '.')))
		goto end;
	*dot = 0;
	if (!*f->narrow || !pvi_copy(p->name, sizeof(p->name), f->narrow) ||
		!value(inf, L"Version", L"Provider", 1, f) ||
		!pvi_copy(p->provider, sizeof(p->provider), f->narrow) ||
		!value(inf, L"Version", L"DriverVer", 1, date) ||
		!value(inf, L"Version", L"DriverVer", 2, f) ||
		!pvi_version_parse(&p->version, date->narrow, f->narrow))
		goto end;
	walk_models(inf, take_models, p);
	p->content = pvi_inf_hash(path);
	fine = p->id_count > 0;
end:
	if (inf != INVALID_HANDLE_VALUE)
		SetupCloseInfFile(inf);
	free(date);
	free(f);
	return fine;
}

struct services {
	void (*each)(void *argument, const WCHAR *name);
	void *argument;
};

static void name_service(void *argument, HINF inf, const WCHAR *name, const WCHAR *section)
{
	struct services *s = argument;

	(void)inf;
	(void)section;
	s->each(s->argument, name);
}

static void name_services(void *argument, HINF inf, const WCHAR *section)
{
	struct field *f = malloc(sizeof(*f));
	INFCONTEXT line;
	BOOL more = f && SetupFindFirstLineW(inf, section, NULL, &line);

	for (; more; more = SetupFindNextLine(&line, &line)) {
		if (field(&line, 1, f))
			walk_services(inf, f->wide, name_service, argument);
	}
	free(f);
}

void pvi_inf_services(
	const WCHAR *path, void (*each)(void *argument, const WCHAR *name), void *argument)
{
	HINF inf = SetupOpenInfFileW(path, NULL, INF_STYLE_WIN4, NULL);
	struct services s = { each, argument };

	if (inf == INVALID_HANDLE_VALUE)
		return;
	walk_models(inf, name_services, &s);
	SetupCloseInfFile(inf);
}
