# SPDX-License-Identifier: LGPL-2.1-or-later
# packages.mk - what Debian packages each target needs

# One list a purpose; `make deps-X` installs what is missing of it, as root, and says so otherwise.
PACKAGES_build := gcc libc6-dev make pkg-config lua5.4 liblua5.4-dev libxml2-dev libmnl-dev \
	libjansson-dev libseccomp-dev libedit-dev scdoc lua-dkjson
PACKAGES_demo  := $(PACKAGES_build) iproute2 util-linux procps
PACKAGES_check := $(PACKAGES_build) lua-busted iproute2 procps util-linux \
	g++ python3 python3-prometheus-client tmux strace graphviz fonts-dejavu-core nftables iptables ethtool \
	bash zsh man-db dnsmasq-base busybox-static libvirt-dev systemd
PACKAGES_lint  := $(PACKAGES_build) clang-format clang-tidy lua-check
PACKAGES_valgrind := $(PACKAGES_check) valgrind libc6-dbg
PACKAGES_unpack := busybox-static cpio kmod
PACKAGES_fuzz  := $(PACKAGES_build) clang libclang-rt-dev

# One a line, so that branches that add some can be merged.
DEPS := $(patsubst %,deps-%, \
	build \
	demo \
	check \
	lint \
	valgrind \
	fuzz \
	bench \
	guest \
	ovs \
	kernel \
	compilers \
	cross \
	musl \
	trixie \
	)
.PHONY: $(DEPS)
$(DEPS): deps-%:
	@missing=$$(for p in $(PACKAGES_$*); do \
	  dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q ' installed$$' || echo $$p; done); \
	[ -z "$$missing" ] || { [ "$$(id -u)" = 0 ] || { \
	  echo "missing packages:" $$missing "(as root: make deps-$*)" >&2; exit 1; }; \
	  echo "  INSTALL  "$$missing; \
	  DEBIAN_FRONTEND=noninteractive; export DEBIAN_FRONTEND; \
	  { apt-get -qq install -y --no-install-recommends $$missing || \
	    { apt-get -qq update && apt-get -qq install -y --no-install-recommends $$missing; }; } \
	    >$${TMPDIR:-/tmp}/moontap-apt.log 2>&1 || \
	  { tail -n 20 $${TMPDIR:-/tmp}/moontap-apt.log >&2; exit 1; }; }
