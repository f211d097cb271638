/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Signatures of RPMs, by librpm itself: what it refuses, rpm on a host refuses. That a key has
 * expired or was revoked librpm does not say; gpgv does, of the same signature.
 */
#include <rpm/header.h>
#include <rpm/rpmcli.h>
#include <rpm/rpmkeyring.h>
#include <rpm/rpmlib.h>
#include <rpm/rpmlog.h>
#include <rpm/rpmtd.h>
#include <rpm/rpmts.h>
#include <unistd.h>

#include "rpm/sums.h"
#include "sign/trust.h"
#include "util/alloc.h"
#include "util/cleanup.h"

static int ignore_message(rpmlogRec rec, rpmlogCallbackData data)
{
	(void)rec;
	(void)data;
	return 0;
}

static rpmts new_ts(const struct trust *t)
{
	rpmts ts = rpmtsCreate();

	/* Given by hand, it keeps librpm from opening the RPM database for keys. */
	rpmtsSetKeyring(ts, t->keyring);
	rpmtsSetVSFlags(ts, 0);
	return ts;
}

/* The signature of the header, which holds a digest of the payload in all RPMs since 2017. */
static rpmRC verify_header(const struct trust *t, int fd, Header *h)
{
	rpmts ts = new_ts(t);
	FD_t f = lseek(fd, 0, SEEK_SET) == 0 ? fdDup(fd) : NULL;
	rpmRC rc = f ? rpmReadPackageFile(ts, f, "package", h) : RPMRC_FAIL;

	Fclose(f);
	rpmtsFree(ts);
	return rc;
}

/* All signatures and digests, also those of older RPMs over header and payload. */
static bool verify_whole(const struct trust *t, int fd)
{
	rpmts ts = new_ts(t);
	AUTO_FREE char *path = xasprintf("/proc/self/fd/%d", fd);
	const char *argv[] = { path, NULL };
	rpmVSFlags saved = rpmcliVSFlags;
	int bad;

	rpmcliVSFlags = 0;
	rpmtsSetVfyLevel(ts, RPMSIG_VERIFIABLE_TYPE);
	bad = rpmcliVerifySignatures(ts, (ARGV_const_t)argv);
	rpmcliVSFlags = saved;
	rpmtsFree(ts);
	return !bad;
}

/* The header as it lies in the file is what its signature is made of. */
static enum verdict verify_key(const struct trust *t, int fd, Header h)
{
	rpmTagVal tag = headerIsEntry(h, RPMTAG_RSAHEADER) ? RPMTAG_RSAHEADER : RPMTAG_DSAHEADER;
	struct rpm_sums place = { 0 };
	AUTO_FREE unsigned char *header = NULL;
	AUTO_FREE char *said = NULL;
	enum verdict v = VERDICT_GOOD;
	struct rpmtd_s td;
	size_t size;

	if (!rpm_sums_places(&place, fd) || !headerGet(h, tag, &td, HEADERGET_MINMEM))
		return v;
	size = (size_t)(place.payload_at - place.header_at);
	header = xcalloc(size, 1);
	if (pread(fd, header, size, (off_t)place.header_at) == (ssize_t)size)
		v = trust_detached(t, header, size, td.data, td.count, &said);
	rpmtdFreeData(&td);
	return v == VERDICT_EXPIRED || v == VERDICT_UNABLE ? v : VERDICT_GOOD;
}

enum verdict trust_rpm(const struct trust *t, int fd, bool key)
{
	enum verdict v = VERDICT_CONTENT;
	Header h = NULL;
	rpmRC rc;

	if (!t->keyring)
		return VERDICT_NONE;
	rpmlogSetCallback(ignore_message, NULL);
	rc = verify_header(t, fd, &h);
	if (rc == RPMRC_NOKEY)
		v = VERDICT_STRANGER;
	else if (rc == RPMRC_OK && verify_whole(t, fd))
		v = key ? verify_key(t, fd, h) : VERDICT_GOOD;
	headerFree(h);
	rpmlogSetCallback(NULL, NULL);
	return v;
}
