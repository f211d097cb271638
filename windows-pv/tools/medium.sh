#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# medium.sh BUILD OUT PACKAGES ARCHES [KEYS]: lays the packages of a build out as a driver disk has them. What has not
# changed keeps its date.
set -eu

build=$1
out=$2
packages=$3
arches=$4
keys=${5:-}
rm -rf "$out.new"
for package in $packages; do
	for arch in $arches; do
		mkdir -p "$out.new/$package/$arch"
		for file in "$build/$package/$arch"/*; do
			case $file in
			*.pdb | *.new | *.log) ;;
			*) cp -p "$file" "$out.new/$package/$arch/" ;;
			esac
		done
	done
done
if [ -n "$keys" ]; then
	mkdir -p "$out.new/testsign"
	cp -p "$keys/test.cer" "$keys/testsign.cmd" "$out.new/testsign/"
	chmod 0644 "$out.new/testsign"/*
fi
if diff -r "$out" "$out.new" >/dev/null 2>&1; then
	rm -rf "$out.new"
else
	rm -rf "$out"
	mv "$out.new" "$out"
fi
