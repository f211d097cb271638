/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * repodata/ for yum 3, dnf 4 and 5 and for the installers' own parser of it: gzip and sha256 only,
 * which is all that parser knows.
 */
#include <errno.h>
#include <string.h>

#include <createrepo_c/createrepo_c.h>

#include "util/alloc.h"
#include "util/outfile.h"
#include "metadata/disk.h"
#include "metadata/xml.h"

/* As many as createrepo_c takes by default. */
enum { CHANGELOGS = 10 };

enum { PRIMARY, FILELISTS, OTHER, N_LISTS };

static const struct {
	const char *type;
	const char *file;
	cr_XmlFileType xml;
} lists[N_LISTS] = {
	{ "primary", "primary.xml.gz", CR_XMLFILE_PRIMARY },
	{ "filelists", "filelists.xml.gz", CR_XMLFILE_FILELISTS },
	{ "other", "other.xml.gz", CR_XMLFILE_OTHER },
};

struct repo {
	const struct disk *disk;
	const char *out;
	gint64 epoch;
	cr_XmlFile *files[N_LISTS];
	cr_ContentStat *stats[N_LISTS];
	cr_Repomd *repomd;
};

/* Every function below returns false with *err set, or true. */

static bool open_lists(struct repo *r, GError **err)
{
	for (int i = 0; i < N_LISTS; i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", r->out, lists[i].file);

		r->stats[i] = cr_contentstat_new(CR_CHECKSUM_SHA256, err);
		if (!r->stats[i])
			return false;
		r->files[i] = cr_xmlfile_sopen(
			path, lists[i].xml, CR_CW_GZ_COMPRESSION, r->stats[i], err);
		if (!r->files[i] ||
			cr_xmlfile_set_num_of_pkgs(r->files[i], (long)r->disk->n, err) != CRE_OK)
			return false;
	}
	return true;
}

static bool add_package(struct repo *r, const struct disk_package *p, GError **err)
{
	struct cr_HeaderRangeStruct range;
	cr_Package *pkg = cr_package_from_rpm_base(p->path, CHANGELOGS, CR_HDRR_NONE, err);
	bool ok = true;

	if (!pkg)
		return false;
	range = cr_get_header_byte_range(p->path, err);
	if (*err) {
		cr_package_free(pkg);
		return false;
	}
	/* The digest is known: no second pass over the file. The dates must not depend on mtimes.
	 */
	pkg->pkgId = cr_safe_string_chunk_insert(pkg->chunk, p->digest.sha256);
	pkg->checksum_type = cr_safe_string_chunk_insert(pkg->chunk, "sha256");
	pkg->location_href = cr_safe_string_chunk_insert(pkg->chunk, p->file);
	pkg->time_file = r->epoch;
	pkg->size_package = (gint64)p->digest.size;
	pkg->rpm_header_start = range.start;
	pkg->rpm_header_end = range.end;
	for (int i = 0; i < N_LISTS && ok; i++)
		ok = cr_xmlfile_add_pkg(r->files[i], pkg, err) == CRE_OK;
	cr_package_free(pkg);
	return ok;
}

static bool close_lists(struct repo *r, GError **err)
{
	bool ok = true;

	for (int i = 0; i < N_LISTS; i++) {
		/* After a first error the rest is only released. */
		if (r->files[i] && cr_xmlfile_close(r->files[i], ok ? err : NULL) != CRE_OK)
			ok = false;
		r->files[i] = NULL;
	}
	return ok;
}

static void add_record(struct repo *r, cr_RepomdRecord *rec)
{
	cr_repomd_record_set_timestamp(rec, r->epoch);
	cr_repomd_set_record(r->repomd, rec);
}

static bool record_lists(struct repo *r, GError **err)
{
	for (int i = 0; i < N_LISTS; i++) {
		AUTO_FREE char *path = xasprintf("%s/%s", r->out, lists[i].file);
		cr_RepomdRecord *rec = cr_repomd_record_new(lists[i].type, path);

		cr_repomd_record_load_contentstat(rec, r->stats[i]);
		if (cr_repomd_record_fill(rec, CR_CHECKSUM_SHA256, err) != CRE_OK ||
			cr_repomd_record_rename_file(rec, err) != CRE_OK) {
			cr_repomd_record_free(rec);
			return false;
		}
		add_record(r, rec);
	}
	return true;
}

