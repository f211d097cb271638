#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# genif.sh TABLE OUTDIR PREFIX DEVICES [DOCUMENT]: checks interfaces.tbl and makes of it
#   OUTDIR/dk_guids.h     GUIDs, oldest and newest versions, revision numbers
#   OUTDIR/dk_revisions.h tables for lib/pv_devid.h and lib/pv_iface.h: classes, revisions
#   OUTDIR/dk_tables.h    rows for lib/pv_iface.h, a table for each provider, and the above
#   OUTDIR/PROVIDER.ids   hardware ids for INF files: class, revision, id
#   DOCUMENT              the table as a page for people
# PREFIX is the vendor's; DEVICES the PCI device numbers that a provider may be bound to.
set -eu

table=$1
out=$2
prefix=$3
devices=$4
document=${5:-$out/INTERFACES.md}
mkdir -p "$out"
rm -f "$out"/*.ids.new

awk -F' *[|] *' -v table="$table" -v out="$out" -v prefix="$prefix" -v devices="$devices" \
	-v document="$document.new" '
function fail(why) {
	print table ":" FNR ": " why > "/dev/stderr"
	failed = 1
	exit 1
}
function covers(range, version,    w, n) {
	n = split(range, w, "-")
	return version >= w[1] + 0 && (n == 1 ? version == w[1] : w[2] == "" || version <= w[2] + 0)
}
# GUIDs as Windows has them in memory: the first three fields are little-endian.
function bytes(guid,    h, s, i, order, o) {
	h = guid
	gsub(/-/, "", h)
	split("7 5 3 1 11 9 15 13 17 19 21 23 25 27 29 31", order, " ")
	for (i = 1; i <= 16; i++)
		s = s (i > 1 ? ", " : "") "0x" substr(h, order[i], 2)
	return s
}
function define_guid(guid,    g, i, s) {
	split(guid, g, "-")
	s = "0x" g[1] ", 0x" g[2] ", 0x" g[3]
	for (i = 1; i <= 3; i += 2)
		s = s ", 0x" substr(g[4], i, 2)
	for (i = 1; i <= 11; i += 2)
		s = s ", 0x" substr(g[5], i, 2)
	return s
}
/^#/ || /^[ \t]*$/ { next }
$1 == "interface" {
	if (NF != 8)
		fail("an interface has 8 columns")
	n = $2
	if (n !~ /^[A-Z][A-Z_]*$/ || n in provider)
		fail(n ": not a name, or there twice")
	if (split($4, span, "-") != 2 || span[1] !~ /^[1-9][0-9]*$/ || span[2] !~ /^[1-9][0-9]*$/ ||
		span[1] + 0 > span[2] + 0)
		fail(n ": versions are oldest-newest")
	if ($5 !~ /^[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+-[0-9a-f]+$/ || length($5) != 36)
		fail(n ": not a GUID")
	if ($5 in guids)
		fail(n ": the GUID is that of " guids[$5])
	if ($7 != "" && $7 != "test")
		fail(n ": test, or nothing")
	guids[$5] = n
	order[++interfaces] = n
	provider[n] = $3; oldest[n] = span[1] + 0; newest[n] = span[2] + 0; guid[n] = $5
	header[n] = $6; test[n] = $7; purpose[n] = $8
	if (!($3 in providers)) {
		providers[$3] = 1
		provider_order[++provider_count] = $3
	}
	next
}
$1 == "method" {
	if (!($2 in provider) || NF != 7)
		fail("a method has 7 columns and a known interface")
	if ($3 !~ /^[1-9][0-9]*(-([1-9][0-9]*)?)?$/)
		fail($2 "." $4 ": versions are n, n-m or n-")
	if ($5 !~ /^(PASSIVE|APC|DISPATCH|HIGH)$/)
		fail($2 "." $4 ": the IRQL is PASSIVE, APC, DISPATCH or HIGH")
	k = ++methods[$2]
	m_range[$2, k] = $3; m_name[$2, k] = $4; m_irql[$2, k] = $5
	m_owner[$2, k] = $6; m_fails[$2, k] = $7
	for (i = 1; i < k; i++)
		if (m_name[$2, i] == $4)
			for (v = oldest[$2]; v <= newest[$2]; v++)
				if (covers(m_range[$2, i], v) && covers($3, v))
					fail($2 "." $4 ": version " v " has it twice")
	next
}
$1 == "revision" {
	if (NF != 4 || $3 !~ /^[0-9A-F]+$/ || length($3) != 8 || !($2 in providers))
		fail("a revision has a known provider and 8 hexadecimal digits")
	if (revisions[$2] && $3 <= rev_number[$2, revisions[$2]])
		fail("revisions go up")
	r = ++revisions[$2]
	rev_number[$2, r] = $3
	n = split($4, pair, " ")
	for (i = 1; i <= n; i++) {
		split(pair[i], p, "=")
		if (provider[p[1]] != $2 || test[p[1]] != "")
			fail("revision " $3 ": " p[1] " is not a real interface of " $2)
		if (($2, r, p[1]) in rev_version)
			fail("revision " $3 ": " p[1] " twice")
		if (r > 1 && p[2] + 0 < rev_version[$2, r - 1, p[1]] + 0)
			fail("revision " $3 ": " p[1] " goes back")
		rev_version[$2, r, p[1]] = p[2] + 0
	}
	next
}
$1 == "class" {
	if (NF != 4 || !($2 in providers) || $3 !~ /^[A-Z]+$/)
		fail("a class has a known provider, a name and its first revision")
	c = ++classes[$2]
	class_name[$2, c] = $3
	class_first[$2, c] = $4
	next
}
{ fail("not understood") }

function check_provider(p,    i, n, r, v, used) {
	for (i = 1; i <= interfaces; i++) {
		n = order[i]
		if (provider[n] != p)
			continue
		for (r = 1; r <= revisions[p] && test[n] == ""; r++)
			if (!((p, r, n) in rev_version))
				fail("revision " rev_number[p, r] " of " p " lacks " n)
			else if (rev_version[p, r, n] > newest[n])
				fail("revision " rev_number[p, r] ": " n " has no version " rev_version[p, r, n])
		for (v = oldest[n]; v <= newest[n]; v++) {
			used = test[n] != ""
			for (r = 1; r <= revisions[p]; r++)
				used = used || rev_version[p, r, n] == v
			if (!used)
				fail(n " version " v " is served but no revision has it")
		}
	}
}
# Whether every version of a revision is still served.
function served(p, r,    i, n) {
	for (i = 1; i <= interfaces; i++) {
		n = order[i]
		if (provider[n] == p && test[n] == "" && rev_version[p, r, n] < oldest[n])
			return 0
	}
	return 1
}
function guids_header(    f, i, n, p, r) {
	f = out "/dk_guids.h.new"
	print "/* SPDX-License-Identifier: BSD-2-Clause */\n/* Made from interfaces.tbl. */" > f
	print "#ifndef DK_GUIDS_H\n#define DK_GUIDS_H\n\n#include <guiddef.h>\n" > f
	for (i = 1; i <= interfaces; i++) {
		n = order[i]
		print "DEFINE_GUID(DK_" n "_GUID, " define_guid(guid[n]) ");" > f
		print "#define DK_" n "_OLDEST " oldest[n] "\n#define DK_" n "_NEWEST " newest[n] > f
	}
	print "\n#endif" > f
}
function row(f, n,    v) {
	print "\t{{" bytes(guid[n]) "},\n\t\t" oldest[n] ", " newest[n] "," > f
	printf "\t\t{" > f
	for (v = oldest[n]; v <= newest[n]; v++)
		printf "%ssizeof(DK_%s_INTERFACE_V%d)", (v == oldest[n] ? "" : ", "), n, v > f
	print "}}," > f
}
function head(f, guard) {
	print "/* SPDX-License-Identifier: BSD-2-Clause */\n/* Made from interfaces.tbl. */" > f
	print "#ifndef " guard "\n#define " guard "\n" > f
}
function camel_of(p) {
	return substr(p, 1, 1) tolower(substr(p, 2))
}
# What needs no interface header.
function revisions_header(    f, i, j, p, r, camel) {
	f = out "/dk_revisions.h.new"
	head(f, "DK_REVISIONS_H")
	print "#include \"pv_devid.h\"\n#include \"pv_iface.h\"" > f
	for (j = 1; j <= provider_count; j++) {
		p = provider_order[j]
		camel = camel_of(p)
		for (r = 1; r <= revisions[p]; r++) {
			printf "\nPV_TABLE uint16_t Dk%sVersions%s[] = {", camel, rev_number[p, r] > f
			for (i = 1; i <= interfaces; i++)
				if (provider[order[i]] == p)
					if (test[order[i]] == "")
						printf "%d, ", rev_version[p, r, order[i]] > f
			print "\n#ifdef DK_WITH_TEST_INTERFACES" > f
			for (i = 1; i <= interfaces; i++)
				if (provider[order[i]] == p && test[order[i]] != "")
					print "\t0," > f
			print "#endif\n};" > f
		}
		print "\n/* Newest first, as hardware ids are listed. */" > f
		print "PV_TABLE struct pv_revision Dk" camel "Revisions[] = {" > f
		for (r = revisions[p]; r >= 1; r--)
			if (served(p, r))
				print "\t{0x" rev_number[p, r] ", Dk" camel "Versions" rev_number[p, r] "}," > f
		print "};" > f
		print "\nPV_TABLE struct pv_class_row Dk" camel "Classes[] = {" > f
		for (i = 1; i <= classes[p]; i++)
			print "\t{\"" class_name[p, i] "\", 0x" class_first[p, i] "}," > f
		print "};" > f
	}
	print "\n#endif" > f
}
function tables_header(    f, i, j, p, camel) {
	f = out "/dk_tables.h.new"
	head(f, "DK_TABLES_H")
	print "#include \"dk_revisions.h\"\n" > f
	for (i = 1; i <= interfaces; i++)
		print "#include \"" header[order[i]] "\"" > f
	for (j = 1; j <= provider_count; j++) {
		p = provider_order[j]
		camel = camel_of(p)
		print "\nPV_TABLE char *const Dk" camel "Names[] = {" > f
		for (i = 1; i <= interfaces; i++)
			if (provider[order[i]] == p && test[order[i]] == "")
				print "\t\"" order[i] "\"," > f
		for (i = 1; i <= interfaces; i++)
			if (provider[order[i]] == p && test[order[i]] != "")
				print "\t\"" order[i] "\"," > f
		print "};" > f
		print "\n/* Interfaces for tests come last, so that a product table is the same but shorter. */" > f
		print "enum {" > f
		for (i = 1; i <= interfaces; i++)
			if (provider[order[i]] == p && test[order[i]] == "")
				print "\tDK_" p "_ROW_" order[i] "," > f
		for (i = 1; i <= interfaces; i++)
			if (provider[order[i]] == p && test[order[i]] != "")
				print "\tDK_" p "_ROW_" order[i] "," > f
		print "};" > f
		print "\nPV_TABLE struct pv_iface Dk" camel "Interfaces[] = {" > f
		for (i = 1; i <= interfaces; i++)
			if (provider[order[i]] == p && test[order[i]] == "")
				row(f, order[i])
		print "#ifdef DK_WITH_TEST_INTERFACES" > f
		for (i = 1; i <= interfaces; i++)
			if (provider[order[i]] == p && test[order[i]] != "")
				row(f, order[i])
		print "#endif\n};" > f
	}
	print "\n#endif" > f
}
function ids(p,    f, c, r, d, n, list) {
	f = out "/" p ".ids.new"
	n = split(devices, list, " ")
	print "# class revision hardware id; newest revision first" > f
	for (c = 1; c <= classes[p]; c++)
		for (r = revisions[p]; r >= 1; r--)
			if (served(p, r) && rev_number[p, r] >= class_first[p, c])
				for (d = 1; d <= n; d++)
					print class_name[p, c], rev_number[p, r], p "\\VEN_" prefix list[d] \
						"&DEV_" class_name[p, c] "&REV_" rev_number[p, r] > f
}
function page(    f, i, j, k, n, p, r) {
	f = document
	print "<!-- SPDX-License-Identifier: BSD-2-Clause -->" > f
	print "<!-- Made from interfaces/interfaces.tbl by `make interfaces`. Do not edit. -->" > f
	print "# The interfaces between the drivers\n" > f
	print "Drivers of different packages meet at run time: a child asks its parent by" > f
	print "IRP_MN_QUERY_INTERFACE for a GUID and a version and gets a structure of functions, or" > f
	print "STATUS_NOT_SUPPORTED for a version that is not served. Every structure begins with WDM\x27s" > f
	print "INTERFACE, then Acquire and Release (at most DISPATCH_LEVEL; Acquire may fail with" > f
	print "STATUS_NO_MEMORY or STATUS_DEVICE_NOT_READY); methods may be called between the two." > f
	print "`IRQL` is the highest a method may be called at. A method without an entry under" > f
	print "`may fail` cannot." > f
	for (i = 1; i <= interfaces; i++) {
		n = order[i]
		print "\n## " n (test[n] != "" ? " (for tests only)" : "") "\n" > f
		print purpose[n] ". Provided by " provider[n] ", versions " oldest[n] " to " newest[n] "," > f
		print "GUID `" guid[n] "`, header `interfaces/" header[n] "`.\n" > f
		print "| method | versions | IRQL | ownership | may fail |\n| --- | --- | --- | --- | --- |" > f
		for (k = 1; k <= methods[n]; k++)
			print "| " m_name[n, k] " | " m_range[n, k] " | " m_irql[n, k] "_LEVEL | " \
				m_owner[n, k] " | " m_fails[n, k] " |" > f
	}
	for (j = 1; j <= provider_count; j++) {
		p = provider_order[j]
		print "\n## Revisions of " p "\x27s children\n" > f
		print "A child\x27s INF binds to a revision, which stands for one version of each interface.\n" > f
		print "| revision | versions | served |\n| --- | --- | --- |" > f
		for (r = revisions[p]; r >= 1; r--) {
			printf "| %s |", rev_number[p, r] > f
			for (i = 1; i <= interfaces; i++)
				if ((p, r, order[i]) in rev_version)
					printf " %s %d", order[i], rev_version[p, r, order[i]] > f
			print " | " (served(p, r) ? "yes" : "no") " |" > f
		}
	}
}
END {
	if (failed)
		exit 1
	for (j = 1; j <= provider_count; j++)
		check_provider(provider_order[j])
	if (failed)
		exit 1
	guids_header()
	revisions_header()
	tables_header()
	for (j = 1; j <= provider_count; j++)
		ids(provider_order[j])
	page()
}' "$table"

for new in "$out"/dk_guids.h.new "$out"/dk_revisions.h.new "$out"/dk_tables.h.new "$out"/*.ids.new "$document.new"; do
	if ! cmp -s "$new" "${new%.new}"; then mv "$new" "${new%.new}"; else rm "$new"; fi
done
