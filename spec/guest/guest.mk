# SPDX-License-Identifier: LGPL-2.1-or-later
# guest.mk - guests for specs: their kernel and initramfs, and the specs with real libvirt and QEMU

# libvirt-daemon, not libvirt-daemon-system: libvirtd and its drivers without systemd, polkit, a
# default network or a started service. A lab brings the configuration.
PACKAGES_guest := $(PACKAGES_check) libvirt-daemon libvirt-daemon-driver-qemu \
	libvirt-daemon-driver-lxc libvirt-clients qemu-system-x86 $(PACKAGES_unpack)

GUEST       := $(BUILD)/guest
GUEST_IMAGE := $(GUEST)/vmlinuz $(GUEST)/initramfs
GUEST_SPECS ?= spec/guest

$(GUEST)/vmlinuz: $(KERNEL)/vmlinuz
	@mkdir -p $(@D)
	@cp $< $@

$(GUEST)/initramfs: spec/vm/initramfs.sh spec/guest/lab/guest-init $(GUEST)/vmlinuz
	$(call say,CPIO,$@)
	$(Q)sh $< $(KERNEL) spec/guest/lab/guest-init $@ virtio_pci virtio_console virtio_net 8021q

.PHONY: check-guest guest-image guest-specs
guest-image: $(GUEST_IMAGE)

check-built: $(GUEST_IMAGE)

check-guest: deps-guest
	$(Q)$(MAKE) --no-print-directory guest-specs

guest-specs: program $(SPEC_SO) $(GUEST_IMAGE)
	$(Q)MOONTAP_BUILD=$(abspath $(BUILD)) $(LUA) $$(command -v $(BUSTED)) \
	  --tags=guest $(BUSTED_FLAGS) $(GUEST_SPECS)
