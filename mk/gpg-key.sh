#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# gpg-key.sh RESULT KEY HASH EPOCH "ALGORITHM...": finds KEY among the secret keys of GNUPGHOME, sees that it can
# sign today and that the release can read it, and writes down how it is to be used, as settings for sh.
set -eu
result=$1 key=$2 hash=$3 epoch=$4 algorithms=$5

fail() {
	echo "error: GPG_KEY = $key: $*" >&2
	exit 1
}
command -v gpg >/dev/null || fail "gpg is not here; \`make deps\` installs it"
listed=$(gpg --batch --no-tty --with-colons --fixed-list-mode --list-secret-keys -- "$key" 2>/dev/null) ||
	fail "no such secret key in ${GNUPGHOME:-~/.gnupg}; name one that \`gpg --list-secret-keys\` shows, GNUPGHOME says where"

# Fields of doc/DETAILS: 1 record, 2 validity, 4 algorithm, 6 creation, 12 capabilities, those of the key itself in lower case.
printf '%s\n' "$listed" | awk -F: -v epoch="$epoch" '
	$1 == "sec" { keys++; validity = $2; algorithm = $4; able = $12; primary = 1 }
	$1 == "ssb" { primary = 0 }
	$1 == "fpr" && primary && !fingerprint { fingerprint = $10 }
	($1 == "sec" || ($1 == "uid" && primary)) && $6 > epoch { epoch = $6 }
	END { print keys, fingerprint, "v" validity, algorithm, able, epoch }' >"$result.found"
read -r keys fingerprint validity algorithm able time <"$result.found"
rm -f "$result.found"

[ "$keys" -eq 1 ] || fail "$keys secret keys are called that; give the fingerprint of one"
case $validity in
ve*) fail "it has expired; extend it, or give another" ;;
vr*) fail "it was revoked; give another" ;;
vd* | vi*) fail "it is disabled or invalid; give another" ;;
esac
case $able in
*s*) ;;
*) fail "its primary key cannot sign, and rpm of older hosts knows no subkeys; give a key whose primary key signs" ;;
esac
case $algorithm in
1 | 3) name=rsa ;;
17) name=dsa ;;
22) name=eddsa ;;
*) name=algorithm-$algorithm ;;
esac
case " $algorithms " in
*" any "* | *" $name "*) ;;
*) fail "it is of kind $name, and the release reads $algorithms; make one with gpg --quick-generate-key NAME rsa3072 sign" ;;
esac
# No signature is older than its key, or nobody would take it.
cat >"$result" <<EOF
gpg_fingerprint=$fingerprint
gpg_kind=$name
gpg_hash=$hash
gpg_time=$time
EOF
