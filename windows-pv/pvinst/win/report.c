/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "win.h"

/* A text as JSON has it. Names come from media: control characters do not get through. */
static void put_json(const char *s)
{
	putchar('"');
	for (; *s; s++) {
		if (*s == '"' || *s == '\\')
			printf("\\%c", *s);
		else if ((unsigned char)*s < 0x20)
			printf("\\u%04x", (unsigned int)(unsigned char)*s);
		else
			putchar(*s);
	}
	putchar('"');
}

static void put_field(const char *name, const char *value, const char *end)
{
	printf("\"%s\": ", name);
	put_json(value);
	fputs(end, stdout);
}

static void put_package_json(const struct pvi_package *p)
{
	char version[PVI_VERSION_TEXT];

	putchar('{');
	put_field("name", p->name, ", ");
	put_field("version", pvi_version_text(&p->version, version), ", ");
	printf("\"date\": %lu, ", (unsigned long)p->version.date);
	put_field("inf", p->inf, ", ");
	put_field("bus", p->bus, ", ");
	printf("\"revisions\": [");
	for (size_t i = 0; i < p->revision_count; i++) {
		put_json(p->revisions[i]);
		fputs(i + 1 < p->revision_count ? ", " : "", stdout);
	}
	printf("], \"ids\": [");
	for (size_t i = 0; i < p->id_count; i++) {
		put_json(p->ids[i]);
		fputs(i + 1 < p->id_count ? ", " : "", stdout);
	}
	fputs("]}", stdout);
}

static void put_packages_json(const char *name, const struct pvi_packages *l)
{
	printf("\"%s\": [", name);
	for (size_t i = 0; l && i < l->n; i++) {
		put_package_json(&l->v[i]);
		fputs(i + 1 < l->n ? ",\n  " : "", stdout);
	}
	fputs("],\n", stdout);
}

static void list_json(const struct pvi_report *r)
{
	puts("{");
	put_packages_json("installed", &r->system->installed);
	put_packages_json("medium", r->medium);
	printf("\"devices\": [");
	for (size_t i = 0; i < r->system->device_count; i++) {
		const struct pvi_device *d = &r->system->devices[i];

		putchar('{');
		put_field("instance", d->instance, ", ");
		put_field("id", d->matching, ", ");
		put_field("inf", d->inf, ", ");
		printf("\"present\": %s}%s", d->present ? "true" : "false",
			i + 1 < r->system->device_count ? ",\n  " : "");
	}
	puts("]}");
}

static void list_packages(const char *title, const struct pvi_packages *l)
{
	puts(title);
	for (size_t i = 0; i < l->n; i++) {
		const struct pvi_package *p = &l->v[i];
		char version[PVI_VERSION_TEXT];

		printf("  %-12s %-14s %s", p->name, pvi_version_text(&p->version, version), p->inf);
		for (size_t k = 0; k < p->revision_count; k++)
			printf("%s%s", k ? " " : ", offers revisions ", p->revisions[k]);
		putchar('\n');
	}
	if (!l->n)
		puts("  none");
}

void pvi_report_list(const struct pvi_report *r)
{
	if (r->json) {
		list_json(r);
		return;
	}
	list_packages("installed", &r->system->installed);
	puts("devices");
	for (size_t i = 0; i < r->system->device_count; i++) {
		const struct pvi_device *d = &r->system->devices[i];

		printf("  %s%s, driven by %s%s%s\n", d->instance, d->present ? "" : " (not there)",
			*d->inf ? d->inf : "nothing", *d->matching ? " as " : "", d->matching);
	}
	if (!r->system->device_count)
		puts("  none");
	if (r->medium)
		list_packages("on the medium", r->medium);
}

static void report_json(const struct pvi_report *r, enum pvi_status status)
{
	const char *why = r->plan ? r->plan->why : "";

	printf("{");
	put_field("verb", r->verb, ", ");
	put_field("outcome", r->outcome, ", ");
	printf("\"status\": %d, \"restart\": %s, \"undone\": %s, \"why\": [", (int)status,
		r->restart ? "true" : "false", r->undone ? "true" : "false");
	while (*why) {
		char line[1024];
		size_t n = strcspn(why, "\n"), take = n < sizeof(line) ? n : sizeof(line) - 1;

		memcpy(line, why, take);
		line[take] = 0;
		put_json(line);
		why += n + (why[n] == '\n');
		fputs(*why ? ", " : "", stdout);
	}
	printf("],\n\"steps\": [");
	for (size_t i = 0; r->plan && i < r->plan->step_count; i++) {
		const struct pvi_step *s = &r->plan->steps[i];

		putchar('{');
		put_field("step", pvi_kind_text(s->kind), ", ");
		put_field("package", s->name, ", ");
		put_field("inf", s->inf, ", ");
		printf("\"done\": %s}%s", !r->undone && i < r->done ? "true" : "false",
			i + 1 < r->plan->step_count ? ",\n  " : "");
	}
	puts("]}");
}

void pvi_report(const struct pvi_report *r, enum pvi_status status)
{
	if (r->json) {
		report_json(r, status);
		return;
	}
	if (r->quiet && status != PVI_VETO)
		return;
	if (r->plan)
		fputs(r->plan->why, status == PVI_VETO ? stderr : stdout);
	for (size_t i = 0; r->plan && i < r->plan->step_count; i++) {
		const struct pvi_step *s = &r->plan->steps[i];

		printf("%s%s%s%s\n", pvi_kind_text(s->kind), *s->inf ? " " : "", s->inf,
			r->undone     ? ": taken back"
			: i < r->done ? ": done"
				      : "");
	}
	printf("%s: %s%s\n", r->verb, r->outcome, r->restart ? "; restart the system" : "");
}
