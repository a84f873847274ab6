# SPDX-License-Identifier: LGPL-2.1-or-later
# cross.mk - builds for other architectures, and the specs of parts in C, run by qemu-user
#
# make check-cross             all of CROSS, then the specs and fuzzers' seeds of CROSS_RUN
# make cross-s390x             one build, in build/cross/s390x
# make cross-specs-s390x       its specs, CROSS_SPECS
#
# Headers and libraries are Debian's, unpacked into build/cross/ARCH/root: nothing is installed but
# the compilers and qemu-user.

CROSS     ?= arm64 armhf i386 s390x ppc64el
CROSS_RUN ?= i386 s390x
cross_of   = $(CROSS_$(1))
CROSS_arm64   := aarch64-linux-gnu
CROSS_armhf   := arm-linux-gnueabihf
CROSS_i386    := i686-linux-gnu
CROSS_ppc64el := powerpc64le-linux-gnu
CROSS_s390x   := s390x-linux-gnu
# As qemu-user calls it, if not as Debian does.
CROSS_QEMU_arm64   := aarch64
CROSS_QEMU_armhf   := arm
CROSS_QEMU_ppc64el := ppc64le

PACKAGES_cross := $(PACKAGES_build) lua-busted qemu-user-static dpkg-dev \
	$(foreach a,$(CROSS),gcc-$(CROSS_$a) libc6-dev-$a-cross)
# The libraries, and the Lua with busted's modules in C.
CROSS_PACKAGES := libc6-dev liblua5.4-dev libxml2-dev libmnl-dev libjansson-dev libedit-dev \
	libvirt-dev lua5.4 lua-filesystem lua-term lua-system

cross_root = $(abspath $(BUILD))/cross/$(1)/root
cross_pkg  = $(call cross_root,$(1))/usr/lib/$(shell $(CROSS_$(1))-gcc -print-multiarch)/pkgconfig
cross_make = $(MAKE) --no-print-directory BUILD=$(BUILD)/cross/$(1) AR=$(CROSS_$(1))-ar \
	CC='$(CROSS_$(1))-gcc --sysroot=$(call cross_root,$(1))' OBJCOPY=$(CROSS_$(1))-objcopy \
	PKG_CONFIG='env PKG_CONFIG_SYSROOT_DIR=$(call cross_root,$(1)) \
	  PKG_CONFIG_LIBDIR=$(call cross_pkg,$(1)) pkg-config'

.PHONY: check-cross cross $(CROSS:%=cross-%) $(CROSS:%=cross-specs-%) cross-program
check-cross: deps-cross
	$(Q)$(MAKE) --no-print-directory $(CROSS:%=cross-%) $(CROSS_RUN:%=cross-specs-%)

# What they need of Debian's mirror.
.PHONY: cross-trees
cross-trees: deps-cross $(CROSS:%=$(BUILD)/cross/%/.unpacked)

$(CROSS:%=$(BUILD)/cross/%/.unpacked): $(BUILD)/cross/%/.unpacked: spec/port/sysroot.sh
	$(call say,UNPACK,$(@D)/root)
	$(Q)sh $< $* $(@D)/root $(CROSS_PACKAGES)
	@touch $@

$(CROSS:%=cross-%): cross-%: $(BUILD)/cross/%/.unpacked
	+$(Q)$(call cross_make,$*) cross-program

# A fuzzer without libFuzzer: it takes each file once. argv runs the whole program.
SEEDED_NAMES := $(filter-out argv,$(FUZZ_NAMES))
SEEDED       := $(SEEDED_NAMES:%=$(BUILD)/seeded/%)

# What is built of C. For a compiler's verdict alone, CROSS_PARTS=program.
CROSS_PARTS ?= program $(SPEC_SO) $(SEEDED)
cross-program: $(CROSS_PARTS)

# --- what runs: specs of parts in C, and each fuzzer's seeds ----------------------------------------

# Left out are those that run the program with something of their own before it (#bare), one that
# asks for the namespace's cookie, which qemu-user does not know, and one with a deadline.
CROSS_WITHOUT := --exclude-tags=$(EXCLUDE),bare --filter-out='a hostile document' \
	--filter-out='journal of another network namespace'
CROSS_SPECS ?= spec/base spec/domain spec/plan
qemu         = qemu-$(or $(CROSS_QEMU_$(1)),$(1))-static

$(CROSS:%=cross-specs-%): cross-specs-%: cross-%
	$(call say,SPECS,$* $(CROSS_SPECS))
	$(Q)sh spec/port/cross_specs.sh $(abspath $(BUILD))/cross/$* $(call qemu,$*) \
	  $(call cross_root,$*) $(CROSS_WITHOUT) $(BUSTED_FLAGS) $(CROSS_SPECS)
	$(call say,SEEDS,$* $(SEEDED_NAMES))
	$(Q)for name in $(SEEDED_NAMES); do \
	  mkdir -p $(BUILD)/cross/seeds/$$name && $(LUA) spec/fuzz/seed.lua $$name $(BUILD)/cross/seeds/$$name && \
	  find $(BUILD)/cross/seeds/$$name -type f | \
	  xargs $(call qemu,$*) -L $(call cross_root,$*) $(BUILD)/cross/$*/seeded/$$name || exit; done

$(BUILD)/seeded/%: spec/fuzz/%.c spec/port/seeded.c $(FAULTS_OBJ) $(BUILD)/spec/internals.a
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(compile) -DMOONTAP_FAULTS $(XML_CFLAGS) -o $@ $(filter %.c %.o %.a,$^) $(MNL_LIBS) $(XML_LIBS)
