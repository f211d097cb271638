/* SPDX-License-Identifier: BSD-2-Clause */
/* Every rule of `ddk check` with a disk that breaks it; the disk they start from breaks none. */
#include "check-fixture.h"

static bool covered[RULE_COUNT];

static void check_path(const char *path, struct findings *f)
{
	const struct check_tools tools = check_find_tools(false);
	AUTO_CONTENTS struct contents c = { 0 };

	assert_int_equal(contents_read(&c, path, f), 0);
	check_medium(&c, &tools, f);
}

struct breakage {
	const char *name;
	const char *command;   /* run in a copy of the good disk */
	enum rule_id rules[6]; /* that it breaks, with others perhaps; RULE_COUNT ends the list */
};

static void expect_rules(const struct findings *f, const struct breakage *b)
{
	for (size_t i = 0; i < 6 && b->rules[i] != RULE_COUNT; i++) {
		if (!findings_has(f, b->rules[i])) {
			findings_print(f, stderr);
			fail_msg("%s: %s was not found", b->name, rule_get(b->rules[i])->id);
		}
		covered[b->rules[i]] = true;
	}
}

#define RULES(...)                                                                                 \
	{                                                                                          \
		__VA_ARGS__, RULE_COUNT                                                            \
	}
/* sed on one of the files. */
#define XR(script)    "sed -i '" script "' XS-REPOSITORY"
#define XP(script)    "sed -i '" script "' XS-PACKAGES"
#define YU(script)    "sed -i '" script "' update.xml"
#define REBUILD(args) "sh ../rebuild.sh " args
#define XEN_RPM	      "hello-modules-xen-" XEN "-1.0-1.x86_64.rpm"

