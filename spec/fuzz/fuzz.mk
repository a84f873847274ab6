# SPDX-License-Identifier: LGPL-2.1-or-later
# fuzz.mk - libFuzzer on what reads somebody else's bytes
#
# make fuzz                    a minute over all targets; FUZZ_SECONDS=3600 for longer, -j for both
#
# The corpus is kept in build/fuzz, seeded with libvirt's verdicts where they are; what breaks a
# target is left there as TARGET-crash-….

FUZZ_SECONDS ?= 60
FUZZ_NAMES   := $(patsubst spec/fuzz/%.c,%,$(wildcard spec/fuzz/*.c))
FUZZ_FLAGS   := -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=undefined
FUZZ_EACH     = $(shell expr $(FUZZ_SECONDS) / $(words $(FUZZ_NAMES)))

$(BUILD)/fuzz/%: spec/fuzz/%.c $(wildcard src/base/*.[ch] src/domain/*.[ch]) $(BUILD)/.flags
	$(call say,CLANG,$@)
	@mkdir -p $(@D)
	$(Q)clang $(FUZZ_FLAGS) -std=gnu11 -D_GNU_SOURCE -Isrc $(XML_CFLAGS) -o $@ $< \
	  $(wildcard src/base/*.c) $(wildcard src/domain/*.c) $(XML_LIBS)

.PHONY: fuzz $(FUZZ_NAMES:%=fuzz-%)
fuzz: deps-fuzz
	$(Q)$(MAKE) --no-print-directory $(FUZZ_NAMES:%=fuzz-%)

$(FUZZ_NAMES:%=fuzz-%): fuzz-%: $(BUILD)/fuzz/%
	@mkdir -p $(BUILD)/fuzz/seed $(BUILD)/fuzz/corpus-$*
	$(Q)$(LUA) spec/fuzz/seed.lua $(BUILD)/fuzz/seed
	$(call say,FUZZ,$* for $(FUZZ_EACH) s)
	$(Q)$< -max_total_time=$(FUZZ_EACH) -timeout=10 -rss_limit_mb=2048 -max_len=16384 \
	  -dict=spec/fuzz/domain.dict -artifact_prefix=$(BUILD)/fuzz/$*- -verbosity=0 \
	  -print_final_stats=1 -print_funcs=0 $(BUILD)/fuzz/corpus-$* $(BUILD)/fuzz/seed
