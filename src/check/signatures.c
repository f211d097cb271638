/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "check/check.h"
#include "check/xml.h"
#include "util/alloc.h"
#include "util/cleanup.h"

static const char update_xml[] = "update.xml";

/* The key that update.xml names; the caller frees it. */
static char *named_key(const struct check *k)
{
	const struct contents_text *t = contents_text(k->c, update_xml);
	AUTO_FREE char *why = NULL;
	AUTO_XML xmlDoc *doc = t ? xml_parse(t->data, t->len, &why) : NULL;

	return doc ? xml_attr(xmlDocGetRootElement(doc), "key") : xstrdup("");
}

static void check_files(struct check *k, const char *key)
{
	for (size_t i = 0; i < k->c->n_texts; i++) {
		const struct contents_text *t = &k->c->texts[i];
		AUTO_TRUST struct trust unused = { 0 };
		AUTO_FREE char *why = NULL;
		int r = 0;

		if (contents_is_cert(t->path))
			r = trust_add_cert(&unused, t->data, t->len, &why);
		else if (contents_is_key(t->path))
			r = trust_add_key(&unused, t->data, t->len, &why);
		if (r < 0)
			findings_add(k->f, RULE_SG_KEY_FILE, t->path, "%s", why);
	}
	if (*key && !contents_text(k->c, key))
		findings_add(k->f, RULE_SG_KEY_FILE, update_xml,
			"key='%s' is no key file in the root of the disk", key);
}

static void check_certs(struct check *k)
{
	const struct trust *t = k->c->trust;

	for (size_t i = 0; t && i < t->n_certs; i++) {
		AUTO_FREE char *fault = trust_cert_fault(t->certs[i]);
		AUTO_FREE char *name = trust_cert_name(t->certs[i]);

		if (fault)
			findings_add(k->f, RULE_SG_CERT_DATES,
				t->given_certs ? "--cert" : TRUST_CERT, "%s: %s", name, fault);
	}
}

static void check_module(
	struct check *k, const struct contents_rpm *r, const struct contents_module *cm)
{
	const struct module_signature *s = &cm->module.signature;
	AUTO_FREE char *file = r->bare ? xstrdup(cm->path) : xasprintf("%s:%s", r->path, cm->path);

	if (!s->present && k->c->has_conf && k->c->conf.signatures & CONF_SIGNED_MODULES)
		findings_add(k->f, RULE_SG_MODULE_WANTED, file, "it is not signed");
	if (!s->present || s->malformed)
		return;
	if (cm->verdict == VERDICT_CONTENT)
		findings_add(k->f, RULE_SG_MODULE_CONTENT, file, "signed by %s", s->signer);
	else if (cm->verdict == VERDICT_STRANGER)
		findings_add(k->f, RULE_SG_MODULE_SIGNER, file, "signed by %s, key %s", s->signer,
			s->key_id);
}

/* Returns whether a module has a signature that nothing is there to verify with. */
static bool check_all_modules(struct check *k)
{
	bool unverified = false;

	for (size_t i = 0; i < k->c->n_rpms; i++) {
		const struct contents_rpm *r = &k->c->rpms[i];

		for (size_t j = 0; j < r->n_modules; j++) {
			const struct contents_module *cm = &r->modules[j];

			check_module(k, r, cm);
			unverified |= cm->verdict == VERDICT_NONE && cm->module.signature.present &&
				      !cm->module.signature.malformed;
		}
	}
	return unverified;
}

static void check_rpm(struct check *k, const struct contents_rpm *r, bool wanted)
{
	if (!r->rpm.is_signed && wanted && !r->rpm.is_source)
		findings_add(k->f, RULE_SG_RPM_WANTED, r->path, "it is not signed");
	if (r->verdict == VERDICT_CONTENT)
		findings_add(k->f, RULE_SG_RPM_CONTENT, r->path, "key %s", r->rpm.key_id);
	else if (r->verdict == VERDICT_STRANGER)
		findings_add(k->f, RULE_SG_RPM_SIGNER, r->path, "key %s", r->rpm.key_id);
	else if (r->verdict == VERDICT_EXPIRED)
		findings_add(k->f, RULE_SG_KEY_DATES, r->path, "key %s has expired or was revoked",
			r->rpm.key_id);
}

