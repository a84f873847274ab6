# SPDX-License-Identifier: LGPL-2.1-or-later
# doc.mk - the manual's pages, completion and editors' annotations: of the program's own tables

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
UNITS      := $(patsubst doc/%,$(BUILD)/doc/%,$(wildcard doc/systemd/*.socket doc/systemd/*.service))
# For services that replace nftables' ruleset.
DROP_IN    := $(BUILD)/doc/systemd/ruleset.conf
DROPPED_IN := nftables firewalld
.PHONY: manual
manual: $(patsubst doc/%.scd,$(BUILD)/doc/%,$(wildcard doc/*.scd)) $(COMPLETION) $(UNITS) $(DROP_IN)

$(UNITS) $(DROP_IN): $(BUILD)/doc/%: doc/% $(BUILD)/.flags
	@mkdir -p $(@D)
	$(Q)sed 's|@PREFIX@|$(PREFIX)|' $< >$@

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
