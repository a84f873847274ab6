-- rootless.lua - what specs cannot try in an ordinary user's namespace, and why
--
-- `make specs` enters one where it is not root's (spec/port/namespace.sh), and says by
-- MOONTAP_NAMESPACE whether it has one user id or many. A test that is named here is pending there,
-- with its reason.

local M = {}

local only_id = "a second user id is needed: the package uidmap, and a line of /etc/subuid"

-- Without many ids: part of the test's full name -> reason
local needs = {
  ["hook dhcp with a dnsmasq"] = only_id, -- it becomes nobody
  ["is what a real dnsmasq gives the guest"] = only_id,
  ["every kind: dhcp_host"] = only_id,
  ["every kind: tap name=t0 user=12345"] = only_id,
  ["every kind: tap_node dev=m0 user=12345"] = only_id,
  ["the state directory must belong to the caller"] = only_id,
  ["the program reads a hook that only its owner may write"] = only_id,
  ["the program believes no state that another could have written"] = only_id,
}

local groups = "control groups are root's"

-- In any such namespace
local needs_root = {
  ["moontapd by systemd is started"] = groups,
  ["moontapd by systemd connects"] = groups,
}

-- why(name) -> the reason why the test of this full name cannot be tried; nil: it can
function M.why(name)
  local where = os.getenv "MOONTAP_NAMESPACE"
  for _, list in ipairs { where and needs_root or {}, where == "one" and needs or {} } do
    for part, reason in pairs(list) do
      if name:find(part, 1, true) then return reason end
    end
  end
end

return M
