/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * disk.conf and disk.info of any bytes; what is accepted reads back the same after writing. An
 * input whose first byte is odd follows the lines that have to be there, or nothing would ever be
 * accepted.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "metadata/conf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void ignore(void *data, const char *where, const char *text)
{
	(void)data;
	if (!*where || !*text || strchr(text, '\n'))
		abort();
}

static const char mandatory[] =
	"kit=1\nrelease=r\ndriver=d\nlabel=l\noriginator=o\nvendor=V\ntext=T\nversion=1\n"
	"product=P\nproduct-version=1\nbase=a:b\nbase-version=1\narch=x\nformats=xs\n"
	"kernel=xen 1 1 1\n";

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct reporter rep = { .fn = ignore };
	AUTO_STRBUF struct strbuf first = STRBUF_INIT, second = STRBUF_INIT;
	AUTO_STRBUF struct strbuf text = STRBUF_INIT;
	AUTO_CONF struct conf a = { 0 }, b = { 0 };

	if (size == 0)
		return 0;
	strbuf_add(&text, mandatory, data[0] % 2 ? strlen(mandatory) : 0);
	strbuf_add(&text, data + 1, size - 1);
	if (conf_parse(&a, "conf", text.buf, text.len, &rep) < 0)
		return 0;
	conf_write(&a, &first);
	if (conf_parse(&b, "conf", first.buf, first.len, &rep) < 0)
		abort();
	conf_write(&b, &second);
	if (strcmp(first.buf, second.buf) != 0)
		abort();
	return 0;
}
