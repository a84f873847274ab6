/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* doctor_checks.c - the table of checks: what is wrong, why it matters, what to do (DEV: what was
 * found) */
#include "cli/doctor.h"

const struct mt_check mt_checks[] = {
	/* the policy */
	{ "policy missing", "without a policy moontap does what libvirt does by itself",
	  "write one, or try a ready-made one; see: moontap help hook", mt_check_policy_missing },
	{ "policy not usable",
	  "a policy that others could write would give them the host's network",
	  "make it root's, and writable by nobody else: chown root FILE; chmod go-w FILE",
	  mt_check_policy_file },
	{ "policy broken", "a policy that does not load stops every guest's start",
	  "mend the line; moontap check FILE tries it", mt_check_policy_loads },
	/* libvirt */
	{ "hook not installed", "libvirt tells nobody of its guests, so that taps are unknown ones",
	  "moontap install-hook", mt_check_hook_installed, MT_CHECK_LIBVIRT },
	{ "hook not executable", "libvirt passes over what it cannot execute",
	  "make it executable: chmod +x FILE", mt_check_hook_executable, MT_CHECK_LIBVIRT },
	{ "hook not noticed",
	  "libvirt looks for a driver's first hook when it starts, or is told to",
	  "tell it to look again: kill -HUP PID", mt_check_hook_noticed, MT_CHECK_LIBVIRT },
	{ "stray hook",
	  "libvirt runs every executable in the folder, whatever its name: twice the "
	  "work, or an old version's",
	  "move it out of the folder, or make it not executable", mt_check_hook_strays,
	  MT_CHECK_LIBVIRT },
	{ "confined", "AppArmor lets a confined libvirt execute programs in few places only",
	  "install moontap with PREFIX=/usr, or allow its path in "
	  "/etc/apparmor.d/local/usr.sbin.libvirtd",
	  mt_check_confined, MT_CHECK_LIBVIRT },
	{ "denied", "AppArmor or SELinux has kept moontap, or its hook, from something",
	  "allow it in the profile, or restore the file's label: restorecon -v FILE",
	  mt_check_denials },
	/* others at the network */
	{ "NetworkManager takes taps", "it takes a tap out of its bridge, and says nothing",
	  "in /etc/NetworkManager/conf.d/moontap.conf: [keyfile] "
	  "unmanaged-devices=interface-name:vnet*",
	  mt_check_network_manager },
	{ "networkd takes taps", "it gives a tap the settings of a network card",
	  "exclude taps in its [Match], or write a .network file for them with Unmanaged=yes",
	  mt_check_networkd },
	{ "firewall drops bridged traffic",
	  "frames between guests of one bridge go through the host's "
	  "firewall, which drops what it forwards for nobody",
	  "sysctl -w net.bridge.bridge-nf-call-iptables=0, or accept the bridge's traffic",
	  mt_check_bridge_netfilter },
	/* the host's devices */
	{ "no /dev/net/tun", "without it there are no taps",
	  "modprobe tun; udev makes the device file, readable and writable by all", mt_check_tun },
	{ "link missing", "a guest that is to be in it is refused",
	  "make it, or mend its name in the policy", mt_check_link_missing },
	{ "bridge down", "a bridge that is down passes nothing on", "ip link set dev DEV up",
	  mt_check_bridge_down },
	{ "bridge delays",
	  "with spanning tree a new port passes nothing on while it listens and "
	  "learns: a guest's DHCP may have given up by then",
	  "ip link set dev DEV type bridge forward_delay 0, or stp_state 0",
	  mt_check_bridge_delay },
	{ "bridge has a tap's MAC",
	  "its MAC changes when that guest stops, and the host's "
	  "connections break",
	  "give the bridge a MAC of its own: ip link set dev DEV address MAC",
	  mt_check_bridge_mac },
	/* what moontap left, or did not reach */
	{ "leftover tap", "it bears moontap's mark, and no journal knows it: a name that is taken",
	  "ip link del dev DEV", mt_check_leftover_tap },
	{ "leftover journal", "a killed run, or a guest that ended without a word",
	  "moontap reconcile", mt_check_leftover_journal },
	{ "drift", "someone changed what moontap had put", "moontap reconcile", mt_check_drift },
	{ "last run failed", "a guest was refused, or is not connected",
	  "moontap log GUEST -1 shows it whole", mt_check_last_run },
	/* one guest */
	{ "device name", "the kernel takes names of 1 to 15 bytes, without blanks, '/' and ':'",
	  "mend <target dev='...'/>", mt_check_device_name, MT_CHECK_GUEST },
	{ "document not readable", "a guest whose XML cannot be read does not start",
	  "mend the XML; moontap check FILE tries it", mt_check_guest_reads, MT_CHECK_GUEST },
	{ "guest refused", "this is what its start would end with", "see: moontap plan FILE",
	  mt_check_guest_plan, MT_CHECK_GUEST },
	{ "queues differ",
	  "a tap made for one queue cannot be opened for several, nor the other way",
	  "make the tap anew, or mend <driver queues='...'/>", mt_check_queues, MT_CHECK_GUEST },
	{ "kernel lacks", "the policy declares what this kernel was built without",
	  "use another kernel, or do without", mt_check_kernel_fields, MT_CHECK_GUEST },
	{ NULL },
};
