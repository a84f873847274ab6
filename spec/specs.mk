# SPDX-License-Identifier: LGPL-2.1-or-later
# specs.mk - the specs, and their bindings to internals: one module a file of spec/internals, never
# installed

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
	$(call sources,kernel))

$(BUILD)/obj/faults/%.o: src/%.c $(BUILD)/.flags
	$(call say,CC,$< with faults)
	@mkdir -p $(@D)
	$(Q)$(compile) -DMOONTAP_FAULTS -c -o $@ $<

$(BUILD)/spec/internals/faults.so: spec/internals/kernel.c $(FAULTS_OBJ) $(BUILD)/spec/internals.a
	$(call say,LINK,$@)
	$(Q)$(compile) $(LUA_CFLAGS) -DMOONTAP_FAULTS -fvisibility=default -shared -Wl,-z,nodelete \
	  -Wl,--as-needed -o $@ $(filter %.c %.o %.a,$^) $(MNL_LIBS)

# Root as it is; somebody else enters a user namespace.
in_namespace = sh spec/port/namespace.sh env

# --- check ----------------------------------------------------------------------------------------

SPECS   ?= spec
EXCLUDE ?= guest,ovs,soak
.PHONY: check specs check-built
check: deps-check
	$(Q)$(MAKE) --no-print-directory specs

# Thousands of events, one after the other: what grows.
.PHONY: check-soak
check-soak:
	$(Q)$(MAKE) --no-print-directory check EXCLUDE=guest SPECS=spec/service/soak_spec.lua

# What the modules run is found beside them.
BESIDE_SPECS := $(BUILD)/spec/internals/share $(BUILD)/spec/internals/lib

# All that the checks run, also in guests and on another kernel.
check-built: program manual $(SPEC_SO) $(BESIDE_SPECS)

$(BESIDE_SPECS):
	@mkdir -p $(@D)
	@ln -sfn ../../$(@F) $@

specs: program manual $(SPEC_SO) $(BESIDE_SPECS)
	$(Q)$(in_namespace) MOONTAP_BUILD=$(abspath $(BUILD)) $(LUA) $$(command -v $(BUSTED)) \
	  --exclude-tags=$(EXCLUDE) $(BUSTED_FLAGS) $(SPECS)
