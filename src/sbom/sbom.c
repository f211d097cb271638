/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>

#include "sbom/sbom.h"
#include "util/alloc.h"
#include "util/cleanup.h"
#include "util/strbuf.h"

/* Names on a medium may be any bytes, JSON is UTF-8. */
json_t *sbom_text(const char *s)
{
	AUTO_FREE char *shown = printable(s);

	return json_string(shown);
}

static json_t *sha256(const char *hex)
{
	return json_pack("[{s:s, s:s}]", "alg", "SHA-256", "content", hex);
}

/* Adds a name and value to the properties of a component; nothing where the value is empty. */
static void add_property(json_t *component, const char *name, const char *value)
{
	json_t *list = json_object_get(component, "properties");

	if (!*value)
		return;
	if (!list) {
		list = json_array();
		json_object_set_new(component, "properties", list);
	}
	json_array_append_new(
		list, json_pack("{s:s, s:o}", "name", name, "value", sbom_text(value)));
}

static const struct module *find_module(const struct contents_rpm *r, const char *path)
{
	for (size_t i = 0; i < r->n_modules; i++) {
		if (strcmp(r->modules[i].path, path) == 0)
			return &r->modules[i].module;
	}
	return NULL;
}

static bool is_firmware(const char *path)
{
	return strncmp(path, "/lib/firmware/", 14) == 0 ||
	       strncmp(path, "/usr/lib/firmware/", 18) == 0;
}

static void describe_module(json_t *component, const struct module *m)
{
	const char *version = module_info(m, "version");
	const char *license = module_info(m, "license");
	const char *description = module_info(m, "description");
	const char *vermagic = module_info(m, "vermagic");

	if (version)
		json_object_set_new(component, "version", sbom_text(version));
	if (description)
		json_object_set_new(component, "description", sbom_text(description));
	if (license)
		json_object_set_new(component, "licenses", sbom_licenses(license));
	add_property(component, "ddk:vermagic", vermagic ? vermagic : "");
	add_property(component, "ddk:signer",
		!m->signature.present  ? "unsigned"
		: *m->signature.signer ? m->signature.signer
				       : "signed");
}

static json_t *file_component(const struct sbom_rpm *r, const struct payload_file *f)
{
	const struct module *m = find_module(r->rpm, f->path);
	AUTO_FREE char *ref = xasprintf("%s:%s", r->rpm->path, f->path);
	const char *name = r->rpm->rpm.is_source && *f->path == '/' ? f->path + 1 : f->path;
	json_t *c = json_pack("{s:s, s:o, s:o, s:o}", "type",
		m		       ? "device-driver"
		: is_firmware(f->path) ? "firmware"
				       : "file",
		"bom-ref", sbom_text(ref), "name", sbom_text(m ? m->name : name), "hashes",
		sha256(f->sha256));

	if (m) {
		add_property(c, "ddk:path", f->path);
		describe_module(c, m);
	}
	return c;
}

static json_t *files(const struct sbom_rpm *r)
{
	json_t *list = json_array();

	for (size_t i = 0; i < r->files.n; i++) {
		if (S_ISREG(r->files.v[i].mode))
			json_array_append_new(list, file_component(r, &r->files.v[i]));
	}
	return list;
}

static const char *type_of(const struct contents_rpm *r)
{
	if (r->rpm.is_source)
		return "file";
	if (r->role == ROLE_MODULE)
		return "device-driver";
	return role_has_firmware(&r->rpm) ? "firmware" : "application";
}

static json_t *rpm_component(const struct sbom *s, const struct sbom_rpm *r)
{
	const struct rpmfile *rpm = &r->rpm->rpm;
	AUTO_FREE char *version = xasprintf("%s-%s", rpm->version, rpm->release);
	json_t *list = files(r);
	json_t *c = json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:o}", "type", type_of(r->rpm),
		"bom-ref", sbom_text(r->rpm->path), "name", sbom_text(rpm->name), "version",
		sbom_text(version), "description", sbom_text(rpm->summary), "hashes",
		sha256(r->rpm->digest.sha256), "licenses", sbom_licenses(rpm->license), "purl",
		sbom_purl(s->show, rpm));

	if (*rpm->vendor)
		json_object_set_new(c, "publisher", sbom_text(rpm->vendor));
	add_property(c, "ddk:file", r->rpm->path);
	add_property(c, "ddk:role", rpm->is_source ? "source" : role_name(r->rpm->role));
	add_property(c, "ddk:kernel", r->rpm->uname ? r->rpm->uname : "");
	add_property(c, "ddk:source-rpm", rpm->sourcerpm);
	if (json_array_size(list))
		json_object_set(c, "components", list);
	json_decref(list);
	return c;
}

/* The source RPM of a binary one, or NULL when it is not there. */
static const struct sbom_rpm *source_of(const struct sbom *s, const struct rpmfile *r)
{
	for (size_t i = 0; i < s->n_sources; i++) {
		const char *path = s->sources[i].rpm->path, *slash = strrchr(path, '/');

		if (strcmp(slash ? slash + 1 : path, r->sourcerpm) == 0)
			return &s->sources[i];
	}
	return NULL;
}

