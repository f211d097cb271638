#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# Media that would have a reader follow, inflate, allocate or print what they like; tests/long/hostile.t has the large ones.
. "$(dirname "$0")/lib.sh"
good_disk
hostile "the disk they start from" "$SCRATCH/good" '.*' 0

# Loops and links out of the tree, special files.
copy
ln -s . disk/loop
ln -s /etc/passwd disk/absolute
ln -s ../../../../etc disk/relative
ln -s nowhere disk/dangling
mkfifo disk/fifo
hostile "links and a pipe in a folder" "$SCRATCH/disk" 'MD003 (loop|absolute|relative|dangling|fifo): it is (a symbolic link|neither file nor folder)' 5
if mknod disk/zero c 1 5 2>/dev/null; then
	hostile "a device without end" "$SCRATCH/disk" 'MD003 zero: it is neither file nor folder'
else
	skip "a device without end" "only root makes devices"
fi
iso disk links.iso
hostile "the same on an ISO" "$SCRATCH/links.iso" 'MD003 (loop|absolute|relative|dangling|fifo|zero): it is' "$(find disk ! -type d ! -type f | wc -l)"
for f in XS-REPOSITORY XS-PACKAGES update.xml repodata disk.info install.sh; do
	copy
	rm -rf "disk/$f"
	ln -s "$SCRATCH/good/$f" "disk/$f"
	hostile "a link in place of $f" "$SCRATCH/disk" "MD003 $f: it is a symbolic link"
done

# Names that lead out: the Rock Ridge name of an ISO, a payload.
copy
iso disk plain.iso
perl -0777 -pe 's/install\.sh/..\/..\/x.sh/g' plain.iso >dots.iso
hostile "a name with .. on an ISO" "$SCRATCH/dots.iso" 'MD003 \.\./\.\./x\.sh: the name is not one of a file inside the medium'
perl -0777 -pe 's/update\.xml/\/\/\/\/\/\/\/\/\/\//g' plain.iso >slashes.iso
hostile "a name of slashes" "$SCRATCH/slashes.iso" 'MD003 //////////: the name is not'
rpm_of out leads-out w0.ufdio "cp $SCRATCH/good.ko \$RPM_BUILD_ROOT$uname_dir/aaaaaaaaaaaaaaaa.ko"
rpm=$SCRATCH/out/leads-out-1.0-1.x86_64.rpm
perl -0777 -pi -e 's{\./lib/modules/6\.1-x/extra/a{16}\.ko}{./../../../../../../../../../tmp/ddk-pwned.ko}' "$rpm"
hostile "a payload that would unpack outside, by its digest" "$rpm" 'RP001'
plain gate --uname $uname "$rpm"
is "and where no digest is looked at" "$(grep -c 'KO011 .*the module lies outside' .said)" 1 || cat .said
ok "nothing was unpacked" test ! -e /tmp/ddk-pwned.ko

# Names and values that drive a terminal.
copy
escape=$(printf '\033[31mred\033[0m')
: >"disk/$escape"
: >"disk/$(printf 'line\nbreak')"
: >"disk/$(printf 'c1\302\233x\351 \342\200\256rtl')"
hostile "names with control characters" "$SCRATCH/disk" '.*' 0
# genisoimage takes no name that is not UTF-8.
rm -f disk/c1*
iso disk names.iso
hostile "names with control characters on an ISO" "$SCRATCH/names.iso" '.*' 0
copy
for f in XS-REPOSITORY XS-PACKAGES update.xml; do
	sed -i "s/=\"/=\"$escape/" "disk/$f"
done
sed -i "s/^text=.*/text=$escape/" disk/disk.info
printf 'x\033]0;title\007\n' >>disk/install.sh
hostile "metadata with control characters" "$SCRATCH/disk" 'XR001 XS-REPOSITORY'
printf '.section .modinfo,"a"\n.asciz "license=GPL"\n.asciz "name=a\\033[31mb"\n.asciz "description=\\033[2J\\351"\n.asciz "vermagic=%s\\033c SMP"\n.asciz "alias=pci:v\\n"\n' $uname |
	cc -c -x assembler - -o escape.ko
