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
.PHONY: all help
all: program manual

# --- what Debian packages each target needs -------------------------------------------------------

# One list a purpose; `make deps-X` installs what is missing of it, as root, and says so otherwise.
PACKAGES_build := gcc libc6-dev make pkg-config lua5.4 liblua5.4-dev libxml2-dev libmnl-dev \
	libjansson-dev libseccomp-dev libedit-dev scdoc lua-dkjson
PACKAGES_demo  := $(PACKAGES_build) iproute2 util-linux procps
PACKAGES_check := $(PACKAGES_build) lua-busted iproute2 procps util-linux \
	g++ python3 tmux strace graphviz fonts-dejavu-core nftables iptables bash zsh man-db
PACKAGES_lint  := $(PACKAGES_build) clang-format clang-tidy lua-check
PACKAGES_valgrind := $(PACKAGES_check) valgrind libc6-dbg
PACKAGES_fuzz  := $(PACKAGES_build) clang libclang-rt-dev

.PHONY: deps-build deps-demo deps-check deps-lint deps-valgrind deps-fuzz deps-bench deps-guest
deps-build deps-demo deps-check deps-lint deps-valgrind deps-fuzz deps-bench deps-guest: deps-%:
	@missing=$$(for p in $(PACKAGES_$*); do \
	  dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q ' installed$$' || echo $$p; done); \
	[ -z "$$missing" ] || { [ "$$(id -u)" = 0 ] || { \
	  echo "missing packages:" $$missing "(as root: make deps-$*)" >&2; exit 1; }; \
	  echo "  INSTALL  "$$missing; \
	  DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND; \
	  { apt-get -qq install -y --no-install-recommends $$missing || \
	    { apt-get -qq update && apt-get -qq install -y --no-install-recommends $$missing; }; } \
	    >$${TMPDIR:-/tmp}/moontap-apt.log 2>&1 || \
	  { tail -n 20 $${TMPDIR:-/tmp}/moontap-apt.log >&2; exit 1; }; }

# --- flags ----------------------------------------------------------------------------------------

pkg      = $(shell $(PKG_CONFIG) $(1) $(2) 2>/dev/null)
WARN    := -Wall -Wextra -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wpointer-arith \
	-Wwrite-strings -Wvla -Wformat=2 -Wno-missing-field-initializers $(if $(WERROR),-Werror)
comma   := ,
SANFLAGS := $(if $(SAN),-fsanitize=address$(comma)undefined -fno-omit-frame-pointer \
	-fno-sanitize-recover=undefined -DMT_SANITIZED)
override OWN := -std=gnu11 -D_GNU_SOURCE -fPIC -fvisibility=hidden $(WARN) \
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
SECCOMP_LIBS = $(call pkg,--libs,libseccomp)

# moontap-script is static where the system has archives of libc and Lua; where it has none of libmnl,
# kernel/mnl_static.c stands in. make STATIC= links it as the others are.
MNL_ARCHIVE := $(call archive,libmnl.a)
STATIC      ?= $(and $(LUA_ARCHIVE),$(call archive,libc.a),$(if $(SAN)$(WATCHED),,1))
STATIC      := $(STATIC)

FLAGS = $(CC) $(OWN) $(CPPFLAGS) $(CFLAGS) $(LDFLAGS) $(if $(STATIC),static)

# A changed flag rebuilds what was built with another.
$(BUILD)/.flags: FORCE
	@mkdir -p $(@D)
	@echo '$(subst ','\'',$(FLAGS))' | cmp -s - $@ || echo '$(subst ','\'',$(FLAGS))' >$@
.PHONY: FORCE
FORCE:

# --- what is built of what ------------------------------------------------------------------------

