# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# shellcheck disable=SC1091,SC2034,SC2154 # variables of lib.sh
#
# Puts a shim before every outside command of install.sh, so that the Nth one can be made to
# fail, or the script be killed before it. Read after lib.sh.

SHIMS=$S/shims
mkdir "$SHIMS" "$S/scratch"
gcc -O1 -Wall -Wextra -Werror -D_GNU_SOURCE "$HERE/shim.c" -o "$SHIMS/shim" || exit 1
for tool in cat chmod cp cut depmod df expr find grep id ln md5sum mkdir mktemp mv readlink rm rmdir \
	rpm sed sha256sum sort sync tr uname wc; do
	ln -s shim "$SHIMS/$tool"
done
export SHIMS SHIM_AT SHIM_HOW SHIM_PATH="$PLAIN_PATH"

# shimmed N HOW ARGUMENT...: runs install.sh so; sets status and log.
shimmed() {
	SHIM_AT=$1 SHIM_HOW=$2
	shift 2
	rm -f "$SHIMS"/taken.*
	: >"$SHIMS/log"
	# shellcheck disable=SC2016 # expands there
	run env TMPDIR="$S/scratch" PATH="$SHIMS:$PLAIN_PATH" sh -c 'echo $$ >"$SHIMS/pid"; exec "$@"' sh \
		"$SH" "$disk/install.sh" --root "$R" --yes "$@"
	rm -rf "$S/scratch"
	mkdir "$S/scratch"
}

# Did rpm begin to change the root in the last run?
rpm_began() {
	began=$(sed -n "/^[0-9]* rpm --root .*\(--initdb\|-Uv\|-ev\)/{s/ .*//p;q;}" "$SHIMS/log")
	[ -n "$began" ] || return 1
	[ "$began" -lt "$SHIM_AT" ] || [ "$SHIM_HOW:$began" = "nothing:$SHIM_AT" ]
}

reached() { [ -e "$SHIMS/taken.$SHIM_AT" ]; }

step() { sed -n "s/^$SHIM_AT //p" "$SHIMS/log" | cut -c1-70; }

# wrong TEXT: notes what is wrong and counts it.
wrong() {
	faults=$((faults + 1))
	note "$SHIM_HOW step $SHIM_AT ($(step)): $1"
}

# The states that are begun from. keep_root makes one out of R, fresh_root gets it back.
keep_root() {
	rm -rf "$S/kept"
	mv "$R" "$S/kept"
}
fresh_root() {
	rm -rf "$R"
	cp -al "$S/kept" "$R"
	if [ -d "$R/var/lib/rpm" ]; then
		rm -r "$R/var/lib/rpm"
		cp -a "$S/kept/var/lib/rpm" "$R/var/lib/"
	fi
}
