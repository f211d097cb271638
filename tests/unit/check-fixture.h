/* SPDX-License-Identifier: BSD-2-Clause */
/* The disk that breaks no rule, and the RPMs that break some. */
#ifndef DDK_CHECK_FIXTURE_H
#define DDK_CHECK_FIXTURE_H

#include "check/check.h"
#include "command.h"
#include "module-fixture.h"

/* The fixture's own list of findings is another one. */
#define findings fixture_findings
#include "metadata-fixture.h"
#undef findings

#include <fcntl.h>

#define XEN   "6.1.0-1-amd64"
#define KDUMP "6.1.0-1-cloud"

static const char conf[] = "kit=0.1.0\nrelease=debian-12\ndriver=hello\nlabel=hello-disk\n"
			   "originator=acme\nvendor=Acme Corp\ntext=Hello driver\nversion=1.0\n"
			   "build=\nuuid=\nproduct=Debian\nproduct-version=12\nplatform=\n"
			   "platform-version=\nbase=debian:main\nbase-version=12\narch=x86_64\n"
			   "formats=xs yum\nguidance=restartHost\neula=no\n"
			   "kernel=xen " XEN " " XEN " 6.1.0-1\n"
			   "kernel=kdump " KDUMP " " KDUMP " 6.1.0-1\n";

/* Writes repodata anew: $1 and $2 are sed scripts for primary and comps, $3 a compressor. */
static const char rebuild[] =
	"set -e\n"
	"cd repodata\n"
	"gunzip -c ./*-primary.xml.gz | sed \"$1\" | ${3:-gzip -n} >p.gz\n"
	"cat ./*-comps.xml | sed \"$2\" >c.xml\n"
	"rm -f ./*-* repomd.xml\n"
	"data() {\n"
	"	echo \"<data type='$1'><checksum type='sha256'>$(sha256sum \"$2\" | cut -d' ' -f1)"
	"</checksum><location href='repodata/$2'/></data>\"\n"
	"}\n"
	"echo \"<repomd xmlns='http://linux.duke.edu/metadata/repo'>$(data primary p.gz)"
	"$(data group c.xml)</repomd>\" >repomd.xml\n";

static void module_rpm(const char *out, const char *flavour, const char *uname, const char *ko,
	const char *tags, const char *files)
{
	AUTO_FREE char *head = xasprintf(
		"%s\nName: hello-modules-%s-%s\nVersion: 1.0\nRelease: 1", tags, flavour, uname);
	AUTO_FREE char *path = xasprintf("/lib/modules/%s/extra/hello.ko", uname);
	AUTO_FREE char *all = xasprintf("%s%s", path, files);
	AUTO_FREE char *body = xasprintf(
		"cp %s/%s $RPM_BUILD_ROOT%s\n%%files\n%s\n%s", scratch, ko, path, path, files);

	build_rpm(out, head, all, "x", body);
}

static void write_ko(const char *name, const char *const *info, const char *tail)
{
	struct ko ko = { .info = info, .debug = strcmp(name, "second.ko") == 0 };
	AUTO_STRBUF struct strbuf bytes = ko_build(&ko);
	AUTO_FREE char *path = in_scratch(name);

	strbuf_adds(&bytes, tail);
	assert_int_equal(outfile_write(path, 0644, bytes.buf, bytes.len), 0);
}

static const char kernel_group[] =
	"%global _binary_filedigest_algorithm 1\nGroup: System Environment/Kernel";
static const char plain_group[] = "%global _binary_filedigest_algorithm 1\nGroup: Applications";

static void plain_rpm(const char *out, const char *tags, const char *files, const char *salt)
{
	AUTO_FREE char *all = xasprintf("%s\n%s\nRelease: 1", plain_group, tags);

	AUTO_FREE char *body = xasprintf("%%files\n%s", files);

	build_rpm(out, all, files, salt, body);
}

static void plain_rpm_with(
	const char *out, const char *tags, const char *files, const char *scripts)
{
	AUTO_FREE char *all = xasprintf("%s\n%s\nRelease: 1", plain_group, tags);
	AUTO_FREE char *body = xasprintf("%%files\n%s\n%s", files, scripts);

	build_rpm(out, all, files, "x", body);
}

#define DEVICE "alias=pci:v00008086d0000100Esv*sd*bc*sc*i*"

/* What looks like a breach and is none, and the kit's own way to make an initrd again. */
static const char good_scripts[] = "%post\n"
				   "# systemctl start hello\n"
				   "echo 'run: systemctl start hello; dracut -f'\n"
				   "cat >/dev/null <<END\n"
				   "service hello start\n"
				   "END\n"
				   "systemctl enable hello\n"
				   "systemctl try-restart hello || :\n"
				   "%posttrans\n"
				   "[ -z \"$XS_INSTALLATION\" ] || exit 0\n"
				   "dracut -f\n";
static const char bad_scripts[] = "%post\n"
				  "if true; then /usr/bin/systemctl enable --now hello; fi\n"
				  "%posttrans\n"
				  "dracut -f\n";

