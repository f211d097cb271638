#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The kit installed under a prefix builds a disk in any folder.
. "$(dirname "$0")/lib.sh"
run make -C "$kit" --no-print-directory install DESTDIR="$tmp/dest" prefix=/opt/ddk
is "$status" 0 "make install" || echo "$err"
root=$tmp/dest/opt/ddk
for f in bin/ddk share/ddk/Makefile share/ddk/install.sh.in share/ddk/mk/step.sh share/man/man1/ddk.1 share/man/man7/ddk-kit.7 \
	share/doc/ddk/README.Repositoryformat; do
	ok "$f is there" test -e "$root/$f"
done
ok "no source of the program" test ! -e "$root/share/ddk/src"
chmod -R a-w "$root"
mkdir "$tmp/any"
cd "$tmp/any" || exit 1
run make --no-print-directory -f "$root/share/ddk/Makefile" new DISK="$tmp/any/disk"
is "$status" 0 "make new" || echo "$err"
is "$(sed -n 's/^DDK ?= //p' disk/Makefile)" "$root/share/ddk" "whose Makefile finds the kit"
run build disk -j2
is "$status" 0 "and make there" || echo "$err"
ok "leaves an ISO" test -s disk/out/helloworld/helloworld.iso
run make --no-print-directory -f "$root/share/ddk/Makefile" help
like "$out" 'build-isos' "help works too"
chmod -R u+w "$root"
run make -C "$kit" --no-print-directory uninstall DESTDIR="$tmp/dest" prefix=/opt/ddk
is "$(find "$tmp/dest" -type f)" "" "make uninstall leaves no file"
done_testing
