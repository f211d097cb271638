/* SPDX-License-Identifier: BSD-2-Clause */
/* An ISO image from any bytes, read and checked as `ddk check`, `ddk show` and `ddk report` do. */
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "medium/show.h"
#include "report/report.h"
#include "util/alloc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* No tag of the page comes from the medium. */
static void write_report(const struct show *s, const struct findings *f)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	struct facts facts = { 0 };
	struct report r = { .show = s, .findings = f, .facts = &facts, .image_sha256 = "" };

	report_html(&r, &sb);
	if (strstr(sb.buf, "<script") || strstr(sb.buf, "<img") || !strstr(sb.buf, "</html>\n"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_FINDINGS struct findings f = { 0 };
	AUTO_CONTENTS struct contents c = { 0 };
	int fd = memfd_create("fuzz", 0);
	AUTO_FREE char *path = xasprintf("/proc/self/fd/%d", fd);
	FILE *null = fopen("/dev/null", "w");
	struct show s;

	if (fd < 0 || !null || write(fd, data, size) != (ssize_t)size)
		abort();
	if (contents_read(&c, path, &f) == 0) {
		check_medium(&c, NULL, &f);
		show_gather(&s, &c);
		show_print(&s, null);
		show_print_json(&s, null);
		write_report(&s, &f);
		show_release(&s);
	}
	findings_print_json(&f, "medium", path, null);
	fclose(null);
	close(fd);
	return 0;
}
