#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# sandbox.sh FOLDER COMMAND...: runs a command with FOLDER as its working and home directory, seen at a
# constant path where the system allows it (a mount namespace), so that no path of this machine
# gets into a package. With BUILDROOT the command runs inside that chroot.
set -eu
folder=$1
shift

constant=/tmp/ddk-build
namespace='unshare --mount'
[ "$(id -u)" -eq 0 ] || namespace='unshare --mount --map-root-user'

enter='mount --bind "$1" "$2" && shift && cd "$1" && shift && HOME=$PWD && export HOME && exec "$@"'
if [ -n "${BUILDROOT:-}" ]; then
	mkdir -p "$BUILDROOT$constant"
	enter='mount --bind "$1" "$BUILDROOT$2" && shift && constant=$1 && shift &&
		exec chroot "$BUILDROOT" /bin/sh -c '\''cd "$0" && HOME=$PWD && export HOME && exec "$@"'\'' "$constant" "$@"'
	export BUILDROOT
elif ! { mkdir -p "$constant" && [ ! -L "$constant" ] && $namespace mount --bind "$folder" "$constant"; } 2>/dev/null; then
	echo "note: no mount namespace here; a spec that names its build folder will not build reproducibly" >&2
	cd "$folder"
	HOME=$PWD exec env "$@"
fi
umask 022
export LC_ALL=C TZ=UTC
exec $namespace sh -c "$enter" sh "$folder" "$constant" "$@"
