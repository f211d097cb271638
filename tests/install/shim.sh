# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# shellcheck disable=SC1091,SC2034,SC2154 # variables of lib.sh
#
# Puts a shim before every outside command of install.sh, so that the Nth one can be made to
# fail, or the script be killed before or after it. Read after lib.sh.

SHIMS=$S/shims
mkdir "$SHIMS" "$S/scratch"
cat >"$SHIMS/shim" <<'END'
#!/bin/sh
name=${0##*/}
PATH=$SHIM_PATH
# Two sides of a pipe may come here at once: a number is taken by making its file.
set -C
n=0
[ ! -s "$SHIMS/hint" ] || read -r n <"$SHIMS/hint"
n=$((${n:-0} + 1))
while ! (: >"$SHIMS/taken.$n") 2>/dev/null; do n=$((n + 1)); done
set +C
echo "$n" >"$SHIMS/hint"
echo "$n $name $*" >>"$SHIMS/log"
[ "$n" -eq "$SHIM_AT" ] || exec "$name" "$@"
case $SHIM_HOW in
after) "$name" "$@" ;;
fail)
	echo "error: $name was made to fail" >&2
	exit 1
	;;
nothing) exit 0 ;;
esac
read -r pid <"$SHIMS/pid"
kill -9 "$pid" 2>/dev/null
exit 137
END
chmod 755 "$SHIMS/shim"
for tool in cat chmod cp cut depmod df expr find grep id ln md5sum mkdir mktemp mv readlink rm rmdir \
	rpm sed sha256sum sort sync tr uname wc; do
	ln -s shim "$SHIMS/$tool"
done
export SHIMS SHIM_AT SHIM_HOW SHIM_PATH="$PLAIN_PATH"

# shimmed N HOW ARGUMENT...: runs install.sh so; sets status and log.
shimmed() {
	SHIM_AT=$1 SHIM_HOW=$2
	shift 2
	rm -f "$SHIMS"/taken.* "$SHIMS/hint"
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
	[ "$SHIM_HOW" = after ] || [ "$began" -lt "$SHIM_AT" ]
}

reached() { [ -e "$SHIMS/taken.$SHIM_AT" ]; }

step() { sed -n "s/^$SHIM_AT //p" "$SHIMS/log" | cut -c1-70; }

# complain TEXT: notes what is wrong and counts it.
wrong() {
	faults=$((faults + 1))
	note "$SHIM_HOW step $SHIM_AT ($(step)): $1"
}
