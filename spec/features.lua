-- features.lua - what not every kernel has, and some specs need
--
-- Their titles have it as a tag, #bridge_vlan: `make check-kernel` runs those in a VM of a kernel
-- that has it.

local M = {}

-- A command that succeeds where the kernel has it.
local features = {
  bridge_vlan = [[ip link add dev b0 type bridge vlan_filtering 1
    ip -d link show dev b0 | grep -q vlan_filtering.1]],
  vrf = "ip link add dev vrf0 type vrf table 10",
  vlan_dev = "ip link add dev v0 type veth; ip link add link v0 name w0 type vlan id 20",
  port_locked = [[ip link add dev b0 type bridge; ip link add dev v0 master b0 type veth
    bridge link set dev v0 locked on; bridge -d link show dev v0 | grep -q locked.on]],
  rate = [[ip link add dev i0 type ifb; tc qdisc add dev i0 root tbf rate 1mbit burst 9kb limit 9kb
    tc qdisc add dev i0 clsact; tc filter add dev i0 egress u32 match u32 0 0 \
      action mirred egress redirect dev lo]],
  nft = "nft add table bridge x",
  firewall = [[nft "add table bridge x; add chain bridge x y;
    add rule bridge x y ct state established accept"]],
  nat = [[nft add table inet x
    nft "add chain inet x y { type nat hook prerouting priority dstnat; }"]],
  ovs = "command -v ovs-vswitchd",
  linux_6_3 = [[printf "6.3\n$(uname -r)\n" | sort -VC]], -- no command of Debian 12 shows it
}

-- Of kernels later than that of `make check-kernel`; and of no kernel, but of `make check-ovs`.
local later = { linux_6_3 = true, ovs = true }

local function has(feature)
  return os.execute(("unshare -n sh -ec '%s' >/dev/null 2>&1"):format(features[feature]))
end

-- kernel_has(feature): whether this kernel has what some specs need; where all are required, a
-- failure if it has not
function M.kernel_has(feature)
  local is = has(feature)
  if not is and not later[feature] and os.getenv "MOONTAP_REQUIRE_KERNEL" == "1" then
    error("this kernel has no " .. feature, 2)
  end
  return is
end

-- lacking(tags) -> of "bridge_vlan,nft" those that this kernel has not
function M.lacking(tags)
  local lacking = {}
  for feature in tags:gmatch "[^,]+" do
    if not has(feature) then lacking[#lacking + 1] = feature end
  end
  return table.concat(lacking, ",")
end

return M