sources  = $(wildcard $(patsubst %,src/%/*.c,$(1)))
objects  = $(patsubst src/%.c,$(BUILD)/obj/%.o,$(1))

# Modules of their own: domain/xml sees libxml2, cli/json sees jansson, cli/repl sees libedit.
XML_OBJ     := $(call objects,$(call sources,domain/xml))
JSON_OBJ    := $(call objects,$(call sources,cli/json))
# What runs in the child only.
EVAL_MAIN   := $(BUILD)/obj/evaluator/program.o
EVAL_OBJ    := $(filter-out $(EVAL_MAIN) %/filter_gen.o,$(call objects,$(call sources,evaluator policy)))
# What the library exports; the rest of it is taken from the archive, as far as it is needed.
FACE_OBJ    := $(BUILD)/obj/engine/moontap.o
# No Lua and no libxml2.
LIB_OBJ     := $(filter-out $(FACE_OBJ) %/mnl_static.o,\
	$(call objects,$(call sources,base domain kernel plan ask engine)))
# The Lua module: values cross as they do between a policy and its host.
BINDING_OBJ := $(call objects,$(call sources,binding)) $(patsubst %,$(BUILD)/obj/policy/%.o,\
	fields lua_facts)
# The REPL: a policy's words and the Lua module's, in one state.
REPL_OBJ    := $(call objects,$(call sources,cli/repl)) $(BUILD)/obj/cli/topic.o $(BUILD)/obj/cli/wrap.o \
	$(BUILD)/obj/evaluator/policy_files.o $(FACE_OBJ) \
	$(call objects,$(call sources,binding policy))
SCRIPT_MAIN := $(BUILD)/obj/cli/script_main.o
SCRIPT_OBJ  := $(SCRIPT_MAIN) $(patsubst %,$(BUILD)/obj/cli/%.o,qemu_script command options output setup caps)
CLI_OBJ     := $(filter-out $(SCRIPT_MAIN),$(call objects,$(call sources,cli cli/doctor cli/graph)))

$(BUILD)/obj/%.o: src/%.c $(BUILD)/.flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(compile) $(OBJ_FLAGS) $(LUA_CFLAGS) $(XML_CFLAGS) -c -o $@ $<

# lua/moontap/*.lua that run inside of a policy's state are in the objects, compiled: parsing them
# would be most of its start. The REPL's are, so that it is of one version.
SANDBOX_LUA := $(patsubst %,$(BUILD)/gen/lua/%.h,sandbox verbs ask)
REPL_LUA    := $(patsubst lua/moontap/%.lua,$(BUILD)/gen/lua/%.h,\
	lua/moontap/init.lua $(wildcard lua/moontap/repl/*.lua))

$(BUILD)/gen/lua/%.h: lua/moontap/%.lua
	$(call say,LUAC,$<)
	@mkdir -p $(@D)
	$(Q)$(LUAC) -s -o $(@:.h=.luac) $<
	$(Q){ echo 'static const unsigned char lua_$(subst /,_,$*)[] = {'; \
	  od -An -v -tu1 $(@:.h=.luac) | sed 's/ *\([0-9]\{1,\}\)/\1,/g'; echo '};'; } >$@

$(BUILD)/obj/policy/sandbox.o: $(SANDBOX_LUA)
$(BUILD)/obj/cli/repl/repl_main.o: $(REPL_LUA)

# The comments above functions are what help says of them.
TOPICS := $(wildcard src/policy/*.c src/binding/*.c lua/moontap/*.lua lua/moontap/repl/*.lua) \
	src/domain/inventory.c

$(BUILD)/gen/cli/topics.h: doc/tools/topics.lua $(TOPICS)
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)$(LUA) $^ >$@

$(BUILD)/obj/cli/topic.o: $(BUILD)/gen/cli/topics.h

# Annotations for editors, of the same sources; they are tracked.
META ?= lua/moontap/meta
.PHONY: meta list-topics
list-topics:
	@echo $(TOPICS)
meta: program
	$(Q)mkdir -p $(META)
	$(Q)META='$(META)' TOPICS='$(TOPICS)' $(BUILD)/moontap repl -e 'dofile "doc/tools/meta.lua"'

# The manual's pages, and what shells complete, are made around the program's own tables.
COMPLETION := $(patsubst %,$(BUILD)/doc/completion/%,moontap.bash _moontap)
.PHONY: manual
manual: $(patsubst doc/%.scd,$(BUILD)/doc/%,$(wildcard doc/*.scd)) $(COMPLETION)

$(BUILD)/doc/help.json: $(BUILD)/moontap $(BUILD)/lib/moontap/moontap-json.so
	@mkdir -p $(@D)
	$(Q)$< help --json >$@

$(COMPLETION): $(BUILD)/doc/completion/%: doc/completion/% $(BUILD)/doc/help.json \
		doc/tools/completion.lua doc/tools/expand.lua
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)$(LUA) doc/tools/completion.lua $< <$(BUILD)/doc/help.json >$@

$(BUILD)/doc/%: doc/%.scd $(BUILD)/doc/help.json doc/tools/manual.lua doc/tools/expand.lua \
		$(wildcard hooks/*.lua)
	$(call say,SCDOC,$@)
	$(Q)$(LUA) doc/tools/manual.lua $< <$(BUILD)/doc/help.json >$@.scd
	$(Q)scdoc <$@.scd >$@

# Links to the programs: what they do depends on the name that they are called by.
ENTRY_POINTS := $(patsubst %,$(BUILD)/%,qemu-ifup qemu-ifdown qemu lxc)
entered       = $(if $(filter qemu-if%,$(notdir $(1))),moontap-script,moontap)

$(ENTRY_POINTS):
	@mkdir -p $(@D)
	$(Q)ln -sf $(call entered,$@) $@

INTERNAL := $(BUILD)/obj/internal.a

.PHONY: program library lua
program: $(BUILD)/moontap $(BUILD)/moontap-script $(BUILD)/lib/moontap/moontap-xml.so \
	$(BUILD)/lib/moontap/moontap-json.so $(BUILD)/lib/moontap/moontap-repl.so $(BUILD)/share/moontap/hooks \
	$(ENTRY_POINTS) library lua
library: $(BUILD)/libmoontap.so $(BUILD)/libmoontap.a $(BUILD)/libexec/moontap/evaluator
lua: $(BUILD)/lib/lua/5.4/moontap/core.so library

# All names are looked up at the start: once, and not again in each child.
program_link = $(link) -Wl,-z,now

$(BUILD)/moontap: $(CLI_OBJ) $(EVAL_OBJ) $(INTERNAL)
	$(call say,LINK,$@)
	$(Q)$(program_link) -o $@ $^ $(LUA_INSIDE) $(MNL_LIBS)

# One segment for code and what is only read: each segment more is mapped, copied by a fork, and
# let go, in both processes.
STATIC_LINK = -static -Wl,-z,noseparate-code $(LUA_ARCHIVE) -lm \
	$(or $(MNL_ARCHIVE),$(filter %/mnl_static.o,$^))

$(BUILD)/moontap-script: $(SCRIPT_OBJ) $(EVAL_OBJ) $(BUILD)/obj/kernel/mnl_static.o $(INTERNAL)
	$(call say,LINK,$@)
	$(Q)$(program_link) -o $@ $(filter-out %/mnl_static.o,$^) \
	  $(if $(STATIC),$(STATIC_LINK),$(LUA_INSIDE) $(MNL_LIBS))

$(BUILD)/libexec/moontap/evaluator: $(EVAL_MAIN) $(EVAL_OBJ) $(INTERNAL)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(program_link) -o $@ $^ $(LUA_INSIDE) $(MNL_LIBS)

$(BUILD)/lib/moontap/moontap-json.so: $(JSON_OBJ) $(INTERNAL)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(link) -shared -o $@ $^ $(JSON_LIBS) $(MNL_LIBS)

$(BUILD)/lib/moontap/moontap-repl.so: $(REPL_OBJ) $(INTERNAL)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(link) -shared -o $@ $^ $(EDIT_LIBS) $(LUA_LIBS) $(MNL_LIBS)

$(BUILD)/share/moontap/hooks:
	@mkdir -p $(@D)
	$(Q)ln -sfrn hooks $@

$(INTERNAL): $(LIB_OBJ)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/libmoontap.so.$(ABI): $(FACE_OBJ) $(INTERNAL)
	$(call say,LINK,$@)
	$(Q)$(link) -shared -Wl,-soname,$(@F) $(if $(SAN),,-Wl,-z,defs) -o $@ $^ $(MNL_LIBS)

$(BUILD)/libmoontap.so: $(BUILD)/libmoontap.so.$(ABI)
	@ln -sf $(<F) $@

# One object, so that the archive has no other names than the library.
$(BUILD)/libmoontap.a: $(FACE_OBJ) $(INTERNAL)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(CC) -r -nostdlib -o $(@:.a=.o) $^
	$(Q)$(OBJCOPY) --localize-hidden $(@:.a=.o)
	$(Q)$(AR) rcs $@ $(@:.a=.o)
	@rm -f $(@:.a=.o)

# The Lua that loads it has Lua's own functions.
$(BUILD)/lib/lua/5.4/moontap/core.so: $(BINDING_OBJ) $(FACE_OBJ) $(INTERNAL) src/binding/core.map
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(link) -shared -Wl,--version-script=src/binding/core.map -o $@ $(filter %.o %.a,$^) \
	  $(MNL_LIBS)

$(BUILD)/lib/moontap/moontap-xml.so: $(XML_OBJ) $(INTERNAL)
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(link) -shared -o $@ $^ $(XML_LIBS)

# The evaluator's filter: a program that runs here prints it, for the architecture that it runs on.
HOSTCC ?= cc

$(BUILD)/filter_gen: src/evaluator/filter_gen.c $(BUILD)/.flags
	$(call say,HOSTCC,$@)
	$(Q)$(HOSTCC) -std=gnu11 -D_GNU_SOURCE $(WARN) $(if $(SAN),-DMT_SANITIZED) -o $@ $< \
	  $(SECCOMP_LIBS)

$(BUILD)/gen/evaluator/filter.h: $(BUILD)/filter_gen
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)$< >$@

$(BUILD)/obj/evaluator/confine.o: $(BUILD)/gen/evaluator/filter.h

# --- the specs' bindings to internals: one module a file of spec/internals, never installed ---------

SPEC_SO := $(patsubst spec/internals/%.c,$(BUILD)/spec/internals/%.so,$(wildcard spec/internals/*.c)) \
	$(BUILD)/spec/internals/faults.so

# An archive, so that each takes in only what it uses.
$(BUILD)/spec/internals.a: $(LIB_OBJ) $(EVAL_OBJ) $(XML_OBJ)
	$(call say,AR,$@)
	@mkdir -p $(@D)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/spec/internals/%.so: spec/internals/%.c $(BUILD)/spec/internals.a $(BUILD)/.flags
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(compile) $(LUA_CFLAGS) $(XML_CFLAGS) -fvisibility=default -shared -Wl,-z,nodelete \
	  -Wl,--as-needed -o $@ $< $(BUILD)/spec/internals.a $(MNL_LIBS) $(XML_LIBS)

# Once more the kernel folder and its binding, with the seam by which requests fail.
FAULTS_OBJ := $(patsubst src/%.c,$(BUILD)/obj/faults/%.o,\
	$(filter-out %/mnl_static.c,$(call sources,kernel)))

$(BUILD)/obj/faults/%.o: src/%.c $(BUILD)/.flags
	$(call say,CC,$< with faults)
	@mkdir -p $(@D)
	$(Q)$(compile) -DMOONTAP_FAULTS -c -o $@ $<

$(BUILD)/spec/internals/faults.so: spec/internals/kernel.c $(FAULTS_OBJ) $(BUILD)/spec/internals.a
	$(call say,LINK,$@)
	$(Q)$(compile) $(LUA_CFLAGS) -DMOONTAP_FAULTS -fvisibility=default -shared -Wl,-z,nodelete \
	  -Wl,--as-needed -o $@ $(filter %.c %.o %.a,$^) $(MNL_LIBS)

# --- check ----------------------------------------------------------------------------------------

SPECS   ?= spec
EXCLUDE ?= guest
.PHONY: check specs
check: deps-check
	$(Q)$(MAKE) --no-print-directory specs

specs: program manual $(SPEC_SO)
	$(Q)MOONTAP_BUILD=$(abspath $(BUILD)) $(LUA) $$(command -v $(BUSTED)) \
	  --exclude-tags=$(EXCLUDE) $(BUSTED_FLAGS) $(SPECS)

.PHONY: demo
demo: deps-demo
	$(Q)$(MAKE) --no-print-directory program
	$(Q)sh samples/demo.sh $(abspath $(BUILD))/moontap

-include spec/guest/guest.mk
include spec/lint/lint.mk
-include spec/bench/bench.mk
# --- install: what goes where, and how it goes again ----------------------------------------------
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
MANUALS    = $(patsubst doc/%.scd,$(BUILD)/doc/%,$(wildcard doc/*.scd))

# bash looks for a file of the command's name.
COMPLETED  = moontap qemu-ifup qemu-ifdown

# What is removed again: files and links, then the folders that are nobody else's.
INSTALLED  = bin/moontap bin/moontap-script $(patsubst %,libexec/moontap/%,evaluator $(notdir $(ENTRY_POINTS))) \
	$(patsubst %,lib/moontap/moontap-%.so,xml json repl) \
	$(patsubst %,share/moontap/%,$(HOOK_FILES)) include/moontap.h \
	$(foreach m,$(notdir $(MANUALS)),share/man/man$(subst .,,$(suffix $m))/$m) \
	$(patsubst %,share/bash-completion/completions/%,$(COMPLETED)) \
	share/zsh/site-functions/_moontap $(patsubst lua/%,share/lua/5.4/%,$(LUA_FILES) $(META_FILES)) lib/lua/5.4/moontap/core.so
FOLDERS    = libexec/moontap lib/moontap share/moontap/hooks share/moontap \
	share/lua/5.4/moontap/meta share/lua/5.4/moontap \
	lib/lua/5.4/moontap

to = $(DESTDIR)$(PREFIX)

.PHONY: install install-program install-library install-lua uninstall
install: install-program install-library install-lua
	@case $(PREFIX)/bin in /usr/bin|/usr/sbin) ;; *) \
	  echo "where AppArmor confines libvirt, this line is needed in" \
	    "/etc/apparmor.d/local/usr.sbin.libvirtd:"; \
	  echo "  $(PREFIX)/bin/moontap{,-script} PUx," ;; esac

install-program: program manual
	$(call say,INSTALL,$(to)/bin/moontap)
	$(Q)$(INSTALL) -D -m 755 -t $(to)/bin $(BUILD)/moontap $(BUILD)/moontap-script
	$(Q)$(INSTALL) -D -m 755 -t $(to)/libexec/moontap $(BUILD)/libexec/moontap/evaluator
	$(Q)$(foreach e,$(notdir $(ENTRY_POINTS)),ln -sf ../../bin/$(call entered,$e) \
	  $(to)/libexec/moontap/$e &&) true
	$(Q)$(INSTALL) -D -m 644 -t $(to)/lib/moontap $(BUILD)/lib/moontap/*.so
	$(Q)$(INSTALL) -D -m 644 -t $(to)/share/moontap/hooks $(HOOK_FILES)
	$(Q)for page in $(MANUALS); do \
	  $(INSTALL) -D -m 644 -t $(to)/share/man/man$${page##*.} $$page || exit; done
	$(Q)for name in $(COMPLETED); do $(INSTALL) -D -m 644 $(BUILD)/doc/completion/moontap.bash \
	  $(to)/share/bash-completion/completions/$$name || exit; done
	$(Q)$(INSTALL) -D -m 644 -t $(to)/share/zsh/site-functions $(BUILD)/doc/completion/_moontap

install-library: library
	$(call say,INSTALL,$(DESTDIR)$(LIBDIR)/libmoontap.so.$(ABI))
	$(Q)$(INSTALL) -D -m 644 -t $(DESTDIR)$(LIBDIR) $(BUILD)/libmoontap.so.$(ABI) \
	  $(BUILD)/libmoontap.a
	$(Q)ln -sf libmoontap.so.$(ABI) $(DESTDIR)$(LIBDIR)/libmoontap.so
	$(Q)$(INSTALL) -D -m 644 -t $(to)/include src/moontap.h
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
	  case $$(readlink "$$link") in 	    "$(PREFIX)/bin/moontap"|"$$(realpath -m "$(PREFIX)")/bin/moontap") rm -f "$$link" ;; 	  esac; done
	rm -f $(addprefix $(to)/,$(INSTALLED)) $(DESTDIR)$(PKG_DIR)/moontap.pc \
	  $(patsubst %,$(DESTDIR)$(LIBDIR)/libmoontap.%,so so.$(ABI) a)
	-rmdir $(addprefix $(to)/,$(FOLDERS)) 2>/dev/null

-include spec/fuzz/fuzz.mk
-include spec/torture/torture.mk
-include spec/coverage/coverage.mk

clean:
	rm -rf $(BUILD)
.PHONY: clean

help:
	@echo 'make            build the program, the library and the modules into build/'
	@echo 'make check      run every spec that needs no guest'
	@echo 'make check-guest  run the specs with real guests'
	@echo 'make check-san  run the specs with the address and undefined-behaviour sanitizers'
	@echo 'make lint       look at the sources: clang-format, clang-tidy, luacheck'
	@echo 'make demo       connect a sample guest in a throw-away namespace'
	@echo 'make install    install below PREFIX ($(PREFIX)), DESTDIR before it'
	@echo 'make uninstall  remove what that installed'
	@echo 'make fuzz       run the fuzzers for FUZZ_SECONDS (60)'
	@echo 'make coverage   count the lines and branches that the specs run'
	@echo 'make clean      remove build/'

-include $(shell find $(BUILD) -name '*.d' 2>/dev/null)
