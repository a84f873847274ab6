# SPDX-License-Identifier: LGPL-2.1-or-later
# Makefile - build, try, check and install moontap; `make help` lists the targets
#
# CFLAGS, CPPFLAGS and LDFLAGS are the user's: moontap's own flags are kept apart and always there.

VERSION := 0.1.0
ABI     := 0

CC      ?= cc
PREFIX  ?= /usr/local
BUILD   ?= build
LUA     ?= lua5.4
LUAC    ?= luac5.4
BUSTED  ?= busted
OBJCOPY ?= objcopy
PKG_CONFIG ?= pkg-config
CFLAGS  ?= -O2 -g
V       ?= 0
Q       := $(if $(filter 1,$(V)),,@)
say      = $(if $(filter 1,$(V)),,@printf '  %-8s %s\n' '$(1)' '$(2)')

.DELETE_ON_ERROR:
.SUFFIXES:
.PHONY: all help demo clean
all: program manual

include src/packages.mk

# --- flags ----------------------------------------------------------------------------------------

pkg      = $(shell $(PKG_CONFIG) $(1) $(2) 2>/dev/null)
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wwrite-strings -Wvla -Wformat=2 -Wno-missing-field-initializers -Wno-psabi $(if $(WERROR),-Werror)
comma   := ,
SANFLAGS := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-omit-frame-pointer \
	-fno-sanitize-recover=undefined -DMT_SANITIZED)
# Files and times have 64 bits on every machine (glibc 2.34). Where they have them anyway, the names
# would make libc's functions others' names: open64() for open().
WIDE    := $(shell $(CC) $(CPPFLAGS) $(CFLAGS) -dM -E -x c /dev/null 2>/dev/null | grep -q __LP64__ || \
	echo -D_FILE_OFFSET_BITS=64 -D_TIME_BITS=64)
override OWN := -std=gnu11 -D_GNU_SOURCE $(WIDE) -fPIC -fvisibility=hidden $(WARN) \
	-fno-strict-aliasing -fstack-protector-strong $(SANFLAGS) -Isrc -I$(BUILD)/gen \
	$(if $(WATCHED),-DMT_WATCHED -Wno-unused-function) \
	-DMOONTAP_VERSION='"$(VERSION)"' -DMOONTAP_PREFIX='"$(PREFIX)"' -MMD -MP
compile  = $(CC) $(OWN) $(CPPFLAGS) $(CFLAGS)
link     = $(CC) $(SANFLAGS) -Wl,--as-needed -Wl,-z,relro $(CFLAGS) $(LDFLAGS)

LUA_CFLAGS  = $(call pkg,--cflags,lua5.4)
LUA_LIBS    = $(call pkg,--libs,lua5.4)
# In the programs Lua is linked statically, where that is to be had: loading a library, and looking
# its names up, costs each start more than most of what Lua does there.
archive      = $(wildcard $(shell $(CC) -print-file-name=$(1) 2>/dev/null))
LUA_ARCHIVE := $(call archive,$(patsubst -l%,lib%.a,$(filter -l%,$(LUA_LIBS))))
LUA_INSIDE   = $(if $(LUA_ARCHIVE),$(LUA_ARCHIVE) -lm,$(LUA_LIBS))
XML_CFLAGS  = $(call pkg,--cflags,libxml-2.0)
XML_LIBS    = $(call pkg,--libs,libxml-2.0)
MNL_LIBS    = $(call pkg,--libs,libmnl)
JSON_LIBS   = $(call pkg,--libs,jansson)
EDIT_LIBS   = $(call pkg,--libs,libedit)
VIRT_LIBS   = $(call pkg,--libs,libvirt)

FLAGS = $(CC) $(OWN) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS)

# A changed flag rebuilds what was built with another.
$(BUILD)/.flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(FLAGS))' | cmp -s - $@ || echo '$(subst ','\'',$(FLAGS))' >$@
.PHONY: FORCE
FORCE:

# --- what is built of what ------------------------------------------------------------------------

