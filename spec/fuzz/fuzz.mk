# SPDX-License-Identifier: LGPL-2.1-or-later
# fuzz.mk - libFuzzer on what reads somebody else's bytes
#
# make fuzz                    a minute over all targets; FUZZ_SECONDS=3600 for longer, -j for both
# make fuzz-NAME               one of them, for FUZZ_SECONDS
#
# The corpus is kept in build/fuzz, seeded with libvirt's verdicts where they are; what breaks a
# target is left there as TARGET-crash-….

FUZZ_SECONDS ?= 60
FUZZ_NAMES   := $(patsubst spec/fuzz/%.c,%,$(wildcard spec/fuzz/*.c))
FUZZ_SAN     := -g -O1 -fsanitize=address,undefined -fno-sanitize-recover=undefined
FUZZ_EACH     = $(shell expr $(FUZZ_SECONDS) / $(words $(if $(filter fuzz,$(MAKECMDGOALS) \
	$(FUZZ_ALL)),$(FUZZ_NAMES),one)))
FUZZ_CFLAGS   = -std=gnu11 -D_GNU_SOURCE -DMOONTAP_FAULTS -DMOONTAP_VERSION='"$(VERSION)"' \
	-DMOONTAP_PREFIX='"$(PREFIX)"' -Isrc $(XML_CFLAGS) -MMD -MP

# What reads, without what runs in the child; the program's main() is called as a function.
FUZZ_OBJ := $(patsubst src/%.c,$(BUILD)/fuzz/obj/%.o,\
	$(call sources,base domain domain/xml kernel files plan ask engine) \
	$(patsubst %,src/cli/%.c,main command options output))

$(BUILD)/fuzz/obj/%.o: src/%.c $(BUILD)/.flags
	$(call say,CLANG,$@)
	@mkdir -p $(@D)
	$(Q)clang $(FUZZ_SAN) -fsanitize=fuzzer-no-link $(FUZZ_CFLAGS) \
	  $(if $(filter %/cli/main.o,$@),-Dmain=moontap_main) -c -o $@ $<

$(BUILD)/fuzz/all.a: $(FUZZ_OBJ)
	$(call say,AR,$@)
	@rm -f $@
	$(Q)$(AR) rcs $@ $^

$(BUILD)/fuzz/%: spec/fuzz/%.c $(wildcard spec/fuzz/*.h) $(BUILD)/fuzz/all.a
	$(call say,CLANG,$@)
	$(Q)clang $(FUZZ_SAN) -fsanitize=fuzzer $(FUZZ_CFLAGS) -o $@ $< $(BUILD)/fuzz/all.a \
	  $(MNL_LIBS) $(XML_LIBS)

.PHONY: fuzz $(FUZZ_NAMES:%=fuzz-%)
fuzz: deps-fuzz
	$(Q)$(MAKE) --no-print-directory FUZZ_ALL=fuzz $(FUZZ_NAMES:%=fuzz-%)

$(FUZZ_NAMES:%=fuzz-%): fuzz-%: $(BUILD)/fuzz/%
	@mkdir -p $(BUILD)/fuzz/seed-$* $(BUILD)/fuzz/corpus-$*
	$(Q)$(LUA) spec/fuzz/seed.lua $* $(BUILD)/fuzz/seed-$*
	$(call say,FUZZ,$* for $(FUZZ_EACH) s)
	$(Q)$< -max_total_time=$(FUZZ_EACH) -timeout=10 -rss_limit_mb=2048 -max_len=16384 \
	  $(if $(wildcard spec/fuzz/$(firstword $(subst _, ,$*)).dict),-dict=spec/fuzz/$(firstword \
	  $(subst _, ,$*)).dict) -artifact_prefix=$(BUILD)/fuzz/$*- -verbosity=0 \
	  -print_final_stats=1 -print_funcs=0 $(BUILD)/fuzz/corpus-$* $(BUILD)/fuzz/seed-$*