static const struct breakage breakages[] = {
	{ "no-format", "rm -r XS-* update.xml repodata", RULES(RULE_MD_FORMAT) },
	{ "half-xs", "rm XS-PACKAGES", RULES(RULE_MD_PAIR) },
	{ "half-yum", "rm -r repodata", RULES(RULE_MD_PAIR, RULE_YU_CONTROL) },
	{ "link", "ln -s XS-PACKAGES x", RULES(RULE_MD_ENTRY) },
	{ "unlisted", "cp ../bad/extra-*.rpm .", RULES(RULE_MD_UNLISTED) },
	{ "source", "cp ../bad/*.src.rpm hello-cli-1.0-1.x86_64.rpm",
		RULES(RULE_MD_SOURCE_LISTED) },
	{ "info", "echo nonsense >>disk.info", RULES(RULE_MD_INFO) },
	{ "no-info", "rm disk.info", RULES(RULE_MD_NO_INFO) },
	{ "eula", "sed -i s/eula=no/eula=yes/ disk.info", RULES(RULE_MD_EULA) },
	{ "list", "echo >XS-REPOSITORY-LIST", RULES(RULE_MD_LIST) },
	{ "override", "echo override=other kernel >>disk.info",
		RULES(RULE_MD_OVERRIDE, RULE_MD_AGREE) },
	{ "agree-yum", YU("s/Hello/Hallo/"), RULES(RULE_MD_AGREE) },

	{ "xr-cut", "truncate -s -5 XS-REPOSITORY", RULES(RULE_XR_XML) },
	{ "xr-doctype", XR("1s/^/<!DOCTYPE a [<!ENTITY x \"y\">]>/"), RULES(RULE_XR_XML) },
	{ "xr-root", XR("s/repository/other/"), RULES(RULE_XR_XML) },
	{ "xr-product", XR("s/ product=\"Debian\" version=\"1.0\"/ product=\"\" version=\"1.0\"/"),
		RULES(RULE_XR_ATTRIBUTE) },
	{ "xr-name", XR("s/name=\"hello-disk\"/name=\"hello\\/disk\"/"),
		RULES(RULE_XR_IDENTIFIER) },
	{ "xr-version", XR("s/version=\"1.0\"/version=\"1.x\"/"), RULES(RULE_XR_VERSION) },
	{ "xr-build", XR("s/version=\"1.0\"/version=\"1.0\" build=\"12\"/"), RULES(RULE_XR_BUILD) },
	{ "xr-ascii", XR("s/Hello/Hell\\xc3\\xb6/"), RULES(RULE_XR_ASCII) },
	{ "xr-no-description", XR("/description/d"), RULES(RULE_XR_DESCRIPTION) },
	{ "xr-second", XR("/description/{h;d};/requires/G"), RULES(RULE_XR_DESCRIPTION) },
	{ "xr-empty", XR("s/Hello driver//"), RULES(RULE_XR_DESCRIPTION) },
	{ "xr-broken-tag", XR("s/ name=\"hello/\\nname=\"hello/"), RULES(RULE_XR_LINE) },
	{ "xr-one-line", "tr -d '\\n' <XS-REPOSITORY >x && mv x XS-REPOSITORY",
		RULES(RULE_XR_LINE) },
	{ "xr-quotes", XR("s/name=\"hello-disk\"/name='\"'hello-disk'\"'/"), RULES(RULE_XR_LINE) },
	{ "xr-shadow", XR("s/version=\"1.0\"/version=\"1.0\" old-name=\"x\"/"),
		RULES(RULE_XR_LINE, RULE_XR_UNKNOWN) },
	{ "xr-crlf", XR("s/$/\\r/"), RULES(RULE_XR_LINE) },
	{ "xr-requires", XR("s/requires originator=\"debian\"/requires/"),
		RULES(RULE_XR_REQUIRES, RULE_XR_BASE) },
	{ "xr-test", XR("s/test=\"eq\"/test=\"is\"/"), RULES(RULE_XR_TEST, RULE_XR_BASE) },
	{ "xr-base", XR("s/version=\"12\"/version=\"13\"/"), RULES(RULE_XR_BASE) },
	{ "xr-no-base", "rm disk.info; " XR("/requires/d"), RULES(RULE_XR_NO_BASE) },
	{ "xr-unknown", XR("s/<requires /<requires keep=\"yes\" /"), RULES(RULE_XR_UNKNOWN) },
	{ "xr-entity", XR("s/Hello/Salt \\&amp; pepper/"), RULES(RULE_XR_ENTITY) },

	{ "xp-cut", "truncate -s -5 XS-PACKAGES", RULES(RULE_XP_XML) },
	{ "xp-empty", "echo '<packages/>' >XS-PACKAGES", RULES(RULE_XP_EMPTY) },
	{ "xp-no-md5", XP("s/ md5=\"[^\"]*\"//"), RULES(RULE_XP_ATTRIBUTE) },
	{ "xp-no-kernel", XP("s/ kernel=\"[^\"]*\"//"), RULES(RULE_XP_ATTRIBUTE) },
	{ "xp-type", XP("s/type=\"rpm\"/type=\"bzip2\"/"), RULES(RULE_XP_TYPE) },
	{ "xp-old-type", XP("s/type=\"rpm\"/type=\"tbz2\" root=\"\\/\"/"),
		RULES(RULE_XP_OLD_TYPE) },
	{ "xp-file", "rm hello-cli*", RULES(RULE_XP_FILE, RULE_YU_PACKAGE) },
	{ "xp-md5", XP("s/md5=\"[0-9a-f]*\"/md5=\"00000000000000000000000000000000\"/"),
		RULES(RULE_XP_MD5) },
	{ "xp-md5-upper", XP("s/md5=\"[0-9a-f]*\"/md5=\"ABCDEF00000000000000000000000000\"/"),
		RULES(RULE_XP_MD5_FORM) },
	{ "xp-size", XP("s/size=\"/size=\"1/"), RULES(RULE_XP_SIZE) },
	{ "xp-size-form", XP("s/size=\"/size=\"0x/"), RULES(RULE_XP_SIZE) },
	{ "xp-small", XP("s/size=\"[0-9]*\"/size=\"60\"/"), RULES(RULE_XP_SMALL) },
	{ "xp-padding", XP("s/>hello-cli/> hello-cli/"), RULES(RULE_XP_NAME) },
	{ "xp-outside", XP("s/>hello-cli/>..\\/hello-cli/"), RULES(RULE_XP_NAME, RULE_XP_FILE) },
	{ "xp-line", XP("s/<package label/<package\\nlabel/"), RULES(RULE_XP_LINE) },
	{ "xp-close", XP("s/<.package>/\\n<\\/package>/"), RULES(RULE_XP_LINE) },
	{ "xp-ascii", XP("s/label=\"hello\"/label=\"hell\\xc3\\xb6\"/"), RULES(RULE_XP_ASCII) },
	{ "xp-kernel", XP("s/kernel=\"" XEN "\"/kernel=\"6.1.0-9-amd64\"/"),
		RULES(RULE_XP_KERNEL) },
	{ "xp-any", XP("s/kernel=\"" XEN "\"/kernel=\"any\"/"), RULES(RULE_XP_KERNEL) },
	{ "xp-role", XP("s/type=\"driver-rpm\"/type=\"rpm\"/"), RULES(RULE_XP_ROLE) },
	{ "xp-role-cli", XP("s/type=\"rpm\"/type=\"driver-rpm\" kernel=\"" XEN "\"/"),
		RULES(RULE_XP_ROLE) },
	{ "xp-twice", XP("/hello-cli/p"), RULES(RULE_XP_TWICE) },
	{ "xp-no-twin", "rm *kdump*.rpm; " XP("/kdump/d"), RULES(RULE_XP_TWIN) },
	{ "xp-no-twin-line", "sed -i '/^kernel=kdump/s/6.1.0-1$/other/' disk.info",
		RULES(RULE_XP_TWIN) },
	{ "xp-no-twin-name", "rm disk.info *kdump*.rpm; " XP("/kdump/d"), RULES(RULE_XP_TWIN) },
	{ "xp-excluded",
		"rm *kdump*.rpm; " XP(
			"/kdump/d") "; sed -i '/^kernel=kdump/d' disk.info; "
				    "echo exclude=kdump it has no such bus >>disk.info",
		RULES(RULE_XP_EXCLUDED) },
	{ "xp-order", XP("/hello-data/{h;d};/hello-cli/G"), RULES(RULE_XP_ORDER) },
	{ "xp-helper", XP("s/hello-cli-1.0-1.x86_64/update-hello-disk-1.0-1.x86_64/"),
		RULES(RULE_XP_HELPER) },
	{ "xp-foreign", "sed -i 's/" KDUMP "/6.1.0-3-cloud/g' disk.info", RULES(RULE_XP_FOREIGN) },
	{ "xp-label", XP("s/label=\"hello-cli\"/label=\"cli\"/"), RULES(RULE_XP_LABEL) },
	{ "xp-unknown", XP("s/ size/ colour=\"red\" size/"), RULES(RULE_XP_UNKNOWN) },

	{ "rp-cut", "truncate -s -50 hello-cli*.rpm", RULES(RULE_RP_READ) },
	{ "rp-bomb", "cp ../bad/bomb*.rpm .", RULES(RULE_RP_PAYLOAD) },
	{ "rp-many", "cp ../bad/" XEN_RPM " .",
		RULES(RULE_RP_PLACE, RULE_RP_OLD_READER, RULE_RP_GROUP, RULE_KO_VERMAGIC,
			RULE_KO_SIGNATURE) },
	{ "ko-license", "cp ../bad/" XEN_RPM " .", RULES(RULE_KO_LICENSE) },
	{ "ko-text", "cp ../bad/*kdump*.rpm .", RULES(RULE_KO_READ) },
	{ "rp-two", "cp ../bad/hello-data-2*.rpm .", RULES(RULE_RP_TOGETHER) },

	{ "rp-scripts", "cp ../bad/scripts*.rpm .",
		RULES(RULE_RP_SERVICE, RULE_RP_INITRD, RULE_RP_TRANSIENT) },
	{ "ko-more", "cp ../bad/more*.rpm ../bad/third*.rpm .",
		RULES(RULE_KO_TWICE, RULE_KO_ALIAS, RULE_KO_FIRMWARE, RULE_KO_DEBUG,
			RULE_KO_UNSIGNED) },
	{ "ko-depends", "cp ../bad/more*.rpm ../bad/third*.rpm .", RULES(RULE_KO_DEPENDS) },
	{ "ko-firmware", "rm hello-data*.rpm", RULES(RULE_KO_FIRMWARE) },

	{ "yu-cut", "truncate -s -9 update.xml", RULES(RULE_YU_XML) },
	{ "yu-root", YU("s/update /updates /;s/.update>/\\/updates>/"), RULES(RULE_YU_XML) },
	{ "yu-control", YU("s/ control=\"[^\"]*\"//"), RULES(RULE_YU_ATTRIBUTE) },
	{ "yu-label", YU("s/name-label=\"/name-label=\"[a] /"), RULES(RULE_YU_LABEL) },
	{ "yu-uuid", YU("s/uuid=\"./uuid=\"x/"), RULES(RULE_YU_UUID) },
	{ "yu-text", YU("s/<name-description.*/<name-description\\/>/"),
		RULES(RULE_YU_DESCRIPTION) },
	{ "yu-two-texts", YU("s/Hello/Hel<b\\/>lo/"), RULES(RULE_YU_DESCRIPTION) },
	{ "yu-guidance", YU("s/restartHost/restartAll/"), RULES(RULE_YU_GUIDANCE) },
	{ "yu-number", YU("s/installation-size=\"/installation-size=\"x/"), RULES(RULE_YU_NUMBER) },
	{ "yu-boolean", YU("s/homogeneity=\"false/homogeneity=\"no/"), RULES(RULE_YU_NUMBER) },
	{ "yu-unsigned", "true", RULES(RULE_YU_UNSIGNED) },
	{ "yu-repomd", "echo '<repomd/>' >repodata/repomd.xml", RULES(RULE_YU_REPOMD) },
	{ "yu-repomd-cut", "truncate -s -9 repodata/repomd.xml", RULES(RULE_YU_REPOMD) },
	{ "yu-xz", REBUILD("'' '' 'xz -c'"), RULES(RULE_YU_GZIP) },
	{ "yu-sha512", "sed -i 's/type=\"sha256\"/type=\"sha512\"/' repodata/repomd.xml",
		RULES(RULE_YU_SHA256) },
	{ "yu-sha1-package", REBUILD("'s/type=.sha256./type=\"sha\"/' ''"), RULES(RULE_YU_SHA256) },
	{ "yu-digest", "for f in repodata/*-comps.xml; do echo >>$f; done", RULES(RULE_YU_DIGEST) },
	{ "yu-gone", "rm repodata/*-primary.xml.gz", RULES(RULE_YU_DIGEST) },
	{ "yu-package", "cp ../bad/extra-*.rpm hello-cli-1.0-1.x86_64.rpm",
		RULES(RULE_YU_PACKAGE) },
	{ "yu-version", REBUILD("'s/ver=.1.0./ver=\"1.1\"/' ''"), RULES(RULE_YU_PACKAGE) },
	{ "yu-missing", REBUILD("'s/hello-cli-1.0-1.x86_64.rpm/hello-data-1.0-1.x86_64.rpm/' ''"),
		RULES(RULE_YU_MISSING, RULE_YU_PACKAGE) },
	{ "yu-group", REBUILD("'' 's/<id>drivers/<id>driver/'"), RULES(RULE_YU_GROUP) },
	{ "yu-empty-group", REBUILD("'' '/packagereq/d'"), RULES(RULE_YU_GROUP) },
	{ "yu-group-package", REBUILD("'' 's/>update-hello-disk</>nothing</'"),
		RULES(RULE_YU_GROUP_PACKAGE) },
	{ "yu-no-control", YU("s/control-hello/control-hallo/"), RULES(RULE_YU_CONTROL) },
	{ "yu-requires", "cp ../bad/update*.rpm .", RULES(RULE_YU_REQUIRES) },

	{ "in-missing", "rm install", RULES(RULE_IN_MISSING) },
	{ "in-differs", "echo >>install", RULES(RULE_IN_MISSING) },
	{ "in-mode", "chmod 644 install.sh", RULES(RULE_IN_MODE) },
	{ "in-token", "echo TEXT=@TEXT@ >>install.sh", RULES(RULE_IN_SCRIPT) },
	{ "in-syntax", "echo 'if true; then' >>install.sh", RULES(RULE_IN_SYNTAX) },
	{ "in-bash", "echo 'local -A map' >>install.sh", RULES(RULE_IN_NEW_BASH) },
	{ "in-shebang", "sed -i 1d install", RULES(RULE_IN_SCRIPT) },
};

