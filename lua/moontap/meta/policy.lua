---@meta
-- made by `make meta`: not to be edited
-- luacheck: ignore

---a tap, the host's end of a virtual machine's NIC
---@class moontap.tap.fields
---@field name? string the device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field user? integer|string|false who may open it, besides root; without user and group: anybody: a user of this host, by name or number
---@field group? integer|string|false whose members may open it: a group of this host, by name or number
---@field multi_queue? boolean may be opened more than once, a queue each: true or false
---@field vnet_hdr? boolean packets carry a virtio header: true or false

---@class moontap.tap: moontap.tap.fields
---@field name string

---a bridge
---@class moontap.bridge.fields
---@field name? string the device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field stp_state? boolean spanning tree: true or false
---@field forward_delay? integer listening and learning, each: 0..4294967295 1/100 s
---@field hello_time? integer between hellos of the root bridge: 0..4294967295 1/100 s
---@field max_age? integer until another bridge counts as dead: 0..4294967295 1/100 s
---@field ageing_time? integer until a silent MAC address is forgotten: 0..4294967295 1/100 s
---@field priority? integer in the election of the root; smaller wins: 0..65535
---@field group_fwd_mask? integer which of 01:80:c2:00:00:0X are forwarded, a bit each: 0..65535
---@field vlan_filtering? boolean look at VLAN tags: true or false
---@field vlan_protocol? "802.1Q"|"802.1ad" which tags: 802.1Q, or 802.1ad: one of 802.1Q, 802.1ad
---@field vlan_default_pvid? integer VLAN of untagged frames on new ports; 0: none: 0..65535
---@field vlan_stats_enabled? boolean count frames of each VLAN: true or false
---@field vlan_stats_per_port? boolean and of each port; while it has no ports: true or false
---@field mcast_snooping? boolean send multicast only where it is wanted: true or false
---@field mcast_querier? boolean ask who wants multicast: true or false
---@field mcast_router? integer 0: no router; 1: where one is heard; 2: always: 0..255
---@field nf_call_iptables? boolean bridged IPv4 goes through iptables: true or false
---@field nf_call_ip6tables? boolean IPv6, likewise: true or false
---@field nf_call_arptables? boolean ARP, likewise: true or false

---@class moontap.bridge: moontap.bridge.fields
---@field name string

---a pair of devices, what goes into the one comes out of the other
---@class moontap.veth.fields
---@field name? string the device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field peer? string its other end, made and deleted with it: a device name of 1..15 bytes without blanks, '/', ':' or '%'

---@class moontap.veth: moontap.veth.fields
---@field name string

---a device that has a routing table of its own for what is in it
---@class moontap.vrf.fields
---@field name? string the device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field table? integer the routing table of what is in it; none that others use: 1..4294967295

---@class moontap.vrf: moontap.vrf.fields
---@field name string

---a network of its own, whose frames travel in UDP packets of another one
---@class moontap.vxlan.fields
---@field name? string the device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field id? integer the number of its network, the VNI; needed to create one that is not external: 0..16777215
---@field dstport? integer the UDP port, of all its hosts; without it 4789: 1..65535
---@field dev? string|false the device that its packets leave by; a multicast group needs one: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field src? string|false this host's address, which its packets come from: an IPv4 or IPv6 address
---@field remote? string|false who gets broadcasts and frames for unknown MAC addresses: the other host, or a multicast group: an IPv4 or IPv6 address
---@field external? boolean others, such as tc, choose the VNI and host of each frame: true or false
---@field vnifilter? boolean an external one takes only VNIs that are added to it: true or false
---@field srcport? integer|string|false the UDP ports that its packets come from; none: the host's usual ones: 1..65535, or a range of these: FIRST-LAST
---@field ttl? integer of its packets; 0: the host's usual one: 0..255
---@field tos? integer of its packets; 1: that of the packet inside: 0..255
---@field learning? boolean learn from what arrives which host has a MAC address: true or false
---@field ageing? integer until a silent MAC address is forgotten: 1..4294967295 seconds
---@field gbp? boolean its packets carry netfilter's mark: group policy: true or false
---@field udp6zerocsumtx? boolean send packets over IPv6 without a UDP checksum: true or false
---@field udp6zerocsumrx? boolean accept packets over IPv6 without a UDP checksum: true or false
---@field proxy? boolean answer ARP and ND from its neighbour table: true or false
---@field rsc? boolean route frames that are for its router by itself: true or false
---@field l2miss? boolean tell user space of unknown MAC addresses: true or false
---@field l3miss? boolean tell user space of unknown IP addresses: true or false

---@class moontap.vxlan: moontap.vxlan.fields
---@field name string

---the frames of one VLAN on a device, as a device of their own
---@class moontap.vlan_dev.fields
---@field name? string the device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field link? string the device that it is on; needed to create it: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field id? integer the VLAN; needed to create it: 1..4094
---@field protocol? "802.1Q"|"802.1ad" of the tags; without it 802.1Q: one of 802.1Q, 802.1ad
---@field reorder_hdr? boolean whoever listens on it sees frames without their tag: true or false
---@field gvrp? boolean tell switches by GVRP that the VLAN is wanted here: true or false
---@field mvrp? boolean likewise, by MVRP: true or false
---@field loose_binding? boolean it stays up while the device that it is on is not: true or false
---@field bridge_binding? boolean on a bridge: it is up while a port is that is in the VLAN: true or false

---@class moontap.vlan_dev: moontap.vlan_dev.fields
---@field name string

---a device with a MAC address of its own on another device
---@class moontap.macvlan.fields
---@field name? string the device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field link? string the device that it is on, which is in no bridge; needed to create it: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field mode? "private"|"vepa"|"bridge"|"passthru" needed to create it: whether those on one device reach each other: private: no; vepa: by the switch outside; bridge: directly; passthru: there is only this one, which can neither become another nor the other way round: one of private, vepa, bridge, passthru
---@field nopromisc? boolean of passthru: the device that it is on does not get all frames: true or false
---@field bcqueuelen? integer broadcasts that wait; of those on one device the largest counts: 0..4294967295 packets

---@class moontap.macvlan: moontap.macvlan.fields
---@field name string

---a macvlan that a virtual machine can open, as /dev/tapN
---@class moontap.macvtap.fields
---@field name? string the device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field link? string the device that it is on, which is in no bridge; needed to create it: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field mode? "private"|"vepa"|"bridge"|"passthru" needed to create it: whether those on one device reach each other: private: no; vepa: by the switch outside; bridge: directly; passthru: there is only this one, which can neither become another nor the other way round: one of private, vepa, bridge, passthru
---@field nopromisc? boolean of passthru: the device that it is on does not get all frames: true or false
---@field bcqueuelen? integer broadcasts that wait; of those on one device the largest counts: 0..4294967295 packets

