# SPDX-License-Identifier: LGPL-2.1-or-later
# torture.mk - whatever fails: `make torture` tries all of it, `make check` a sample
#
# The program under torture is the one that is installed: what makes its calls fail stands between
# it and libc.

TORTURE_SO := $(BUILD)/spec/torture/preload.so

$(TORTURE_SO): $(wildcard spec/torture/*.[ch]) $(BUILD)/.flags
	$(call say,LINK,$@)
	@mkdir -p $(@D)
	$(Q)$(CC) -std=gnu11 -D_GNU_SOURCE -Ispec -fPIC $(WARN) -O2 -g -shared -o $@ $(filter %.c,$^) -ldl

specs ovs-specs check-built: $(TORTURE_SO)

# In parts that share the machine, a scene's faults always in one; those of Open vSwitch where it is
# installed. State directories are where they are on a host, in memory.
TORTURE_JOBS  ?= $(shell nproc)
TORTURE_PARTS := $(foreach n,faults deaths memory plans,$(patsubst %,torture-$n-%,1 2 3 4)) \
	torture-crowd-1 torture-others-1 torture-events-1 torture-service-1 torture-soak-1 \
	$(if $(shell command -v ovs-vswitchd),torture-ovs-1)

# Of a part, unless it is spec/torture/PART_spec.lua.
TORTURE_SPEC_soak := spec/service/soak_spec.lua

.PHONY: torture torture-summary $(TORTURE_PARTS)
torture: deps-check program $(SPEC_SO) $(TORTURE_SO)
	@rm -f $(BUILD)/torture.txt
	$(Q)$(MAKE) --no-print-directory -k -j$(TORTURE_JOBS) $(TORTURE_PARTS); failed=$$?; \
	  $(MAKE) --no-print-directory torture-summary && exit $$failed

torture-summary:
	@$(LUA) spec/torture/summary.lua $(BUILD)/torture.txt

$(TORTURE_PARTS): torture-%: program $(SPEC_SO) $(TORTURE_SO)
	$(call say,TORTURE,$*)
	$(Q)TMPDIR=$${TMPDIR:-/dev/shm} MOONTAP_TORTURE=all MOONTAP_SCENES=$(lastword $(subst -, ,$*))/4 \
	  MOONTAP_BUILD=$(abspath $(BUILD)) $(if $(filter ovs-%,$*),$(in_pids)) $(LUA) \
	  $$(command -v $(BUSTED)) -o plainTerminal \
	  $(or $(TORTURE_SPEC_$(firstword $(subst -, ,$*))),spec/torture/$(firstword $(subst -, ,$*))_spec.lua)
