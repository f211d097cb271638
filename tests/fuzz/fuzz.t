#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Every parser of foreign bytes against mutated input, under sanitizers, for a fixed number of runs. FUZZERS has
# the programs, FUZZ_RUNS how many each (libarchive reads an ISO slowly, so its share is small).
. "$(dirname "$0")/../lib/tap.sh"
# shellcheck source=../windows/lib.sh
. "$(dirname "$0")/../windows/lib.sh"
scratch
here=$(cd "$(dirname "$0")" && pwd)

# Small seeds of the formats that cannot be stored as text.
iso() {
	mkdir -p "$1.tree/SRPMS" "$1.tree/windows-pv/p/x64"
	cp "$here/../windows/package.inf.in" "$1.tree/windows-pv/p/x64/p.inf"
	image "$1.tree/windows-pv/p/x64/p.sys" seed x64 1.2.3.4
	echo '<repository/>' >"$1.tree/XS-REPOSITORY"
	echo 'exit 0' >"$1.tree/install.sh"
	genisoimage -quiet -no-pad -r -J -V seed -o "$1" "$1.tree"
	rm -rf "$1.tree"
}

# A key, and a certificate with something that it signed: of one length, since the target cuts in the middle.
trust() (
	cd "$1" || exit 1
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out cert -subj /CN=seed 2>/dev/null
	openssl x509 -in cert -outform DER -out der
	head -c 4000 /dev/zero >content
	openssl cms -sign -binary -noattr -nocerts -signer cert -inkey key -in content -outform DER -out message
	{
		cat content message
		printf '\0\0\2\0\0\0\0\0\0\0\%o\%o~Module signature appended~\n' $(($(wc -c <message) / 256)) $(($(wc -c <message) % 256))
	} >module
	{ printf 1; cat der; head -c $(($(wc -c <module) - $(wc -c <der))) /dev/zero; cat module; } >signed
	mkdir -m 0700 gnupg
	GNUPGHOME=$PWD/gnupg gpg --batch --quiet --passphrase '' --quick-generate-key seed rsa2048 2>/dev/null
	{ printf 0; GNUPGHOME=$PWD/gnupg gpg --batch --export seed; } >key.gpg
	{ printf 0; GNUPGHOME=$PWD/gnupg gpg --batch --armor --export seed; } >key.asc
	GNUPGHOME=$PWD/gnupg gpgconf --kill all
	rm -rf gnupg key cert der content message module
)

bundle() {
	mkdir "$1.tree"
	echo one >"$1.tree/a"
	(cd "$1.tree" && sha256sum a >SHA256SUMS)
	tar -C "$SCRATCH" --owner=root:0 --group=root:0 --mtime=@0 -cf "$1" --transform 's,^[^/]*/[^/]*,x,' "${1#"$SCRATCH/"}.tree"
	rm -rf "$1.tree"
}
payload() {
	mkdir -p "$1.tree"
	{ printf '\177ELF' && head -c 64 /dev/zero && printf '\0\0\2\0\0\0\0\0\0\0\0\4' && echo '~Module signature appended~'; } >"$1.tree/a.ko"
	gzip -n <"$1.tree/a.ko" >"$1.tree/b.ko.gz"
	ln -s a.ko "$1.tree/c"
	(cd "$1.tree" && find . | LC_ALL=C sort | cpio -o --quiet -H newc --reproducible) >"$1"
	rm -rf "$1.tree"
}

for fuzzer in ${FUZZERS:?make check sets it}; do
	name=${fuzzer##*/}
	corpus=$SCRATCH/$name
	mkdir "$corpus"
	[ ! -d "$here/corpus/$name" ] || cp "$here/corpus/$name"/* "$corpus"
	runs=${FUZZ_RUNS:-20000}
	case $name in
	fuzz-medium | fuzz-stamp) iso "$corpus/seed.iso" ;;
	fuzz-trust) trust "$corpus" ;;
	fuzz-catalog)
		image "$corpus/seed.sys" seed x64 1.2.3.4
		(cd "$SCRATCH" && code_key seed && code_sign "$corpus/seed.sys" seed)
		;;
	fuzz-bundle) bundle "$corpus/seed" ;;
	fuzz-payload) payload "$corpus/seed" ;;
	esac
	[ "$name" != fuzz-medium ] || runs=$((runs / 40))
	log=$SCRATCH/$name.log
	(cd "$SCRATCH" && "$fuzzer" -seed=1 -runs="$runs" -max_len=120000 -timeout=20 -rss_limit_mb=2048 "$corpus") >"$log" 2>&1
	ok "$name survives $runs runs" test $? -eq 0 || note "$(grep -v '^#' "$log" | tail -n 30)"
	grep -qE "^Done [0-9]+ runs" "$log" || fail "$name ran to its end"
done
done_testing