sources  = $(wildcard $(patsubst %,src/%/*.c,$(1)))
objects  = $(patsubst src/%.c,$(BUILD)/obj/%.o,$(1))

# Modules of their own: domain/xml sees libxml2, cli/json, varlink and ovsdb/json see jansson,
# cli/repl libedit, libvirtd sees libvirt, and is built where that is there.
MODULE_NAMES := xml json repl varlink ovsdb $(shell $(PKG_CONFIG) --exists libvirt 2>/dev/null && echo libvirtd)
XML_OBJ     := $(call objects,$(call sources,domain/xml))
JSON_OBJ    := $(call objects,$(call sources,cli/json)) $(BUILD)/obj/varlink/json_text.o
VARLINK_OBJ := $(call objects,$(call sources,varlink))
VIRT_OBJ    := $(call objects,$(call sources,libvirtd))
OVSDB_OBJ   := $(call objects,$(call sources,ovsdb/json))
# What runs in the child only.
EVAL_MAIN   := $(BUILD)/obj/evaluator/program.o
EVAL_OBJ    := $(filter-out $(EVAL_MAIN) %/filter_gen.o,$(call objects,$(call sources,evaluator policy)))
# What the library exports; the rest of it is taken from the archive, as far as it is needed.
FACE_OBJ    := $(BUILD)/obj/engine/moontap.o
# No Lua and no libxml2.
LIB_OBJ     := $(filter-out $(FACE_OBJ),\
	$(call objects,$(call sources,base domain kernel files ovsdb plan ask remote engine)))
# The Lua module: values cross as they do between a policy and its host.
BINDING_OBJ := $(call objects,$(call sources,binding)) $(patsubst %,$(BUILD)/obj/policy/%.o,\
	fields lua_facts)
# The REPL: a policy's words and the Lua module's, in one state.
REPL_OBJ    := $(call objects,$(call sources,cli/repl)) $(BUILD)/obj/cli/topic.o $(BUILD)/obj/cli/wrap.o \
	$(BUILD)/obj/evaluator/policy_files.o $(FACE_OBJ) \
	$(call objects,$(call sources,binding policy))
CLI_OBJ     := $(call objects,$(call sources,cli cli/doctor cli/graph))

$(BUILD)/obj/%.o: src/%.c $(BUILD)/.flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(compile) $(OBJ_FLAGS) $(LUA_CFLAGS) $(XML_CFLAGS) -c -o $@ $<

# The comments above functions are what help says of them.
TOPICS := $(wildcard src/policy/*.c src/binding/*.c lua/moontap/*.lua lua/moontap/repl/*.lua) \
	src/domain/inventory.c

$(BUILD)/gen/cli/topics.h: doc/tools/topics.lua $(TOPICS)
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)$(LUA) $^ >$@

$(BUILD)/obj/cli/topic.o: $(BUILD)/gen/cli/topics.h

include doc/doc.mk lua/lua.mk src/evaluator/filter.mk src/client/client.mk

# Links to the client: what it does depends on the name that it is called by.
ENTRY_POINTS := $(patsubst %,$(BUILD)/%,qemu-ifup qemu-ifdown qemu lxc)

$(ENTRY_POINTS): FORCE
	@mkdir -p $(@D)
	@ln -sf moontap-event $@

# It is the program, by another name.
HELPER := $(BUILD)/moontap-bridge-helper

$(HELPER): FORCE
	@mkdir -p $(@D)
	@ln -sf moontap $@

INTERNAL := $(BUILD)/obj/internal.a

MODULES  := $(patsubst %,$(BUILD)/lib/moontap/moontap-%.so,$(MODULE_NAMES))

.PHONY: program library lua
program: $(BUILD)/moontap $(BUILD)/moontapd $(MODULES) $(BUILD)/share/moontap/hooks \
	$(BUILD)/share/moontap/nft $(ENTRY_POINTS) $(HELPER) library lua
library: $(BUILD)/libmoontap.so $(BUILD)/libmoontap.a $(BUILD)/libexec/moontap/evaluator
lua: $(BUILD)/lib/lua/5.4/moontap/core.so library

# All names are looked up at the start: once, and not again in each child.
program_link = $(link) -Wl,-z,now

$(BUILD)/moontap: $(CLI_OBJ) $(EVAL_OBJ) $(INTERNAL)
	$(call say,LINK,$@)
	$(Q)$(program_link) -o $@ $^ $(LUA_INSIDE) $(MNL_LIBS)

$(BUILD)/moontapd: $(call objects,$(call sources,service)) $(FACE_OBJ) $(INTERNAL)
	$(call say,LINK,$@)
	$(Q)$(program_link) -o $@ $^ $(MNL_LIBS)

$(BUILD)/libexec/moontap/evaluator: $(EVAL_MAIN) $(EVAL_OBJ) $(INTERNAL)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(program_link) -o $@ $^ $(LUA_INSIDE) $(MNL_LIBS)

$(BUILD)/lib/moontap/moontap-xml.so: $(XML_OBJ)
$(BUILD)/lib/moontap/moontap-xml.so: MODULE_LIBS = $(XML_LIBS)
$(BUILD)/lib/moontap/moontap-json.so: $(JSON_OBJ)
$(BUILD)/lib/moontap/moontap-json.so: MODULE_LIBS = $(JSON_LIBS) $(MNL_LIBS)
$(BUILD)/lib/moontap/moontap-varlink.so: $(VARLINK_OBJ)
$(BUILD)/lib/moontap/moontap-varlink.so: MODULE_LIBS = $(JSON_LIBS)
$(BUILD)/lib/moontap/moontap-libvirtd.so: $(VIRT_OBJ)
$(BUILD)/lib/moontap/moontap-libvirtd.so: MODULE_LIBS = $(VIRT_LIBS)
$(BUILD)/lib/moontap/moontap-ovsdb.so: $(OVSDB_OBJ)
$(BUILD)/lib/moontap/moontap-ovsdb.so: MODULE_LIBS = $(JSON_LIBS)
$(BUILD)/lib/moontap/moontap-repl.so: $(REPL_OBJ)
$(BUILD)/lib/moontap/moontap-repl.so: MODULE_LIBS = $(EDIT_LIBS) $(LUA_LIBS) $(MNL_LIBS)
$(MODULES): $(INTERNAL)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(link) -shared -o $@ $(filter-out $(INTERNAL),$^) $(INTERNAL) $(MODULE_LIBS)

$(BUILD)/share/moontap/hooks:
	@mkdir -p $(@D)
	$(Q)ln -sfrn hooks $@

$(BUILD)/share/moontap/nft:
	@mkdir -p $(@D)
	$(Q)ln -sfrn src/nft $@

$(INTERNAL): $(LIB_OBJ)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/libmoontap.so.$(ABI): $(FACE_OBJ) $(INTERNAL)
	$(call say,LINK,$@)
	$(Q)$(link) -shared -Wl,-soname,$(@F) $(if $(SAN),,-Wl,-z,defs) -o $@ $^ $(MNL_LIBS)

$(BUILD)/libmoontap.so: $(BUILD)/libmoontap.so.$(ABI)
	@ln -sf $(<F) $@

# One object, so that the archive has no other names than the library; of machine code with -flto,
# too, for any compiler. clang cannot but link to that.
merge = $(CC) $(CFLAGS) -r -nostdlib $(if $(filter -flto%,$(CFLAGS)),\
	$(shell $(CC) -flinker-output=nolto-rel -E -x c /dev/null >/dev/null 2>&1 && \
	echo -flinker-output=nolto-rel))

$(BUILD)/libmoontap.a: $(FACE_OBJ) $(INTERNAL)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(merge) -o $(@:.a=.o) $^
	$(Q)$(OBJCOPY) --localize-hidden $(@:.a=.o)
	$(Q)$(AR) rcs $@ $(@:.a=.o)
	@rm -f $(@:.a=.o)

# The Lua that loads it has Lua's own functions.
$(BUILD)/lib/lua/5.4/moontap/core.so: $(BINDING_OBJ) $(FACE_OBJ) $(INTERNAL) src/binding/core.map
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(link) -shared -Wl,--version-script=src/binding/core.map -o $@ $(filter %.o %.a,$^) \
	  $(MNL_LIBS)

demo: deps-demo
	$(Q)$(MAKE) --no-print-directory program
	$(Q)sh samples/demo.sh $(abspath $(BUILD))/moontap

include src/install.mk
-include $(patsubst %,spec/%.mk,specs vm/vm guest/guest ovs/ovs lint/lint bench/bench fuzz/fuzz \
	torture/torture coverage/coverage port/compilers port/cross port/musl port/trixie)

clean:
	rm -rf $(BUILD)

help:
	@echo 'make            build the program, the library and the modules into build/'
	@echo 'make check      run every spec that needs no guest'
	@echo 'make check-guest  run the specs with real guests'
	@echo 'make check-ovs  run the specs with Open vSwitch, OVN and FRR, also on several hosts'
	@echo 'make check-kernel  run the specs that need what many kernels lack, in a VM of Debian'"'"'s'
	@echo 'make check-san  run the specs with the address and undefined-behaviour sanitizers'
	@echo 'make lint       look at the sources: clang-format, clang-tidy, luacheck'
	@echo 'make demo       connect a sample guest in a throw-away namespace'
	@echo 'make install    install below PREFIX ($(PREFIX)), DESTDIR before it'
	@echo 'make uninstall  remove what that installed'
	@echo 'make fuzz       run the fuzzers for FUZZ_SECONDS (60)'
	@echo 'make coverage   count the lines and branches that the specs run'
	@echo 'make clean      remove build/'

# Not in a tree of another release or architecture: a system has files of such names, too.
-include $(shell find $(BUILD) -name root -prune -o -type f -name '*.d' -print 2>/dev/null)
