# SPDX-License-Identifier: LGPL-2.1-or-later
# trixie.mk - the build, the demo and specs on another release of Debian, in a tree of it
#
# make check-trixie                 on Debian 13; TRIXIE_SPECS, or what SPECS= says
# make check-trixie RELEASE=sid     on another release
# make check-trixie-guest           guests with that release's libvirt and QEMU; GUEST_SPECS
#
# The tree is build/RELEASE/root, what is built there is in build/RELEASE: both are kept, the tree
# for a week.

RELEASE      ?= trixie
# Whole parts that depend on compiler, libc and libxml2; all of them take as long as `make check`.
TRIXIE_SPECS ?= spec/base spec/domain spec/evaluator spec/plan spec/policy
TREE          = $(BUILD)/$(RELEASE)
PACKAGES_trixie := debootstrap debian-archive-keyring util-linux
# What is in the tree beside PACKAGES_check: useradd.
TREE_PACKAGES   := passwd

in_tree = sh spec/port/enter.sh $(TREE)/root

.PHONY: check-trixie check-trixie-guest trixie-tree
check-trixie: deps-trixie trixie-tree
	$(Q)$(in_tree) '$(MAKE) --no-print-directory demo specs \
	  WERROR=$(WERROR) BUILD=$(TREE) EXCLUDE=$(EXCLUDE) BUSTED_FLAGS="$(BUSTED_FLAGS)" \
	  SPECS="$(if $(filter command% environment%,$(origin SPECS)),$(SPECS),$(TRIXIE_SPECS))"'

check-trixie-guest: TREE_PACKAGES += $(PACKAGES_guest)
check-trixie-guest: deps-trixie trixie-tree
	$(Q)$(in_tree) '$(MAKE) --no-print-directory guest-specs WERROR=$(WERROR) BUILD=$(TREE) \
	  BUSTED_FLAGS="$(BUSTED_FLAGS)" GUEST_SPECS="$(GUEST_SPECS)"'

trixie-tree:
	$(Q)sh spec/port/tree.sh $(RELEASE) $(TREE) $(PACKAGES_check) $(TREE_PACKAGES)
