#!/bin/sh
# SPDX-License-Identifier: LGPL-2.1-or-later
# snapshot.sh - the network as people configure it, one line a thing, to be compared with another:
# without what moves by itself (indexes, counters, timers, carrier, learned neighbours) and
# without what the kernel derives (link-local and multicast of IPv6)
set -u

say() {
	sed -E "s/^/$1 /; s/\\\\/ /g; s/ +/ /g; s/ \$//" | sort
}

without_index='s/^[0-9]+: //; s/@if[0-9]+:/:/'
without_carrier='s/,(NO-CARRIER|LOWER_UP)\b//g; s/<(NO-CARRIER|LOWER_UP),/</; s/ (state [^ ]+|linkdown)//g'
# What the kernel makes of a link's ports and features.
derived='promiscuity|allmulti|bridge_id|designated_[a-z]+|root_(port|path_cost)|port_(id|no)'
derived="$derived|fdb_n_learned|mcast_n_groups|topology_change[a-z_]*|[a-z_]+_timer|tso_max_[a-z]+"

ip -details -oneline link show |
	sed -E "$without_index; $without_carrier; s/ ($derived) +[^ ]+//g" | say link
bridge -oneline vlan show | sed 1d | say vlan
bridge fdb show | grep -E 'static|permanent' | grep -vE '^(33:33:|01:00:5e:)' | say fdb
tc qdisc show | say qdisc
ip -oneline addr show |
	sed -E "$without_index; s/\\\\.*//; s/ (tentative|dadfailed)//g" | grep -v ' fe80:' | say addr
for family in -4 -6; do
	ip "$family" -oneline route show table all |
		grep -vE '^((multicast|local|anycast) )?(fe80:|ff00:)|^anycast ' |
		sed -E "$without_carrier; s/ pref medium//" | say route
	ip "$family" -oneline rule show | say rule
	ip "$family" -oneline neigh show nud permanent | say neigh
	ip "$family" -oneline neigh show proxy | say neigh
done

# The defaults, and where a device differs from them.
cd /proc/sys/net
grep -rs . ipv[46]/conf/default ipv[46]/conf | grep -vE '/(mtu|stable_secret):' |
	awk -F / '{ key = $1 "/" $4; split($4, word, ":"); name = $1 word[1] }
		$3 == "default" && !(name in default_of) { default_of[name] = key; print }
		$3 != "default" && default_of[name] != key' | say conf
