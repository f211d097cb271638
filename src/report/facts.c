/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "report/facts.h"
#include "util/alloc.h"
#include "util/diag.h"
#include "util/strbuf.h"

enum { FACTS_MAX = 4 << 20 };

static int read_text(struct strbuf *sb, const char *path)
{
	int r = strbuf_read_file(sb, path, FACTS_MAX);

	if (r < 0)
		diag_error("%s: %s", path, strerror(-r));
	return r;
}

int facts_read_config(struct facts *f, const char *path)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	json_error_t error;
	int r = read_text(&sb, path);

	if (r < 0)
		return r;
	json_decref(f->config);
	f->config = json_loadb(sb.buf ? sb.buf : "", sb.len, 0, &error);
	if (json_is_object(f->config))
		return 0;
	diag_error("%s:%d: %s; give what `make show-config JSON=yes` prints", path,
		f->config ? 1 : error.line, f->config ? "not an object" : error.text);
	return -EINVAL;
}

int facts_read_tools(struct facts *f, const char *path)
{
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	char *save = NULL;
	int r = read_text(&sb, path);

	if (r < 0)
		return r;
	for (char *line = sb.buf ? strtok_r(sb.buf, "\n", &save) : NULL; line;
		line = strtok_r(NULL, "\n", &save)) {
		char *tab = strchr(line, '\t');

		if (!tab || tab == line) {
			diag_error(
				"%s: '%.60s': a line is a name, a tab, and a version", path, line);
			return -EINVAL;
		}
		*tab = '\0';
		f->tools = xgrow(f->tools, f->n_tools, &f->cap_tools, sizeof(*f->tools));
		f->tools[f->n_tools++] = (struct fact){ xstrdup(line), xstrdup(tab + 1) };
	}
	return 0;
}

json_t *facts_list(const struct facts *f, const char *key)
{
	json_t *list = f->config ? json_object_get(f->config, key) : NULL;

	return json_is_array(list) ? list : NULL;
}

const char *facts_string(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

void facts_release(struct facts *f)
{
	for (size_t i = 0; i < f->n_tools; i++) {
		free(f->tools[i].name);
		free(f->tools[i].value);
	}
	free(f->tools);
	json_decref(f->config);
	*f = (struct facts){ 0 };
}
