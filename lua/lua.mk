# SPDX-License-Identifier: LGPL-2.1-or-later
# lua.mk - Lua that is inside of the program, as C
#
# lua/moontap/*.lua that run inside of a policy's state are in the objects, compiled: parsing them
# would be most of its start. The REPL's are, so that it is of one version. Bytecode is of the byte
# order of the machine that builds; for a machine of the other, the text is there.
SANDBOX_LUA := $(patsubst %,$(BUILD)/gen/lua/%.h,sandbox verbs lease hook rate hairpin ask)
REPL_LUA    := $(patsubst lua/moontap/%.lua,$(BUILD)/gen/lua/%.h,\
	lua/moontap/init.lua $(wildcard lua/moontap/repl/*.lua))

own_order = $(if $(filter 1,$(shell printf '\1\0' | od -An -tu2)),LITTLE,BIG)
numbers   = od -An -v -tu1 $(1) | sed 's/ *\([0-9]\{1,\}\)/\1,/g'

$(BUILD)/gen/lua/%.h: lua/moontap/%.lua
	$(call say,LUAC,$<)
	@mkdir -p $(@D)
	$(Q)$(LUAC) -s -o $(@:.h=.luac) $<
	$(Q){ echo 'static const unsigned char lua_$(subst /,_,$*)[] = {'; \
	  echo '#if __BYTE_ORDER__ == __ORDER_$(own_order)_ENDIAN__'; $(call numbers,$(@:.h=.luac)); \
	  echo '#else'; $(call numbers,$<); echo '#endif'; echo '};'; } >$@

$(BUILD)/obj/policy/sandbox.o: $(SANDBOX_LUA)
$(BUILD)/obj/cli/repl/repl_main.o: $(REPL_LUA)