---@class moontap.macvtap: moontap.macvtap.fields
---@field name string

---a device that others' packets pass, to be slowed down by its queue
---@class moontap.ifb.fields
---@field name? string the device: a device name of 1..15 bytes without blanks, '/', ':' or '%'

---@class moontap.ifb: moontap.ifb.fields
---@field name string

---the file /dev/tapN by which a macvtap is opened
---@class moontap.tap_node.fields
---@field dev? string the macvtap: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field user? integer|string who may open the file, besides root: a user of this host, by name or number

---@class moontap.tap_node: moontap.tap_node.fields
---@field dev string

---what every network device has; the device itself is made by another kind
---@class moontap.link.fields
---@field name? string the device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field mtu? integer largest packet: 68..65575 bytes
---@field base_mtu? integer what a bridge's mtu was before moontap's first port: 68..65575 bytes
---@field address? string MAC address: a MAC address such as 52:54:00:12:34:56
---@field master? string|false the bridge that it is a port of, or the VRF that it is in: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field alias? string|false a text for people: a text of 1..255 bytes
---@field txqueuelen? integer length of the transmit queue: 0..2147483647 packets
---@field group? integer number of its group of devices: 0..2147483647
---@field gso_max_size? integer largest packet that it is given to split: 1..524280 bytes
---@field gso_max_segs? integer most packets that such a one is split into: 1..65535 packets
---@field gro_max_size? integer largest packet that received ones are merged into: 1..524280 bytes
---@field gso_ipv4_max_size? integer gso_max_size for IPv4, Linux 6.3: 1..524280 bytes
---@field up? boolean administratively up: true or false

---@class moontap.link: moontap.link.fields
---@field name string

---a further name of a device, for people and commands
---@class moontap.altname.fields
---@field dev? string the device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field name? string what ip(8) finds it by, too; of up to 127 bytes: a text of 1..255 bytes

---@class moontap.altname: moontap.altname.fields
---@field dev string
---@field name string

---a device as a port of its bridge
---@class moontap.port.fields
---@field dev? string the device in the bridge: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field isolated? boolean does not talk to other isolated ports: true or false
---@field learning? boolean learn MAC addresses from what it sends: true or false
---@field flood? boolean gets frames for unknown MAC addresses: true or false
---@field mcast_flood? boolean gets multicast that nobody asked for: true or false
---@field bcast_flood? boolean gets broadcasts: true or false
---@field guard? boolean a spanning tree frame from it disables it: true or false
---@field root_block? boolean never becomes the root's port: true or false
---@field hairpin? boolean gets its own frames back: true or false
---@field fastleave? boolean leaves a multicast group at once: true or false
---@field neigh_suppress? boolean the bridge answers ARP and ND for it: true or false
---@field cost? integer of the way through it, for spanning tree: 1..65535
---@field priority? integer among ports of one cost; smaller wins: 0..63
---@field locked? boolean only MAC addresses that it has an entry for (fdb) may send: true or false
---@field mcast_to_unicast? boolean gets multicast in frames to its members' own addresses: true or false
---@field vlan_tunnel? boolean maps VLANs to VNIs, and back: true or false
---@field mcast_router? integer 0: no router; 1: where one is heard; 2: always: 0..2
---@field backup_port? string|false the port that its frames take while it has no carrier: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field mab? boolean a locked port: note who asks to be let in, Linux 6.2: true or false
---@field neigh_vlan_suppress? boolean neigh_suppress by VLAN: where the VLAN says so, Linux 6.3: true or false
---@field mcast_max_groups? integer the most multicast groups it may join, Linux 6.3; 0: any: 0..4294967295

---@class moontap.port: moontap.port.fields
---@field dev string

---the VLANs of a NIC's own port in a bridge: all that it is in
---@class moontap.vlan.fields
---@field dev? string the device in the bridge: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field pvid? integer|false the VLAN of frames without a tag, both ways: 1..4094
---@field untagged? integer|string|false further VLANs whose frames it gets without their tag: VLAN IDs of 1..4094, such as 20,30-40, in at most 767 bytes
---@field tagged? integer|string|false VLANs with their tag; the pvid, too, if it is to get that with a tag: VLAN IDs of 1..4094, such as 20,30-40, in at most 767 bytes

---@class moontap.vlan: moontap.vlan.fields
---@field dev string

---a VLAN of a port that NICs share, or of a bridge itself
---@class moontap.vlan_member.fields
---@field dev? string the device in the bridge, or the bridge: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field vid? integer the VLAN: 1..4094
---@field untagged? boolean its frames leave without their tag: true or false
---@field self? boolean the device is the bridge: so the host itself is in the VLAN: true or false

---@class moontap.vlan_member: moontap.vlan_member.fields
---@field dev string
---@field vid integer

---a MAC address that a bridge's port has, or that is behind a VXLAN
---@class moontap.fdb.fields
---@field dev? string a port of a bridge, or a VXLAN: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field mac? string whose frames go there; 00:00:00:00:00:00: of a VXLAN, all unknown ones': a MAC address such as 52:54:00:12:34:56
---@field vlan? integer in a bridge that looks at VLANs; 0: the port's pvid: 0..4094
---@field table? "master"|"self" the bridge's database, or a VXLAN's own; self where there is a dst: one of master, self
---@field dst? string the host that a VXLAN sends to: an IPv4 or IPv6 address
---@field src_vni? integer of a VXLAN with `external`: frames of this VNI: 0..16777215
---@field sticky? boolean stays on this port, also when another sends with the address: true or false
---@field via? string the device that a VXLAN sends by: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field vni? integer the VNI to send with, other than the VXLAN's: 0..16777215
---@field port? integer the UDP port to send to, other than the VXLAN's: 1..65535

---@class moontap.fdb: moontap.fdb.fields
---@field dev string
---@field mac string

---moontap's table of nftables: declared by itself, with what is in it
---@class moontap.nft.fields
---@field table? "bridge"|"inet"|"bridge_firewall"|"inet_firewall" bridge: of frames between a bridge's ports; inet: of packets that the host routes; and those of firewalls: one of bridge, inet, bridge_firewall, inet_firewall
---@field intact? boolean its rules are those of moontap's text, and no others; always true: true or false

---@class moontap.nft: moontap.nft.fields
---@field table "bridge"|"inet"|"bridge_firewall"|"inet_firewall"

---a guest's NIC speaks only as itself: nftables
---@class moontap.guard.fields
---@field dev? string the NIC's own device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field family? "bridge"|"inet" bridge, for a port of a bridge; inet, for a device that is routed; unless given, what the device will be: one of bridge, inet
---@field level? "mac"|"all" mac: its MAC is checked, and its VLANs; all, unless given: also its addresses, in IP, ARP and neighbour discovery, and that it is neither router nor DHCP server: one of mac, all
---@field mac? string the guest's: a MAC address such as 52:54:00:12:34:56
---@field dhcp_server? boolean whether it may be a DHCP server: true or false
---@field router? boolean whether it may send router advertisements and redirects: true or false
---@field vlans? integer|string|false VLANs whose tags it may set; what is inside of such a frame is not looked at: VLAN IDs of 1..4094, such as 20,30-40, in at most 767 bytes

