#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# put.sh FOLDER [FILE]...: puts files into a folder, linked where that can be and copied elsewhere.
set -eu
folder=$1
shift
mkdir -p "$folder"
for file; do
	ln "$file" "$folder/" 2>/dev/null || cp "$file" "$folder/"
done
