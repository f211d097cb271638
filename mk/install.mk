# SPDX-License-Identifier: BSD-2-Clause
# Installs the kit so that a disk in any folder builds with `make -f PREFIX/share/ddk/Makefile DISK=.`.

prefix ?= /usr/local
bindir ?= $(prefix)/bin
datadir ?= $(prefix)/share
mandir ?= $(datadir)/man
docdir ?= $(datadir)/doc/ddk
bashcompdir ?= $(datadir)/bash-completion/completions
zshcompdir ?= $(datadir)/zsh/site-functions
install.kit = $(DESTDIR)$(datadir)/ddk
install.folders := mk releases specs modules data example tests/lib tests/dom0

.PHONY: install uninstall
install: $(ddk)
	@install -d $(DESTDIR)$(bindir) $(install.kit) $(DESTDIR)$(docdir) $(DESTDIR)$(mandir)/man1 $(DESTDIR)$(mandir)/man7
	@install -m 0755 $(ddk) $(DESTDIR)$(bindir)/ddk
	@install -m 0644 $(KIT)/Makefile $(KIT)/install.sh.in $(install.kit)
	@for d in $(install.folders); do rm -rf $(install.kit)/$$d && install -d "$$(dirname $(install.kit)/$$d)" && cp -R $(KIT)/$$d $(install.kit)/$$d || exit 1; done
	@chmod -R u=rwX,go=rX $(install.kit)
	@install -m 0644 $(KIT)/README.md $(KIT)/README.Repositoryformat $(KIT)/LICENSE $(KIT)/docs/*.md $(DESTDIR)$(docdir)
	@install -m 0644 $(KIT)/docs/ddk.1 $(DESTDIR)$(mandir)/man1
	@install -m 0644 $(KIT)/docs/ddk-kit.7 $(DESTDIR)$(mandir)/man7
	@install -D -m 0644 $(KIT)/completion/ddk.bash $(DESTDIR)$(bashcompdir)/ddk
	@install -D -m 0644 $(KIT)/completion/_ddk $(DESTDIR)$(zshcompdir)/_ddk
	@$(call say,INSTALL,$(DESTDIR)$(prefix))

uninstall:
	@rm -rf $(install.kit) $(DESTDIR)$(docdir) $(DESTDIR)$(bindir)/ddk $(DESTDIR)$(mandir)/man1/ddk.1 $(DESTDIR)$(mandir)/man7/ddk-kit.7 \
		$(DESTDIR)$(bashcompdir)/ddk $(DESTDIR)$(zshcompdir)/_ddk
