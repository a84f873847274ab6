# SPDX-License-Identifier: LGPL-2.1-or-later
# musl.mk - the program, its modules but the REPL, and the library, built for musl
#
# make check-musl              build them in build/musl, run the demo and MUSL_SPECS with that program

MUSL        = $(BUILD)/musl
MUSL_PREFIX = $(abspath $(MUSL))/prefix
MUSL_SPECS ?= $(patsubst %,spec/cli/%_spec.lua,up_down libvirt_hook qemu_script output status)
# What needs the REPL.
MUSL_WITHOUT := --filter-out='moontap repl' --filter-out='at the prompt'
PACKAGES_musl := $(PACKAGES_check) musl-tools dpkg-dev

.PHONY: check-musl musl musl-program musl-specs
check-musl: deps-musl
	$(Q)$(MAKE) --no-print-directory musl-specs

$(MUSL)/.libraries: spec/port/musl.sh spec/port/source.sh spec/port/glibc_symbols.c
	$(call say,MUSL,Lua libxml2 jansson)
	$(Q)sh $< $(@D)
	@touch $@

musl: $(MUSL)/.libraries
	+$(Q)$(MAKE) --no-print-directory BUILD=$(MUSL) CC='musl-gcc -isystem $(MUSL_PREFIX)/include' \
	  LUA_ARCHIVE=$(MUSL_PREFIX)/lib/liblua5.4.a LDFLAGS='-Wl,-rpath,$(MUSL_PREFIX)/lib -Wl,--allow-shlib-undefined' \
	  PKG_CONFIG='env PKG_CONFIG_LIBDIR=$(MUSL_PREFIX)/lib/pkgconfig pkg-config' musl-program

# The REPL's libedit is built for glibc.
musl-program: $(BUILD)/moontap $(BUILD)/moontapd $(filter-out %-repl.so,$(MODULES)) $(ENTRY_POINTS) \
	$(HELPER) $(CLIENT) $(BUILD)/share/moontap/hooks $(BUILD)/share/moontap/nft library lua

# The specs' own Lua and its modules are glibc's.
musl-specs: musl program $(SPEC_SO)
	@ln -sfn ../spec $(MUSL)/spec
	$(Q)sh samples/demo.sh $(abspath $(MUSL))/moontap
	$(Q)MOONTAP_BUILD=$(abspath $(MUSL)) $(LUA) $$(command -v $(BUSTED)) \
	  --exclude-tags=$(EXCLUDE) $(MUSL_WITHOUT) $(BUSTED_FLAGS) $(MUSL_SPECS)
