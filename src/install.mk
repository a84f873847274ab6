# SPDX-License-Identifier: LGPL-2.1-or-later
# install.mk - what goes where, and how it goes again
#
# Nothing that is installed has DESTDIR in it, and what belongs together finds itself by its own
# place: below any folder it runs as it does below PREFIX.

LIBDIR    ?= $(PREFIX)/lib
INSTALL   ?= install
PKG_DIR    = $(LIBDIR)/pkgconfig
LUA_SHARE  = $(PREFIX)/share/lua/5.4/moontap
LUA_LIB    = $(PREFIX)/lib/lua/5.4/moontap
# The others are in the program, compiled.
LUA_FILES  = $(filter-out $(patsubst $(BUILD)/gen/%.h,%.lua,$(subst lua/,lua/moontap/,$(SANDBOX_LUA))),\
	$(wildcard lua/moontap/*.lua))
META_FILES = $(wildcard lua/moontap/meta/*.lua)
HOOK_FILES = $(wildcard hooks/*.lua)
NFT_FILES  = $(wildcard src/nft/*.nft)
MANUALS    = $(patsubst doc/%.scd,$(BUILD)/doc/%,$(wildcard doc/*.scd))

# bash looks for a file of the command's name.
COMPLETED  = moontap qemu-ifup qemu-ifdown moontap-bridge-helper

# What is removed again: files and links, then the folders that are nobody else's.
INSTALLED  = bin/moontap bin/moontap-event sbin/moontapd $(patsubst %,libexec/moontap/%,evaluator $(notdir $(ENTRY_POINTS) $(HELPER))) \
	$(patsubst %,lib/moontap/moontap-%.so,$(MODULE_NAMES)) \
	$(patsubst %,share/moontap/%,$(HOOK_FILES)) \
	$(patsubst src/%,share/moontap/%,$(NFT_FILES)) include/moontap.h \
	$(foreach m,$(notdir $(MANUALS)),share/man/man$(subst .,,$(suffix $m))/$m) \
	$(patsubst %,share/bash-completion/completions/%,$(COMPLETED)) \
	share/zsh/site-functions/_moontap $(patsubst lua/%,share/lua/5.4/%,$(LUA_FILES) $(META_FILES)) lib/lua/5.4/moontap/core.so
FOLDERS    = libexec/moontap lib/moontap share/moontap/hooks share/moontap/nft share/moontap \
	share/lua/5.4/moontap/meta share/lua/5.4/moontap \
	lib/lua/5.4/moontap

# systemd reads the units of /usr/lib, /usr/local/lib and /etc.
UNIT_DIR  ?= $(PREFIX)/lib/systemd/system
UNIT_FILES = $(notdir $(UNITS)) $(patsubst %,%.service.d/moontap.conf,$(DROPPED_IN))

to = $(DESTDIR)$(PREFIX)

.PHONY: install install-program install-library install-lua uninstall
install: install-program install-library install-lua
	@case $(PREFIX)/bin in /usr/bin|/usr/sbin) ;; *) \
	  echo "where AppArmor confines libvirt, this line is needed in" \
	    "/etc/apparmor.d/local/usr.sbin.libvirtd:"; \
	  echo "  $(PREFIX)/bin/moontap{,-event} PUx," ;; esac

install-program: program manual
	$(call say,INSTALL,$(to)/bin/moontap)
	$(Q)$(INSTALL) -D -m 755 -t $(to)/bin $(BUILD)/moontap $(BUILD)/moontap-event
	$(Q)$(INSTALL) -D -m 755 -t $(to)/sbin $(BUILD)/moontapd
	$(Q)$(INSTALL) -D -m 755 -t $(to)/libexec/moontap $(BUILD)/libexec/moontap/evaluator
	$(Q)$(foreach e,$(notdir $(ENTRY_POINTS)),ln -sf ../../bin/moontap-event \
	  $(to)/libexec/moontap/$e &&) true
	$(Q)ln -sf ../../bin/moontap $(to)/libexec/moontap/$(notdir $(HELPER))
	$(Q)$(INSTALL) -D -m 644 -t $(to)/lib/moontap $(BUILD)/lib/moontap/*.so
	$(Q)$(INSTALL) -D -m 644 -t $(to)/share/moontap/hooks $(HOOK_FILES)
	$(Q)$(INSTALL) -D -m 644 -t $(to)/share/moontap/nft $(NFT_FILES)
	$(Q)for page in $(MANUALS); do \
	  $(INSTALL) -D -m 644 -t $(to)/share/man/man$${page##*.} $$page || exit; done
	$(Q)$(INSTALL) -D -m 644 -t $(DESTDIR)$(UNIT_DIR) $(UNITS)
	$(Q)for service in $(DROPPED_IN); do $(INSTALL) -D -m 644 $(DROP_IN) \
	  $(DESTDIR)$(UNIT_DIR)/$$service.service.d/moontap.conf || exit; done
	$(Q)for name in $(COMPLETED); do $(INSTALL) -D -m 644 $(BUILD)/doc/completion/moontap.bash \
	  $(to)/share/bash-completion/completions/$$name || exit; done
	$(Q)$(INSTALL) -D -m 644 -t $(to)/share/zsh/site-functions $(BUILD)/doc/completion/_moontap

install-library: library
	$(call say,INSTALL,$(DESTDIR)$(LIBDIR)/libmoontap.so.$(ABI))
	$(Q)$(INSTALL) -D -m 644 -t $(DESTDIR)$(LIBDIR) $(BUILD)/libmoontap.so.$(ABI) \
	  $(BUILD)/libmoontap.a
	$(Q)ln -sf libmoontap.so.$(ABI) $(DESTDIR)$(LIBDIR)/libmoontap.so
	$(Q)$(INSTALL) -D -m 644 -t $(to)/include src/moontap.h
	$(Q)$(INSTALL) -D -m 644 -t $(to)/share/moontap/nft $(NFT_FILES)
	$(Q)mkdir -p $(DESTDIR)$(PKG_DIR)
	$(Q)printf '%s\n' \
	  'prefix=$${pcfiledir}/$(shell realpath -m --relative-to=$(PKG_DIR) $(PREFIX))' \
	  'libdir=$${pcfiledir}/..' 'includedir=$${prefix}/include' '' \
	  'Name: moontap' 'Description: connects the network interfaces of virtual machines' \
	  'Version: $(VERSION)' 'Libs: -L$${libdir} -lmoontap' 'Libs.private: -lmnl'\
	  'Cflags: -I$${includedir}' >$(DESTDIR)$(PKG_DIR)/moontap.pc

install-lua: lua
	$(call say,INSTALL,$(DESTDIR)$(LUA_SHARE)/init.lua)
	$(Q)$(INSTALL) -D -m 644 -t $(DESTDIR)$(LUA_SHARE) $(LUA_FILES)
	$(Q)$(INSTALL) -D -m 644 -t $(DESTDIR)$(LUA_SHARE)/meta $(META_FILES)
	$(Q)$(INSTALL) -D -m 644 -t $(DESTDIR)$(LUA_LIB) $(BUILD)/lib/lua/5.4/moontap/core.so

# The hook's link, where it leads to what is removed: libvirt would go on calling nothing.
uninstall:
	for link in $(DESTDIR)/etc/libvirt/hooks/*.d/*; do \
	  case $$(readlink "$$link") in \
	    "$(PREFIX)/bin/moontap"*|"$$(realpath -m "$(PREFIX)")/bin/moontap"*) \
	      rm -f "$$link" ;; \
	  esac; done
	rm -f $(addprefix $(to)/,$(INSTALLED)) $(DESTDIR)$(PKG_DIR)/moontap.pc \
	  $(addprefix $(DESTDIR)$(UNIT_DIR)/,$(UNIT_FILES)) \
	  $(patsubst %,$(DESTDIR)$(LIBDIR)/libmoontap.%,so so.$(ABI) a)
	-rmdir $(patsubst %,$(DESTDIR)$(UNIT_DIR)/%.service.d,$(DROPPED_IN)) \
	  $(addprefix $(to)/,$(FOLDERS)) 2>/dev/null
