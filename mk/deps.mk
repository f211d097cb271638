# SPDX-License-Identifier: BSD-2-Clause
# Packages by their Debian names. `make deps` installs what a build needs, `make check-deps` what
# the tests need as well, and `make lab-deps` what the laboratory alone needs.

deps.build := gcc pkg-config rpm genisoimage cpio kmod binutils util-linux gzip patch gnupg gpgv \
	linux-headers-amd64 linux-headers-cloud-amd64 \
	librpm-dev libelf-dev libxml2-dev libarchive-dev libssl-dev libjansson-dev \
	libcreaterepo-c-dev libglib2.0-dev
deps.check := perl jq openssl shellcheck clang clang-format libclang-rt-14-dev libcmocka-dev dash busybox-static \
	xorriso libxml2-utils createrepo-c dnf mandoc zstd xz-utils zlib1g-dev osslsigncode \
	ccache distcc zsh bash-completion dkms time bzip2 softhsm2 libengine-pkcs11-openssl
# The laboratory of tests/dom0: an emulator, and what takes Debian packages apart for it.
deps.lab := qemu-system-x86 busybox-static e2fsprogs cpio kmod util-linux rpm
# For the laboratory's installer time: servers for a guest, and media. For its boot disk: the kernel's source.
deps.media := python3-pyftpdlib nfs-ganesha nfs-ganesha-vfs mtools fdisk xz-utils
# For tests/long: a browser, what measures its pictures, and what makes a Debian root.
deps.long := chromium netpbm iproute2 debootstrap

.PHONY: $(deps.goals)
deps:
	@$(KIT)/mk/deps.sh $(deps.build)
check-deps: deps
	@$(KIT)/mk/deps.sh $(deps.check) $(deps.lab)
lab-deps: deps
	@$(KIT)/mk/deps.sh $(deps.lab) $(deps.media) $(deps.long) perl

deps.after := $(filter-out $(deps.goals),$(MAKECMDGOALS))
ifneq ($(deps.after),)
.PHONY: $(deps.after) after-deps
$(deps.after): after-deps ; @:
after-deps: $(filter $(deps.goals),$(MAKECMDGOALS))
	+@$(MAKE) --no-print-directory -f $(firstword $(MAKEFILE_LIST)) $(deps.after)
endif
