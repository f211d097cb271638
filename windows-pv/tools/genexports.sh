#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# genexports.sh TABLE FROZEN OUTDIR: from the export table of an export driver, writes
#   NAME_exports.h   API version and ordinals        NAME_routines.h  the table of addresses
#   NAME.def         what the linker exports         NAME.allow       entries for importers
#   NAME-import-{x64,x86}.def                        the import library, version 1 names only
# NAME is the name of TABLE's directory. Fails if TABLE does not begin with the rows of FROZEN.
set -eu

table=$1
frozen=$2
out=$3
name=$(basename "$(dirname "$table")")
mkdir -p "$out"

grep -v '^#' "$frozen" | awk -v table="$table" -v frozen="$frozen" '
{ published[NR] = $1 " " $2 " " $3 " " $4 }
END {
	n = NR
	row = 0
	while ((getline line < table) > 0) {
		if (line ~ /^#/ || line == "")
			continue
		row++
		split(line, f)
		if (row <= n && published[row] != f[1] " " f[2] " " f[3] " " f[4]) {
			print table ": row " row " (" f[4] ") differs from what " frozen \
				" has published; exports are append-only" > "/dev/stderr"
			exit 1
		}
	}
	if (row < n) {
		print table ": " n - row " published rows are gone; exports are append-only" \
			> "/dev/stderr"
		exit 1
	}
	if (row > n) {
		print table ": row " n + 1 " is not in " frozen "; publish it by `make freeze`" \
			> "/dev/stderr"
		exit 1
	}
}'

awk -v table="$table" -v out="$out/$name" -v name="$name" '
function fail(why) {
	print table ":" FNR ": " why > "/dev/stderr"
	failed = 1
	exit 1
}
BEGIN {
	def = out ".def"; i64 = out "-import-x64.def"; i86 = out "-import-x86.def"
	header = out "_exports.h"; routines = out "_routines.h"; allow = out ".allow"
	upper = toupper(name)
	camel = toupper(substr(name, 1, 1)) substr(name, 2)
	spdx = "/* SPDX-License-Identifier: BSD-2-Clause */\n/* Made from exports.tbl. */"
	print "LIBRARY " name ".sys\nEXPORTS" > def
	print "LIBRARY " name ".sys\nEXPORTS" > i64
	print "LIBRARY " name ".sys\nEXPORTS" > i86
	print "# Made from exports.tbl." > allow
	print spdx "\n#ifndef DK_" upper "_EXPORTS_H\n#define DK_" upper "_EXPORTS_H\n" > header
	print spdx "\nstatic VOID (*const " camel "Routines[])(VOID) = {" > routines
}
/^#/ || NF == 0 { next }
NF != 4 { fail("not: ordinal since bytes name") }
$1 != ++count { fail("ordinals are 1, 2, 3 and so on") }
$2 !~ /^[1-9][0-9]*$/ || $2 < since { fail("a version does not go down") }
$3 != "cdecl" && ($3 !~ /^[0-9]+$/ || $3 % 4 != 0) { fail("bytes is a multiple of 4, or cdecl") }
seen[$4]++ { fail($4 " is there twice") }
{
	since = $2
	symbol = $3 == "cdecl" ? $4 : $4 "@" $3
	print "\t" $4 " @" $1 > def
	print "#define " upper "_ORDINAL_" $4 " " $1 > header
	print "\t(VOID (*)(VOID))(ULONG_PTR)" $4 "," > routines
	if (since == 1) {
		print "\t" $4 > i64
		print "\t" symbol > i86
		print name ".sys\t" $4 "\tboth\t_" symbol "\t6.1\t" name "_api.h" > allow
	}
}
END {
	if (failed)
		exit 1
	print "\tDllInitialize PRIVATE\n\tDllUnload PRIVATE" > def
	print "#define " upper "_ORDINAL_LAST " count > header
	print "\n#define " upper "_API_VERSION " since "\n\n#endif" > header
	print "};" > routines
}' "$table"