static void test_good(void **state)
{
	AUTO_FREE char *path = in_scratch("good");
	AUTO_FINDINGS struct findings f = { 0 };

	(void)state;
	check_path(path, &f);
	if (f.n != 1 || !findings_has(&f, RULE_YU_UNSIGNED)) {
		findings_print(&f, stderr);
		fail_msg("the good disk breaks rules");
	}
}

static void test_signed(void **state)
{
	AUTO_FREE char *path = in_scratch("disk");
	AUTO_FINDINGS struct findings f = { 0 };

	(void)state;
	assert_int_equal(run("rm -rf disk && cp -a good disk && "
			     "touch disk/update.xml.asc disk/repodata/repomd.xml.asc"),
		0);
	check_path(path, &f);
	assert_false(findings_has(&f, RULE_YU_UNSIGNED));
}

/* What the rebuild script writes is sound, or the cases that use it would prove nothing. */
static void test_rebuilt(void **state)
{
	AUTO_FREE char *path = in_scratch("disk");
	AUTO_FINDINGS struct findings f = { 0 };

	(void)state;
	assert_int_equal(
		run("rm -rf disk && cp -a good disk && cd disk && sh ../rebuild.sh '' ''"), 0);
	check_path(path, &f);
	if (f.n != 1) {
		findings_print(&f, stderr);
		fail_msg("the rebuilt disk breaks rules");
	}
}