---@class moontap.guard: moontap.guard.fields
---@field dev string

---an IP address that a guarded guest has: nftables
---@class moontap.guard_ip.fields
---@field dev? string the NIC's own device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field address? string that the guest has, or a prefix, any address of which it may have: an address with its prefix length, such as 192.0.2.1/24
---@field family? "bridge"|"inet" as in guard: one of bridge, inet

---@class moontap.guard_ip: moontap.guard_ip.fields
---@field dev string
---@field address string

---a group of guests that firewalls let in: declared by itself, with what names it
---@class moontap.firewall_group.fields
---@field name? string the group's: a text of 1..255 bytes
---@field family? "bridge"|"inet" as in firewall: one of bridge, inet
---@field intact? boolean its rules, and those of its table, are moontap's; always true: true or false

---@class moontap.firewall_group: moontap.firewall_group.fields
---@field name string
---@field family "bridge"|"inet"

---an address of a guest that is one of a group's: nftables
---@class moontap.firewall_member.fields
---@field dev? string the NIC's own device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field group? string the group: a text of 1..255 bytes
---@field address? string the guest's: an IPv4 or IPv6 address
---@field family? "bridge"|"inet" as in firewall: one of bridge, inet

---@class moontap.firewall_member: moontap.firewall_member.fields
---@field dev string
---@field group string
---@field address string

---who may begin to speak with a guest that has a firewall: nftables
---@class moontap.allow_in.fields
---@field dev? string the NIC's own device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field proto? "any"|"tcp"|"udp"|"sctp"|"dccp"|"udplite"|"icmp"|"icmpv6"|"gre"|"esp"|"ah" by which protocol: one of any, tcp, udp, sctp, dccp, udplite, icmp, icmpv6, gre, esp, ah
---@field port? integer|string to which port, or ports; of icmp and icmpv6 the types, 0-255 for all; of protocols without ports 0-65535: 0..65535, or a range of these: FIRST-LAST
---@field peer? string from which addresses; 0.0.0.0/0 and ::/0 for all: an address with its prefix length, such as 192.0.2.1/24
---@field family? "bridge"|"inet" as in firewall: one of bridge, inet

---@class moontap.allow_in: moontap.allow_in.fields
---@field dev string
---@field proto "any"|"tcp"|"udp"|"sctp"|"dccp"|"udplite"|"icmp"|"icmpv6"|"gre"|"esp"|"ah"
---@field port integer|string
---@field peer string

---whom a guest that has a firewall may begin to speak with: nftables
---@class moontap.allow_out.fields
---@field dev? string the NIC's own device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field proto? "any"|"tcp"|"udp"|"sctp"|"dccp"|"udplite"|"icmp"|"icmpv6"|"gre"|"esp"|"ah" by which protocol: one of any, tcp, udp, sctp, dccp, udplite, icmp, icmpv6, gre, esp, ah
---@field port? integer|string to which port, or ports; of icmp and icmpv6 the types, 0-255 for all; of protocols without ports 0-65535: 0..65535, or a range of these: FIRST-LAST
---@field peer? string to which addresses; 0.0.0.0/0 and ::/0 for all: an address with its prefix length, such as 192.0.2.1/24
---@field family? "bridge"|"inet" as in firewall: one of bridge, inet

---@class moontap.allow_out: moontap.allow_out.fields
---@field dev string
---@field proto "any"|"tcp"|"udp"|"sctp"|"dccp"|"udplite"|"icmp"|"icmpv6"|"gre"|"esp"|"ah"
---@field port integer|string
---@field peer string

---a group whose members may begin to speak with a guest: nftables
---@class moontap.allow_in_group.fields
---@field dev? string the NIC's own device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field proto? "any"|"tcp"|"udp"|"sctp"|"dccp"|"udplite"|"icmp"|"icmpv6"|"gre"|"esp"|"ah" by which protocol: one of any, tcp, udp, sctp, dccp, udplite, icmp, icmpv6, gre, esp, ah
---@field port? integer|string to which port, or ports; of protocols without ports 0-65535: 0..65535, or a range of these: FIRST-LAST
---@field nth? integer which of the groups at this port; 1, unless given: 1..4
---@field family? "bridge"|"inet" as in firewall: one of bridge, inet
---@field group? string the group: a text of 1..255 bytes

---@class moontap.allow_in_group: moontap.allow_in_group.fields
---@field dev string
---@field proto "any"|"tcp"|"udp"|"sctp"|"dccp"|"udplite"|"icmp"|"icmpv6"|"gre"|"esp"|"ah"
---@field port integer|string

---a group whose members a guest may begin to speak with: nftables
---@class moontap.allow_out_group.fields
---@field dev? string the NIC's own device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field proto? "any"|"tcp"|"udp"|"sctp"|"dccp"|"udplite"|"icmp"|"icmpv6"|"gre"|"esp"|"ah" by which protocol: one of any, tcp, udp, sctp, dccp, udplite, icmp, icmpv6, gre, esp, ah
---@field port? integer|string to which port, or ports; of protocols without ports 0-65535: 0..65535, or a range of these: FIRST-LAST
---@field nth? integer which of the groups at this port; 1, unless given: 1..4
---@field family? "bridge"|"inet" as in firewall: one of bridge, inet
---@field group? string the group: a text of 1..255 bytes

---@class moontap.allow_out_group: moontap.allow_out_group.fields
---@field dev string
---@field proto "any"|"tcp"|"udp"|"sctp"|"dccp"|"udplite"|"icmp"|"icmpv6"|"gre"|"esp"|"ah"
---@field port integer|string

---who may begin to speak with a guest, and whom it may speak to: nftables
---@class moontap.firewall.fields
---@field dev? string the NIC's own device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field family? "bridge"|"inet" bridge, for a port of a bridge; inet, for a device that is routed; unless given, what the device will be: one of bridge, inet
---@field inbound? "deny"|"accept" what others begin with the guest: deny, unless given: only what allow_in allows: one of deny, accept
---@field outbound? "deny"|"accept" what the guest begins: accept, unless given; deny: only what allow_out allows: one of deny, accept

---@class moontap.firewall: moontap.firewall.fields
---@field dev string

