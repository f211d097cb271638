#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# ddk unbundle: a hostile tar is refused before anything of it is written.
. "$(dirname "$0")/lib.sh"

mkdir -p acme-submission/RPMS
echo one >acme-submission/RPMS/a.rpm
echo two >acme-submission/README
bundle_again acme-submission good.tar
run "$ddk" unbundle good.tar good
is "a bundle" "$status $err" "0 "
is "is unpacked" "$(cd good && find . -type f | LC_ALL=C sort | tr '\n' ' ')" "./README ./RPMS/a.rpm ./SHA256SUMS "
is "as it is" "$(cat good/RPMS/a.rpm)" one
run "$ddk" unbundle good.tar good
is "a folder that is there" "$status" 3
is "is left alone" "$(cat good/RPMS/a.rpm)" one
run "$ddk" unbundle -q good.tar quiet
is "-q" "$status$out$err" 0

# refused NAME WORDS TAR: status 1, one line with the words, nothing written here nor where names lead.
refused() {
	before=$(ls -A "$tmp" /tmp/ddk-evil* 2>/dev/null)
	run timeout 60 "$ddk" unbundle "$3" refused
	is "$1 is refused" "$status" 1 || note "$err"
	is "in one line" "$(printf '%s\n' "$err" | wc -l)" 1
	like "that says why" "$err" "^ddk: error: $3: .*$2"
	is "and nothing is written" "$(ls -A "$tmp" /tmp/ddk-evil* 2>/dev/null)" "$before"
}
# tar_as TAR NAME: the good bundle, where one file has another name.
tar_as() {
	tar -P -cf "$1" --transform "s,^acme-submission/README\$,$2," acme-submission
}

tar_as absolute.tar /tmp/ddk-evil
refused "an absolute name" '/tmp/ddk-evil: a bundle has one folder' absolute.tar
tar_as up.tar acme-submission/../../ddk-evil
refused "a name with .." 'lead nowhere else' up.tar
tar_as top.tar ddk-evil/README
refused "a second top folder" 'one folder' top.tar
tar_as hidden.tar acme-submission/.profile
refused "a hidden name" 'one folder' hidden.tar
tar_as option.tar acme-submission/-rf
refused "a name like an option" 'one folder' option.tar
tar_as control.tar "acme-submission/a$(printf '\033')b"
refused "a control character" 'a\\x1bb: ' control.tar
tar_as deep.tar acme-submission/1/2/3/4/5/6/7/8/9
refused "a deep name" 'one folder' deep.tar
tar_as inside.tar acme-submission/RPMS/a.rpm/x
refused "a file in a file" 'its folder is a file' inside.tar
tar --hard-dereference -cf twice.tar acme-submission acme-submission/README
refused "a name that occurs twice" 'the bundle has it twice' twice.tar

cp -R acme-submission links
ln -s /tmp links/RPMS/away
tar -cf symlink.tar --transform 's,^links,acme-submission,' links
refused "a symbolic link" 'no links and no devices' symlink.tar
rm links/RPMS/away
ln links/README links/RPMS/hard
tar -cf hardlink.tar --transform 's,^links,acme-submission,R' links
refused "a hard link" 'no links and no devices' hardlink.tar
rm links/RPMS/hard
mkfifo links/pipe
tar -cf fifo.tar --transform 's,^links,acme-submission,' links
refused "a pipe" 'no links and no devices' fifo.tar
rm links/pipe

truncate -s 4G links/hole
tar -S -cf hole.tar --transform 's,^links,acme-submission,' links
refused "4 GiB in a few bytes" 'more bytes than the bundle has' hole.tar
rm links/hole
head -c 2100 good.tar >cut.tar
refused "a bundle cut short" 'cut short|no plain tar|no SHA256SUMS' cut.tar
gzip -nk good.tar
refused "a compressed one" 'no plain tar' good.tar.gz
: >empty.tar
refused "an empty file" 'SHA256SUMS|no plain tar' empty.tar
head -c 20000 /dev/urandom >noise.tar
refused "noise" 'no plain tar' noise.tar

# The sums.
rm links/SHA256SUMS
tar -cf bare.tar --transform 's,^links,acme-submission,' links
refused "a bundle without sums" 'it has no SHA256SUMS' bare.tar
cp acme-submission/SHA256SUMS links/
echo three >links/README
tar -cf changed.tar --transform 's,^links,acme-submission,' links
refused "a changed file" 'README: its sha256 is not that of SHA256SUMS' changed.tar
echo two >links/README
echo more >links/more
tar -cf more.tar --transform 's,^links,acme-submission,' links
refused "a file without a sum" 'more: it does not stand in SHA256SUMS' more.tar
rm links/more links/README
tar -cf less.tar --transform 's,^links,acme-submission,' links
refused "a sum without a file" 'README: it stands in SHA256SUMS and is not in the bundle' less.tar
for line in "$(printf '%064d' 0)  ../good.tar" "x" "$(head -n 1 acme-submission/SHA256SUMS)"; do
	cp acme-submission/README links/README
	{
		cat acme-submission/SHA256SUMS
		echo "$line"
	} >links/SHA256SUMS
	tar -cf sums.tar --transform 's,^links,acme-submission,' links
	refused "the line '$(printf %.40s "$line")'" '' sums.tar
done

run "$ddk" unbundle absent.tar refused
is "no bundle" "$status" 3
run "$ddk" unbundle good.tar no/such/folder
is "no place for it" "$status" 3
run "$ddk" unbundle good.tar
is "no folder" "$status" 2
done_testing
