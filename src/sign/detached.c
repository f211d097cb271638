/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Detached OpenPGP signatures. gpgv does it: a process of its own that has no home, agent or trust
 * database, is kept up by those who keep GnuPG, and judges as xapi's and dnf's gpg do.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "sign/trust.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/program.h"

static int memory_file(const void *data, size_t size)
{
	int fd = memfd_create("gpgv", MFD_CLOEXEC);
	const char *p = data;

	while (fd >= 0 && size) {
		ssize_t n = write(fd, p, size);

		if (n <= 0) {
			close(fd);
			return -1;
		}
		p += n;
		size -= (size_t)n;
	}
	return fd;
}

static const char *find_gpgv(void)
{
	static const char *const places[] = { "/usr/bin/gpgv", "/usr/bin/gpgv2" };

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		if (access(places[i], X_OK) == 0)
			return places[i];
	}
	return NULL;
}

/* Lines of --status-fd, doc/DETAILS of GnuPG; the worst one decides. */
static enum verdict read_status(const char *text, char **id)
{
	static const struct {
		const char *word;
		enum verdict verdict;
	} words[] = {
		{ "BADSIG ", VERDICT_CONTENT },
		{ "NO_PUBKEY ", VERDICT_STRANGER },
		{ "ERRSIG ", VERDICT_CONTENT },
		{ "EXPKEYSIG ", VERDICT_EXPIRED },
		{ "REVKEYSIG ", VERDICT_EXPIRED },
		{ "EXPSIG ", VERDICT_EXPIRED },
		{ "GOODSIG ", VERDICT_GOOD },
	};

	for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		AUTO_FREE char *line = xasprintf("\n[GNUPG:] %s", words[i].word);
		const char *found = strstr(text, line);

		/* A missing key is an ERRSIG as well, and is told apart by the line above. */
		if (!found)
			continue;
		found += strlen(line);
		*id = xstrndup(found, strspn(found, "0123456789abcdefABCDEF"));
		return words[i].verdict;
	}
	*id = xstrdup("");
	return VERDICT_CONTENT;
}

enum verdict trust_detached(const struct trust *t, const void *data, size_t size,
	const void *signature, size_t signature_size, char **said)
{
	const char *gpgv = find_gpgv();
	AUTO_CLOSE int keys = memory_file(t->keys.buf, t->keys.len);
	AUTO_CLOSE int sig = memory_file(signature, signature_size);
	AUTO_CLOSE int content = memory_file(data, size);
	const int keep[] = { keys, sig, content };
	AUTO_FREE char *ring = xasprintf("/proc/self/fd/%d", keys);
	AUTO_FREE char *sig_path = xasprintf("/proc/self/fd/%d", sig);
	AUTO_FREE char *path = xasprintf("/proc/self/fd/%d", content);
	char *argv[] = { "gpgv", "--homedir", "/", "--quiet", "--status-fd", "1", "--keyring", ring,
		"--", sig_path, path, NULL };
	char text[8192] = "\n";
	int r;

	*said = NULL;
	if (t->keys.len == 0)
		return VERDICT_NONE;
	if (!gpgv || keys < 0 || sig < 0 || content < 0)
		return VERDICT_UNABLE;
	r = program_run(gpgv, argv, -1, keep, 3, text + 1, sizeof(text) - 1);
	if (r < 0)
		return VERDICT_UNABLE;
	return read_status(text, said);
}
