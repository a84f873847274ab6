# SPDX-License-Identifier: LGPL-2.1-or-later
# coverage.mk - which lines and branches the specs run: make coverage
#
# SPECS and EXCLUDE as for `make specs`. Whatever the specs say, the report is printed: with -O0 and
# counters some deadlines are missed.

COVERAGE := $(BUILD)/coverage

.PHONY: coverage coverage-specs coverage-report
coverage: deps-check
	$(Q)mkdir -p $(COVERAGE)
	$(Q)$(LUA) spec/coverage/lines.lua new $(COVERAGE)/lines
	$(Q)chmod 666 $(COVERAGE)/lines
	$(Q)find $(COVERAGE) -name '*.gcda' -delete; \
	  $(MAKE) --no-print-directory coverage-specs BUILD=$(COVERAGE) CFLAGS='-O0 -g --coverage' \
	  OBJ_FLAGS='-include spec/coverage/relax.h -DLINES_FILE="\"$(abspath $(COVERAGE))/lines\""' \
	  LUAC='$(LUA) spec/coverage/lines.lua' SPECS='$(SPECS)' EXCLUDE='$(EXCLUDE)' \
	  BUSTED_FLAGS='--shuffle-files $(BUSTED_FLAGS)'; \
	  $(MAKE) --no-print-directory coverage-report

# Where the specs' own Lua is one that counts.
coverage-specs: $(BUILD)/lines.so
	$(Q)LUA_INIT="package.loadlib('$(abspath $<)', 'luaopen_lines')()" \
	  $(MAKE) --no-print-directory specs

$(BUILD)/lines.so: spec/coverage/lines.h $(BUILD)/.flags
	$(call say,LINK,$@)
	$(Q)$(CC) -O2 -fPIC -shared -D_GNU_SOURCE -DLINES_MODULE \
	  $(filter -DLINES_FILE%,$(OBJ_FLAGS)) $(LUA_CFLAGS) -o $@ -x c $<

coverage-report:
	$(Q)$(LUA) spec/coverage/report.lua $(COVERAGE) $(COVERAGE)/coverage.txt $(COVERAGE)/lines

ifneq ($(findstring lines.lua,$(LUAC)),)
$(SANDBOX_LUA) $(REPL_LUA): spec/coverage/lines.lua
endif