static void test_breakages(void **state)
{
	AUTO_FREE char *path = in_scratch("disk");

	(void)state;
	for (size_t i = 0; i < sizeof(breakages) / sizeof(breakages[0]); i++) {
		AUTO_FINDINGS struct findings f = { 0 };

		if (run("rm -rf disk && cp -a good disk && cd disk && %s", breakages[i].command) !=
			0)
			fail_msg("%s: the command failed", breakages[i].name);
		check_path(path, &f);
		expect_rules(&f, &breakages[i]);
	}
}

/* A flavour that was left out on purpose is a note, and no error about its twin stays. */
static void test_excluded(void **state)
{
	AUTO_FREE char *path = in_scratch("disk");
	AUTO_FINDINGS struct findings f = { 0 };

	(void)state;
	assert_int_equal(run("rm -rf disk && cp -a good disk && cd disk && rm *kdump*.rpm && "
			     "sed -i '/kdump/d' XS-PACKAGES disk.info && "
			     "echo exclude=kdump it has no such bus >>disk.info"),
		0);
	check_path(path, &f);
	assert_true(findings_has(&f, RULE_XP_EXCLUDED));
	assert_false(findings_has(&f, RULE_XP_TWIN));
}

/* Commands that make x.iso of the good disk. */
static const struct breakage isos[] = {
	{ "plain-rr", "genisoimage -quiet -J -joliet-long -V hello-disk -o x.iso good",
		RULES(RULE_IS_ROCK_RIDGE) },
	{ "no-joliet", "genisoimage -quiet -r -V hello-disk -o x.iso good", RULES(RULE_IS_JOLIET) },
	{ "volume", "genisoimage -quiet -r -J -joliet-long -V other -o x.iso good",
		RULES(RULE_IS_VOLUME) },
	{ "name",
		"rm -rf disk && cp -a good disk && touch disk/$(printf %%0110d 1) && "
		"genisoimage -quiet -r -V hello-disk -o x.iso disk",
		RULES(RULE_IS_NAME) },
	{ "cut",
		"genisoimage -quiet -r -J -joliet-long -V hello-disk -o x.iso good && "
		"truncate -s -4096 x.iso",
		RULES(RULE_IS_FORMAT) },
	{ "md5",
		"genisoimage -quiet -r -J -joliet-long -V hello-disk -o x.iso good && "
		"md5sum x.iso >x.md5 && printf x >>x.iso",
		RULES(RULE_IS_DIGEST) },
	{ "sha256-name",
		"genisoimage -quiet -r -J -joliet-long -V hello-disk -o x.iso good && "
		"sha256sum x.iso | sed s/x.iso/y.iso/ >x.sha256",
		RULES(RULE_IS_DIGEST) },
	{ "metadata-md5",
		"genisoimage -quiet -r -J -joliet-long -V hello-disk -o x.iso good && "
		"cat good/XS-PACKAGES good/XS-REPOSITORY | md5sum >x.metadata.md5",
		RULES(RULE_IS_DIGEST) },
};

