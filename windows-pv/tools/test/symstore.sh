#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# symstore.sh PECHECK PDBUTIL SYS-A SYS-B EXE: two builds of xen.sys, and a program, each with its PDB beside it.
# shellcheck disable=SC2317 # passes and refuses call the functions
set -u

pecheck=$1
pdbutil=$2
a=$3
b=$4
exe=$5
work=
failed=0
# shellcheck source=tools/test/lib.sh disable=SC1091
. "$(dirname "$0")/lib.sh"
store=$work/store
add() { sh tools/symstore.sh add "$store" product 1.0.0.0 "$pecheck" "$@"; }

# shellcheck disable=SC2046 # three words
set -- $("$pecheck" --keys "$a")
pdb_key=$2
sys_key=$3
# The PDB itself says the same, to a reader that is not ours.
guid=$("$pdbutil" pdb2yaml --pdb-stream "${a%.sys}.pdb" | sed -n "s/.*Guid: *'{\(.*\)}'.*/\1/p" | tr -d -)
passes "the key is the PDB's own" test "${guid}1" = "$pdb_key"
passes "adding" add "$a"
passes "the PDB is where debuggers look" cmp "${a%.sys}.pdb" "$store/xen.pdb/$pdb_key/xen.pdb"
passes "the image is where debuggers look" cmp "$a" "$store/xen.sys/$sys_key/xen.sys"
passes "it is told of" grep -q '^0000000001,add,file' "$store/000Admin/server.txt"
passes "adding two" add "$a" "$b"
passes "three keys" test "$(find "$store/xen.pdb" -name xen.pdb -type f | wc -l)" = 2
passes "deleting the first" sh tools/symstore.sh delete "$store" 0000000001
passes "what the second shares stays" test -e "$store/xen.pdb/$pdb_key/xen.pdb"
refuses "deleting it again" "no addition" sh tools/symstore.sh delete "$store" 0000000001
touch -d '10 days ago' "$store/000Admin/0000000002"
passes "expiring older ones" sh tools/symstore.sh expire "$store" 30
passes "which are not old enough" test -e "$store/xen.pdb/$pdb_key/xen.pdb"
passes "expiring" sh tools/symstore.sh expire "$store" 5
passes "nothing is left" test "$(find "$store" -name 'xen.*' | wc -l)" = 0
mkdir "$work/copy"
cp "$a" "${a%.sys}.pdb" "$work/copy/"
passes "adding the copy" add "$work/copy/xen.sys"
echo x >> "$work/copy/xen.pdb"
refuses "another file under the same key" "differs" add "$work/copy/xen.sys"
rm "$work/copy/xen.pdb"
refuses "an image without its PDB" "cannot be read" add "$work/copy/xen.sys"
passes "adding a program" add "$exe"
# shellcheck disable=SC2046 # three words
set -- $("$pecheck" --keys "$exe")
passes "it is where debuggers look" cmp "$exe" "$store/$(basename "$exe")/$3/$(basename "$exe")"
passes "with its PDB" cmp "${exe%.exe}.pdb" "$store/$1/$2/$1"
like() { "$pdbutil" dump --modules "${exe%.exe}.pdb" | grep -q "$1"; }
passes "which knows its sources" like 'main\.o'
touch "$store/outside"
echo '"..\outside","x"' > "$store/000Admin/0000000009"
refuses "an entry that leads out of the store" "out of the store" \
	sh tools/symstore.sh delete "$store" 0000000009

exit "$failed"
