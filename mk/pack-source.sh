#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# pack-source.sh FOLDER NAME-VERSION EPOCH TARBALL: the same files give the same bytes, whoever packs
# them, and whatever the folder is called. A tarball that would not change is left alone.
set -eu
tar --sort=name --format=gnu --mtime="@$3" --owner=root:0 --group=root:0 --mode=u+rw,go+r-w,a+X \
	--exclude-vcs --transform "s,^\.,$2," -C "$1" -cf "$4.tar" .
gzip -n -9 <"$4.tar" >"$4.new"
rm -f "$4.tar"
if cmp -s "$4.new" "$4"; then rm -f "$4.new"; else mv -f "$4.new" "$4"; fi