static void test_isos(void **state)
{
	AUTO_FREE char *path = in_scratch("x.iso");
	AUTO_FINDINGS struct findings good = { 0 };

	(void)state;
	assert_int_equal(run("genisoimage -quiet -r -J -joliet-long -V hello-disk -o x.iso good && "
			     "md5sum x.iso >x.md5 && sha256sum x.iso >x.sha256 && "
			     "cat good/XS-REPOSITORY good/XS-PACKAGES | md5sum >x.metadata.md5"),
		0);
	check_path(path, &good);
	if (good.n != 1 || !findings_has(&good, RULE_YU_UNSIGNED)) {
		findings_print(&good, stderr);
		fail_msg("the good image breaks rules");
	}
	for (size_t i = 0; i < sizeof(isos) / sizeof(isos[0]); i++) {
		AUTO_FINDINGS struct findings f = { 0 };

		if (run("rm -f x.*") != 0 || run(isos[i].command, 0) != 0)
			fail_msg("%s: the command failed", isos[i].name);
		check_path(path, &f);
		expect_rules(&f, &isos[i]);
	}
}

/* An RPM or a module by itself: what its disk would say is not asked. */
static void test_single(void **state)
{
	static const struct {
		const char *name;
		enum rule_id rule;
	} cases[] = {
		{ "good/" XEN_RPM, RULE_COUNT },
		{ "good/hello-cli-1.0-1.x86_64.rpm", RULE_COUNT },
		{ "bad/extra-1.0-1.src.rpm", RULE_COUNT },
		{ "xen.ko", RULE_COUNT },
		{ "no-suffix", RULE_COUNT },
		{ "bad/" XEN_RPM, RULE_KO_VERMAGIC },
		{ "bad/" XEN_RPM, RULE_RP_OLD_READER },
		{ "bad/scripts-1.0-1.x86_64.rpm", RULE_RP_INITRD },
		{ "cut.rpm", RULE_RP_READ },
		{ "second.ko", RULE_KO_DEBUG },
		{ "second.ko", RULE_KO_SIGNATURE },
		{ "text.ko", RULE_KO_READ },
		{ "empty.ko", RULE_KO_READ },
	};

	(void)state;
	assert_int_equal(run("mv bad/*.src.rpm bad/extra-1.0-1.src.rpm; cp xen.ko no-suffix; "
			     ">empty.ko; head -c 3000 good/" XEN_RPM " >cut.rpm"),
		0);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		AUTO_FREE char *path = in_scratch(cases[i].name);
		AUTO_FINDINGS struct findings f = { 0 };

		check_path(path, &f);
		if (cases[i].rule == RULE_COUNT ? f.n > 0 : !findings_has(&f, cases[i].rule)) {
			findings_print(&f, stderr);
			fail_msg("%s: not as expected", cases[i].name);
		}
	}
}

