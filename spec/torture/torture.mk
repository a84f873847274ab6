# SPDX-License-Identifier: LGPL-2.1-or-later
# torture.mk - whatever fails: `make torture` tries all of it, `make check` a sample
#
# The program under torture is the one that is installed: what makes its calls fail stands between
# it and libc.

TORTURE_SO := $(BUILD)/spec/torture/preload.so

$(TORTURE_SO): spec/torture/preload.c $(BUILD)/.flags
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -fPIC $(WARN) -O2 -g -shared -o $@ $< -ldl

specs: $(TORTURE_SO)

# Each file of spec/torture by itself, so that they share the machine.
TORTURE_NAMES := $(patsubst spec/torture/%_spec.lua,%,$(wildcard spec/torture/*_spec.lua))

.PHONY: torture $(TORTURE_NAMES:%=torture-%)
torture: deps-check program $(SPEC_SO) $(TORTURE_SO)
	@rm -f $(BUILD)/torture.txt
	$(Q)$(MAKE) --no-print-directory -k -j$$(nproc) $(TORTURE_NAMES:%=torture-%); failed=$$?; \
	  $(LUA) spec/torture/summary.lua $(BUILD)/torture.txt && exit $$failed

$(TORTURE_NAMES:%=torture-%): torture-%: program $(SPEC_SO) $(TORTURE_SO)
	$(call say,TORTURE,$*)
	$(Q)MOONTAP_TORTURE=all MOONTAP_BUILD=$(abspath $(BUILD)) $(LUA) $$(command -v $(BUSTED)) \
	  -o TAP spec/torture/$*_spec.lua
