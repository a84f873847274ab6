# SPDX-License-Identifier: LGPL-2.1-or-later
# bench.mk - how fast moontap is, against what people use today and against the least possible

PACKAGES_bench := $(PACKAGES_build) iproute2 util-linux python3 libxml2-utils

.PHONY: bench bench-run
bench: deps-bench
	$(Q)$(MAKE) --no-print-directory bench-run

$(BUILD)/bench/bare: spec/bench/bare.c $(BUILD)/.flags
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(link) -std=gnu11 -D_GNU_SOURCE $(WARN) -o $@ $<

$(BUILD)/bench/spawn.so: spec/bench/spawn.c $(BUILD)/.flags
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(compile) -fvisibility=default $(LUA_CFLAGS) -shared -o $@ $<

$(BUILD)/bench/offered: spec/bench/offered.c src/service/event_socket.h $(BUILD)/.flags
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(link) $(OWN) $(CPPFLAGS) -o $@ $<

# What is measured is what was installed: a file that was copied is in larger pieces in the kernel's
# cache than one as the linker leaves it, and starts sooner. The whole program under a script's name
# is there, too; and a client with no moontap beside it, which fails where the service does not do
# the event.
BENCH_ROOT = $(abspath $(BUILD))/bench/installed
BENCH_DIR  = $(BENCH_ROOT)$(PREFIX)/bench

.PHONY: bench-installed
bench-installed: $(BUILD)/bench/bare $(BUILD)/bench/offered
	$(Q)$(MAKE) --no-print-directory install-program DESTDIR=$(BENCH_ROOT)
	$(Q)$(INSTALL) -D -m 755 -t $(BENCH_DIR) $(BUILD)/bench/bare $(BUILD)/bench/offered
	$(Q)ln -sf ../bin/moontap $(BENCH_DIR)/qemu-ifup
	$(Q)$(INSTALL) -D -m 755 $(BUILD)/moontap-event $(BENCH_DIR)/service/qemu-ifup
	$(Q)ln -sf qemu-ifup $(BENCH_DIR)/service/qemu-ifdown
	$(Q)ln -sf qemu-ifup $(BENCH_DIR)/service/qemu

# BENCH_RUNS= of each short command, BENCH_GROWTH_RUNS= of each long one, BENCH_ONLY= cases by name
bench-run: bench-installed $(BUILD)/bench/spawn.so
	$(Q)MOONTAP_INSTALLED=$(BENCH_ROOT)$(PREFIX) LUA_PATH='spec/bench/?.lua' \
	  LUA_CPATH='$(BUILD)/bench/?.so' BENCH_RUNS='$(BENCH_RUNS)' \
	  BENCH_GROWTH_RUNS='$(BENCH_GROWTH_RUNS)' BENCH_ONLY='$(BENCH_ONLY)' \
	  unshare --mount sh spec/bench/host.sh $(abspath $(BUILD))/bench/tmp \
	    $(LUA) spec/bench/run.lua $(abspath $(BUILD))/bench/tmp

# What moontap adds to the start of a guest by libvirt.
.PHONY: bench-guest bench-guest-run
bench-guest: deps-guest
	$(Q)$(MAKE) --no-print-directory bench-guest-run

bench-guest-run: program $(GUEST_IMAGE) $(BUILD)/bench/spawn.so
	$(Q)MOONTAP_BUILD=$(abspath $(BUILD)) LUA_PATH='spec/bench/?.lua;./?.lua' \
	  LUA_CPATH='$(BUILD)/bench/?.so' BENCH_RUNS='$(BENCH_RUNS)' $(LUA) spec/bench/guest_start.lua

# BENCH_CHASSIS= of OVN, BENCH_GUESTS= of each; two of the chassis are real
.PHONY: bench-hosts
bench-hosts: deps-ovs bench-installed $(BUILD)/bench/spawn.so $(SPEC_SO)
	$(Q)MOONTAP_INSTALLED=$(BENCH_ROOT)$(PREFIX) MOONTAP_BUILD=$(abspath $(BUILD)) \
	  LUA_PATH='./?.lua;spec/bench/?.lua;;' LUA_CPATH='$(BUILD)/bench/?.so;;' \
	  BENCH_CHASSIS='$(BENCH_CHASSIS)' BENCH_GUESTS='$(BENCH_GUESTS)' \
	  $(in_pids) $(LUA) spec/bench/hosts.lua