static bool check_all_rpms(struct check *k, bool wanted)
{
	const struct contents_rpm *bare = NULL, *unable = NULL;
	bool unverified = false;
	size_t n = 0, n_signed = 0;

	for (size_t i = 0; i < k->c->n_rpms; i++) {
		const struct contents_rpm *r = &k->c->rpms[i];

		if (!r->readable)
			continue;
		check_rpm(k, r, wanted);
		unverified |= r->rpm.is_signed && r->verdict == VERDICT_NONE;
		if (r->verdict == VERDICT_UNABLE && !unable)
			unable = r;
		n++;
		if (r->rpm.is_signed)
			n_signed++;
		else
			bare = r;
	}
	if (n_signed && bare && !wanted)
		findings_add(k->f, RULE_SG_RPM_SOME, bare->path,
			"it is not signed, %zu of the %zu RPMs are", n_signed, n);
	if (unable)
		findings_add(k->f, RULE_SG_NO_GPGV, unable->path,
			"gpgv did not run: whether key %s is valid today is unknown",
			unable->rpm.key_id);
	return unverified;
}

/* Returns whether the signature is there and nothing to verify it with. */
static bool check_detached(struct check *k, const char *name)
{
	AUTO_FREE char *asc = xasprintf("%s.asc", name);
	const struct contents_text *data = contents_text(k->c, name);
	const struct contents_text *signature = contents_text(k->c, asc);
	AUTO_FREE char *said = NULL;
	enum verdict v;

	if (!data || !signature || !k->c->trust)
		return false;
	v = trust_detached(
		k->c->trust, data->data, data->len, signature->data, signature->len, &said);
	if (v == VERDICT_CONTENT)
		findings_add(k->f, RULE_SG_ASC_CONTENT, asc, "%s%s is not what was signed",
			said && *said ? "" : "it is no signature, or ", name);
	else if (v == VERDICT_STRANGER)
		findings_add(k->f, RULE_SG_ASC_SIGNER, asc, "it is of key %s", said);
	else if (v == VERDICT_EXPIRED)
		findings_add(
			k->f, RULE_SG_KEY_DATES, asc, "key %s has expired or was revoked", said);
	else if (v == VERDICT_UNABLE)
		findings_add(k->f, RULE_SG_NO_GPGV, asc, "gpgv did not run");
	return v == VERDICT_NONE;
}

static bool check_metadata(struct check *k, const char *key)
{
	static const char *const names[] = { update_xml, "repodata/repomd.xml" };
	bool there[2], unverified = false;

	for (int i = 0; i < 2; i++) {
		AUTO_FREE char *asc = xasprintf("%s.asc", names[i]);

		there[i] = medium_find(&k->c->medium, asc) != NULL;
		unverified |= check_detached(k, names[i]);
	}
	for (int i = 0; k->has_yum && i < 2; i++) {
		if (!there[i] && (there[!i] || *key))
			findings_add(k->f, RULE_SG_ASC_MISSING, names[i], "%s.asc is missing, %s",
				names[i],
				there[!i] ? "the other is there" : "update.xml names a key");
	}
	return unverified;
}

void check_trust(struct check *k)
{
	AUTO_FREE char *key = named_key(k);
	bool wanted = *key || (k->c->has_conf && k->c->conf.signatures & CONF_SIGNED_RPMS);
	bool no_cert, no_key;

	check_files(k, key);
	check_certs(k);
	no_cert = check_all_modules(k);
	no_key = check_all_rpms(k, wanted);
	no_key |= check_metadata(k, key);
	if (!k->c->trust)
		return;
	if (no_cert)
		findings_add(k->f, RULE_SG_UNVERIFIED, k->c->medium.name,
			"modules are signed, and there is no certificate to verify them with");
	if (no_key)
		findings_add(k->f, RULE_SG_UNVERIFIED, k->c->medium.name,
			"RPMs or metadata are signed, and there is no key to verify them with");
}