hostile "a module with control characters" "$SCRATCH/escape.ko" '.*' 0
printf 'x%.0s' 1 >"$(printf 'esc\033[31m.iso')"
hostile "a medium whose own name has them" "$SCRATCH/$(printf 'esc\033[31m.iso')" 'IS001'

# Sizes of 4 GiB in a file of 1 KiB.
# claim RPM OFFSET: the number of entries and the size of a header.
claim() {
	head -c 1024 good/acme-modules-xen-$uname-1.0-1.x86_64.rpm >claim.rpm
	perl -e 'open(my $f, "+<", "claim.rpm"); seek($f, shift, 0); print $f "\x0f\xff\xff\xff\xff\xff\xff\xf0"' "$1"
}
claim 104
hostile "a signature header of 4 GiB" "$SCRATCH/claim.rpm" 'RP001 claim.rpm'
cp good/acme-modules-xen-$uname-1.0-1.x86_64.rpm claim.rpm
perl -0777 -pi -e 'my $n = 0; s/(\x8e\xad\xe8\x01\x00\x00\x00\x00)(.{8})/$1 . ($n++ ? "\x00\xff\xff\xff\x0f\xff\xff\xff" : $2)/ges' claim.rpm
hostile "a header of 256 MiB" "$SCRATCH/claim.rpm" 'RP001 claim.rpm'
# Section headers: the size is 32 bytes into each of 64.
perl -0777 -pe 'my $at = unpack("Q<", substr($_, 40, 8)); substr($_, $at + 64 + 32, 8) = pack("Q<", 0xffffffff)' good.ko >section.ko
hostile "a section of 4 GiB" "$SCRATCH/section.ko" 'KO001 section.ko'
perl -0777 -pe 'substr($_, 40, 8) = pack("Q<", 0xfffffffffffffff0)' good.ko >headers.ko
hostile "section headers at the end of all bytes" "$SCRATCH/headers.ko" 'KO001 headers.ko'
perl -0777 -pe 'substr($_, 60, 2) = pack("S<", 0); my $at = unpack("Q<", substr($_, 40, 8)); substr($_, $at + 32, 8) = pack("Q<", 0xffffffffff)' good.ko >many.ko
hostile "a million million sections" "$SCRATCH/many.ko" 'KO001 many.ko'
{ cat good.ko; printf '\0\0\2\0\0\0\0\0\377\377\377\377~Module signature appended~\n'; } >signature.ko
hostile "a signature of 4 GiB" "$SCRATCH/signature.ko" 'KO010 signature.ko'
# The root folder's record in the first volume descriptor: size at byte 10 of it, in both byte orders.
perl -0777 -pe 'substr($_, 32768 + 156 + 10, 8) = "\xff\xff\xff\x7f\x7f\xff\xff\xff"' plain.iso >root.iso
hostile "an ISO whose root folder has 2 GiB" "$SCRATCH/root.iso" 'IS001|MD00[13]' "$(plain check "$SCRATCH/root.iso"; grep -cE '^(error|warning) (IS001|MD00[13])' .said)"
perl -0777 -pe 'substr($_, 32768 + 80, 8) = "\xff\xff\xff\x7f\x7f\xff\xff\xff"' plain.iso >volume.iso
hostile "an ISO that claims 4 TiB" "$SCRATCH/volume.iso" 'IS001'
# Folders that hold each other: every folder's extent becomes the root's.
perl -0777 -pe 'my $root = substr($_, 32768 + 156 + 2, 8); my $n = 0; s/(.{2})(.{8})(.{8}.{7}\x02.{6}\x08REPODATA)/$1 . $root . $3/ges' plain.iso >loop.iso
ok "the loop is one" sh -c '! cmp -s plain.iso loop.iso'
hostile "an ISO whose folder is its own root" "$SCRATCH/loop.iso" '(IS001|MD00[0-9])' "$(plain check "$SCRATCH/loop.iso"; grep -cE '^(error|warning) (IS001|MD00[0-9])' .said)"
truncate -s 100T "$SCRATCH/sparse" 2>/dev/null || truncate -s 8T "$SCRATCH/sparse"
copy
mv sparse disk/sparse
hostile "a file of many TiB in a folder" "$SCRATCH/disk" 'MD003 sparse: it has [0-9]+ bytes'
rm disk/sparse

