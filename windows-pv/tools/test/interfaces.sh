#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# interfaces.sh CLANG: the table is checked, published versions stay, children's pins hold.
# shellcheck disable=SC2317 # passes and refuses call the functions
set -u

clang=$1
work=
failed=0
# shellcheck source=tools/test/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"

# A tree of its own, so that things can be broken in it.
mkdir -p "$work/tree/xenvif"
cp -r interfaces ntddk tools "$work/tree/"
cd "$work/tree" || exit 1
table=interfaces/interfaces.tbl
pristine() {
	rm -rf interfaces
	cp -r "$here/interfaces" interfaces
}
here=$OLDPWD

generate() { sh tools/genif.sh "$table" "$work/gen" DK "0001 0002 C123"; }
frozen() { sh tools/frozen.sh check "$clang" "$table"; }

# Edits the table by a sed expression, and sees to it that it has changed something.
edit() {
	pristine
	sed -i "$1" "$table"
	! cmp -s "$table" "$here/$table" || { echo "FAIL $1 changes nothing"; failed=1; }
}

passes "the table as it is" generate
passes "ids have the vendor's prefix and every device" test "$(grep -c 'DEV_VIF' "$work/gen/XENBUS.ids")" = 3
passes "an id as INF files write it" grep -qxF 'VIF 00000001 XENBUS\VEN_DKC123&DEV_VIF&REV_00000001' "$work/gen/XENBUS.ids"
edit 's/^interface | STORE | XENBUS | 1-1 | [^ ]*/interface | STORE | XENBUS | 1-1 | 1234/'
refuses "no GUID" "not a GUID" generate
pristine
guid=$(sed -n 's/^interface | STORE | XENBUS | 1-1 | \([^ ]*\).*/\1/p' $table)
edit "s/^interface | EVTCHN | XENBUS | 1-1 | [^ ]*/interface | EVTCHN | XENBUS | 1-1 | $guid/"
refuses "one GUID for two" "the GUID is that of STORE" generate
edit 's/ SUSPEND=1//'
refuses "a revision that lacks an interface" "lacks SUSPEND" generate
edit 's/STORE=1/STORE=2/'
refuses "a revision with a version that is not served" "has no version 2" generate
edit 's/^interface | STORE | XENBUS | 1-1/interface | STORE | XENBUS | 1-2/'
refuses "a version that no revision has" "version 2 is served but no revision has it" generate
edit 's/STORE=1/STORE=1 TEST=1/'
refuses "a test interface in a revision" "not a real interface" generate
edit 's/^method | STORE | 1- | Read | PASSIVE/method | STORE | 1- | Read | LOW/'
refuses "an IRQL that there is not" "the IRQL is" generate
edit '/^method | STORE/s/Free/Read/'
refuses "a method twice" "has it twice" generate
pristine
echo 'revision | XENBUS | 00000001 | STORE=1' >> "$table"
refuses "revisions that do not go up" "revisions go up" generate

pristine
passes "what is published, as it is" frozen
sed -i 's/\tDK_STORE_FREE Free;/\tDK_STORE_FREE Free;\n\tPVOID Extra;/' interfaces/store_interface.h
refuses "a member more" "STORE_V1.txt: published" frozen
pristine
sed -i 's/, PCSTR Value, ULONG Length)/, PCSTR Value, USHORT Length)/' interfaces/store_interface.h
refuses "an argument of another type" "STORE_V1.txt: published" frozen
pristine
sed -i '/DK_EVTCHN_SEND/s/NTAPI //' interfaces/evtchn_interface.h
refuses "another calling convention" "EVTCHN_V1.txt: published" frozen
pristine
sed -i 's/USHORT Access;/ULONG Access;/' interfaces/store_interface.h
refuses "a structure that arguments point at" "STORE_V1.txt: published" frozen
pristine
sed -i 's/DK_SUSPEND_EARLY = 1/DK_SUSPEND_EARLY = 2/' interfaces/suspend_interface.h
refuses "the number of a name" "SUSPEND_V1.txt: published" frozen
pristine
rm interfaces/frozen/CACHE_V1.txt
refuses "a version that is not published" "publish the version" frozen
edit '/| TEST |/s/1-3/2-3/'
refuses "a published version that is gone" "TEST version 1 was published" frozen
edit '/^method | STORE | 1- | Remove/d'
refuses "a method that the table does not tell of" "not those of store_interface.h" frozen
pristine
cp interfaces/frozen/TEST_V3.txt "$work/before"
passes "freezing what is frozen" sh tools/frozen.sh freeze "$clang" "$table"
passes "freezing changes nothing" cmp interfaces/frozen/TEST_V3.txt "$work/before"

pin() { sh tools/import.sh pin "$table" xenvif XENBUS "$@"; }
pinned() { sh tools/import.sh check "$table" xenvif "$work/include"; }
refuses "a package that pins nothing" "nothing is pinned" pinned
refuses "an interface that there is not" "has no NOTHING" pin 00000001 NOTHING
refuses "a revision that there is not" "has no STORE" pin 00000009 STORE
passes "pinning two" pin 00000001 STORE EVTCHN
passes "what is pinned, as it is" pinned
passes "only these headers are there" test "$(cd "$work/include" && echo *)" = \
	"dk_interface.h evtchn_interface.h store_interface.h"
edit 's/^interface | STORE | XENBUS | 1-1/interface | STORE | XENBUS | 2-2/'
refuses "a version that is served no more" "STORE version 1 is not served" pinned
edit 's/^revision | XENBUS | 00000001/revision | XENBUS | 00000002/'
refuses "a revision that is gone" "does not have STORE version 1" pinned
pristine
echo "declaration typedef int OTHER;" >> interfaces/frozen/STORE_V1.txt
refuses "what was published and has changed" "has changed" pinned

exit "$failed"
