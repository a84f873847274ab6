# SPDX-License-Identifier: LGPL-2.1-or-later
# lint.mk - what reads the sources, and the specs under sanitizers

LINT_C := $(wildcard src/*.[ch] src/*/*.[ch] src/*/*/*.[ch] spec/*/*.[ch] samples/*/*.[ch])
# clang-tidy takes seconds a file: what it has read is read again when it, or a header, changed.
TIDY   := $(patsubst src/%.c,$(BUILD)/lint/%.ok,$(wildcard src/*/*.c src/*/*/*.c))

$(BUILD)/lint/%.ok: src/%.c .clang-tidy spec/lint/noreturn.h $(wildcard src/*.h src/*/*.h src/*/*/*.h) \
		$(SANDBOX_LUA) $(REPL_LUA) $(BUILD)/gen/cli/topics.h $(BUILD)/gen/evaluator/filter.h
	$(call say,TIDY,$<)
	@mkdir -p $(@D)
	$(Q)clang-tidy --quiet $< -- $(filter-out -M%,$(OWN)) $(LUA_CFLAGS) $(XML_CFLAGS) \
	  $(if $(filter $(BUILD)/lint/policy/% $(BUILD)/lint/binding/%,$@),\
	  -include spec/lint/noreturn.h) 2>/dev/null
	@touch $@

.PHONY: lint lint-format lint-lua
lint: deps-lint
	$(Q)$(MAKE) --no-print-directory -j$$(nproc) lint-format lint-lua $(TIDY)

lint-format:
	$(call say,FORMAT,$(words $(LINT_C)) files)
	$(Q)clang-format --dry-run -Werror $(LINT_C)

lint-lua:
	$(call say,LUACHECK,hooks lua samples spec doc)
	$(Q)luacheck -q hooks lua samples spec doc/tools .busted .luacheckrc

# A module with sanitizers in a Lua without them wants their runtime first, and their dlopen() does
# not know the program's RUNPATH. What is left at exit is Lua's own, and no leak: descriptors are
# counted after each spec.
# Left out are those tagged #bare: they put something of their own between the program and libc, where
# the sanitizers are, or which watch each call that is made.
.PHONY: check-san
check-san: export ASAN_OPTIONS := detect_leaks=0:allocator_may_return_null=1
check-san: export UBSAN_OPTIONS := print_stacktrace=1
check-san: deps-check
	$(Q)$(MAKE) --no-print-directory SAN=1 BUILD=$(BUILD)/san LUA="env \
	  LD_PRELOAD=$$($(CC) -print-file-name=libasan.so) \
	  LD_LIBRARY_PATH=$(abspath $(BUILD))/san/lib/moontap $(LUA)" EXCLUDE=guest,bare specs

# Each part of the specs in a Lua that valgrind watches, and the program wherever they run it: each
# call of it, and its evaluator, which is a fork. In that build the evaluator has no system call
# filter and no limits: they would forbid what valgrind does. Left out are guests, what is tagged
# #bare as above, the specs of those limits, spec/embed, whose programs have no such script, and most
# of spec/cli, for the time that it takes.
WATCHED_BUILD  := $(BUILD)/watched
WATCHED_SPECS  ?= samples_spec.lua base binding domain kernel plan policy regress \
	$(patsubst %,cli/%_spec.lua,up_down libvirt_hook qemu_script status repair bad_input) \
	$(filter-out evaluator/confine_spec.lua engine/life_spec.lua,$(patsubst spec/%,%,\
	$(wildcard spec/ask/*_spec.lua spec/engine/*_spec.lua spec/evaluator/*_spec.lua)))
VALGRIND_PARTS := $(patsubst %,valgrind-%,$(WATCHED_SPECS))
VALGRIND_JOBS  ?= 2
VALGRIND       := valgrind -q --error-exitcode=99 --leak-check=full --show-leak-kinds=definite \
	--errors-for-leak-kinds=definite --child-silent-after-fork=yes

.PHONY: valgrind valgrind-bin $(VALGRIND_PARTS)
valgrind: deps-valgrind
	$(Q)$(MAKE) --no-print-directory WATCHED=1 BUILD=$(WATCHED_BUILD) program valgrind-bin
	$(Q)$(MAKE) --no-print-directory WATCHED=1 BUILD=$(WATCHED_BUILD) -k -j$(VALGRIND_JOBS) \
	  $(VALGRIND_PARTS); failed=$$?; cat $(WATCHED_BUILD)/logs/*; \
	  ! cat $(WATCHED_BUILD)/logs/* | grep -q . && exit $$failed

# In place of the program a script that watches it; what it says is in one file for each process.
valgrind-bin: program $(SPEC_SO)
	@rm -rf $(BUILD)/logs $(BUILD)/bin
	@mkdir -p $(BUILD)/logs $(BUILD)/bin
	@cp spec/lint/valgrind.sh $(BUILD)/bin/moontap
	@ln -s ../spec ../lib ../libexec ../share ../libmoontap.* $(BUILD)/bin
	@for name in qemu-ifup qemu-ifdown; do \
	  ln -s moontap $(BUILD)/bin/$$name || exit; done

$(VALGRIND_PARTS): valgrind-%:
	$(call say,VALGRIND,$*)
	$(Q)MOONTAP_BUILD=$(abspath $(BUILD))/bin MOONTAP_WATCHED=1 $(VALGRIND) $(LUA) $$(command -v $(BUSTED)) \
	  -o plainTerminal --exclude-tags=guest,bare spec/$*
