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
