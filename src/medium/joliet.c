/* SPDX-License-Identifier: BSD-2-Clause */
#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <string.h>

#include "medium/medium.h"
#include "util/alloc.h"

/* Without Rock Ridge libarchive takes the names of Joliet, where an image has it. */
int medium_joliet_names(const char *path, char ***names, size_t *n)
{
	struct archive *a = archive_read_new();
	struct archive_entry *e;
	size_t cap = 0;
	int r = 0;

	*names = NULL;
	*n = 0;
	if (!a)
		return -ENOMEM;
	archive_read_support_format_iso9660(a);
	archive_read_set_option(a, "iso9660", "rockridge", NULL);
	if (archive_read_open_filename(a, path, 65536) != ARCHIVE_OK)
		r = -EBADMSG;
	while (r == 0 && *n <= MEDIUM_ENTRIES_MAX) {
		const char *name;
		int next = archive_read_next_header(a, &e);

		if (next == ARCHIVE_EOF)
			break;
		if (next != ARCHIVE_OK && next != ARCHIVE_WARN) {
			r = -EBADMSG;
			break;
		}
		name = archive_entry_pathname(e);
		if (!name)
			continue;
		*names = xgrow(*names, *n, &cap, sizeof(**names));
		(*names)[(*n)++] = xstrdup(name);
	}
	archive_read_free(a);
	return r;
}
