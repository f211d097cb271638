# SPDX-License-Identifier: BSD-2-Clause
define help.text
Usage: make [TARGET]... [DISK=FOLDER] [RELEASE=NAME] [VARIABLE=VALUE]...

Builds driver disks for Xen hosts: kernel module RPMs, a data RPM, source RPMs, metadata, an ISO.

A disk
  build-isos        the disk as an ISO with its digests (what plain `make` does)
  build-rpms        the RPMs and source RPMs only
  build-srctarballs the source tarballs only
  verify            the ISO, read again as each consumer would
  submission        all that the platform team wants, in one tar: PREVIOUS=FILE, the ISO or tar before
  verify-submission BUNDLE=FILE: its digests, and its packages built again and compared
  show-config       every value, and where it comes from
  new               writes a new disk: DISK=FOLDER [SOURCE=TARBALL, FOLDER, .src.rpm or -dkms .deb]
  import-kernel     unpacks a kernel's headers beside the disk: RPM=, DEB= or TAR=FILE [FLAVOUR=NAME]
  kernels           every header tree in sight: its kernel, flavour, symbols and compiler
  clean             takes away what was built for the disk

The kit
  deps              installs what building needs (Debian packages, sudo where needed)
  check-deps        installs what the tests need as well
  check             runs the tests, those of the Windows side too where its toolchain is installed
  check-long        runs those that take longer
  lab-deps          installs what the laboratory needs: an emulated machine with Xen and a dom0, a browser
  check-dom0        runs all scenarios of the laboratory, the long ones too (the short ones are in check)
  dom0              a dom0 on this terminal with the disk's ISO in the drive (ISO=FILE: that image)
  bench             measures the kit beside other ways, in some ten minutes; writes docs/benchmarks.md
  install           the kit under DESTDIR and prefix (/usr/local)
  uninstall         takes that away again
  windows-pv        builds the drivers for Windows guests (their toolchain: make -C windows-pv deps)

Settings
  DISK=FOLDER       the folder of the disk.mk (default: example)
  DISKS="A B"       several disks, or folders of disks; with a table at the end, and SUMMARY=FILE
  RELEASE=NAME      the product to build for: $(help.releases)
  OUT=FOLDER        where results go (default: out/ beside the disk, or the kit's for its own example)
  BUILDROOT=FOLDER  build inside this chroot, which holds the release's compiler and headers
  V=1               shows every command and its output

Results are in OUT/RELEASE/LABEL; OUT/LABEL links to those of the default release.
README.md has a vendor's first disk in five minutes; docs/ddk-kit.7 explains every variable.
endef
help.releases = $(sort $(notdir $(basename $(wildcard $(KIT)/releases/*.mk))))

.PHONY: help
help:
	@$(info $(help.text)):
