# SPDX-License-Identifier: LGPL-2.1-or-later
# client.mk - moontap-event: a program of a few system calls, without libc where that can be
#
# Where src/client/ does not know the processor, or with CLIENT_LIBC=1, libc is linked into it. Of the
# user's flags it takes those that name the machine; the others, as of hardening, profiling and
# sanitizing, want a libc. To build it for another: make CC=aarch64-linux-gnu-gcc BUILD=build/arm64
# build/arm64/moontap-event, with Debian's gcc-aarch64-linux-gnu.

CLIENT       := $(BUILD)/moontap-event
CLIENT_LIBC  ?=
client_cc     = $(CC) $(filter -m% --sysroot=% -isysroot% --target=% -B%,$(CPPFLAGS) $(CFLAGS) \
	$(LDFLAGS)) $(CLIENT_OWN)
CLIENT_OWN   := -std=gnu11 -D_GNU_SOURCE $(WIDE) -Isrc -DMOONTAP_VERSION='"$(VERSION)"' $(WARN) \
	$(if $(CLIENT_LIBC),-DMT_CLIENT_LIBC) -Os -fno-pic -fno-pie -fno-strict-aliasing \
	-fno-stack-protector -fno-asynchronous-unwind-tables -fno-unwind-tables \
	-ffunction-sections -fdata-sections
client_link   = -static -s -Wl,--gc-sections -Wl,-z,noexecstack -Wl,-z,norelro \
	-Wl,-z,noseparate-code -Wl,--build-id=none
# sys.h decides; asked only when it is built.
client_bare   = $(shell $(client_cc) -dM -E src/client/sys.h 2>/dev/null | grep -o MT_CLIENT_BARE)

CLIENT_OBJ   := $(call objects,$(call sources,client))
FLAGS        += $(if $(CLIENT_LIBC),client with libc)

program: $(CLIENT)

$(BUILD)/obj/client/%.o: src/client/%.c $(BUILD)/.flags
	$(call say,CC,$<)
	@mkdir -p $(@D)
	$(Q)$(client_cc) $(if $(client_bare),-ffreestanding) -MMD -MP -c -o $@ $<

$(CLIENT): $(CLIENT_OBJ)
	$(call say,LINK,$@)
	$(Q)$(client_cc) $(client_link) $(if $(client_bare),-nostdlib) -o $@ $^