---what IPv4 or IPv6 does on a device, or on the whole host
---@class moontap.conf.fields
---@field dev? string the device; all: the whole host; default: devices to come: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field family? "ipv4"|"ipv6" which IP: one of ipv4, ipv6
---@field forwarding? boolean pass on packets for others: true or false
---@field proxy_arp? boolean IPv4: answer ARP for what is routed elsewhere: true or false
---@field proxy_arp_pvlan? boolean IPv4: answer ARP for what is routed back to the same device: true or false
---@field proxy_ndp? boolean IPv6: answer for the proxy neighbours: true or false
---@field rp_filter? integer IPv4: check the source; 0: no; 1: the way back; 2: any way: 0..2
---@field accept_ra? integer IPv6: believe routers; 0: no; 1: when not forwarding; 2: always: 0..2
---@field autoconf? boolean IPv6: take addresses that routers announce: true or false
---@field accept_redirects? boolean believe ICMP redirects: true or false
---@field send_redirects? boolean IPv4: send ICMP redirects: true or false
---@field arp_ignore? integer IPv4: which ARP is not answered; 0: none; 1: for other devices' addresses: 0..8
---@field promote_secondaries? boolean IPv4: keep an address's secondaries when it goes: true or false
---@field disable_ipv6? boolean IPv6: none of it here: true or false

---@class moontap.conf: moontap.conf.fields
---@field dev string
---@field family "ipv4"|"ipv6"

---an IP address on a device
---@class moontap.addr.fields
---@field dev? string the device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field address? string with the length of its network's prefix: an address with its prefix length, such as 192.0.2.1/24
---@field peer? string|false the other end, with the same prefix length: an address with its prefix length, such as 192.0.2.1/24
---@field broadcast? string|false IPv4: the broadcast address: an IPv4 or IPv6 address
---@field scope? "global"|"site"|"link"|"host" IPv4: how far it is valid: one of global, site, link, host
---@field nodad? boolean IPv6: use it at once, without asking for duplicates: true or false
---@field noprefixroute? boolean make no route to its network: true or false

---@class moontap.addr: moontap.addr.fields
---@field dev string
---@field address string

---a route to a destination, by a device or a gateway
---@class moontap.route.fields
---@field dst? string the destination; 0.0.0.0/0 or ::/0: everything else: an address with its prefix length, such as 192.0.2.1/24
---@field table? integer the routing table; 254, main, unless given: 1..4294967295
---@field metric? integer the smallest wins; unless given, 0, or 1024 for IPv6: 0..4294967295
---@field dev? string out of this device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field via? string by this gateway: an IPv4 or IPv6 address
---@field src? string the address that the host's own packets get: an IPv4 or IPv6 address
---@field scope? "global"|"site"|"link"|"host" IPv4: how far the destination is: one of global, site, link, host
---@field proto? integer who created it; 109, moontap, unless given: 1..255
---@field mtu? integer largest packet on this way: 68..4294967295 bytes
---@field onlink? boolean the gateway is on the device, whatever its addresses say: true or false
---@field type? "unicast"|"local"|"broadcast"|"anycast"|"multicast"|"blackhole"|"unreachable"|"prohibit"|"throw" unicast, unless given: one of unicast, local, broadcast, anycast, multicast, blackhole, unreachable, prohibit, throw

---@class moontap.route: moontap.route.fields
---@field dst string

---a neighbour's MAC address, or an address that this host answers for
---@class moontap.neigh.fields
---@field dev? string the device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field dst? string the neighbour's address: an IPv4 or IPv6 address
---@field proxy? boolean answer for it, that others send us its packets: true or false
---@field lladdr? string its MAC address: a MAC address such as 52:54:00:12:34:56
---@field router? boolean IPv6: it is a router: true or false

---@class moontap.neigh: moontap.neigh.fields
---@field dev string
---@field dst string

---which packets look into a routing table
---@class moontap.rule.fields
---@field priority? integer the smallest is asked first; main has 32766: 1..4294967295
---@field table? integer the routing table: 1..4294967295
---@field family? "ipv4"|"ipv6" which IP; unless given, that of 'from' or 'to': one of ipv4, ipv6
---@field from? string packets from there: an address with its prefix length, such as 192.0.2.1/24
---@field to? string packets to there: an address with its prefix length, such as 192.0.2.1/24
---@field iif? string packets that come in by this device; lo: the host's own: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field oif? string packets of programs that are bound to this device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field fwmark? integer packets with this mark of the firewall's: 0..4294967295
---@field fwmask? integer which bits of the mark count; all, unless given: 1..4294967295
---@field ipproto? "tcp"|"udp"|"sctp"|"dccp"|"icmp"|"icmpv6"|"gre"|"esp"|"ah" packets of this protocol: one of tcp, udp, sctp, dccp, icmp, icmpv6, gre, esp, ah
---@field sport? integer|string packets from this port: 1..65534, or a range of these: FIRST-LAST
---@field dport? integer|string packets to this port: 1..65534, or a range of these: FIRST-LAST
---@field proto? integer who created it; 109, moontap, unless given: 1..255

---@class moontap.rule: moontap.rule.fields
---@field priority integer
---@field table integer

---what a device does with packets for the kernel: ethtool -K
---@class moontap.offload.fields
---@field dev? string the device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field rx? boolean checksums of what comes in: true or false
---@field tx? boolean checksums of what goes out; of a tap, its program's choice: true or false
---@field sg? boolean packets in pieces: true or false
---@field tso? boolean cutting TCP into packets; of a tap, its program's choice: true or false
---@field gso? boolean the same, late and by the kernel: true or false
---@field gro? boolean joining packets that come in: true or false
---@field lro? boolean the same by the device; not where packets are passed on: true or false
---@field rxvlan? boolean taking VLAN tags out of what comes in: true or false
---@field txvlan? boolean putting VLAN tags into what goes out: true or false

---@class moontap.offload: moontap.offload.fields
---@field dev string

---what is sent to a port of this host goes to a guest: nftables
---@class moontap.forward.fields
---@field address? string where packets are sent to: an IPv4 or IPv6 address
---@field proto? "tcp"|"udp"|"sctp"|"dccp" by which protocol: one of tcp, udp, sctp, dccp
---@field port? integer|string and to which port, or ports: 1..65535, or a range of these: FIRST-LAST
---@field to? string where they go: the guest's address: an IPv4 or IPv6 address
---@field to_port? integer|false and to which port; none: the one that they were sent to: 1..65535

---@class moontap.forward: moontap.forward.fields
---@field address string
---@field proto "tcp"|"udp"|"sctp"|"dccp"
---@field port integer|string

---what guests send leaves by a device with the host's address: nftables
---@class moontap.masquerade.fields
---@field src? string the guests' network: an address with its prefix length, such as 192.0.2.1/24
---@field out? string the device that their packets leave by: a device name of 1..15 bytes without blanks, '/', ':' or '%'

---@class moontap.masquerade: moontap.masquerade.fields
---@field src string
---@field out string

