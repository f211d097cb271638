#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# prefix.sh DIR: a Wine prefix as Wine makes it, without a display.
set -eu

unset DISPLAY WAYLAND_DISPLAY
export WINEPREFIX="$1" WINEARCH=win64 WINEDEBUG=-all,err+virtual
export WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe='

trap '"$WINESERVER" -k >/dev/null 2>&1 || true' EXIT
rm -rf "$1"
status=0
timeout -k 10 120 "$WINE" wineboot -i > "$1.log" 2>&1 || status=$?
! grep -qF 'failed to map the shared user data' "$1.log" || exit 75
[ "$status" -eq 0 ] || { cat "$1.log" >&2; exit 1; }
timeout -k 10 60 "$WINESERVER" -w
