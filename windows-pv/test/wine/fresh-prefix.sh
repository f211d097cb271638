# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# To be read with '.': a fresh Wine prefix, $run/prefix, copied from the one in $work, which goes when the script ends.
# WINE and WINESERVER come from the environment.

: "${run:?}" "${work:?}"
unset DISPLAY WAYLAND_DISPLAY
export WINEPREFIX="$run/prefix" WINEARCH=win64 WINEDEBUG="${WINEDEBUG:--all,err+virtual}"
export WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe='

# Only this prefix's server, and all that runs on it.
finish() {
	status=$?
	"$WINESERVER" -k >/dev/null 2>&1 || true
	rm -rf "$run/prefix"
	# For tries.sh: not what was tested.
	if [ "$status" -ne 0 ] && grep -rqsF 'failed to map the shared user data' "$run"; then
		exit 75
	fi
	exit "$status"
}
trap finish EXIT
trap 'exit 1' INT TERM

rm -rf "$run"
mkdir -p "$run"
cp -a "$work/prefix" "$run/prefix"