/* Ids are unique, and every rule but the gate's has a case above. */
static void test_all_covered(void **state)
{
	static const enum rule_id gate_only[] = { RULE_KO_VERMAGIC_FLAGS, RULE_KO_SYMBOL,
		RULE_KO_CRC, RULE_KO_MODVERSIONS, RULE_KO_ABI_MISSING, RULE_KO_ABI_CHANGED,
		RULE_KO_GPL, RULE_KO_PATH, RULE_KO_NONE, RULE_KO_NAMESPACE, RULE_KO_MACHINE,
		RULE_KO_TREE };

	(void)state;
	for (size_t i = 0; i < sizeof(gate_only) / sizeof(gate_only[0]); i++)
		covered[gate_only[i]] = true;
	for (size_t i = 0; i < RULE_COUNT; i++) {
		const struct rule *r = rule_get((enum rule_id)i);

		assert_ptr_equal(rule_find(r->id), r);
		assert_true(r->consumers != 0 && *r->what && *r->cure);
		/* VE is about two disks: test-diff.c; SG and WP want real keys: tests/sign/check.t,
		 * tests/windows/medium.t. */
		if (!covered[i] && strncmp(r->id, "VE", 2) != 0 && strncmp(r->id, "SG", 2) != 0 &&
			strncmp(r->id, "WP", 2) != 0)
			fail_msg("no case for %s", r->id);
	}
}

