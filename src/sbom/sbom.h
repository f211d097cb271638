/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef DDK_SBOM_H
#define DDK_SBOM_H

#include "medium/payload.h"
#include "medium/show.h"
#include "report/facts.h"

/* One RPM or source RPM, with the digests of its files. */
struct sbom_rpm {
	const struct contents_rpm *rpm;
	struct payload_files files;
};

/* What a bill of materials is made of; everything is the caller's. */
struct sbom {
	const struct show *show;
	const struct facts *facts;
	struct sbom_rpm *binaries; /* in the order of show */
	struct sbom_rpm *sources;
	size_t n_binaries, n_sources, cap_sources;
	long long epoch;
};

/* A CycloneDX 1.5 document; the caller decrefs it. The same medium gives the same one. */
json_t *sbom_json(const struct sbom *s);

/* Parts of it. */
json_t *sbom_text(const char *s);
/* What License of an RPM or MODULE_LICENSE says, as a list of one licence. */
json_t *sbom_licenses(const char *license);
/* pkg:rpm/…, see the package-url specification's type rpm. */
json_t *sbom_purl(const struct show *show, const struct rpmfile *r);

#endif
