/* SPDX-License-Identifier: BSD-2-Clause */
/* The writers, on RPM headers made by hand. */
#include "metadata-fixture.h"

#include <errno.h>

#include <libxml/parser.h>
#include <libxml/tree.h>

#include "metadata/disk.h"

/* A disk with one package of each kind that XS-PACKAGES tells apart. */
struct sample {
	struct conf conf;
	struct rpmfile rpm[3];
	struct disk_package package[3];
	struct disk disk;
};

static struct sample *sample_new(const char *conf_lines)
{
	struct sample *s = xcalloc(1, sizeof(*s));
	struct findings *f = findings_new();
	AUTO_FREE char *text = xasprintf("%s%s", good_conf, conf_lines);

	if (conf_parse(&s->conf, "t", text, strlen(text), &f->rep) != 0)
		fail_msg("%s", f->text.buf);
	findings_free(f);
	s->rpm[0] = fake("hello-data", "noarch", PATHS("/lib/firmware/x"));
	s->rpm[1] = fake("hello-modules-xen-6.1.0-1-amd64", "x86_64", NULL);
	s->rpm[2] = fake("cli", "x86_64", NULL);
	s->rpm[2].has_epoch = true;
	s->rpm[2].epoch = 7;
	for (int i = 0; i < 3; i++) {
		s->rpm[i].installed_size = 1000;
		s->package[i].rpm = s->rpm[i];
		s->package[i].file = xasprintf("%s-1.0-1.%s.rpm", s->rpm[i].name, s->rpm[i].arch);
		digest_buffer(&s->package[i].digest, DIGEST_MD5 | DIGEST_SHA256, s->rpm[i].name,
			strlen(s->rpm[i].name));
		s->package[i].digest.size = 1234;
	}
	s->package[0].role = ROLE_DATA;
	s->package[0].firmware = true;
	s->package[1].role = ROLE_MODULE;
	s->package[1].kernel = conf_find_kernel(&s->conf, "6.1.0-1-amd64");
	s->package[2].role = ROLE_RPM;
	s->disk = (struct disk){ .conf = &s->conf, .v = s->package, .n = 3, .ninstalled = 3 };
	return s;
}

static void sample_free(struct sample *s)
{
	for (int i = 0; i < 3; i++) {
		free(s->package[i].file);
		rpmfile_release(&s->package[i].rpm);
	}
	conf_release(&s->conf);
	free(s);
}

static xmlNode *element(xmlNode *parent, const char *name, int index)
{
	for (xmlNode *n = parent->children; n; n = n->next) {
		if (n->type == XML_ELEMENT_NODE && strcmp((const char *)n->name, name) == 0 &&
			index-- == 0)
			return n;
	}
	fail_msg("no element %s", name);
	return NULL;
}

static void attr_is(xmlNode *node, const char *name, const char *value)
{
	xmlChar *v = xmlGetProp(node, (const xmlChar *)name);

	if (!value)
		assert_null(v);
	else
		assert_string_equal((char *)v, value);
	xmlFree(v);
}

static void text_is(xmlNode *node, const char *text)
{
	xmlChar *v = xmlNodeGetContent(node);

	assert_string_equal((char *)v, text);
	xmlFree(v);
}

static xmlDoc *parse_xml(const struct strbuf *sb)
{
	xmlDoc *doc = xmlReadMemory(sb->buf, (int)sb->len, "t", NULL, XML_PARSE_NONET);

	assert_non_null(doc);
	for (size_t i = 0; i < sb->len; i++)
		assert_true((sb->buf[i] >= 0x20 && sb->buf[i] < 0x7f) || sb->buf[i] == '\n');
	return doc;
}

#define TEXT "Hello & <it's> \"it\""

static void test_xs_repository(void **state)
{
	struct sample *s = sample_new("requires=a:b eq 2.0 90c\noverride=odd kernel\n");
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	xmlNode *root, *r;
	xmlDoc *doc;

	(void)state;
	disk_write_xs_repository(&s->disk, &sb);
	doc = parse_xml(&sb);
	root = xmlDocGetRootElement(doc);
	assert_string_equal((const char *)root->name, "repository");
	attr_is(root, "originator", "acme");
	attr_is(root, "name", "hello-disk");
	attr_is(root, "product", "Debian");
	attr_is(root, "version", "1.0");
	attr_is(root, "build", NULL);
	/* xapi: the first element is the description, and its first node is text. */
	assert_string_equal((const char *)xmlFirstElementChild(root)->name, "description");
	assert_int_equal(xmlFirstElementChild(root)->children->type, XML_TEXT_NODE);
	text_is(element(root, "description", 0), TEXT " (override: odd kernel)");
	r = element(root, "requires", 0);
	attr_is(r, "originator", "debian");
	attr_is(r, "name", "main");
	attr_is(r, "test", "eq");
	attr_is(r, "version", "12");
	attr_is(r, "product", "Debian");
	attr_is(r, "build", NULL);
	attr_is(element(root, "requires", 1), "name", "base");
	attr_is(element(root, "requires", 2), "build", "90c");
	xmlFreeDoc(doc);
	sample_free(s);
}

