/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rpm/header.h>
#include <rpm/rpmcli.h>
#include <rpm/rpmds.h>
#include <rpm/rpmfiles.h>
#include <rpm/rpmkeyring.h>
#include <rpm/rpmlib.h>
#include <rpm/rpmlog.h>
#include <rpm/rpmpgp.h>
#include <rpm/rpmtd.h>
#include <rpm/rpmts.h>

#include "util/alloc.h"
#include "rpm/rpmfile.h"
#include "rpm/sums.h"

/* librpm tells causes only through its log: keep the last line of it for our own message. */
static int keep_message(rpmlogRec rec, rpmlogCallbackData data)
{
	char **last = data;
	const char *text = rpmlogRecMessage(rec);
	size_t len = text ? strlen(text) : 0;

	while (len && text[len - 1] == '\n')
		len--;
	if (len && rpmlogRecPriority(rec) <= RPMLOG_NOTICE) {
		free(*last);
		*last = xstrndup(text, len);
		for (char *p = *last; *p; p++) {
			if (*p == '\n')
				*p = ' ';
		}
	}
	return 0;
}

static char *get_string(Header h, rpmTagVal tag)
{
	struct rpmtd_s td;
	const char *s = NULL;
	char *copy;

	if (headerGet(h, tag, &td, HEADERGET_EXT | HEADERGET_MINMEM)) {
		rpmtdInit(&td);
		s = rpmtdGetString(&td);
		if (!s && rpmtdNext(&td) >= 0)
			s = rpmtdGetString(&td);
		copy = xstrdup(s ? s : "");
		rpmtdFreeData(&td);
		return copy;
	}
	return xstrdup("");
}

static const char *operator_of(rpmsenseFlags flags)
{
	switch (flags & RPMSENSE_SENSEMASK) {
	case RPMSENSE_LESS:
		return "<";
	case RPMSENSE_LESS | RPMSENSE_EQUAL:
		return "<=";
	case RPMSENSE_EQUAL:
		return "=";
	case RPMSENSE_GREATER | RPMSENSE_EQUAL:
		return ">=";
	case RPMSENSE_GREATER:
		return ">";
	default:
		return "";
	}
}

/* Returns false when the header names dependencies that librpm finds unsound. */
static bool read_deps(Header h, rpmTagVal tag, struct rpmfile_deps *deps)
{
	rpmds ds = rpmdsNew(h, tag, 0);
	size_t cap = 0;

	if (!ds)
		return !headerIsEntry(h, tag);
	while (rpmdsNext(ds) >= 0) {
		const char *name = rpmdsN(ds), *evr = rpmdsEVR(ds);
		struct rpmfile_dep *d;

		deps->v = xgrow(deps->v, deps->n, &cap, sizeof(*deps->v));
		d = &deps->v[deps->n++];
		d->name = xstrdup(name ? name : "");
		d->evr = xstrdup(evr ? evr : "");
		d->flags = rpmdsFlags(ds);
		d->op = operator_of(d->flags);
	}
	rpmdsFree(ds);
	return true;
}

static char *to_hex(const unsigned char *raw, size_t len)
{
	static const char digit[] = "0123456789abcdef";
	char *hex = xcalloc(2 * len + 1, 1);

	for (size_t i = 0; raw && i < len; i++) {
		hex[2 * i] = digit[raw[i] >> 4];
		hex[2 * i + 1] = digit[raw[i] & 15];
	}
	return hex;
}

static const char *algo_name(int algo)
{
	switch (algo) {
	case PGPHASHALGO_MD5:
		return "md5";
	case PGPHASHALGO_SHA1:
		return "sha1";
	case PGPHASHALGO_SHA256:
		return "sha256";
	case PGPHASHALGO_SHA384:
		return "sha384";
	case PGPHASHALGO_SHA512:
		return "sha512";
	case PGPHASHALGO_SHA224:
		return "sha224";
	default:
		return "unknown";
	}
}

static char *dup_or_empty(const char *s)
{
	return xstrdup(s ? s : "");
}