static json_t *disk(const struct sbom *s)
{
	const struct show *show = s->show;
	const struct conf *conf = show->c->has_conf ? &show->c->conf : NULL;
	json_t *c = json_pack("{s:s, s:s, s:o, s:o}", "type", "device-driver", "bom-ref", "disk",
		"name", sbom_text(*show->label ? show->label : show->c->medium.name), "version",
		sbom_text(show->version));

	if (*show->text)
		json_object_set_new(c, "description", sbom_text(show->text));
	if (conf && *conf->vendor)
		json_object_set_new(
			c, "supplier", json_pack("{s:o}", "name", sbom_text(conf->vendor)));
	if (*show->c->image.sha256)
		json_object_set_new(c, "hashes", sha256(show->c->image.sha256));
	add_property(c, "ddk:originator", show->originator);
	add_property(c, "ddk:release", conf ? conf->release : "");
	return c;
}

static json_t *metadata(const struct sbom *s)
{
	time_t t = (time_t)s->epoch;
	char stamp[64];
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(stamp, sizeof(stamp), "%Y-%m-%dT%H:%M:%SZ", &tm);
	return json_pack("{s:s, s:{s:[{s:s, s:s, s:s}]}, s:o}", "timestamp", stamp, "tools",
		"components", "type", "application", "name", "ddk", "version", DDK_VERSION,
		"component", disk(s));
}

static json_t *components(const struct sbom *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->n_binaries; i++) {
		const struct sbom_rpm *r = &s->binaries[i], *source = source_of(s, &r->rpm->rpm);
		json_t *c = rpm_component(s, r);

		if (source)
			json_object_set_new(c, "pedigree",
				json_pack("{s:[{s:s, s:o, s:o, s:o}]}", "ancestors", "type", "file",
					"name", sbom_text(source->rpm->rpm.name), "hashes",
					sha256(source->rpm->digest.sha256), "purl",
					sbom_purl(s->show, &source->rpm->rpm)));
		json_array_append_new(list, c);
	}
	for (size_t i = 0; i < s->n_sources; i++)
		json_array_append_new(list, rpm_component(s, &s->sources[i]));
	return list;
}

static json_t *dependencies(const struct sbom *s)
{
	AUTO_FREE struct role_package *v = xcalloc(s->n_binaries, sizeof(*v));
	AUTO_FREE bool *needs = NULL;
	json_t *list = json_array(), *all = json_array();

	for (size_t i = 0; i < s->n_binaries; i++) {
		v[i] = (struct role_package){ s->binaries[i].rpm->path, &s->binaries[i].rpm->rpm };
		json_array_append_new(all, sbom_text(v[i].file));
	}
	json_array_append_new(list, json_pack("{s:s, s:o}", "ref", "disk", "dependsOn", all));
	needs = role_requires(v, s->n_binaries);
	for (size_t i = 0; i < s->n_binaries; i++) {
		json_t *on = json_array();

		for (size_t k = 0; k < s->n_binaries; k++) {
			if (needs[i * s->n_binaries + k])
				json_array_append_new(on, sbom_text(v[k].file));
		}
		json_array_append_new(list,
			json_pack("{s:o, s:o}", "ref", sbom_text(v[i].file), "dependsOn", on));
	}
	return list;
}

static json_t *toolchain(const struct facts *f)
{
	json_t *list = json_array();

	for (size_t i = 0; i < f->n_tools; i++)
		json_array_append_new(list, json_pack("{s:s, s:o, s:o}", "type", "application",
						    "name", sbom_text(f->tools[i].name), "version",
						    sbom_text(f->tools[i].value)));
	return json_pack("[{s:s, s:o}]", "bom-ref", "build", "components", list);
}

/* As constant as what is listed: of the digests of all RPMs. */
static char *serial(const struct sbom *s)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	AUTO_FREE char *uuid = NULL;

	strbuf_adds(&sb, "sbom");
	for (size_t i = 0; i < s->n_binaries; i++)
		strbuf_addf(&sb, "\n%s", s->binaries[i].rpm->digest.sha256);
	for (size_t i = 0; i < s->n_sources; i++)
		strbuf_addf(&sb, "\n%s", s->sources[i].rpm->digest.sha256);
	uuid = conf_uuid_of(sb.buf);
	return xasprintf("urn:uuid:%s", uuid);
}

json_t *sbom_json(const struct sbom *s)
{
	AUTO_FREE char *number = serial(s);
	json_t *top = json_pack("{s:s, s:s, s:s, s:i, s:o, s:o, s:o}", "bomFormat", "CycloneDX",
		"specVersion", "1.5", "serialNumber", number, "version", 1, "metadata", metadata(s),
		"components", components(s), "dependencies", dependencies(s));

	if (s->facts->n_tools)
		json_object_set_new(top, "formulation", toolchain(s->facts));
	return top;
}
