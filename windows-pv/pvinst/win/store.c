/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The journal: %ProgramData%\pvinst\journal, which only administrators and the system may write:
 * whoever could would choose what an administrator installs.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "win.h"

#include <aclapi.h>
#include <sddl.h>
#include <shlobj.h>

#define FOLDER_SECURITY L"D:P(A;OICI;GA;;;SY)(A;OICI;GA;;;BA)"

/* A folder that somebody else made first is not trusted. */
static bool is_owned_by_us(const WCHAR *path)
{
	PSECURITY_DESCRIPTOR descriptor = NULL;
	unsigned char user[256];
	HANDLE token = NULL;
	PSID owner = NULL;
	DWORD size;
	bool fine = false;

	if (GetNamedSecurityInfoW((WCHAR *)path, SE_FILE_OBJECT, OWNER_SECURITY_INFORMATION, &owner,
		    NULL, NULL, NULL, &descriptor) != ERROR_SUCCESS)
		return false;
	fine = IsWellKnownSid(owner, WinBuiltinAdministratorsSid) ||
	       IsWellKnownSid(owner, WinLocalSystemSid);
	if (!fine && OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &token)) {
		fine = GetTokenInformation(token, TokenUser, user, sizeof(user), &size) &&
		       EqualSid(owner, ((TOKEN_USER *)user)->User.Sid);
		CloseHandle(token);
	}
	LocalFree(descriptor);
	return fine;
}

static bool make_folder(const WCHAR *path)
{
	SECURITY_ATTRIBUTES security = { .nLength = sizeof(security) };
	DWORD attributes, error = ERROR_SUCCESS;

	if (!ConvertStringSecurityDescriptorToSecurityDescriptorW(
		    FOLDER_SECURITY, SDDL_REVISION_1, &security.lpSecurityDescriptor, NULL)) {
		pvi_error(GetLastError(), "cannot make a security descriptor");
		return false;
	}
	if (!CreateDirectoryW(path, &security))
		error = GetLastError();
	LocalFree(security.lpSecurityDescriptor);
	if (error != ERROR_SUCCESS && error != ERROR_ALREADY_EXISTS) {
		pvi_error(error, "cannot make the journal's folder");
		return false;
	}
	attributes = GetFileAttributesW(path);
	if (attributes == INVALID_FILE_ATTRIBUTES || !(attributes & FILE_ATTRIBUTE_DIRECTORY) ||
		(attributes & FILE_ATTRIBUTE_REPARSE_POINT) || !is_owned_by_us(path)) {
		pvi_error(0, "the journal's folder (pvinst in ProgramData) is not an "
			     "administrator's; look "
			     "who made it, and remove it");
		return false;
	}
	return true;
}

static bool read_journal(HANDLE file, struct pvi_journal *j, bool to_write)
{
	char *text = malloc(PVI_JOURNAL_MAX);
	DWORD got = 0, n = 0;
	BOOL fine = text != NULL;

	while (fine && n < PVI_JOURNAL_MAX &&
		(fine = ReadFile(file, text + n, PVI_JOURNAL_MAX - n, &got, NULL)) && got)
		n += got;
	if (fine)
		pvi_journal_read(j, text, n);
	free(text);
	/* What is behind the last whole line was never written. */
	if (fine && !to_write)
		return true;
	return fine &&
	       SetFilePointer(file, (LONG)j->good, NULL, FILE_BEGIN) != INVALID_SET_FILE_POINTER &&
	       SetEndOfFile(file);
}

enum pvi_status pvi_store_open(struct pvi_store *s, struct pvi_journal *j, bool to_write)
{
	WCHAR path[MAX_PATH + 32];
	DWORD error;

	memset(s, 0, sizeof(*s));
	if (FAILED(SHGetFolderPathW(NULL, CSIDL_COMMON_APPDATA, NULL, 0, path))) {
		pvi_error(GetLastError(), "cannot find ProgramData");
		return PVI_UNREADABLE;
	}
	wcscat(path, L"\\pvinst");
	if (to_write && !make_folder(path))
		return PVI_UNREADABLE;
	wcscat(path, L"\\journal");
	s->file = CreateFileW(path, GENERIC_READ | (to_write ? GENERIC_WRITE : 0), FILE_SHARE_READ,
		NULL, to_write ? OPEN_ALWAYS : OPEN_EXISTING,
		FILE_ATTRIBUTE_NORMAL | FILE_FLAG_OPEN_REPARSE_POINT, NULL);
	if (s->file == INVALID_HANDLE_VALUE) {
		error = GetLastError();
		if (!to_write && (error == ERROR_FILE_NOT_FOUND || error == ERROR_PATH_NOT_FOUND))
			return PVI_OK;
		if (error == ERROR_SHARING_VIOLATION) {
			pvi_error(0, "another pvinst is at work; wait for it");
			return PVI_BUSY;
		}
		pvi_error(error, "cannot open the journal (pvinst\\journal in ProgramData)");
		return PVI_UNREADABLE;
	}
	if (!read_journal(s->file, j, to_write)) {
		pvi_error(
			GetLastError(), "cannot read the journal (pvinst\\journal in ProgramData)");
		pvi_store_close(s);
		return PVI_UNREADABLE;
	}
	return PVI_OK;
}

bool pvi_store_clear(struct pvi_store *s)
{
	return SetFilePointer(s->file, 0, NULL, FILE_BEGIN) == 0 && SetEndOfFile(s->file);
}

#ifdef PVI_TEST_STOP
/* Only in the tests' build: the process ends behind the n-th line, as by a loss of power. */
static void stop_here(const struct pvi_store *s)
{
	const char *wanted = getenv("PVINST_STOP");

	if (wanted && (unsigned int)atoi(wanted) == s->writes)
		TerminateProcess(GetCurrentProcess(), 99);
}
#endif

bool pvi_store_put(struct pvi_store *s, const char *line, size_t length)
{
	DWORD done = 0;

	if (!length || !WriteFile(s->file, line, (DWORD)length, &done, NULL) || done != length ||
		!FlushFileBuffers(s->file)) {
		pvi_error(GetLastError(),
			"cannot write the journal (pvinst\\journal in ProgramData)");
		return false;
	}
	s->writes++;
#ifdef PVI_TEST_STOP
	stop_here(s);
#endif
	return true;
}

void pvi_store_close(struct pvi_store *s)
{
	if (s->file != INVALID_HANDLE_VALUE)
		CloseHandle(s->file);
	s->file = INVALID_HANDLE_VALUE;
}
