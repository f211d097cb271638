#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Exports of XEN.SYS are append-only, and what comes later does not get into the import library.
# shellcheck disable=SC2317 # passes and refuses call the functions
set -u

work=
failed=0
# shellcheck source=tools/test/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
mkdir "$work/xen"
fresh() { cp xenbus/xen/exports.tbl xenbus/xen/exports.frozen "$work/xen/"; }
generate() { sh tools/genexports.sh "$work/xen/exports.tbl" "$work/xen/exports.frozen" "$work/gen"; }
last=$(grep -vc -e '^#' -e '^$' xenbus/xen/exports.tbl)

fresh
passes "the table as it is" generate
sed -i '/XenVersion/d' "$work/xen/exports.tbl"
refuses "a row taken out" "append-only" generate
fresh
sed -i '$d' "$work/xen/exports.tbl"
refuses "the last row taken out" "1 published rows are gone" generate
fresh
sed -i 's/XenSchedYield/XenSchedulerYield/' "$work/xen/exports.tbl"
refuses "a name changed" "append-only" generate
fresh
sed -i 's/8	XenInitialize/12	XenInitialize/' "$work/xen/exports.tbl"
refuses "other arguments" "append-only" generate
fresh
printf '%d\t2\t4\tXenNew\n' $((last + 1)) >> "$work/xen/exports.tbl"
refuses "a new row that is not published" "publish it by" generate
passes "publishing" sh tools/freeze-exports.sh "$work/xen/exports.tbl" "$work/xen/exports.frozen"
passes "a new row" generate
passes "the API version follows" grep -qx '#define XEN_API_VERSION 2' "$work/gen/xen_exports.h"
passes "it is exported" grep -q "XenNew @$((last + 1))" "$work/gen/xen.def"
passes "it is not in the import library" sh -c "! grep -q XenNew $work/gen/xen-import-x64.def"
printf '%d\t1\t4\tXenOlder\n' $((last + 2)) >> "$work/xen/exports.tbl"
sh tools/freeze-exports.sh "$work/xen/exports.tbl" "$work/xen/exports.frozen"
refuses "a version that goes down" "does not go down" generate

exit "$failed"
