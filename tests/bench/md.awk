# SPDX-License-Identifier: BSD-2-Clause
# docs/benchmarks.md, from what median.awk has read.

function row(driver, variant, text) {
	if (!runs["build", driver, variant])
		return
	printf "| %s | %s | %s | %s | %s | %d |\n", text, figure(median("build", driver, variant, "seconds"), "%.2f"),
		figure(ratio("build", driver, variant, "limit"), "%.2f"), figure(median("build", driver, variant, "cpu"), "%.1f"),
		figure(median("build", driver, variant, "mib"), "%.0f"), runs["build", driver, variant]
}

function build_tables(	n, drivers, i, d) {
	n = split(list["build"], drivers, " ")
	for (i = 1; i <= n; i++) {
		d = drivers[i]
		printf "\n## %s\n\n%s objects for both kernels.\n\n", d, fact["objects-" d]
		print "| way | seconds | by the limit | processor seconds | largest process, MiB | runs |"
		print "| --- | ---: | ---: | ---: | ---: | ---: |"
		row(d, "limit", "the limit: `make M=` of the same modules, both kernels under one `make -j`")
		row(d, "kit", "the kit: source RPMs, module RPMs, metadata, ISO, digests, `ddk check`")
		row(d, "parallel", "plain, `rpmbuild` with `make -j`, one flavour after the other")
		row(d, "serial", "plain, `rpmbuild` with `make -j1`, one flavour after the other")
		row(d, "dkms", "`dkms build -j` for both kernels, no packages")
		row(d, "nothing", "the kit again, nothing changed")
		row(d, "data", "the kit again, one data file changed: no module is compiled")
		row(d, "code", "the kit again, one C file changed")
		printf "\nThe kit takes %s of the limit; the plain way takes %s times as long as the kit with `-j1`, %s times with `-j`.\n",
			figure(ratio("build", d, "kit", "limit"), "%.2f"), figure(ratio("build", d, "serial", "kit"), "%.2f"),
			figure(ratio("build", d, "parallel", "kit"), "%.2f")
	}
}

function disks_table(	n, disks, i, d) {
	n = split(list["disks"], disks, " ")
	print "\n## Several disks\n\nCopies of the example under one `make -j DISKS=…`.\n"
	print "| disks | seconds | by one disk | largest process, MiB |"
	print "| ---: | ---: | ---: | ---: |"
	for (i = 1; i <= n; i++)
		printf "| %s | %s | %s | %s |\n", disks[i], figure(median("disks", disks[i], "disks", "seconds"), "%.2f"),
			figure(ratio("disks", disks[i], "disks", "disks", disks[1]), "%.2f"), figure(median("disks", disks[i], "disks", "mib"), "%.0f")
}

function check_row(driver, variant, text,	cpu, own) {
	cpu = median("check", fact["rpms"], "openssl", "cpu")
	own = median("check", driver, variant, "cpu")
	printf "| %s | %s | %s | %s | %s | %s | %s |\n", text, figure(median("check", driver, variant, "seconds"), "%.2f"),
		figure(median("check", driver, variant, "cpu"), "%.2f"),
		figure(speed(driver, variant, "openssl"), "%.0f %%"), figure(speed(driver, variant, "openssl-two"), "%.0f %%"),
		figure(driver == fact["rpms"] && own > 0 ? 100 * cpu / own : "", "%.0f %%"),
		figure(median("check", driver, variant, "mib"), "%.0f")
}
# How fast by the speed of another, which has 100.
function speed(driver, variant, base,	r) {
	if (driver != fact["rpms"])
		return ""
	r = ratio("check", driver, variant, base)
	return r > 0 ? 100 / r : ""
}

function check_table(	all, half) {
	all = fact["rpms"]
	half = int(all / 2)
	printf "\n## `ddk check`\n\nAn image of %.2f GiB with %d RPMs beside the disk's own, whose payloads do not compress. `openssl` makes MD5 and\n", fact["image"] / 1024 / 1024 / 1024, all
	print "SHA-256 of the image and of each of its RPMs: one after the other, and both at once. `ddk check` makes these digests"
	print "too, holds each RPM against the two digests inside it as well (half as many digests again), reads all metadata,"
	print "headers and modules, and applies its rules.\n"
	print "| what | seconds | processor seconds | speed, `openssl` = 100 % | speed, two `openssl` at once = 100 % | speed by processor seconds, `openssl` = 100 % | largest process, MiB |"
	print "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
	check_row(all, "openssl", "`openssl`, MD5, then SHA-256")
	check_row(all, "openssl-two", "`openssl`, MD5 and SHA-256 at once")
	check_row(all, "check", "`ddk check`, " all " RPMs")
	check_row(half, "check", "`ddk check`, " half " RPMs")
	check_row("modules", "check", "`ddk check` of the module RPMs alone, which are the ones it inflates")
	printf "\nTwice the packages take %s times as long.\n", figure(ratio("check", all, "check", "check", half), "%.2f")
}

function measured(part, text) {
	if (fact["measured-" part])
		printf "| %s measured | %s |\n", text, fact["measured-" part]
}

END {
	print "<!-- SPDX-License-Identifier: BSD-2-Clause -->"
	print "<!-- Written by `make bench`: change tests/bench/md.awk, not this page. -->"
	print "# Benchmarks\n"
	print "What the kit costs, beside the same work done in other ways on the same machine in the same hour. Seconds are medians;"
	print "ratios are medians of the ratios of single rounds, each of which has all ways one after the other, every round another"
	print "one first. Nothing passes or fails by a number here: `make bench` writes the page anew.\n"
	print "![Time of each way by that of the bare compile, and of several disks by that of one](benchmarks.svg)\n"
	print "| | |\n| --- | --- |"
	printf "| kit | %s |\n", fact["kit"]
	measured("build", "drivers")
	measured("disks", "several disks")
	measured("check", "`ddk check`")
	printf "| machine | %d cores, %s |\n", fact["cores"], fact["processor"]
	printf "| compiler | %s |\n", fact["compiler"]
	printf "| tools | %s |\n", fact["tools"]
	printf "| kernels | %s |\n", fact["kernels"]
	print "\nThe baseline is **the limit**: a bare `make -C TREE M=FOLDER` of the same modules, with the spec's own commands, for the"
	print "same two kernels under one job server. The kit's program `ddk` is built already. The plain way is what one does by"
	print "hand: a spec for each flavour, `rpmbuild -ba` for each after the other with a gzip -9 payload, `genisoimage`, `md5sum`; it"
	print "has no metadata, no second digest and no check of what it made. Modules are stripped of debug information, so the kit"
	print "has the compiler make none; all the others make it as the kernel is configured. That is how the kit can be below the limit."
	build_tables()
	if (list["disks"])
		disks_table()
	if (list["check"])
		check_table()
}
