#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The kit installed under a prefix builds a disk in any folder.
. "$(dirname "$0")/lib.sh"
run make -C "$kit" --no-print-directory install DESTDIR="$tmp/dest" prefix=/opt/ddk
is "make install" "$status" 0 || echo "$err"
root=$tmp/dest/opt/ddk
for f in bin/ddk share/ddk/Makefile share/ddk/install.sh.in share/ddk/mk/step.sh share/man/man1/ddk.1 share/man/man7/ddk-kit.7 \
	share/doc/ddk/README.Repositoryformat share/bash-completion/completions/ddk share/zsh/site-functions/_ddk; do
	ok "$f is there" test -e "$root/$f"
done
ok "no source of the program" test ! -e "$root/share/ddk/src"
chmod -R a-w "$root"
mkdir "$tmp/any"
cd "$tmp/any" || exit 1
run make --no-print-directory -f "$root/share/ddk/Makefile" new DISK="$tmp/any/disk"
is "make new" "$status" 0 || echo "$err"
is "whose Makefile finds the kit" "$(sed -n 's/^DDK ?= //p' disk/Makefile)" "$root/share/ddk"
run build disk -j2
is "and make there" "$status" 0 || echo "$err"
ok "leaves an ISO" test -s disk/out/helloworld/helloworld.iso
run make --no-print-directory -f "$root/share/ddk/Makefile" help
like "help works too" "$out" 'build-isos'
chmod -R u+w "$root"
run make -C "$kit" --no-print-directory uninstall DESTDIR="$tmp/dest" prefix=/opt/ddk
is "make uninstall leaves no file" "$(find "$tmp/dest" -type f)" ""
done_testing
