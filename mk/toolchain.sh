#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# toolchain.sh DDK [TREE]...: what builds packages here, or in the chroot BUILDROOT, one tool a line: its name, a
# tab, its version and where known its package; and the header trees.
set -eu
ddk=$1
shift

inside() {
	if [ -z "${BUILDROOT:-}" ]; then
		"$@"
	elif [ "$(id -u)" -eq 0 ]; then
		chroot "$BUILDROOT" "$@"
	else
		unshare --map-root-user chroot "$BUILDROOT" "$@"
	fi
}
# The first line of what a tool says of itself, without the path it was called by.
version() {
	tool=$1
	shift
	inside sh -c 'command -v "$1" >/dev/null' sh "${1##*/}" || return 0
	printf '%s\t%s\n' "$tool" "$(inside "$@" 2>&1 </dev/null | sed -n 1p | tr '\t' ' ')"
}
package() {
	inside sh -c 'file=$1
		if command -v dpkg-query >/dev/null; then
			name=$(dpkg-query -S "$file" 2>/dev/null | sed -n "1s/: .*//p")
			[ -z "$name" ] || dpkg-query -W -f "\${Package} \${Version}" "${name%%,*}"
		else
			rpm -qf --qf "%{NAME} %{VERSION}-%{RELEASE}" "$file" 2>/dev/null || :
		fi' sh "$1"
}

printf 'ddk\t%s\n' "$("$ddk" --version | sed 's/^ddk //')"
version compiler "${CC:-cc}" --version
version linker ld --version
version assembler as --version
version strip strip --version
version make make --version
version rpmbuild rpmbuild --version
version tar tar --version
version gzip gzip --version
printf 'genisoimage\t%s\n' "$(genisoimage --version 2>/dev/null | sed -n 1p)"
for tree; do
	config=${BUILDROOT:-}$tree/include/config/auto.conf
	by=$(sed -n 's/^CONFIG_CC_VERSION_TEXT="\(.*\)"$/\1/p' "$config" 2>/dev/null || :)
	from=$(package "$tree/Module.symvers")
	printf 'header tree %s\t%s\n' "$tree" "${from:-of no package}${by:+; kernel built by $by}"
done
