/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RPMs with hostile headers, and what the disk's rules make of them. Random bytes would not get
 * past the magic numbers, and a real RPM's digests would stop every change: so librpm makes one RPM
 * without digests, and the input says what to change in it. Each 3 bytes are an offset, low byte
 * first, and a value; a rest of 2 bytes is a length to cut to.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <rpm/header.h>
#include <rpm/rpmio.h>
#include <rpm/rpmtag.h>

#include "metadata/roles.h"
#include "rpm/rpmfile.h"
#include "util/strbuf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/*
 * librpm loses a few bytes over a header whose file lists disagree, and looking for leaks after
 * each run takes most of the time. Leaks of our own are for test-rpmfile to find.
 */
const char *__asan_default_options(void);

const char *__asan_default_options(void)
{
	return "detect_leaks=0";
}

static void put_names(Header h, rpmTagVal tag, const char *a, const char *b)
{
	headerPutString(h, tag, a);
	headerPutString(h, tag, b);
}

static Header make_header(void)
{
	Header h = headerNew();
	uint32_t dirs[] = { 0, 1 }, sizes[] = { 10, 20 }, flags[] = { 1, 8 }, sense[] = { 8, 12 };
	uint16_t modes[] = { S_IFREG | 0644, S_IFREG | 0755 };
	uint32_t number = 1700000000;

	headerPutString(h, RPMTAG_NAME, "name");
	headerPutString(h, RPMTAG_VERSION, "1.0");
	headerPutString(h, RPMTAG_RELEASE, "1");
	headerPutUint32(h, RPMTAG_EPOCH, &number, 1);
	headerPutString(h, RPMTAG_ARCH, "x86_64");
	headerPutString(h, RPMTAG_OS, "linux");
	headerPutString(h, RPMTAG_PAYLOADFORMAT, "cpio");
	headerPutString(h, RPMTAG_PAYLOADCOMPRESSOR, "gzip");
	headerPutString(h, RPMTAG_POSTIN, "true");
	headerPutString(h, RPMTAG_POSTINPROG, "/bin/sh");
	headerPutUint32(h, RPMTAG_BUILDTIME, &number, 1);
	put_names(h, RPMTAG_BASENAMES, "a.ko", "b.conf");
	put_names(h, RPMTAG_DIRNAMES, "/lib/modules/6.1/extra/", "/etc/");
	headerPutUint32(h, RPMTAG_DIRINDEXES, dirs, 2);
	headerPutUint32(h, RPMTAG_FILESIZES, sizes, 2);
	headerPutUint16(h, RPMTAG_FILEMODES, modes, 2);
	headerPutUint32(h, RPMTAG_FILEFLAGS, flags, 2);
	put_names(h, RPMTAG_FILEDIGESTS, "d41d8cd98f00b204e9800998ecf8427e",
		"d41d8cd98f00b204e9800998ecf8427e");
	put_names(h, RPMTAG_FILELINKTOS, "", "x");
	put_names(h, RPMTAG_FILEUSERNAME, "root", "root");
	put_names(h, RPMTAG_FILEGROUPNAME, "root", "root");
	put_names(h, RPMTAG_REQUIRENAME, "one", "two");
	put_names(h, RPMTAG_REQUIREVERSION, "1", "2:3-4");
	headerPutUint32(h, RPMTAG_REQUIREFLAGS, sense, 2);
	return headerReload(h, RPMTAG_HEADERIMMUTABLE);
}

static Header make_signature(void)
{
	Header h = headerNew();
	static const uint8_t signature[] = { 0x89, 2, 0x15, 3, 5, 0 };

	headerPutBin(h, RPMTAG_RSAHEADER, signature, sizeof(signature));
	return headerReload(h, RPMTAG_HEADERSIGNATURES);
}

/* The file format: lead, signature padded to 8 bytes, header, payload. */
static struct strbuf make_rpm(void)
{
	static const unsigned char lead[96] = { 0xed, 0xab, 0xee, 0xdb, 3, 0, 0, 0, 0, 1,
		'n', [77] = 1, [79] = 5 };
	struct strbuf sb = STRBUF_INIT;
	Header parts[] = { make_signature(), make_header() };

	strbuf_add(&sb, lead, sizeof(lead));
	for (int i = 0; i < 2; i++) {
		unsigned size = 0;
		void *blob = headerExport(parts[i], &size);

		if (!blob)
			abort();
		strbuf_add(&sb, "\216\255\350\001\0\0\0\0", 8);
		strbuf_add(&sb, blob, size);
		while (i == 0 && sb.len % 8)
			strbuf_addch(&sb, '\0');
		free(blob);
		headerFree(parts[i]);
	}
	strbuf_adds(&sb, "payload");
	return sb;
}

static void ignore(void *data, const char *where, const char *text)
{
	(void)data;
	if (!*where || !*text)
		abort();
}

static int read_rpm(const struct strbuf *rpm, struct rpmfile *r, char **error)
{
	AUTO_CLOSE int fd = memfd_create("fuzz", MFD_CLOEXEC);

	if (fd < 0 || write(fd, rpm->buf, rpm->len) != (ssize_t)rpm->len)
		abort();
	return rpmfile_read_fd(r, fd, 0, error);
}

static void judge(const struct rpmfile *r)
{
	struct reporter rep = { .fn = ignore };
	const char *uname;
	char **unames;
	size_t n;

	role_check_files(r, role_of(r, "x", "y"), "x.rpm", &rep, &uname, &n);
	role_check_coinstall((struct role_package[]){ { "a", r }, { "b", r } }, 2, &rep);
	unames = rpmfile_unames(r, &n);
	for (size_t i = 0; i < n; i++)
		free(unames[i]);
	free(unames);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct strbuf base;
	AUTO_STRBUF struct strbuf rpm = STRBUF_INIT;
	AUTO_FREE char *error = NULL;
	AUTO_RPMFILE struct rpmfile r = { 0 };

	if (!base.buf) {
		/* A base that is refused would test nothing. */
		base = make_rpm();
		if (read_rpm(&base, &r, &error) < 0 || r.nfiles != 2 || r.requires.n != 2 ||
			!r.is_signed)
			abort();
		rpmfile_release(&r);
	}
	strbuf_add(&rpm, base.buf, base.len);
	for (; size >= 3; data += 3, size -= 3)
		rpm.buf[(data[0] | data[1] << 8) % base.len] = (char)data[2];
	if (size == 2)
		rpm.len = (size_t)(data[0] | data[1] << 8) % base.len;
	if (read_rpm(&rpm, &r, &error) < 0) {
		if (!error || r.name)
			abort();
		return 0;
	}
	judge(&r);
	return 0;
}
