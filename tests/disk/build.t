#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The example disk, from source to ISO, and what is built again after a change.
. "$(dirname "$0")/lib.sh"
copy_example hello
cd "$tmp/hello" || exit 1
o=out/helloworld

run build . -j2
is "plain make builds the disk" "$status" 0
like "each step is one line with its time" "$out" '^  RPM +helloworld-modules-xen-.*  [0-9]+\.[0-9]s$'
unlike "the output is quiet" "$out" 'gcc|rpmbuild|-ffile-prefix'
is "out/LABEL links to the default release's" "$(readlink $o)" debian-12/helloworld
for f in helloworld.iso helloworld.md5 helloworld.sha256 helloworld.metadata.md5 helloworld-1.0-1.src.rpm \
	helloworld-data-1.0-1.src.rpm helloworld-data-1.0-1.x86_64.rpm \
	"helloworld-modules-xen-$uname_xen-1.0-1.x86_64.rpm" "helloworld-modules-kdump-$uname_kdump-1.0-1.x86_64.rpm"; do
	ok "there is $f" test -s "$o/$f"
done
cd $o || exit 1
ok "md5sum -c takes the .md5" md5sum -c helloworld.md5
ok "sha256sum -c takes the .sha256" sha256sum -c helloworld.sha256

rpm=helloworld-modules-xen-$uname_xen-1.0-1.x86_64.rpm
q() {
	rpm -qp --nosignature "$@"
}
is "the module lies in extra of its kernel" "$(q -l "$rpm")" "/lib/modules/$uname_xen/extra/helloworld.ko"
is "an old rpm can read it" "$(q --requires "$rpm" | sort -u | tr '\n' ' ')" "/bin/sh rpmlib(CompressedFileNames) <= 3.0.4-1 rpmlib(PayloadFilesHavePrefix) <= 4.0-1 "
is "group, payload, digest and build host" "$(q --qf '%{GROUP} %{PAYLOADCOMPRESSOR} %{FILEDIGESTALGO} %{BUILDHOST}' "$rpm")" "System Environment/Kernel gzip (none) localhost"
like "depmod runs for its kernel" "$(q --scripts "$rpm")" "^/sbin/depmod -a $uname_xen "
# script TAG: runs a script of the package for a host at $tmp/host, and says what depmod is asked.
script() {
	q --qf "%{$1}" "$rpm" | sed "s,/sbin/depmod,echo depmod,; s,/lib/modules,$tmp/host&,g; s,/boot,$tmp/host&,g" | sh 2>&1
}
mkdir -p "$tmp/host/lib/modules/$uname_xen/extra"
for tag in POSTIN POSTUN; do
	is "$tag: a kernel that is not there has nothing to index" "$(script $tag)" ""
	for sign in lib/modules/$uname_xen/kernel lib/modules/$uname_xen/modules.builtin boot/vmlinuz-$uname_xen; do
		mkdir -p "$tmp/host/$sign"
		is "$tag: depmod runs where there is $sign" "$(script $tag)" "depmod -a $uname_xen"
		rmdir "$tmp/host/$sign"
	done
done
rm -r "$tmp/host"
like "no initrd is made while the product is being installed" "$(q --scripts "$rpm")" '^\[ -z "\$XS_INSTALLATION" \] \|\| exit 0$'
is "the initrd is made again in one place" "$(q --scripts "$rpm" | grep -c dracut)" 1
rpm2cpio "$rpm" | cpio -id --quiet
readelf -S "lib/modules/$uname_xen/extra/helloworld.ko" >sections
unlike "the module carries no debug sections" "$(cat sections)" '\.debug_info'
is "the configuration file is marked noreplace" "$(q --qf '[%{FILEFLAGS:fflags} %{FILENAMES}\n]' helloworld-data-1.0-1.x86_64.rpm | grep conf)" "cn /etc/modprobe.d/helloworld.conf"
rm -rf lib sections
cd "$tmp/hello" || exit 1

# Nothing to do.
before=$(fingerprint $o/)
start=$(date +%s%N)
run build . -j2
took=$((($(date +%s%N) - start) / 1000000))
is "make again" "$status" 0
unlike "and nothing is made again" "$out" '^  (RPM|SRPM|TAR|ISO) '
echo "# nothing to do took $took ms"
is "and nothing has changed" "$(fingerprint $o/)" "$before"

# A touched file is packed again, but a tarball of the same bytes builds nothing.
touch modules/helloworld-1.0/helloworld.c
run build .
unlike "a file that was only touched builds no package" "$out" '^  RPM '

# A data file does not concern the modules.
echo more >>data/helloworld-data-1.0/doc/README
run build . -j2
like "a changed data file builds the data package" "$out" '^  RPM +helloworld-data'
unlike "and no module" "$out" 'RPM +helloworld-modules'
like "and a new ISO" "$out" '^  ISO '
isnt "which differs" "$(fingerprint $o/)" "$before"

# Text is metadata only.
set_value disk.mk TEXT 'Another text'
run build . -j2
unlike "a changed TEXT builds no package" "$out" '^  (S?RPM|TAR) '
ok "but it is on the disk" grep -q 'Another text' $o/disk/XS-REPOSITORY

# A new version takes the old one's place.
set_value disk.mk RPM.VERSION 1.1
run build . -j2
is "a new version builds" "$status" 0
is "and the RPM of the old one is gone" "$(cd $o && echo helloworld-modules-xen*.rpm)" "helloworld-modules-xen-$uname_xen-1.1-1.x86_64.rpm"

run build . build-srctarballs
like "build-srctarballs names what it made" "$out" 'helloworld-1\.1\.tar\.gz$'
is "a tarball unpacks to NAME-VERSION" "$(tar -tzf $o/helloworld-1.1.tar.gz | head -n 1)" helloworld-1.1/
run build . build-rpms
like "build-rpms names what it made" "$out" "helloworld-data-1\.0-1\.x86_64\.rpm"
run build . verify
is "verify is content" "$status" 0
run build . show-config
like "show-config says where a value comes from" "$out" "^LABEL +=.*helloworld +\\($tmp/hello/disk.mk\\)"
like "also those of the release" "$out" '^MODULE_DIR +=.*releases/debian-12.mk'
run build . V=1 build-isos RPM.RELEASE=2
like "V=1 shows the commands" "$out" 'rpmbuild|make.* -C .*M='
unlike "the job server is not lost" "$out$err" 'jobserver'
run build . clean
ok "clean takes the results away" test ! -e out/debian-12/helloworld
done_testing