static void test_xs_packages(void **state)
{
	struct sample *s = sample_new("");
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	xmlNode *root, *p;
	xmlDoc *doc;

	(void)state;
	disk_write_xs_packages(&s->disk, &sb);
	doc = parse_xml(&sb);
	root = xmlDocGetRootElement(doc);
	assert_string_equal((const char *)root->name, "packages");
	p = element(root, "package", 0);
	attr_is(p, "label", "hello-data");
	attr_is(p, "type", "driver-rpm");
	attr_is(p, "kernel", "any");
	text_is(p, "hello-data-1.0-1.noarch.rpm");
	p = element(root, "package", 1);
	attr_is(p, "label", "hello");
	attr_is(p, "type", "driver-rpm");
	attr_is(p, "kernel", "6.1.0-1-amd64");
	attr_is(p, "size", "1234");
	attr_is(p, "md5", s->package[1].digest.md5);
	p = element(root, "package", 2);
	attr_is(p, "label", "cli");
	attr_is(p, "type", "rpm");
	attr_is(p, "kernel", NULL);
	xmlFreeDoc(doc);
	sample_free(s);
}

static void test_update_xml(void **state)
{
	struct sample *s = sample_new("");
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT;
	xmlNode *root, *d;
	xmlDoc *doc;

	(void)state;
	disk_write_update_xml(&s->disk, "RPM-GPG-KEY-acme", &sb);
	doc = parse_xml(&sb);
	root = xmlDocGetRootElement(doc);
	assert_string_equal((const char *)root->name, "update");
	attr_is(root, "name-label", "hello-disk");
	attr_is(root, "uuid", s->conf.uuid);
	attr_is(root, "version", "1.0");
	attr_is(root, "control", "control-hello-disk");
	attr_is(root, "key", "RPM-GPG-KEY-acme");
	attr_is(root, "installation-size", "3000");
	attr_is(root, "after-apply-guidance", "restartHost");
	attr_is(root, "enforce-homogeneity", "false");
	d = element(root, "name-description", 0);
	assert_ptr_equal(d->children, d->last);
	text_is(d, TEXT);
	xmlFreeDoc(doc);
	sample_free(s);
}

/*
 * What the shell reader of older hosts makes of a file: line by line, blanks at both ends and
 * backslashes gone, a tag that does not end on its line is an endless loop, an attribute is the
 * last NAME=" on the line up to the next quote, and no entity is decoded.
 */
static char *shell_line(const char **p)
{
	size_t len = strcspn(*p, "\n");
	char *line;

	while (len && (**p == ' ' || **p == '\t')) {
		(*p)++;
		len--;
	}
	line = xstrndup(*p, len);
	*p += len + 1;
	assert_null(strchr(line, '\\'));
	return line;
}

static char *shell_attr(const char *line, const char *name)
{
	AUTO_FREE char *start = xasprintf("%s=\"", name);
	const char *last = NULL;

	for (const char *p = line; (p = strstr(p, start)); p++)
		last = p + strlen(start);
	if (!last || !strchr(last, '"'))
		return xstrdup("");
	return xstrndup(last, strcspn(last, "\""));
}

/* The content of the only tag pair of a line. */
static char *shell_content(const char *line)
{
	const char *start = strchr(line, '>');

	assert_non_null(start);
	assert_non_null(strstr(start, "</"));
	return xstrndup(start + 1, strcspn(start + 1, "<"));
}

static void check_tags_close(const char *line)
{
	for (const char *p = line; (p = strchr(p, '<')); p++) {
		const char *end = p + 1 + strcspn(p + 1, "<>");

		if (*end != '>')
			fail_msg("a tag does not end on its line: %s", line);
	}
}

static void shell_attr_is(const char *line, const char *name, const char *value)
{
	AUTO_FREE char *v = shell_attr(line, name);

	assert_string_equal(v, value);
}