---a guest and its neighbours reach each other by forwards: nftables
---@class moontap.hairpin.fields
---@field address? string of a guest that forwards lead to, or that uses them: an IPv4 or IPv6 address

---@class moontap.hairpin: moontap.hairpin.fields
---@field address string

---which address and name a dnsmasq gives a NIC by DHCP
---@class moontap.dhcp_host.fields
---@field mac? string of the NIC: a MAC address such as 52:54:00:12:34:56
---@field dir? string what dnsmasq has as --dhcp-hostsdir: a text of 1..255 bytes
---@field address? string|false the IPv4 address that it gets: an IPv4 or IPv6 address
---@field address6? string|false the IPv6 address that it gets: an IPv4 or IPv6 address
---@field name? string|false the host name that it gets: a text of 1..255 bytes
---@field pid? string|false what dnsmasq has as --pid-file: it gets SIGHUP when the file changes or goes: a text of 1..255 bytes

---@class moontap.dhcp_host: moontap.dhcp_host.fields
---@field mac string
---@field dir string

---an address of a pool that is a NIC's, also after a reboot
---@class moontap.lease.fields
---@field address? string the address: an IPv4 or IPv6 address
---@field pool? string the pool that it is from: a text of 1..255 bytes
---@field owner? string whose it is: the guest's uuid and the NIC's MAC: a text of 1..255 bytes

---@class moontap.lease: moontap.lease.fields
---@field address string
---@field pool string
---@field owner string

---a device's queue that sends no faster than at its rate
---@class moontap.tbf.fields
---@field dev? string the device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field rate? integer what it sends at most, on average; needed to create it: 1000..12500000000 bytes/s
---@field burst? integer what it sends at once after a pause; needed to create it. A frame that is larger is dropped: 2..2097151 KiB
---@field peak? integer|false the rate of the burst itself; none: no limit: 1000..12500000000 bytes/s
---@field latency? integer how long a packet waits at most; without it 50: 1..1000 ms

---@class moontap.tbf: moontap.tbf.fields
---@field dev string

---the place of a NIC's device where redirects are
---@class moontap.clsact.fields
---@field dev? string the NIC's device: a device name of 1..15 bytes without blanks, '/', ':' or '%'

---@class moontap.clsact: moontap.clsact.fields
---@field dev string

---what comes in on a NIC's device, or goes out, goes elsewhere
---@class moontap.redirect.fields
---@field dev? string the NIC's device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field direction? "ingress"|"egress" ingress: what the host gets from it: of a tap, what its guest sends; egress: the other way: one of ingress, egress
---@field to? string the device that sends them instead; needed to create it: a device name of 1..15 bytes without blanks, '/', ':' or '%'

---@class moontap.redirect: moontap.redirect.fields
---@field dev string
---@field direction "ingress"|"egress"

---a NIC's device in a bridge of Open vSwitch
---@class moontap.ovs_port.fields
---@field dev? string the NIC's own device: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field bridge? string the bridge of Open vSwitch; needed: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field tag? integer|false the VLAN of an access port; of a native one, that of frames without a tag: 1..4094
---@field trunks? integer|string|false the VLANs of a trunk; without them it would carry every VLAN: VLAN IDs of 1..4094, such as 20,30-40, in at most 767 bytes
---@field vlan_mode? "access"|"trunk"|"native-tagged"|"native-untagged"|"dot1q-tunnel"|false unless given: access with tag alone, trunk with trunks; access without tag: only frames without a tag: one of access, trunk, native-tagged, native-untagged, dot1q-tunnel
---@field cvlans? integer|string|false with dot1q-tunnel: the guest's VLANs that are let in: VLAN IDs of 1..4094, such as 20,30-40, in at most 767 bytes
---@field qinq_ethtype? "802.1ad"|"802.1q"|false with dot1q-tunnel: how the outer tag is written: one of 802.1ad, 802.1q
---@field protected? boolean protected ports do not reach each other: true or false
---@field mtu_request? integer|false the MTU that Open vSwitch sets; link's mtu is enough, and stays: 68..65535 bytes
---@field ofport_request? integer|false its OpenFlow port number: 1..65279
---@field ingress_rate? integer|false how much the guest may send: 1..4294967295 kbit/s
---@field ingress_burst? integer|false with ingress_rate: how much at once: 1..4294967295 kbit
---@field iface_id? string|false OVN's logical switch port: a text of 1..255 bytes
---@field iface_id_ver? string|false its version, as OVN has it: a text of 1..255 bytes
---@field attached_mac? string|false the guest's MAC, for a controller: a MAC address such as 52:54:00:12:34:56
---@field vm_id? string|false the guest, for a controller: a text of 1..255 bytes
---@field iface_status? "active"|"inactive"|false whether the guest uses it, for a controller: one of active, inactive
---@field owner? string guest, MAC and boot: moontap sets it, and nobody else: a text of 1..255 bytes
---@field wait? integer until Open vSwitch has taken the device: 5 unless given; with iface_id, until OVN has installed it: 10, and 0 does not wait for it: 0..600 seconds

---@class moontap.ovs_port: moontap.ovs_port.fields
---@field dev string

---@class moontap.tap.options
---@field macvtap? string the device that it is on, which is in no bridge; needed to create it: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field user? integer|string|false who may open it, besides root; without user and group: anybody: a user of this host, by name or number
---@field group? integer|string|false whose members may open it: a group of this host, by name or number
---@field multi_queue? boolean may be opened more than once, a queue each: true or false
---@field vnet_hdr? boolean packets carry a virtio header: true or false
---@field mode? "private"|"vepa"|"bridge"|"passthru" needed to create it: whether those on one device reach each other: private: no; vepa: by the switch outside; bridge: directly; passthru: there is only this one, which can neither become another nor the other way round: one of private, vepa, bridge, passthru
---@field nopromisc? boolean of passthru: the device that it is on does not get all frames: true or false
---@field bcqueuelen? integer broadcasts that wait; of those on one device the largest counts: 0..4294967295 packets
---@field mtu? integer largest packet: 68..65575 bytes
---@field base_mtu? integer what a bridge's mtu was before moontap's first port: 68..65575 bytes
---@field address? string MAC address: a MAC address such as 52:54:00:12:34:56
---@field master? string|false the bridge that it is a port of, or the VRF that it is in: a device name of 1..15 bytes without blanks, '/', ':' or '%'
---@field alias? string|false a text for people: a text of 1..255 bytes
---@field txqueuelen? integer length of the transmit queue: 0..2147483647 packets
---@field gso_max_size? integer largest packet that it is given to split: 1..524280 bytes
---@field gso_max_segs? integer most packets that such a one is split into: 1..65535 packets
---@field gro_max_size? integer largest packet that received ones are merged into: 1..524280 bytes
---@field gso_ipv4_max_size? integer gso_max_size for IPv4, Linux 6.3: 1..524280 bytes
---@field up? boolean administratively up: true or false

