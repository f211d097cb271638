#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The large hostile media: bombs of many GiB, and every file of a disk cut at many places.
. "$(dirname "$0")/../hostile/lib.sh"
good_disk
SECONDS_MAX=300 SECONDS_MAX_SANITIZED=600

# bomb SIZE-IN-MIB: zeros with a module in front.
bomb() {
	cat good.ko
	head -c "$1M" /dev/zero
}
for payload in w1.gzdio w1.bzdio w0.xzdio w3.zstdio; do
	rpm_of bombs bomb $payload "for i in 1 2 3; do truncate -s 1G \$RPM_BUILD_ROOT$uname_dir/\$i.ko; done"
	hostile "a payload of 3 GiB, $payload" "$SCRATCH/bombs/bomb-1.0-1.x86_64.rpm" 'RP002 .*more than'
	rm -rf bombs top
done
for tool in 'gzip -1' 'bzip2 -1' 'xz -0 -T1' zstd; do
	copy
	head -c 3G /dev/zero | tr '\0' ' ' | $tool -q -c >p.gz
	primary p.gz
	hostile "a primary list of 3 GiB, $tool" "$SCRATCH/disk" 'YU009 repodata/p.gz'
done
for tool in gzip:gz 'xz -0 -T1:xz' zstd:zst; do
	file=huge.ko.${tool##*:}
	bomb 3072 | ${tool%:*} -q -c >"$file"
	hostile "a module of 3 GiB in .${tool##*:}" "$SCRATCH/$file" 'KO001 .*sane size'
	rm "$file"
done
# gzip in gzip in gzip: no reader unpacks what it has unpacked.
head -c 4G /dev/zero | gzip -9 | gzip -9 | gzip -9 >nested.ko.gz
hostile "gzip three times" "$SCRATCH/nested.ko.gz" 'KO001 nested.ko.gz'

# Many: folders, files, packages in a list, attributes, modules.
copy
mkdir disk/many
(cd disk/many && seq 1 30000 | xargs touch)
hostile "30,000 files" "$SCRATCH/disk" 'MD003 many/[0-9]*: the medium has more than'
copy
perl -e 'print "<packages>\n"; print "<package label=\"a\" type=\"rpm\" size=\"100\" md5=\"00000000000000000000000000000000\">a$_.rpm</package>\n" for 1 .. 200000; print "</packages>\n"' >disk/XS-PACKAGES
hostile "200,000 packages" "$SCRATCH/disk" 'XP006 XS-PACKAGES' 1000
module many
mkdir modules
for i in $(seq 1 500); do cp many.ko "modules/m$i.ko"; done
rpm_of big many w1.gzdio "cp $SCRATCH/modules/*.ko \$RPM_BUILD_ROOT$uname_dir"
hostile "500 modules of one name" "$SCRATCH/big/many-1.0-1.x86_64.rpm" 'KO016' 499

# Every file of a disk, cut at 60 places, under the sanitizers: one word of it each time.
copy
iso disk whole.iso
cut_at() {
	: >.faults
	size=$(wc -c <"$2")
	for i in $(seq 0 59); do
		at=$((size * i / 60))
		"$1" "$2" $at
		[ "$reads_status" -eq 1 ] || echo "cut at $at of $size: status $reads_status" >>.faults
	done
	is "$3 cut at 60 places" "$(cat .faults)" ""
}
cut_file() {
	head -c "$2" "$1" >"cut-${1##*/}"
	reads sanitized check "$SCRATCH/cut-${1##*/}"
}
cut_in_disk() {
	cp "$1" whole
	head -c "$2" whole >"$1"
	reads sanitized check "$SCRATCH/disk"
	mv whole "$1"
}
cut_at cut_file whole.iso "the ISO"
cut_at cut_file good.ko "a module"
gzip -c good.ko >good.ko.gz
xz -c good.ko >good.ko.xz
zstd -q -c good.ko >good.ko.zst
for f in good.ko.gz good.ko.xz good.ko.zst; do cut_at cut_file $f "$f"; done
copy
for f in disk/*.rpm disk/XS-* disk/update.xml disk/disk.info disk/repodata/repomd.xml disk/repodata/*-primary.xml.gz disk/repodata/*-comps.xml; do
	cut_at cut_in_disk "$f" "${f#disk/}"
done
done_testing