/* Two more RPMs: with a second hello and much else for one kernel, with a third for the other. */
static void more_modules(void)
{
	static const char *const paths[] = { "/lib/modules/" XEN "/extra/second.ko",
		"/lib/modules/" XEN "/updates/hello.ko", "/lib/modules/" KDUMP "/extra/third.ko" };
	AUTO_FREE char *files = xasprintf("%s %s", paths[0], paths[1]);
	AUTO_FREE char *xen = xasprintf("cd %s\ncp second.ko $RPM_BUILD_ROOT%s\n"
					"cp xen.ko $RPM_BUILD_ROOT%s\n%%files\n/lib/modules",
		scratch, paths[0], paths[1]);
	AUTO_FREE char *kdump = xasprintf(
		"cp %s/third.ko $RPM_BUILD_ROOT%s\n%%files\n%s", scratch, paths[2], paths[2]);

	build_rpm("bad", "Name: more\nVersion: 1.0\nRelease: 1", files, "x", xen);
	build_rpm("bad", "Name: third\nVersion: 1.0\nRelease: 1", paths[2], "x", kdump);
}

/* The RPMs of the good disk in good/, those that break rules in bad/. */
static void build_rpms(void)
{
	static const char *const xen[] = { "license=GPL", "vermagic=" XEN " SMP", "name=hello",
		"firmware=hello/fw.bin", DEVICE, NULL };
	static const char *const kdump[] = { "license=GPL", "vermagic=" KDUMP " SMP", "name=hello",
		"firmware=hello/fw.bin", DEVICE, NULL };
	static const char *const second[] = { "license=GPL", "vermagic=" XEN " SMP", "name=second",
		"firmware=gone.bin", "depends=hello,third-one,inbox", DEVICE, NULL };
	static const char *const third[] = { "license=GPL", "vermagic=" KDUMP " SMP",
		"name=third_one", NULL };
	static const char *const none[] = { "vermagic=6.1.0-2-amd64 SMP", NULL };

	write_ko("xen.ko", xen, "");
	write_ko("kdump.ko", kdump, "");
	write_ko("second.ko", second, "~Module signature appended~\n");
	write_ko("third.ko", third, "");
	write_ko("wrong.ko", none, "~Module signature appended~\n");
	write_scratch("text.ko", "no ELF\n");
	module_rpm("good", "xen", XEN, "xen.ko", kernel_group, "");
	module_rpm("good", "kdump", KDUMP, "kdump.ko", kernel_group, "");
	plain_rpm("good", "Name: hello-data\nVersion: 1.0", "/lib/firmware/hello/fw.bin", "x");
	plain_rpm_with("good", "Name: hello-cli\nVersion: 1.0", "/usr/bin/hello", good_scripts);
	plain_rpm_with("bad", "Name: scripts\nVersion: 1.0", "/tmp/scripts", bad_scripts);
	more_modules();
	plain_rpm("good", "Name: control-hello-disk\nVersion: 1.0", "", "x");
	plain_rpm("good",
		"Name: update-hello-disk\nVersion: 1.0\nRequires: hello-data\nRequires: hello-cli\n"
		"Requires: hello-modules-xen-" XEN "\nRequires: hello-modules-kdump-" KDUMP,
		"", "x");
	/* Much in one: wrong vermagic, no licence, damaged signature, zstd, group, a file in /boot.
	 */
	module_rpm("bad", "xen", XEN, "wrong.ko",
		"%global _binary_payload w3.zstdio\nGroup: Applications", " /boot/x");
	module_rpm("bad", "kdump", KDUMP, "text.ko", kernel_group, "");
	plain_rpm("bad", "Name: hello-data\nVersion: 2.0", "/lib/firmware/hello/fw.bin", "y");
	plain_rpm("bad", "Name: update-hello-disk\nVersion: 1.0\nRequires: nowhere", "", "x");
	plain_rpm("bad", "Name: extra\nVersion: 1.0", "/usr/bin/extra", "x");
	build_rpm("bad", "Name: bomb\nVersion: 1.0\nRelease: 1", "/lib/modules/" XEN "/extra/b.ko",
		"x",
		"truncate -s 150M $RPM_BUILD_ROOT/lib/modules/" XEN
		"/extra/b.ko\n%files\n/lib/modules");
	assert_int_equal(run("rpmbuild -bs --quiet --define \"_topdir $PWD/top\" "
			     "--define \"_srcrpmdir $PWD/bad\" rpm.spec"),
		0);
}

static int setup(void **state)
{
	AUTO_FREE char *template = NULL;
	AUTO_FREE char *conf_path = NULL;
	AUTO_FREE char *dir = NULL;

	if (make_scratch(state) != 0)
		return -1;
	template = in_scratch("install.sh.in");
	conf_path = in_scratch("disk.conf");
	dir = in_scratch("good");
	build_rpms();
	write_scratch("disk.conf", conf);
	write_scratch("install.sh.in",
		"#!/bin/sh\nLABEL=@LABEL@\n# declare -A\necho $LABEL 'declare -A'\n");
	write_scratch("rebuild.sh", rebuild);
	{
		char *argv[] = { "metadata", "--conf", conf_path, "--installer", template,
			"--epoch", "1700000000", dir, NULL };

		if (cmd_metadata(8, argv) != 0)
			return -1;
	}
	return run("mkdir good/SRPMS && cp bad/*.src.rpm good/SRPMS/");
}

#endif
