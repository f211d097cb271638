#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# headers.sh PACKAGE DEPFILE...: fails if an object of PACKAGE includes another package's header.
# Everybody's are interfaces/, lib/, ntddk/ and what the build generates. The names in a depfile are
# relative where they are this tree's.
set -eu

package=$1
shift
status=0
for dep; do
	# shellcheck disable=SC2013 # words are what is wanted
	for file in $(sed -e 's/^[^:]*://' -e 's/\\$//' "$dep"); do
		case $file in
		/* | interfaces/* | lib/* | ntddk/* | "$package"/*) ;;
		*)
			echo "$dep: $package includes the private header $file" >&2
			status=1
			;;
		esac
	done
done
exit $status