static bool read_files(Header h, struct rpmfile *r)
{
	static const unsigned char zeros[64];
	rpmfiles fi = rpmfilesNew(NULL, h, RPMTAG_BASENAMES, RPMFI_NOHEADER);
	rpm_count_t n = fi ? rpmfilesFC(fi) : 0;

	r->file_digest_algo = algo_name(fi ? rpmfilesDigestAlgo(fi) : 0);
	if (n == 0) {
		rpmfilesFree(fi);
		return !headerIsEntry(h, RPMTAG_BASENAMES);
	}
	r->files = xcalloc(n, sizeof(*r->files));
	for (r->nfiles = 0; r->nfiles < n; r->nfiles++) {
		struct rpmfile_entry *e = &r->files[r->nfiles];
		int i = (int)r->nfiles;
		rpmfileAttrs attrs = rpmfilesFFlags(fi, i);
		size_t len = 0;
		int algo = 0;
		const unsigned char *raw;
		char *path = rpmfilesFN(fi, i);

		e->path = dup_or_empty(path);
		free(path);
		e->mode = rpmfilesFMode(fi, i);
		e->size = rpmfilesFSize(fi, i);
		raw = rpmfilesFDigest(fi, i, &algo, &len);
		/* librpm turns an empty digest, of a %ghost for one, into zeros. */
		if (raw && !memcmp(raw, zeros, len < sizeof(zeros) ? len : sizeof(zeros)))
			len = 0;
		e->digest = to_hex(raw, raw && S_ISREG(e->mode) ? len : 0);
		e->link = dup_or_empty(rpmfilesFLink(fi, i));
		e->user = dup_or_empty(rpmfilesFUser(fi, i));
		e->group = dup_or_empty(rpmfilesFGroup(fi, i));
		e->config = attrs & RPMFILE_CONFIG;
		e->noreplace = attrs & RPMFILE_NOREPLACE;
		e->doc = attrs & RPMFILE_DOC;
		e->license = attrs & RPMFILE_LICENSE;
		e->ghost = attrs & RPMFILE_GHOST;
	}
	rpmfilesFree(fi);
	return true;
}

static void read_scripts(Header h, struct rpmfile *r)
{
	static const struct {
		const char *type;
		rpmTagVal body, prog;
	} tags[] = {
		{ "pretrans", RPMTAG_PRETRANS, RPMTAG_PRETRANSPROG },
		{ "prein", RPMTAG_PREIN, RPMTAG_PREINPROG },
		{ "postin", RPMTAG_POSTIN, RPMTAG_POSTINPROG },
		{ "preun", RPMTAG_PREUN, RPMTAG_PREUNPROG },
		{ "postun", RPMTAG_POSTUN, RPMTAG_POSTUNPROG },
		{ "posttrans", RPMTAG_POSTTRANS, RPMTAG_POSTTRANSPROG },
		{ "verify", RPMTAG_VERIFYSCRIPT, RPMTAG_VERIFYSCRIPTPROG },
		{ "trigger", RPMTAG_TRIGGERSCRIPTS, RPMTAG_TRIGGERSCRIPTPROG },
	};
	size_t cap = 0;

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
		struct rpmfile_script *s;

		if (!headerIsEntry(h, tags[i].body) && !headerIsEntry(h, tags[i].prog))
			continue;
		r->scripts = xgrow(r->scripts, r->nscripts, &cap, sizeof(*r->scripts));
		s = &r->scripts[r->nscripts++];
		s->type = tags[i].type;
		s->interpreter = get_string(h, tags[i].prog);
		s->body = get_string(h, tags[i].body);
	}
}

static void read_signature(Header h, struct rpmfile *r)
{
	static const struct {
		rpmTagVal tag;
		const char *format;
	} tags[] = {
		{ RPMTAG_RSAHEADER, "%{RSAHEADER:pgpsig}" },
		{ RPMTAG_DSAHEADER, "%{DSAHEADER:pgpsig}" },
		{ RPMTAG_SIGPGP, "%{SIGPGP:pgpsig}" },
		{ RPMTAG_SIGGPG, "%{SIGGPG:pgpsig}" },
	};

	for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]) && !r->is_signed; i++) {
		AUTO_FREE char *text = NULL;
		const char *id;

		if (!headerIsEntry(h, tags[i].tag))
			continue;
		r->is_signed = true;
		text = headerFormat(h, tags[i].format, NULL);
		id = text ? strstr(text, "Key ID ") : NULL;
		if (id) {
			id += strlen("Key ID ");
			free(r->key_id);
			r->key_id = xstrndup(id, strspn(id, "0123456789abcdefABCDEF"));
		}
	}
}

