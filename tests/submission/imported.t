#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The submission of a disk for a kernel that was imported: nothing in it says where the tree lay, and it is verified with
# a tree that lies elsewhere.
. "$(dirname "$0")/lib.sh"

copy_example one
echo 'EXCLUDE.kdump = one kernel is enough here' >>one/disk.mk
sed -i "s,^DDK ?=.*,DDK ?= $kit," one/Makefile
header_tree "$uname_xen" "$uname_xen" "$xen"
mkdir -p one/kernels elsewhere/trees
mv "$uname_xen" one/kernels/
echo xen >"one/kernels/$uname_xen/.ddk-flavour"
run build one -j2 submission
is "make submission" "$status" 0 || note "$err"
tar=one/out/helloworld/helloworld-submission.tar
ok "it unpacks" "$ddk" unbundle -q $tar b
is "nothing says where it was built" "$(grep -rlF -e "$tmp" -e "$kit" b)" ""
is "kernels.tsv has the tree by its kernel's name" "$(grep -v '^#' b/kernels.tsv | cut -f1-4)" "xen1	xen	$uname_xen	TREES/$uname_xen"
is "and its symbols" "$(grep -v '^#' b/kernels.tsv | cut -f5)" "$(sha256sum <"$xen/Module.symvers" | cut -c1-64)"
like "toolchain.tsv too" "$(cat b/toolchain.tsv)" "^header tree TREES/$uname_xen	of no package"
is "and config.json" "$(jq -r '.kernels[].tree' b/config/config.json)" "TREES/$uname_xen"

# Given by name, from outside of the disk: the same bundle but for what names the tree's place.
mv "one/kernels/$uname_xen" elsewhere/trees/
run build one -j2 submission KERNELS.xen="$tmp/elsewhere/trees/$uname_xen"
is "with a tree from elsewhere" "$status" 0 || note "$err"
ok "it unpacks, too" "$ddk" unbundle -q $tar c
is "nothing says where that lay" "$(grep -rlF -e "$tmp" -e "$kit" c)" ""

verify() {
	run make -s -C "$kit" verify-submission BUNDLE="$tmp/$tar" "$@"
}
verify
isnt "verified without the tree" "$status" 0
like "which is missing" "$err" "^error: kernel $uname_xen: its header tree is in none of the system's places; TREES=FOLDER"
verify TREES="$tmp/one"
isnt "or with a folder that does not have it" "$status" 0
like "which is said" "$err" "its header tree $tmp/one/$uname_xen is not here"
verify TREES="$tmp/elsewhere/trees"
is "with the folder that has it" "$status" 0 || note "$out
$err"
is "every package is the same" "$(printf '%s\n' "$out" | grep -c '^  identical  ')" 4
done_testing
