# SPDX-License-Identifier: LGPL-2.1-or-later
# coverage.mk - which lines and branches the specs run: make coverage
#
# SPECS and EXCLUDE as for `make specs`. Whatever the specs say, the report is printed: with -O0 and
# counters some deadlines are missed.

COVERAGE := $(BUILD)/coverage

.PHONY: coverage coverage-report
coverage: deps-check
	$(Q)find $(COVERAGE) -name '*.gcda' -delete 2>/dev/null; \
	  $(MAKE) --no-print-directory specs BUILD=$(COVERAGE) CFLAGS='-O0 -g --coverage' \
	  OBJ_FLAGS='-include spec/coverage/relax.h' SPECS='$(SPECS)' EXCLUDE='$(EXCLUDE)' \
	  BUSTED_FLAGS='--shuffle-files $(BUSTED_FLAGS)'; \
	  $(MAKE) --no-print-directory coverage-report

coverage-report:
	$(Q)$(LUA) spec/coverage/report.lua $(COVERAGE) $(COVERAGE)/coverage.txt