---@class moontap.pool

---@class moontap.nic
---@field index integer its number among the guest's interfaces, from 1
---@field type string ethernet, bridge, network, ...
---@field dev? string its device on the host; nil: it has no name yet, or none
---@field unmanaged boolean moontap creates the device: managed='no', or decide()
---@field domain moontap.domain the guest: help "nic.domain"
---@field target? moontap.nic.target
---@field vlan? moontap.nic.vlan
---@field caller? moontap.nic.caller
---@field ips? table[] each <ip> of the guest's side
---@field routes? table[] each <route> of the guest's side
---@field source? moontap.nic.source
---@field bandwidth? table inbound and outbound, each with average, peak, burst, floor
---@field virtualport? table type, and parameters by name
---@field metadata boolean true: moontap's metadata says something of it: vlan,
---@field bridge? string the bridge that moontap's metadata asks for
---@field forwards? table[] each <range> of its <portForward>: proto, port, to_port and
---@field unknown? string[] what this moontap does not understand in the XML
---@field backend? moontap.nic.backend
---@field backenddomain? string
---@field boot? integer
---@field coalesce? moontap.nic.coalesce
---@field downscript? string
---@field driver? moontap.nic.driver
---@field filterref? moontap.nic.filterref
---@field guest? moontap.nic.guest
---@field isolated? boolean
---@field link? string
---@field mac? string
---@field mac_current_address? string
---@field managed? boolean
---@field model? string
---@field mtu? integer
---@field script? string
---@field sndbuf? integer
---@field teaming? moontap.nic.teaming
---@field trust_guest_rx_filters? boolean

---@class moontap.nic.target
---@field dev? string the device's name, as the XML has it
---@field managed? boolean what <target managed=> says

---@class moontap.nic.vlan
---@field trunk? boolean true: several tags, or trunk='yes'
---@field tags? table[] each with id, and native: "tagged" or "untagged"

---@class moontap.nic.caller
---@field user? string who asks the service for it, when that is not root
---@field uid? integer the same as a number
---@field gid? integer that user's group
---@field groups? string[] all groups of that user's
---@field bridge? string the bridge that its QEMU asks moontap-bridge-helper for

---@class moontap.nic.source
---@field ips? table[] each <ip> of the host's side
---@field routes? table[] each <route> of the host's side
---@field address? string
---@field bridge? string
---@field connectionid? string
---@field dev? string
---@field guestReset? string
---@field local? moontap.nic.source.local
---@field macTableManager? string
---@field mode? string
---@field name? string
---@field network? string
---@field path? string
---@field port? string
---@field portgroup? string
---@field portgroupid? string
---@field portid? string
---@field startupPolicy? string
---@field switchid? string
---@field type? string

---@class moontap.nic.backend
---@field fqdn? string
---@field hostname? string
---@field logFile? string
---@field tap? string
---@field type? string
---@field vhost? string

---@class moontap.nic.coalesce
---@field rx_frames_max? integer

---@class moontap.nic.driver
---@field ats? boolean
---@field event_idx? boolean
---@field guest? moontap.nic.driver.guest
---@field host? moontap.nic.driver.host
---@field ioeventfd? boolean
---@field iommu? boolean
---@field iommufd? boolean
---@field model? string
---@field name? string
---@field packed? boolean
---@field page_per_vq? boolean
---@field queues? integer
---@field rss? boolean
---@field rss_hash_report? boolean
---@field rx_queue_size? integer
---@field tx_queue_size? integer
---@field txmode? string

---@class moontap.nic.driver.guest
---@field csum? boolean
---@field ecn? boolean
---@field tso4? boolean
---@field tso6? boolean
---@field ufo? boolean

---@class moontap.nic.driver.host
---@field csum? boolean
---@field ecn? boolean
---@field gso? boolean
---@field mrg_rxbuf? boolean
---@field tso4? boolean
---@field tso6? boolean
---@field ufo? boolean

---@class moontap.nic.filterref
---@field filter? string

---@class moontap.nic.guest
---@field actual? string
---@field dev? string

---@class moontap.nic.source.local
---@field address? string
---@field port? string

---@class moontap.nic.teaming
---@field persistent? string
---@field type? string

