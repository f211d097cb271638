/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_RPMFILE_H
#define DDK_RPMFILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "util/cleanup.h"
#include "util/digest.h"

/*
 * The header of one RPM, read by librpm into plain C. Absent strings are "", never NULL, except
 * where a comment says so. Everything belongs to struct rpmfile. Strings are bytes as the RPM has
 * them: an RPM is untrusted, so judge them before printing or joining them to a path.
 */

struct rpmfile_dep {
	char *name;
	const char *op; /* "", "<", "<=", "=", ">=" or ">" */
	char *evr;
	uint32_t flags; /* RPMSENSE_* of <rpm/rpmds.h> */
};

struct rpmfile_deps {
	struct rpmfile_dep *v;
	size_t n;
};

struct rpmfile_entry {
	char *path;    /* as the RPM has it, normally absolute */
	uint32_t mode; /* st_mode: type and permissions */
	uint64_t size; /* bytes */
	char *digest;  /* lower-case hex in file_digest_algo; "" for what is no regular file */
	char *link;    /* target of a symbolic link */
	char *user;
	char *group;
	bool config;
	bool noreplace;
	bool doc;
	bool license;
	bool ghost;
};

struct rpmfile_script {
	const char *type; /* prein postin preun postun pretrans posttrans verify trigger */
	char *interpreter;
	char *body;
};

struct rpmfile {
	char *name;
	bool has_epoch;
	uint32_t epoch;
	char *version;
	char *release;
	char *arch; /* of a source RPM: the architecture it was built on */
	char *os;
	char *group;
	char *vendor;
	char *packager;
	char *summary;
	char *description;
	char *license;
	char *url;
	char *sourcerpm;
	bool is_source;
	uint64_t buildtime;	 /* seconds since 1970 */
	uint64_t installed_size; /* bytes, as the RPM says */
	char *payload_format;	 /* cpio */
	char *payload_compressor;
	char *payload_flags;
	const char *file_digest_algo; /* md5 sha1 sha256 … or "unknown" */

	struct rpmfile_deps requires;
	struct rpmfile_deps provides;
	struct rpmfile_deps conflicts;
	struct rpmfile_deps obsoletes;

	struct rpmfile_entry *files;
	size_t nfiles;
	struct rpmfile_script *scripts;
	size_t nscripts;

	bool is_signed;
	char *key_id; /* hex as librpm shows it; "" without a signature or when it is unreadable */
};

#define AUTO_RPMFILE CLEANUP(rpmfile_release)

enum {
	/*
	 * Also hold the whole file, payload included, against the digests inside the RPM. Costs
	 * one pass over the file.
	 */
	RPMFILE_CHECK_DIGESTS = 1 << 0,
	/* Nobody else can write to the file, a memory file say: it may be mapped. */
	RPMFILE_OURS = 1 << 1,
};

/*
 * Reads an RPM. Signatures are noted, never verified and never asked for: no keyring and no RPM
 * database is opened. Returns 0 or a negative errno, -EBADMSG for what is no sound RPM; then *r is
 * empty and *error a one-line text without the file's name, which the caller frees. error may be
 * NULL. Not for use by two threads at once: librpm's log goes through one process-wide hook.
 */
int rpmfile_read(struct rpmfile *r, const char *path, unsigned flags, char **error);
/* The same from a descriptor that can seek (a memfd will do). It stays open; its offset moves. */
int rpmfile_read_fd(struct rpmfile *r, int fd, unsigned flags, char **error);
/*
 * Always with RPMFILE_CHECK_DIGESTS; the same pass over the file makes the digests (DIGEST_ bits)
 * of all of it, also when it is no sound RPM. The offset of fd moves.
 */
int rpmfile_read_whole(struct rpmfile *r, int fd, unsigned flags, unsigned what,
	struct digest *whole, char **error);
void rpmfile_release(struct rpmfile *r);

/*
 * When path is a kernel module, [/usr]/lib/modules/UNAME/….ko[.gz|.xz|.zst|.bz2], returns where
 * UNAME starts inside path and sets *len; else NULL.
 */
const char *rpmfile_module_uname(const char *path, size_t *len);
/*
 * The unames of all module files of the RPM, sorted, each once; *n tells how many. The caller frees
 * the array and each string. NULL when there are none.
 */
char **rpmfile_unames(const struct rpmfile *r, size_t *n);
/* epoch, version and release as rpm compares them: below 0, 0, above 0. */
int rpmfile_compare_evr(const struct rpmfile *a, const struct rpmfile *b);

#endif
