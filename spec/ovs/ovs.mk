# SPDX-License-Identifier: LGPL-2.1-or-later
# ovs.mk - the specs that need Open vSwitch, OVN or FRR, also those with several hosts, and guests in
# QEMU: their daemons end with them

PACKAGES_ovs := $(PACKAGES_check) openvswitch-switch ovn-central ovn-host frr qemu-system-x86 \
	$(PACKAGES_unpack)

OVS_SPECS ?= spec
.PHONY: check-ovs ovs-specs
check-ovs: deps-ovs
	$(Q)$(MAKE) --no-print-directory ovs-specs

# In a PID namespace: whatever a spec leaves running ends with busted. Its first process waits for
# daemons that have ended.
in_pids = unshare -p -f --mount-proc --kill-child sh -c '"$$@"; exit $$?' sh

ovs-specs: program manual $(SPEC_SO) $(BESIDE_SPECS) $(GUEST_IMAGE)
	$(Q)MOONTAP_BUILD=$(abspath $(BUILD)) $(in_pids) $(LUA) $$(command -v $(BUSTED)) --tags=ovs \
	  $(BUSTED_FLAGS) $(OVS_SPECS)