---@class moontap.domain
---@field name string "" when it is not known whose tap this is
---@field uuid? string
---@field id? integer of a running guest
---@field type string kvm, qemu, lxc, ...
---@field title? string
---@field description? string
---@field os_type? string hvm, exe, ...
---@field known? any true; false: not known whose tap it is; "qemu": only its QEMU says
---@field incoming? boolean it is being migrated to this host, and does not run here yet
---@field nics moontap.nic[] all its NICs: help "nic"
---@field metadata table[] of <metadata>: each with ns, name, text, attributes, children

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help bridge` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.bridge
function bridge(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help veth` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.veth
function veth(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help vrf` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.vrf
function vrf(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help vxlan` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.vxlan
function vxlan(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help vlan_dev` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.vlan_dev
function vlan_dev(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help macvlan` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.macvlan
function macvlan(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help macvtap` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.macvtap
function macvtap(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help ifb` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.ifb
function ifb(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help tap_node` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.tap_node
function tap_node(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help link` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.link
function link(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help altname` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.altname
function altname(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help port` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.port
function port(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help vlan` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.vlan
function vlan(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help vlan_member` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.vlan_member
function vlan_member(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help fdb` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.fdb
function fdb(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help nft` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.nft
function nft(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help guard` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.guard
function guard(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help guard_ip` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.guard_ip
function guard_ip(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help firewall_group` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.firewall_group
function firewall_group(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help firewall_member` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.firewall_member
function firewall_member(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help allow_in` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.allow_in
function allow_in(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help allow_out` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.allow_out
function allow_out(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help allow_in_group` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.allow_in_group
function allow_in_group(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help allow_out_group` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.allow_out_group
function allow_out_group(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help firewall` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.firewall
function firewall(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help conf` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.conf
function conf(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help addr` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.addr
function addr(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help route` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.route
function route(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help neigh` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.neigh
function neigh(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help rule` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.rule
function rule(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help offload` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.offload
function offload(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help forward` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.forward
function forward(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help masquerade` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.masquerade
function masquerade(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help hairpin` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.hairpin
function hairpin(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help dhcp_host` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.dhcp_host
function dhcp_host(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help tbf` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.tbf
function tbf(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help clsact` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.clsact
function clsact(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help redirect` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.redirect
function redirect(fields) end

---Declare that an object of this kind exists, with these fields, while the NIC is connected. A
---field that is not given stays as it is; false sets it to none.
---    fields   as `help ovs_port` lists them
---Raises: an unknown field, a value that its field does not take, a missing key.
---    link{ name = "br0", up = true }
---@param fields moontap.ovs_port
function ovs_port(fields) end

---Declare the NIC's own device: link{…} for nic.dev and, when the NIC is unmanaged, the tap itself.
---The host ignores router advertisements from it: conf{…, accept_ra = default(0)}, unless /proc/sys
---is read-only.
---    fields   those of link and of tap (user, group, multi_queue, vnet_hdr), without the name. Those
---             of tap count only for unmanaged NICs, since libvirt creates the tap of others. group
---             is the tap's; for the link's there is link{ name = nic.dev, group = … }. With master
---             and without mtu, mtu is what the bridge had before moontap's first port, whatever
---             <mtu> tells the guest. This, and what tap() fills in for an unmanaged NIC (user,
---             multi_queue, vnet_hdr, address), is default(…): the value of another declaration
---             counts instead
---    macvtap  for an unmanaged NIC: its device is a macvtap on this one, with the guest's MAC.
---             Beside it: mode (bridge, unless given), bcqueuelen, nopromisc; user is then that of
---             the file /dev/tapN, and there is no group
---Raises: not the nic that is being connected; an unknown field; a value that does not fit.
---    tap(nic, { master = "br0", mtu = 9000, up = true })
---    tap(nic, { macvtap = "eno1", user = "alice", up = true })
---@param nic moontap.nic
---@param fields? moontap.tap.options
function tap(nic, fields) end

---Limit what a NIC gets and sends, by kinds ifb, tbf, clsact and redirect: nothing is on the root
---qdisc of its device, which libvirt replaces when the guest starts. The words, the sides and the
---units are those of libvirt's <bandwidth>; where the XML has that, there can be no rate.
---    dev             nic.dev
---    inbound         what the guest gets, on average: a number of kB/s, or a text: "20mbit",
---                    "2.5MB/s"
---    inbound_peak    the rate of a burst, in the same units; without it, bursts have no limit
---    inbound_burst   what comes at once after a pause: a number of KiB, or a text: "256k"; without
---                    it, what comes in 10 ms, but at least 64 KiB
---    outbound, outbound_peak, outbound_burst   the same of what the guest sends
---Raises: an unknown field, a value that does not fit; floor, which moontap does not have.
---    rate{ dev = nic.dev, inbound = "20mbit", outbound = 2500 }
---@param limits { dev: string, inbound?: number|string, inbound_peak?: number|string, inbound_burst?: number|string, outbound?: number|string, outbound_peak?: number|string, outbound_burst?: number|string }
function rate(limits) end

---An address of the pool for the NIC, which keeps it: over stops of its guest, other policies and
---reboots of the host, until `moontap lease --free`. It is the NIC's by the guest's uuid (its name,
---where it has no uuid) and the NIC's MAC. A new one is a free one of the pool. Only in connect().
---    pool   what pool() returned
---    nic    without it, the one that is being connected
---Raises: no pool; a NIC without a MAC. When all addresses are taken, it refuses.
---    local address = lease(lan)
---@param pool moontap.pool
---@param nic? moontap.nic
function lease(pool, nic) end

---Veto: the guest does not start, and the error of its start has the reason. Does not return; pcall
---does not catch it.
---    local bridge = host.link(name) or refuse("there is no bridge " .. name)
---@param reason any
function refuse(reason) end

---Write a line to moontap's log: the values as text, with blanks between.
---@param ... any
function log(...) end

---The same as log().
---@param ... any
function print(...) end

---A field's value that gives way: where another declaration of the same object has the field
---without default(), that value counts, whichever comes first. Two defaults that differ are an
---error, unless a value without default() decides. default(nil) is nil.
---    tap(nic, { master = "br0", mtu = default(9000) })
---@generic T
---@param value T
---@return T
function default(value) end

---Let plans use what a guest's XML must not choose freely. Only at the top level; several calls add
---up. With user it is a grant: that user, who is not root, may ask the service for taps, and plans
---for them use only what the same call lists; a call that lists nothing lets them use all that
---root's may.
---    link      a device
---    prefix    addresses, routes, neighbours, policy rules, DHCP hosts and leases inside it
---    table     routes to, and policy rules for, a routing table, or a range of them
---    priority  policy rules of this priority, or of a range
---    vid       VLANs of bridges, and of devices for one
---    vni       networks of VXLANs, or a range of them
---    peer      hosts, or groups, that VXLANs send to, inside of a prefix
---    ports     ports that are forwarded to a guest, or a range of them
---    path      a folder of DHCP hosts, or its dnsmasq's file with the process ID; with * for any text
---    pool      a pool of addresses; pool{} allows its own
---    iface_id  logical switch ports of OVN; with * for any text
---    group     groups that a guest is in, or that its firewall lets in; with * for any text
---    altname   with user: further names of that user's devices, with * for any text
---    user      a user's name, "@" and a group's, or a uid
---    dev       with user: how that user's devices may be called, with * for any text: "al-*";
---              without it they begin with u, the uid and -
---    allow{ link = "br0" }
---    allow{ prefix = "10.0.0.0/8", table = 100 }
---    allow{ table = "1000-1099", vid = "20,30-40" }
---    allow{ vni = "10000-10999", peer = "192.0.2.0/24" }
---    allow{ prefix = "10.0.0.0/8", table = 100, priority = "2000-2099" }
---    allow{ user = "alice", dev = "al-*", link = "br0" }
---    allow{ ports = "8000-8999", group = "web-*", iface_id = "tenant1-*" }
---@param what { link?: string, prefix?: string, table?: integer|string, vid?: integer|string, vni?: integer|string, priority?: integer|string, peer?: string, ports?: integer|string, path?: string, pool?: string, iface_id?: string, group?: string, altname?: string, user?: string, dev?: string }
function allow(what) end

---Addresses for lease() to give to NICs, at most 4096 of them. Plans may use them, as with
---allow{prefix=…}. Only at the top level.
---    name    of letters, digits, -, _ and .: policies that say the same name share the addresses
---    range   the first address and the last: "10.0.0.10-10.0.0.250", "fd00::10-fd00::ff"
---Raises: a name or a range that is none.
---    local lan = pool{ name = "lan", range = "10.0.0.10-10.0.0.250" }
---@param of { name: string, range: string }
---@return moontap.pool
function pool(of) end

---A ready-made policy, hooks/NAME.lua of moontap's directories, as a function for connect() to
---call. Plans may use the devices that its options name, at any depth, as with allow{link=…}. Only
---at the top level.
---    options   beside the hook's own: users, a list of users and "@groups" who may ask the service
---              for taps, and dev, as in allow{user=…}: for their taps, plans may use these devices
---    local lan = hook "bridge" { bridge = "br0" }
---    local lab = hook "bridge" { bridge = "lab0", users = { "alice", "@kvm" } }
---@param name string
---@return fun(options?: table): fun(nic: moontap.nic)
function hook(name) end

---@class moontap.host
host = {}

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.tap.fields
---@return moontap.tap?
function host.tap(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.tap.fields
---@return moontap.tap[]
function host.taps(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.bridge.fields
---@return moontap.bridge?
function host.bridge(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.bridge.fields
---@return moontap.bridge[]
function host.bridges(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.veth.fields
---@return moontap.veth?
function host.veth(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.veth.fields
---@return moontap.veth[]
function host.veths(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.vrf.fields
---@return moontap.vrf?
function host.vrf(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.vrf.fields
---@return moontap.vrf[]
function host.vrfs(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.vxlan.fields
---@return moontap.vxlan?
function host.vxlan(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.vxlan.fields
---@return moontap.vxlan[]
function host.vxlans(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.vlan_dev.fields
---@return moontap.vlan_dev?
function host.vlan_dev(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.vlan_dev.fields
---@return moontap.vlan_dev[]
function host.vlan_devs(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.macvlan.fields
---@return moontap.macvlan?
function host.macvlan(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.macvlan.fields
---@return moontap.macvlan[]
function host.macvlans(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.macvtap.fields
---@return moontap.macvtap?
function host.macvtap(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.macvtap.fields
---@return moontap.macvtap[]
function host.macvtaps(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.ifb.fields
---@return moontap.ifb?
function host.ifb(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.ifb.fields
---@return moontap.ifb[]
function host.ifbs(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.tap_node.fields
---@return moontap.tap_node?
function host.tap_node(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.tap_node.fields
---@return moontap.tap_node[]
function host.tap_nodes(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.link.fields
---@return moontap.link?
function host.link(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.link.fields
---@return moontap.link[]
function host.links(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.altname.fields
---@return moontap.altname?
function host.altname(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.altname.fields
---@return moontap.altname[]
function host.altnames(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.port.fields
---@return moontap.port?
function host.port(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.port.fields
---@return moontap.port[]
function host.ports(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.vlan.fields
---@return moontap.vlan?
function host.vlan(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.vlan.fields
---@return moontap.vlan[]
function host.vlans(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.vlan_member.fields
---@return moontap.vlan_member?
function host.vlan_member(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.vlan_member.fields
---@return moontap.vlan_member[]
function host.vlan_members(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.fdb.fields
---@return moontap.fdb?
function host.fdb(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.fdb.fields
---@return moontap.fdb[]
function host.fdbs(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.nft.fields
---@return moontap.nft?
function host.nft(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.nft.fields
---@return moontap.nft[]
function host.nfts(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.guard.fields
---@return moontap.guard?
function host.guard(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.guard.fields
---@return moontap.guard[]
function host.guards(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.guard_ip.fields
---@return moontap.guard_ip?
function host.guard_ip(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.guard_ip.fields
---@return moontap.guard_ip[]
function host.guard_ips(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.firewall_group.fields
---@return moontap.firewall_group?
function host.firewall_group(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.firewall_group.fields
---@return moontap.firewall_group[]
function host.firewall_groups(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.firewall_member.fields
---@return moontap.firewall_member?
function host.firewall_member(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.firewall_member.fields
---@return moontap.firewall_member[]
function host.firewall_members(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.allow_in.fields
---@return moontap.allow_in?
function host.allow_in(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.allow_in.fields
---@return moontap.allow_in[]
function host.allow_ins(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.allow_out.fields
---@return moontap.allow_out?
function host.allow_out(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.allow_out.fields
---@return moontap.allow_out[]
function host.allow_outs(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.allow_in_group.fields
---@return moontap.allow_in_group?
function host.allow_in_group(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.allow_in_group.fields
---@return moontap.allow_in_group[]
function host.allow_in_groups(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.allow_out_group.fields
---@return moontap.allow_out_group?
function host.allow_out_group(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.allow_out_group.fields
---@return moontap.allow_out_group[]
function host.allow_out_groups(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.firewall.fields
---@return moontap.firewall?
function host.firewall(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.firewall.fields
---@return moontap.firewall[]
function host.firewalls(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.conf.fields
---@return moontap.conf?
function host.conf(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.conf.fields
---@return moontap.conf[]
function host.confs(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.addr.fields
---@return moontap.addr?
function host.addr(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.addr.fields
---@return moontap.addr[]
function host.addrs(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.route.fields
---@return moontap.route?
function host.route(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.route.fields
---@return moontap.route[]
function host.routes(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.neigh.fields
---@return moontap.neigh?
function host.neigh(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.neigh.fields
---@return moontap.neigh[]
function host.neighs(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.rule.fields
---@return moontap.rule?
function host.rule(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.rule.fields
---@return moontap.rule[]
function host.rules(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.offload.fields
---@return moontap.offload?
function host.offload(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.offload.fields
---@return moontap.offload[]
function host.offloads(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.forward.fields
---@return moontap.forward?
function host.forward(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.forward.fields
---@return moontap.forward[]
function host.forwards(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.masquerade.fields
---@return moontap.masquerade?
function host.masquerade(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.masquerade.fields
---@return moontap.masquerade[]
function host.masquerades(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.hairpin.fields
---@return moontap.hairpin?
function host.hairpin(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.hairpin.fields
---@return moontap.hairpin[]
function host.hairpins(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.dhcp_host.fields
---@return moontap.dhcp_host?
function host.dhcp_host(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.dhcp_host.fields
---@return moontap.dhcp_host[]
function host.dhcp_hosts(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.lease.fields
---@return moontap.lease?
function host.lease(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.lease.fields
---@return moontap.lease[]
function host.leases(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.tbf.fields
---@return moontap.tbf?
function host.tbf(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.tbf.fields
---@return moontap.tbf[]
function host.tbfs(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.clsact.fields
---@return moontap.clsact?
function host.clsact(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.clsact.fields
---@return moontap.clsact[]
function host.clsacts(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.redirect.fields
---@return moontap.redirect?
function host.redirect(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.redirect.fields
---@return moontap.redirect[]
function host.redirects(filter) end

---The one object that has this key, as the kernel has it; nil when there is none. Within one event
---the same call returns the same.
---    key      string   the first field of the kind: a device's name
---    fields            the whole key, where it has more than one field
---In the table a field that is none is false; one that the kernel does not have is nil.
---Raises: an unknown field, a missing key, an error of the kernel.
---    local bridge = host.link "br0" or refuse "there is no br0"
---@param key string|moontap.ovs_port.fields
---@return moontap.ovs_port?
function host.ovs_port(key) end

---Every object of this kind that has these fields, as the kernel has them. Within one event the
---same call returns the same.
---    for _, port in ipairs(host.links{ master = "br0" }) do log(port.name) end
---@param filter? moontap.ovs_port.fields
---@return moontap.ovs_port[]
function host.ovs_ports(filter) end
