#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# A symbol store, laid out as debuggers ask for it and as the SymStore tool writes it:
#   symstore.sh add STORE PRODUCT VERSION PECHECK IMAGE...  each with its PDB beside it
#   symstore.sh expire STORE DAYS                          what was added longer ago
#   symstore.sh delete STORE ID
# STORE/NAME/KEY/NAME holds a file, KEY being GUID and age of a PDB, time stamp and size of an image.
# 000Admin keeps a numbered file for each addition: what was added, one path and source a line.
set -eu

die() {
	echo "symstore: $*" >&2
	exit 1
}

admin=
lock() {
	admin=$store/000Admin
	mkdir -p "$admin"
	exec 9> "$admin/lock"
	flock -w 60 9 || die "$store: in use"
}

put() { # file name key
	to=$store/$2/$3
	mkdir -p "$to"
	if [ ! -e "$to/$2" ]; then
		cp "$1" "$to/$2.new"
		mv "$to/$2.new" "$to/$2"
	elif ! cmp -s "$1" "$to/$2"; then
		die "$to/$2: is there already, and differs: two builds with one key"
	fi
	# Who needs it: a file that several additions share goes with the last of them.
	echo "$id" >> "$to/refs.ptr"
	printf '"%s\\%s","%s"\n' "$2" "$3" "$1" >> "$admin/$id.new"
}

add() {
	product=$1
	version=$2
	pecheck=$3
	shift 3
	for image; do
		[ -r "$image" ] || die "$image: cannot be read"
		[ -r "${image%.*}.pdb" ] || die "${image%.*}.pdb: cannot be read"
	done
	last=$(cat "$admin/lastid.txt" 2> /dev/null || echo 0)
	id=$(printf '%010d' $(($(echo "$last" | sed 's/^0*//;s/^$/0/') + 1)))
	echo "$id" > "$admin/lastid.txt"
	: > "$admin/$id.new"
	for image; do
		keys=$("$pecheck" --keys "$image") || die "$image: has no keys"
		# shellcheck disable=SC2086 # three words
		set -- $keys
		[ "$1" = "$(basename "${image%.*}").pdb" ] || die "$image: its PDB is called $1"
		put "${image%.*}.pdb" "$1" "$2"
		put "$image" "$(basename "$image")" "$3"
	done
	mv "$admin/$id.new" "$admin/$id"
	line=$(printf '%s,add,file,%s,"%s","%s","",' "$id" "$(date '+%m/%d/%Y,%H:%M:%S')" \
		"$product" "$version")
	echo "$line" >> "$admin/history.txt"
	echo "$line" >> "$admin/server.txt"
	: > "$store/pingme.txt"
	echo "$id"
}

delete() {
	id=$1
	[ -r "$admin/$id" ] || die "$store: no addition $id"
	sed 's/^"\([^"]*\)".*/\1/;s/\\/\//g' "$admin/$id" | while read -r path; do
		case $path in
		*..* | /*) die "$admin/$id: $path: leads out of the store" ;;
		esac
		refs=$store/$path/refs.ptr
		[ -e "$refs" ] || continue
		grep -vx "$id" "$refs" > "$refs.new" || true
		mv "$refs.new" "$refs"
		if [ ! -s "$refs" ]; then
			rm -r "${store:?}/$path"
			rmdir "$store/${path%/*}" 2> /dev/null || true
		fi
	done
	grep -v "^$id," "$admin/server.txt" > "$admin/server.txt.new" || true
	mv "$admin/server.txt.new" "$admin/server.txt"
	mv "$admin/$id" "$admin/$id.deleted"
	printf '%s,del,%s\n' "$id" "$(date '+%m/%d/%Y,%H:%M:%S')" >> "$admin/history.txt"
}

expire() {
	find "$admin" -maxdepth 1 -name '[0-9]*[0-9]' -type f -mtime "+$1" | sort | while read -r old; do
		echo "expired $(basename "$old")"
		delete "$(basename "$old")"
	done
}

[ $# -ge 3 ] || die "usage: symstore.sh add|expire|delete STORE …"
mode=$1
store=$2
shift 2
lock
case $mode in
add)
	[ $# -ge 4 ] || die "usage: symstore.sh add STORE PRODUCT VERSION PECHECK IMAGE..."
	add "$@"
	;;
expire) expire "$1" ;;
delete) delete "$1" ;;
*) die "usage: symstore.sh add|expire|delete STORE …" ;;
esac
