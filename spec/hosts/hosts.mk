# SPDX-License-Identifier: LGPL-2.1-or-later
# hosts.mk - specs with several hosts, each a few namespaces, and the daemons that real ones have

PACKAGES_hosts := $(PACKAGES_check) frr

HOSTS_SPECS ?= spec/hosts

.PHONY: check-hosts hosts-specs
check-hosts: deps-hosts
	$(Q)$(MAKE) --no-print-directory hosts-specs

hosts-specs: program $(SPEC_SO)
	$(Q)MOONTAP_BUILD=$(abspath $(BUILD)) $(LUA) $$(command -v $(BUSTED)) \
	  --tags=hosts $(BUSTED_FLAGS) $(HOSTS_SPECS)