static bool fill(Header h, struct rpmfile *r)
{
	r->name = get_string(h, RPMTAG_NAME);
	r->has_epoch = headerIsEntry(h, RPMTAG_EPOCH);
	r->epoch = r->has_epoch ? (uint32_t)headerGetNumber(h, RPMTAG_EPOCH) : 0;
	r->version = get_string(h, RPMTAG_VERSION);
	r->release = get_string(h, RPMTAG_RELEASE);
	r->arch = get_string(h, RPMTAG_ARCH);
	r->os = get_string(h, RPMTAG_OS);
	r->group = get_string(h, RPMTAG_GROUP);
	r->vendor = get_string(h, RPMTAG_VENDOR);
	r->packager = get_string(h, RPMTAG_PACKAGER);
	r->summary = get_string(h, RPMTAG_SUMMARY);
	r->description = get_string(h, RPMTAG_DESCRIPTION);
	r->license = get_string(h, RPMTAG_LICENSE);
	r->url = get_string(h, RPMTAG_URL);
	r->sourcerpm = get_string(h, RPMTAG_SOURCERPM);
	r->is_source = headerIsSource(h);
	r->buildtime = headerGetNumber(h, RPMTAG_BUILDTIME);
	r->installed_size = headerGetNumber(h, RPMTAG_LONGSIZE);
	r->payload_format = get_string(h, RPMTAG_PAYLOADFORMAT);
	r->payload_compressor = get_string(h, RPMTAG_PAYLOADCOMPRESSOR);
	r->payload_flags = get_string(h, RPMTAG_PAYLOADFLAGS);
	r->key_id = xstrdup("");
	read_signature(h, r);
	read_scripts(h, r);
	return read_deps(h, RPMTAG_REQUIRENAME, &r->requires) &&
	       read_deps(h, RPMTAG_PROVIDENAME, &r->provides) &&
	       read_deps(h, RPMTAG_CONFLICTNAME, &r->conflicts) &&
	       read_deps(h, RPMTAG_OBSOLETENAME, &r->obsoletes) && read_files(h, r);
}

/* An empty keyring, given by hand, keeps librpm from opening the RPM database for keys. */
static rpmts new_ts(rpmVSFlags flags)
{
	rpmts ts = rpmtsCreate();
	rpmKeyring none = rpmKeyringNew();

	rpmtsSetKeyring(ts, none);
	rpmKeyringFree(none);
	rpmtsSetVSFlags(ts, flags);
	return ts;
}

static int read_header(int fd, Header *h, struct rpm_sums *sums)
{
	rpmts ts = new_ts(RPMVSF_MASK_NOSIGNATURES | RPMVSF_NEEDPAYLOAD);
	FD_t f = fdDup(fd);
	rpmRC rc = RPMRC_FAIL;

	*h = NULL;
	if (f && rpm_sums_places(sums, fd))
		rc = rpmReadPackageFile(ts, f, "package", h);
	Fclose(f);
	rpmtsFree(ts);
	if (rc == RPMRC_OK || rc == RPMRC_NOKEY || rc == RPMRC_NOTTRUSTED)
		return *h ? 0 : -EBADMSG;
	headerFree(*h);
	*h = NULL;
	return -EBADMSG;
}

/* For what rpm_sums_pass does not know: librpm reads the file again. */
static int check_digests(int fd)
{
	rpmts ts = new_ts(RPMVSF_MASK_NOSIGNATURES);
	AUTO_FREE char *path = xasprintf("/proc/self/fd/%d", fd);
	const char *argv[] = { path, NULL };
	rpmVSFlags saved = rpmcliVSFlags;
	int bad;

	/* This one goes by the flags of rpm's command line, not by those of ts. */
	rpmcliVSFlags = RPMVSF_MASK_NOSIGNATURES;
	rpmtsSetVfyLevel(ts, RPMSIG_DIGEST_TYPE);
	bad = rpmcliVerifySignatures(ts, (ARGV_const_t)argv);
	rpmcliVSFlags = saved;
	rpmtsFree(ts);
	return bad ? -EBADMSG : 0;
}