static void add_group(struct strbuf *sb, const char *id, const struct conf *c)
{
	AUTO_FREE char *description = conf_description(c);

	/* Name and id are the same word: dnf 4 lists names where dnf 5 lists ids. */
	strbuf_addf(
		sb, "  <group>\n    <id>%s</id>\n    <name>%s</name>\n    <description>", id, id);
	xml_add_text(sb, description);
	strbuf_addf(sb,
		"</description>\n    <default>true</default>\n"
		"    <uservisible>true</uservisible>\n    <packagelist>\n"
		"      <packagereq type=\"mandatory\">update-%s</packagereq>\n"
		"    </packagelist>\n  </group>\n",
		c->label);
}

/* Plain and gzip, as createrepo_c itself does: yum 3 asks for group_gz first, others for group. */
static bool record_groups(struct repo *r, GError **err)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	AUTO_FREE char *path = xasprintf("%s/comps.xml", r->out);
	cr_RepomdRecord *plain, *packed;
	int e;

	strbuf_adds(&sb, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<comps>\n");
	add_group(&sb, "drivers", r->disk->conf);
	add_group(&sb, "update", r->disk->conf);
	strbuf_adds(&sb, "</comps>\n");
	e = outfile_write(path, 0644, sb.buf, sb.len);
	if (e < 0) {
		g_set_error(err, CREATEREPO_C_ERROR, CRE_IO, "%s: %s", path, strerror(-e));
		return false;
	}
	plain = cr_repomd_record_new("group", path);
	packed = cr_repomd_record_new("group_gz", NULL);
	if (cr_repomd_record_compress_and_fill(
		    plain, packed, CR_CHECKSUM_SHA256, CR_CW_GZ_COMPRESSION, NULL, err) != CRE_OK ||
		cr_repomd_record_rename_file(plain, err) != CRE_OK ||
		cr_repomd_record_rename_file(packed, err) != CRE_OK) {
		cr_repomd_record_free(plain);
		cr_repomd_record_free(packed);
		return false;
	}
	add_record(r, plain);
	add_record(r, packed);
	return true;
}

static bool write_repomd(struct repo *r, GError **err)
{
	AUTO_FREE char *revision = xasprintf("%lld", (long long)r->epoch);
	AUTO_FREE char *path = xasprintf("%s/repomd.xml", r->out);
	char *text;
	int e;

	cr_repomd_set_revision(r->repomd, revision);
	cr_repomd_sort_records(r->repomd);
	text = cr_xml_dump_repomd(r->repomd, err);
	if (!text)
		return false;
	e = outfile_write(path, 0644, text, strlen(text));
	g_free(text);
	if (e < 0) {
		g_set_error(err, CREATEREPO_C_ERROR, CRE_IO, "%s: %s", path, strerror(-e));
		return false;
	}
	return true;
}

static bool write_all(struct repo *r, GError **err)
{
	bool ok = open_lists(r, err);

	for (size_t i = 0; ok && i < r->disk->n; i++)
		ok = add_package(r, &r->disk->v[i], err);
	if (!close_lists(r, ok ? err : NULL))
		ok = false;
	return ok && record_lists(r, err) && record_groups(r, err) && write_repomd(r, err);
}

int disk_write_repodata(
	const struct disk *d, const char *out, long long epoch, struct reporter *rep)
{
	struct repo r = { .disk = d, .out = out, .epoch = epoch };
	GError *err = NULL;
	bool ok;

	cr_xml_dump_init();
	cr_package_parser_init();
	r.repomd = cr_repomd_new();
	ok = write_all(&r, &err);
	if (!ok)
		report(rep, out, "the yum metadata could not be written: %s",
			err ? err->message : "no reason given");
	g_clear_error(&err);
	for (int i = 0; i < N_LISTS; i++)
		cr_contentstat_free(r.stats[i], NULL);
	cr_repomd_free(r.repomd);
	cr_package_parser_cleanup();
	cr_xml_dump_cleanup();
	return ok ? 0 : -EIO;
}
