# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=sh
# Throw-away keys: made by each test in its scratch folder, never stored.
. "$(dirname "$0")/../disk/lib.sh"

export GNUPGHOME="$tmp/gnupg"
mkdir -m 0700 "$GNUPGHOME"
# The agent ends with the test, not minutes later.
trap 'gpgconf --kill all >/dev/null 2>&1; rm -rf --one-file-system "$SCRATCH"' EXIT

# certificate NAME CN: a key NAME.key and its certificate NAME.pem.
certificate() {
	openssl req -x509 -newkey rsa:2048 -nodes -keyout "$tmp/$1.key" -out "$tmp/$1.pem" -subj "/O=Test/CN=$2" -days 30 2>/dev/null
}

# expired_certificate NAME KEY: one for an existing key that ended in 2021.
expired_certificate() (
	mkdir "$tmp/ca" && cd "$tmp/ca" || exit 1
	cat >ca.cnf <<-'EOF'
		[ca]
		default_ca = d
		[d]
		dir = .
		database = index.txt
		new_certs_dir = .
		serial = serial
		default_md = sha256
		policy = p
		[p]
		commonName = supplied
	EOF
	: >index.txt
	echo 01 >serial
	openssl req -new -key "$2" -subj /CN=Expired -out request 2>/dev/null
	openssl ca -batch -config ca.cnf -selfsign -keyfile "$2" -in request -startdate 20200101000000Z \
		-enddate 20210101000000Z -out "$tmp/$1.pem" >/dev/null 2>&1
)

# gpg_key USER ALGORITHM EXPIRY [OPTION]...: without a pass phrase.
gpg_key() {
	gpg_user=$1 gpg_algorithm=$2 gpg_expiry=$3
	shift 3
	gpg --batch --quiet --no-tty --passphrase '' "$@" --quick-generate-key "$gpg_user <$gpg_user@example.org>" "$gpg_algorithm" sign "$gpg_expiry" 2>"$tmp/gpg.log" ||
		cat "$tmp/gpg.log" >&2
}

# rules MEDIUM [OPTION]...: the ids of what ddk check finds, each once.
rules() {
	"$ddk" check --strict "$@" | sed -nE 's/^(error|warning|note) ([A-Z]{2}[0-9]{3}) .*/\2/p' | LC_ALL=C sort -u | tr '\n' ' '
}
