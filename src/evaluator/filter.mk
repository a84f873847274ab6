# SPDX-License-Identifier: LGPL-2.1-or-later
# filter.mk - the filter of the evaluator's system calls
#
# The evaluator's filter: a program that runs here prints it, for the architecture that CC builds for.
# The shell computes its number, which is an expression of C.
HOSTCC ?= cc
HOST_PKG_CONFIG ?= pkg-config
SECCOMP_LIBS = $(shell $(HOST_PKG_CONFIG) --libs libseccomp 2>/dev/null)
filter_arch  = echo MT_FILTER_ARCH | $(CC) $(CPPFLAGS) $(CFLAGS) -E -P \
	-include src/evaluator/filter_arch.h - | tail -n 1

$(BUILD)/filter_gen: src/evaluator/filter_gen.c $(BUILD)/.flags
	$(call say,HOSTCC,$@)
	$(Q)$(HOSTCC) -std=gnu11 -D_GNU_SOURCE $(WARN) $(if $(SAN),-DMT_SANITIZED) -o $@ $< \
	  $(SECCOMP_LIBS)

$(BUILD)/gen/evaluator/filter.h: $(BUILD)/filter_gen src/evaluator/filter_arch.h
	$(call say,GEN,$@)
	@mkdir -p $(@D)
	$(Q)$< $$(($$($(filter_arch)))) >$@

$(BUILD)/obj/evaluator/confine.o: $(BUILD)/gen/evaluator/filter.h
