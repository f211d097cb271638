#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# sandbox.sh FOLDER COMMAND...: runs a command with FOLDER as its working and home directory, seen at a
# constant path where the system allows it (a mount namespace), so that no path of this machine
# gets into a package. With BUILDROOT the command runs inside that chroot. build_trees, UNAME=PATH ..., are header trees
# that are in none of the system's places: they are seen below ddk_kernels.
set -eu
folder=$1
shift

constant=/tmp/ddk-build
namespace='unshare --mount'
[ "$(id -u)" -eq 0 ] || namespace='unshare --mount --map-root-user'

for tree in ${build_trees:-}; do
	case ${tree%%=*} in
	*/* | .*)
		echo "error: a kernel cannot call itself ${tree%%=*}" >&2
		exit 2
		;;
	esac
done
link_trees() {
	for tree in ${build_trees:-}; do ln -s "${tree#*=}" "$folder/kernels/${tree%%=*}"; done
	export ddk_kernels="$1/kernels"
}
mkdir -p "$folder/kernels"

# The build of a module has nothing to write into a header tree; not every system allows to say so.
enter='mount --bind "$1" "$2" && ddk_kernels=$2/kernels && export ddk_kernels &&
	for tree in ${build_trees:-}; do
		seen=$ddk_kernels/${tree%%=*} && mkdir "$seen" && mount --bind "${tree#*=}" "$seen" || exit
		mount -o remount,bind,ro "$seen" 2>/dev/null || :
	done && shift && cd "$1" && shift && HOME=$PWD && export HOME && exec "$@"'
if [ -n "${BUILDROOT:-}" ]; then
	mkdir -p "$BUILDROOT$constant"
	link_trees "$constant"
	enter='mount --bind "$1" "$BUILDROOT$2" && shift && constant=$1 && shift &&
		exec chroot "$BUILDROOT" /bin/sh -c '\''cd "$0" && HOME=$PWD && export HOME && exec "$@"'\'' "$constant" "$@"'
	export BUILDROOT
elif ! { mkdir -p "$constant" && [ ! -L "$constant" ] && $namespace mount --bind "$folder" "$constant"; } 2>/dev/null; then
	echo "note: no mount namespace here; a spec that names its build folder will not build reproducibly" >&2
	link_trees "$folder"
	cd "$folder"
	HOME=$PWD exec env "$@"
fi
umask 022
export LC_ALL=C TZ=UTC
exec $namespace sh -c "$enter" sh "$folder" "$constant" "$@"