# Bombs, the small ones.
copy
head -c 400M /dev/zero | tr '\0' ' ' | gzip -1 >bomb.gz
primary bomb.gz
hostile "a primary list of 400 MiB in gzip" "$SCRATCH/disk" 'YU009 repodata/p.gz: it does not decompress within bounds'
for f in update.xml XS-REPOSITORY XS-PACKAGES repodata/repomd.xml; do
	copy
	{
		printf '<!DOCTYPE a [<!ENTITY a0 "aaaaaaaaaa">'
		for i in 1 2 3 4 5 6 7 8 9; do
			printf '<!ENTITY a%d "&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;&a%d;">' $i $((i - 1)) $((i - 1)) $((i - 1)) $((i - 1)) $((i - 1)) $((i - 1)) $((i - 1)) $((i - 1)) $((i - 1)) $((i - 1))
		done
		printf ']>\n<a b="&a9;">&a9;</a>\n'
	} >bomb.xml
	cp bomb.xml "disk/$f"
	hostile "entities of entities in $f" "$SCRATCH/disk" "(YU001|XR001|XP001|YU009) $f"
	perl -e 'print "<a>" x 200000, "</a>" x 200000' >"disk/$f"
	hostile "elements 200,000 deep in $f" "$SCRATCH/disk" "(YU001|XR001|XP001|YU009) $f"
done
copy
printf '<!DOCTYPE update [<!ENTITY x SYSTEM "file:///etc/passwd">]>\n<update name-label="acme">&x;</update>\n' >disk/update.xml
hostile "an entity that is another file" "$SCRATCH/disk" 'YU001 update.xml'
unlike "which nobody reads" "$(cat .plain)" 'root:'
module packed
for tool in gzip 'xz -T1' zstd; do
	{ cat packed.ko; head -c 300M /dev/zero; } | $tool -q -c >"bomb.ko.${tool%% *}"
done
mv bomb.ko.gzip bomb.ko.gz
mv bomb.ko.zstd bomb.ko.zst
for f in gz xz zst; do
	hostile "a module of 300 MiB in .$f" "$SCRATCH/bomb.ko.$f" "KO001 bomb.ko.$f: it does not decompress into a module of a sane size"
done
xz --format=xz --lzma2=preset=0,dict=1GiB -T1 -c packed.ko >dictionary.ko.xz
hostile "a module whose xz wants a dictionary of 1 GiB" "$SCRATCH/dictionary.ko.xz" '.*' 0
rm -f bomb.*
for payload in w9.gzdio w2.xzdio w3.zstdio; do
	rpm_of bombs bomb $payload "truncate -s 300M \$RPM_BUILD_ROOT$uname_dir/b.ko"
	hostile "a payload of 300 MiB, $payload" "$SCRATCH/bombs/bomb-1.0-1.x86_64.rpm" '(RP002|KO001) bomb'
done

# Truncated: a few of each, all of them in the long test.
copy
for f in disk/*.rpm disk/XS-PACKAGES disk/update.xml disk/repodata/*primary* disk/disk.info plain.iso good.ko; do
	size=$(wc -c <"$f")
	: >.faults
	for part in 0 1 3 5 7; do
		if [ "${f%/*}" = disk ] || [ "${f%/*}" = disk/repodata ]; then
			copy
			truncate -s $((size * part / 8)) "$f"
			reads sanitized check "$SCRATCH/disk"
		else
			head -c $((size * part / 8)) "$f" >"cut-$f"
			reads sanitized check "$SCRATCH/cut-$f"
		fi
		[ "$reads_status" -eq 1 ] || echo "cut to $part/8: nothing is found" >>.faults
	done
	is "$(basename "$f") cut short" "$(cat .faults)" ""
done
done_testing