/* What a shell parses and does not mean, for those who ask for it. */
static void test_shellcheck(void **state)
{
	const struct check_tools tools = check_find_tools(true);
	AUTO_FREE char *path = in_scratch("disk");

	(void)state;
	assert_non_null(tools.shellcheck);
	assert_null(check_find_tools(false).shellcheck);
	assert_int_equal(run("rm -rf disk && cp -a good disk"), 0);
	for (int bad = 0; bad < 2; bad++) {
		AUTO_FINDINGS struct findings f = { 0 };
		AUTO_CONTENTS struct contents c = { 0 };

		assert_int_equal(contents_read(&c, path, &f), 0);
		check_medium(&c, &tools, &f);
		assert_int_equal(f.count[SEVERITY_ERROR], bad);
		for (size_t i = 0; i < f.n; i++) {
			if (f.v[i].rule->severity != SEVERITY_ERROR)
				continue;
			assert_ptr_equal(f.v[i].rule, rule_get(RULE_IN_SHELLCHECK));
			assert_string_equal(f.v[i].file, "install.sh");
			assert_non_null(strstr(f.v[i].text, "line 5:"));
			assert_non_null(strstr(f.v[i].text, "error: "));
		}
		assert_int_equal(run("cd disk && echo '[ $# = 1]' >>install.sh && cp install.sh "
				     "install"),
			0);
	}
	covered[RULE_IN_SHELLCHECK] = true;
}

static int status_of(const char *options, const char *medium)
{
	char *argv[8] = { "check" };
	int argc = 1, out = dup(1), null = open("/dev/null", O_WRONLY), r;
	AUTO_FREE char *copy = xstrdup(options);
	AUTO_FREE char *path = medium ? in_scratch(medium) : NULL;
	char *save = NULL;

	for (char *w = strtok_r(copy, " ", &save); w; w = strtok_r(NULL, " ", &save))
		argv[argc++] = w;
	if (path)
		argv[argc++] = path;
	fflush(stdout);
	dup2(null, 1);
	r = cmd_check(argc, argv);
	fflush(stdout);
	dup2(out, 1);
	close(out);
	close(null);
	return r;
}

static void test_command(void **state)
{
	(void)state;
	assert_int_equal(run("rm -rf disk && cp -a good disk && rm disk/install"), 0);
	assert_int_equal(status_of("", "good"), DDK_OK);
	assert_int_equal(status_of("--strict --json", "good"), DDK_OK);
	assert_int_equal(status_of("", "disk"), DDK_FINDINGS);
	assert_int_equal(status_of("--consumer yum", "disk"), DDK_OK);
	assert_int_equal(status_of("--consumer host", "disk"), DDK_FINDINGS);
	assert_int_equal(status_of("--consumer nobody", "disk"), DDK_USAGE);
	assert_int_equal(status_of("--list-rules", NULL), DDK_OK);
	assert_int_equal(status_of("--explain xp007", NULL), DDK_OK);
	assert_int_equal(status_of("--explain zz999", NULL), DDK_USAGE);
	assert_int_equal(status_of("--strict", "xen.ko"), DDK_OK);
	assert_int_equal(status_of("", "text.ko"), DDK_FINDINGS);
	assert_int_equal(status_of("", NULL), DDK_USAGE);
	assert_int_equal(status_of("", "absent"), DDK_IO);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good),
		cmocka_unit_test(test_signed),
		cmocka_unit_test(test_rebuilt),
		cmocka_unit_test(test_breakages),
		cmocka_unit_test(test_excluded),
		cmocka_unit_test(test_isos),
		cmocka_unit_test(test_single),
		cmocka_unit_test(test_shellcheck),
		cmocka_unit_test(test_all_covered),
		cmocka_unit_test(test_command),
	};

	return cmocka_run_group_tests(tests, setup, remove_scratch);
}