static int read_all(struct rpmfile *r, int fd, unsigned flags, unsigned what, struct digest *whole,
	char **error)
{
	AUTO_FREE char *last = NULL;
	const char *why = "not an RPM, or a damaged one";
	struct rpm_sums sums = { 0 };
	Header h = NULL;
	int ret, pass = 0;

	*r = (struct rpmfile){ 0 };
	if (error)
		*error = NULL;
	if (lseek(fd, 0, SEEK_SET) < 0) {
		ret = -errno;
		if (error)
			*error = xstrdup(strerror(-ret));
		return ret;
	}
	rpmlogSetCallback(keep_message, &last);
	ret = read_header(fd, &h, &sums);
	if (ret == 0) {
		if (!fill(h, r) || !*r->name || !*r->version || !*r->release) {
			why = "the RPM header is unsound: lists of different lengths, or no name";
			ret = -EBADMSG;
		}
		rpm_sums_expect(&sums, h);
		headerFree(h);
	}
	if (what || (ret == 0 && flags & RPMFILE_CHECK_DIGESTS && sums.complete))
		pass = rpm_sums_pass(ret == 0 && sums.complete ? &sums : NULL, fd,
			flags & RPMFILE_OURS, what, whole);
	if (ret == 0) {
		why = pass < 0 && pass != -EBADMSG ? strerror(-pass)
						   : "the RPM does not match the digests inside it";
		ret = pass;
	}
	if (ret == 0 && flags & RPMFILE_CHECK_DIGESTS && !sums.complete)
		ret = check_digests(fd);
	rpmlogSetCallback(NULL, NULL);
	if (ret < 0) {
		rpmfile_release(r);
		if (error)
			*error = last ? xasprintf("%s (librpm: %s)", why, last) : xstrdup(why);
	}
	return ret;
}

int rpmfile_read_fd(struct rpmfile *r, int fd, unsigned flags, char **error)
{
	return read_all(r, fd, flags, 0, NULL, error);
}

int rpmfile_read_whole(struct rpmfile *r, int fd, unsigned flags, unsigned what,
	struct digest *whole, char **error)
{
	*whole = (struct digest){ 0 };
	return read_all(r, fd, flags | RPMFILE_CHECK_DIGESTS, what, whole, error);
}

int rpmfile_read(struct rpmfile *r, const char *path, unsigned flags, char **error)
{
	AUTO_CLOSE int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		int ret = -errno;

		*r = (struct rpmfile){ 0 };
		if (error)
			*error = xstrdup(strerror(-ret));
		return ret;
	}
	return rpmfile_read_fd(r, fd, flags, error);
}

static void release_deps(struct rpmfile_deps *deps)
{
	for (size_t i = 0; i < deps->n; i++) {
		free(deps->v[i].name);
		free(deps->v[i].evr);
	}
	free(deps->v);
}

void rpmfile_release(struct rpmfile *r)
{
	char *strings[] = { r->name, r->version, r->release, r->arch, r->os, r->group, r->vendor,
		r->packager, r->summary, r->description, r->license, r->url, r->sourcerpm,
		r->payload_format, r->payload_compressor, r->payload_flags, r->key_id };

	for (size_t i = 0; i < sizeof(strings) / sizeof(strings[0]); i++)
		free(strings[i]);
	release_deps(&r->requires);
	release_deps(&r->provides);
	release_deps(&r->conflicts);
	release_deps(&r->obsoletes);
	for (size_t i = 0; i < r->nfiles; i++) {
		free(r->files[i].path);
		free(r->files[i].digest);
		free(r->files[i].link);
		free(r->files[i].user);
		free(r->files[i].group);
	}
	free(r->files);
	for (size_t i = 0; i < r->nscripts; i++) {
		free(r->scripts[i].interpreter);
		free(r->scripts[i].body);
	}
	free(r->scripts);
	*r = (struct rpmfile){ 0 };
}
