#!/bin/sh
# SPDX-License-Identifier: BSD-2-Clause
# The example disk, from source to ISO, and what is built again after a change.
. "$(dirname "$0")/lib.sh"
copy_example hello
cd "$tmp/hello" || exit 1
o=out/helloworld

run build . -j2
is "$status" 0 "plain make builds the disk"
like "$out" '^  RPM +helloworld-modules-xen-.*  [0-9]+\.[0-9]s$' "each step is one line with its time"
unlike "$out" 'gcc|rpmbuild|-ffile-prefix' "the output is quiet"
is "$(readlink $o)" debian-12/helloworld "out/LABEL links to the default release's"
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
is "$(q -l "$rpm")" "/lib/modules/$uname_xen/extra/helloworld.ko" "the module lies in extra of its kernel"
is "$(q --requires "$rpm" | sort -u | tr '\n' ' ')" \
	"/bin/sh rpmlib(CompressedFileNames) <= 3.0.4-1 rpmlib(PayloadFilesHavePrefix) <= 4.0-1 " "an old rpm can read it"
is "$(q --qf '%{GROUP} %{PAYLOADCOMPRESSOR} %{FILEDIGESTALGO} %{BUILDHOST}' "$rpm")" \
	"System Environment/Kernel gzip (none) localhost" "group, payload, digest and build host"
like "$(q --scripts "$rpm")" "^/sbin/depmod -a $uname_xen " "depmod runs for its kernel"
like "$(q --scripts "$rpm")" '^\[ -z "\$XS_INSTALLATION" \] \|\| exit 0$' "no initrd is made while the product is being installed"
is "$(q --scripts "$rpm" | grep -c dracut)" 1 "the initrd is made again in one place"
rpm2cpio "$rpm" | cpio -id --quiet
readelf -S "lib/modules/$uname_xen/extra/helloworld.ko" >sections
unlike "$(cat sections)" '\.debug_info' "the module carries no debug sections"
is "$(q --qf '[%{FILEFLAGS:fflags} %{FILENAMES}\n]' helloworld-data-1.0-1.x86_64.rpm | grep conf)" \
	"cn /etc/modprobe.d/helloworld.conf" "the configuration file is marked noreplace"
rm -rf lib sections
cd "$tmp/hello" || exit 1

# Nothing to do.
before=$(fingerprint $o/)
start=$(date +%s%N)
run build . -j2
took=$((($(date +%s%N) - start) / 1000000))
is "$status" 0 "make again"
unlike "$out" '^  (RPM|SRPM|TAR|ISO) ' "and nothing is made again"
echo "# nothing to do took $took ms"
is "$(fingerprint $o/)" "$before" "and nothing has changed"

# A touched file is packed again, but a tarball of the same bytes builds nothing.
touch modules/helloworld-1.0/helloworld.c
run build .
unlike "$out" '^  RPM ' "a file that was only touched builds no package"

# A data file does not concern the modules.
echo more >>data/helloworld-data-1.0/doc/README
run build . -j2
like "$out" '^  RPM +helloworld-data' "a changed data file builds the data package"
unlike "$out" 'RPM +helloworld-modules' "and no module"
like "$out" '^  ISO ' "and a new ISO"
isnt "$(fingerprint $o/)" "$before" "which differs"

# Text is metadata only.
set_value disk.mk TEXT 'Another text'
run build . -j2
unlike "$out" '^  (S?RPM|TAR) ' "a changed TEXT builds no package"
ok "but it is on the disk" grep -q 'Another text' $o/disk/XS-REPOSITORY

# A new version takes the old one's place.
set_value disk.mk RPM.VERSION 1.1
run build . -j2
is "$status" 0 "a new version builds"
is "$(cd $o && echo helloworld-modules-xen*.rpm)" "helloworld-modules-xen-$uname_xen-1.1-1.x86_64.rpm" \
	"and the RPM of the old one is gone"

run build . build-srctarballs
like "$out" 'helloworld-1\.1\.tar\.gz$' "build-srctarballs names what it made"
is "$(tar -tzf $o/helloworld-1.1.tar.gz | head -n 1)" helloworld-1.1/ "a tarball unpacks to NAME-VERSION"
run build . build-rpms
like "$out" "helloworld-data-1\.0-1\.x86_64\.rpm" "build-rpms names what it made"
run build . verify
is "$status" 0 "verify is content"
run build . show-config
like "$out" "^LABEL +=.*helloworld +\\($tmp/hello/disk.mk\\)" "show-config says where a value comes from"
like "$out" '^MODULE_DIR +=.*releases/debian-12.mk' "also those of the release"
run build . V=1 build-isos RPM.RELEASE=2
like "$out" 'rpmbuild|make.* -C .*M=' "V=1 shows the commands"
unlike "$out$err" 'jobserver' "the job server is not lost"
run build . clean
ok "clean takes the results away" test ! -e out/debian-12/helloworld
done_testing
