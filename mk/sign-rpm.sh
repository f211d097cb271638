#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# sign-rpm.sh RESULT RPM KEY [keep]: a copy of RPM with a signature in place of any it had; with keep, one that has
# a signature keeps it. KEY is what gpg-key.sh wrote.
set -eu
result=$1 rpm=$2
# shellcheck source=/dev/null # written by gpg-key.sh
. "$3"
: "${gpg_fingerprint:?}" "${gpg_hash:?}" "${gpg_time:?}"

new=${result%/*}/.${result##*/}
mkdir -p "${result%/*}"
trap 'rm -f "$new"' EXIT
cp "$rpm" "$new"
is_signed() {
	rpm -qp --nosignature --qf '%{RSAHEADER:pgpsig}%{DSAHEADER:pgpsig}' "$new" | grep -q 'Key ID'
}
if [ "${4:-}" = keep ] && is_signed; then
	mv -f "$new" "$result"
	exit 0
fi
gpg=$(command -v gpg)
# The user's own macros could name another key.
GNUPGHOME=${GNUPGHOME:-$HOME/.gnupg}
export GNUPGHOME
# --rpmv3: rpm before 4.14 looks for a signature over the payload too, and knows no digest of it in the header.
HOME=/nonexistent rpmsign --addsign --rpmv3 --define "_gpg_name $gpg_fingerprint" --define "__gpg $gpg" --define \
	"__gpg_sign_cmd $gpg gpg --batch --no-tty --no-verbose --no-armor --no-secmem-warning --digest-algo $gpg_hash --faked-system-time $gpg_time! -u $gpg_fingerprint! -sbo %{__signature_filename} %{?__plaintext_filename}" \
	"$new"
# rpmsign succeeds where gpg was told not to sign.
is_signed || {
	echo "error: rpmsign left ${rpm##*/} without a signature" >&2
	exit 1
}
mv -f "$new" "$result"
