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

# The whole program under a script's name: what it takes when it loads its libraries.
$(BUILD)/bench/qemu-ifup:
	@mkdir -p $(@D)
	$(Q)ln -sf ../moontap $@

# The state is on a tmpfs, as /run is; it goes with its mount namespace.
# BENCH_RUNS= of each short command, BENCH_GROWTH_RUNS= of each long one, BENCH_ONLY= cases by name
bench-run: program $(patsubst %,$(BUILD)/bench/%,bare spawn.so qemu-ifup)
	$(Q)MOONTAP_BUILD=$(abspath $(BUILD)) LUA_PATH='spec/bench/?.lua' \
	  LUA_CPATH='$(BUILD)/bench/?.so' BENCH_RUNS='$(BENCH_RUNS)' \
	  BENCH_GROWTH_RUNS='$(BENCH_GROWTH_RUNS)' BENCH_ONLY='$(BENCH_ONLY)' \
	  unshare --mount sh -c 'mkdir -p $(BUILD)/bench/tmp && mount -t tmpfs bench $(BUILD)/bench/tmp && \
	    exec $(LUA) spec/bench/run.lua $(abspath $(BUILD))/bench/tmp'