static void test_shell_reader(void **state)
{
	struct sample *s = sample_new("requires=a:b eq 2.0 90c\n");
	AUTO_STRBUF struct strbuf repo = STRBUF_INIT, packages = STRBUF_INIT;
	int elements = 0, requires = 0, files = 0;

	(void)state;
	disk_write_xs_repository(&s->disk, &repo);
	disk_write_xs_packages(&s->disk, &packages);
	for (const char *p = repo.buf; *p;) {
		AUTO_FREE char *line = shell_line(&p);

		check_tags_close(line);
		if (strncmp(line, "<repository ", 12) == 0) {
			elements++;
			shell_attr_is(line, "originator", "acme");
			shell_attr_is(line, "name", "hello-disk");
			shell_attr_is(line, "product", "Debian");
			shell_attr_is(line, "version", "1.0");
			shell_attr_is(line, "build", "");
			assert_int_not_equal(line[strlen(line) - 2], '/');
		} else if (strncmp(line, "<description>", 13) == 0) {
			AUTO_FREE char *text = shell_content(line);

			elements++;
			assert_string_equal(text, "Hello &amp; &lt;it's> \"it\"");
		} else if (strncmp(line, "<requires ", 10) == 0) {
			static const char *const names[] = { "main", "base", "b" };
			static const char *const builds[] = { "", "", "90c" };

			shell_attr_is(line, "name", names[requires]);
			shell_attr_is(line, "build", builds[requires]);
			requires ++;
		} else {
			assert_string_equal(line, "</repository>");
		}
	}
	assert_int_equal(elements, 2);
	assert_int_equal(requires, 3);
	for (const char *p = packages.buf; *p;) {
		AUTO_FREE char *line = shell_line(&p);

		check_tags_close(line);
		if (strncmp(line, "<package ", 9) == 0) {
			AUTO_FREE char *file = shell_content(line);

			assert_string_equal(file, s->package[files].file);
			shell_attr_is(line, "md5", s->package[files].digest.md5);
			shell_attr_is(line, "type", files < 2 ? "driver-rpm" : "rpm");
			files++;
		}
	}
	assert_int_equal(files, 3);
	sample_free(s);
}

/* The words are judged by a shell, not by looking at quotes. */
static void test_installer(void **state)
{
	static const char template[] =
		"t=@TEXT@; l=@LABEL@; b=@BUILD@; p=@PACKAGES@; r=@REQUIRES@; k=@KERNELS@\n"
		"o=@OVERRIDES@; e=@EULA@\n"
		"printf '%s|' \"$t\" \"$l\" \"$b\" \"$p\" \"$r\" \"$k\" \"$o\" \"$e\" \"$@\" a@b.c "
		"@ @@\n";
	struct sample *s = sample_new("requires=a:b eq 2.0 90c\noverride=it's @LABEL@ $(id)\n");
	struct findings *f = findings_new();
	AUTO_STRBUF struct strbuf sb = STRBUF_INIT, expect = STRBUF_INIT;

	(void)state;
	assert_int_equal(disk_write_installer(&s->disk, "install.sh.in", template, strlen(template),
				 &f->rep, &sb),
		0);
	write_scratch("install.sh", sb.buf);
	assert_int_equal(run("sh ./install.sh arg >out"), 0);
	strbuf_adds(&expect, TEXT "|hello-disk||");
	strbuf_addf(&expect,
		"data hello-data - 1.0 1 noarch - - 1234 %s %s hello-data-1.0-1.noarch.rpm\n",
		s->package[0].digest.md5, s->package[0].digest.sha256);
	strbuf_addf(&expect,
		"module hello-modules-xen-6.1.0-1-amd64 - 1.0 1 x86_64 6.1.0-1-amd64 xen 1234 %s "
		"%s "
		"hello-modules-xen-6.1.0-1-amd64-1.0-1.x86_64.rpm\n",
		s->package[1].digest.md5, s->package[1].digest.sha256);
	strbuf_addf(&expect, "rpm cli 7 1.0 1 x86_64 - - 1234 %s %s cli-1.0-1.x86_64.rpm|",
		s->package[2].digest.md5, s->package[2].digest.sha256);
	strbuf_adds(&expect, "acme:base ge 1.0 -\na:b eq 2.0 90c|"
			     "kdump 6.1.0-1-cloud 6.1.0-1-cloud\nxen 6.1.0-1-amd64 6.1.0-1-amd64|"
			     "it's @LABEL@ $(id)|no|arg|a@b.c|@|@@|");
	{
		AUTO_STRBUF struct strbuf out = read_scratch("out");

		assert_string_equal(out.buf, expect.buf);
	}
	strbuf_reset(&sb);
	assert_int_equal(disk_write_installer(&s->disk, "install.sh.in", "x\ny=@NONE@ @LABEL@\n",
				 19, &f->rep, &sb),
		-EINVAL);
	expect_finding(f, "install.sh.in:2: unknown token @NONE@");
	findings_free(f);
	sample_free(s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xs_repository),
		cmocka_unit_test(test_xs_packages),
		cmocka_unit_test(test_update_xml),
		cmocka_unit_test(test_shell_reader),
		cmocka_unit_test(test_installer),
	};

	return cmocka_run_group_tests_name("metadata", tests, make_scratch, remove_scratch);
}
