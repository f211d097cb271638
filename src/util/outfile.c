/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "util/alloc.h"
#include "util/outfile.h"

int outfile_open(struct outfile *o, const char *path, mode_t mode)
{
	int fd, r;

	*o = (struct outfile){ .path = xstrdup(path), .tmp = xasprintf("%s.XXXXXX", path) };
	fd = mkostemp(o->tmp, O_CLOEXEC);
	if (fd < 0) {
		r = -errno;
		free(o->tmp);
		o->tmp = NULL;
		outfile_abort(o);
		return r;
	}
	if (fchmod(fd, mode) == 0)
		o->f = fdopen(fd, "w");
	if (!o->f) {
		r = -errno;
		close(fd);
		outfile_abort(o);
		return r;
	}
	return 0;
}

int outfile_commit(struct outfile *o)
{
	int r = 0;

	if (fflush(o->f) != 0 || ferror(o->f) || fsync(fileno(o->f)) < 0)
		r = errno ? -errno : -EIO;
	if (fclose(o->f) != 0 && r == 0)
		r = -errno;
	o->f = NULL;
	if (r == 0 && rename(o->tmp, o->path) < 0)
		r = -errno;
	if (r == 0) {
		free(o->tmp);
		o->tmp = NULL;
	}
	outfile_abort(o);
	return r;
}

void outfile_abort(struct outfile *o)
{
	if (o->f)
		fclose(o->f);
	if (o->tmp)
		unlink(o->tmp);
	free(o->tmp);
	free(o->path);
	*o = (struct outfile){ 0 };
}

int outfile_write(const char *path, mode_t mode, const void *data, size_t len)
{
	AUTO_OUTFILE struct outfile o = { 0 };
	int r = outfile_open(&o, path, mode);

	if (r < 0)
		return r;
	if (len && fwrite(data, 1, len, o.f) != len)
		return -EIO;
	return outfile_commit(&o);
}
