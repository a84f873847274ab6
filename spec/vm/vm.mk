# SPDX-License-Identifier: LGPL-2.1-or-later
# vm.mk - Debian's small kernel, unpacked, and the specs that need what it has in a VM of it
#
# A spec that many kernels lack something for has the name of that in its title, as a tag: where the
# kernel has it, `make check` runs the spec, too: features.lua knows how to find out.

PACKAGES_kernel = $(PACKAGES_check) $(PACKAGES_unpack) qemu-system-x86 \
	$(shell apt-cache --names-only search '^virtiofsd$$' 2>/dev/null | cut -d ' ' -f 1)

KERNEL      := $(BUILD)/kernel
KERNEL_TAGS ?= bridge_vlan,vlan_dev,vrf,port_locked,rate,nft,nat,firewall

$(KERNEL)/vmlinuz: spec/vm/kernel.sh
	$(call say,UNPACK,$@)
	$(Q)sh $< $(@D)

$(KERNEL)/initramfs: spec/vm/initramfs.sh spec/vm/vm-init $(KERNEL)/vmlinuz
	$(call say,CPIO,$@)
	$(Q)sh $< $(KERNEL) spec/vm/vm-init $@ virtio_pci virtiofs overlay

.PHONY: check-kernel kernel-specs kernel-lacks
check-built: $(KERNEL)/initramfs

check-kernel: deps-kernel
	$(Q)$(MAKE) --no-print-directory kernel-specs

kernel-specs: program $(SPEC_SO) $(KERNEL)/initramfs
	$(Q)sh spec/vm/run.sh $(KERNEL) 'MOONTAP_REQUIRE_KERNEL=1 MOONTAP_BUILD=$(abspath $(BUILD)) \
	  $(LUA) $$(command -v $(BUSTED)) --output=plainTerminal --tags=$(KERNEL_TAGS) \
	  $(BUSTED_FLAGS) $(SPECS)'

# Those of KERNEL_TAGS whose specs `make check` leaves out on this machine.
kernel-lacks:
	@$(LUA) -e 'print(require "spec.features".lacking "$(KERNEL_TAGS)")'
