/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <openssl/x509.h>

#include "command.h"
#include "module/module.h"
#include "sign/signer.h"
#include "sign/trust.h"
#include "util/cleanup.h"
#include "util/diag.h"
#include "util/outfile.h"
#include "util/strbuf.h"

static const char usage[] =
	"Usage: ddk sign --key KEY --cert CERT [--hash NAME] KO...\n"
	"       ddk sign --remove KO...\n"
	"       ddk sign --cert CERT --der FILE\n"
	"Signs kernel modules in place, as the kernel's scripts/sign-file does, in the form\n"
	"that the kernel of each module's vermagic reads. Sign last: strip and compression\n"
	"destroy a signature. With an RSA key the same module gives the same bytes.\n\n"
	"      --key KEY    private key: a file, or a URI of an OpenSSL store (pkcs11:...); its\n"
	"                   pass phrase is taken from KBUILD_SIGN_PIN\n"
	"      --cert CERT  the certificate of that key, PEM or DER\n"
	"      --hash NAME  digest (default: sha256)\n"
	"      --der FILE   write the certificate as DER, for those who enrol it\n"
	"      --remove     take signatures off again\n"
	"  -h, --help       this text\n\n"
	"Exit status: 0 fine, 1 a module cannot be signed, 2 usage, 3 could not read or write.\n";

enum { OPT_KEY = 256, OPT_CERT, OPT_HASH, OPT_REMOVE, OPT_DER };

static const struct option options[] = {
	{ "key", required_argument, NULL, OPT_KEY },
	{ "cert", required_argument, NULL, OPT_CERT },
	{ "hash", required_argument, NULL, OPT_HASH },
	{ "der", required_argument, NULL, OPT_DER },
	{ "remove", no_argument, NULL, OPT_REMOVE },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

/* The module without a signature, in out. */
static int remove_signature(
	const char *path, const struct strbuf *in, struct strbuf *out, char **why)
{
	AUTO_MODULE struct module m = { 0 };
	int r = module_parse(&m, path, in->buf ? in->buf : "", in->len, why);

	if (r == 0)
		strbuf_add(out, in->buf, in->len - (m.compressed ? 0 : m.signature.size));
	return r;
}

static int sign_one(const struct signer *s, const char *path)
{
	AUTO_STRBUF struct strbuf in = STRBUF_INIT;
	AUTO_STRBUF struct strbuf out = STRBUF_INIT;
	AUTO_FREE char *why = NULL;
	struct stat st;
	int r = strbuf_read_file(&in, path, MODULE_SIZE_MAX);

	if (r == 0 && lstat(path, &st) < 0)
		r = -errno;
	if (r == 0 && !S_ISREG(st.st_mode))
		r = -EINVAL;
	if (r < 0) {
		diag_error("%s: %s", path, strerror(-r));
		return DDK_IO;
	}
	r = s->key ? signer_sign(s, path, in.buf ? in.buf : "", in.len, &out, &why)
		   : remove_signature(path, &in, &out, &why);
	if (r < 0) {
		diag_error("%s: %s", path, why);
		return DDK_FINDINGS;
	}
	r = outfile_write(path, st.st_mode & 07777, out.buf, out.len);
	if (r < 0)
		diag_error("%s: %s", path, strerror(-r));
	return r < 0 ? DDK_IO : DDK_OK;
}

static int sign_all(const struct signer *s, char **files)
{
	for (; *files; files++) {
		int status = sign_one(s, *files);

		if (status != DDK_OK)
			return status;
	}
	return DDK_OK;
}

static int write_der(const char *cert, const char *path)
{
	AUTO_TRUST struct trust t = { 0 };
	AUTO_FREE char *why = NULL;
	unsigned char *der = NULL;
	int len, r;

	if (trust_read_cert(&t, cert, &why) < 0) {
		diag_error("%s", why);
		return DDK_IO;
	}
	len = i2d_X509(t.certs[0], &der);
	r = len > 0 ? outfile_write(path, 0644, der, (size_t)len) : -EINVAL;
	OPENSSL_free(der);
	if (r < 0)
		diag_error("%s: %s", path, strerror(-r));
	return r < 0 ? DDK_IO : DDK_OK;
}

int cmd_sign(int argc, char **argv)
{
	AUTO_SIGNER struct signer s = { 0 };
	AUTO_FREE char *why = NULL;
	const char *key = NULL, *cert = NULL, *hash = "sha256", *der = NULL;
	bool remove = false;
	int c, r;

	optind = 1;
	while ((c = getopt_long(argc, argv, "h", options, NULL)) != -1) {
		switch (c) {
		case OPT_KEY:
			key = optarg;
			break;
		case OPT_CERT:
			cert = optarg;
			break;
		case OPT_HASH:
			hash = optarg;
			break;
		case OPT_DER:
			der = optarg;
			break;
		case OPT_REMOVE:
			remove = true;
			break;
		case 'h':
			fputs(usage, stdout);
			return DDK_OK;
		default:
			diag_error("see `ddk sign --help`");
			return DDK_USAGE;
		}
	}
	if (der && cert && !key && !remove && optind == argc)
		return write_der(cert, der);
	if (der || optind == argc || (remove ? key || cert : !key || !cert)) {
		diag_error("sign: give --key, --cert and modules, or --remove and modules (`ddk "
			   "sign --help`)");
		return DDK_USAGE;
	}
	r = remove ? 0 : signer_open(&s, key, cert, hash, &why);
	if (r < 0) {
		diag_error("%s", why);
		return r == -EIO ? DDK_IO : DDK_USAGE;
	}
	return sign_all(&s, argv + optind);
}
