-- SPDX-License-Identifier: LGPL-2.1-or-later
-- moontap.lua - moontap in a lab: the program and its entry points, what it says, what it keeps
local assert = require "luassert"
local json = require "dkjson"
local lab = require "spec.guest.lab"

local build = os.getenv "MOONTAP_BUILD" or ""

local M = {
  program = build .. "/moontap", lxc = build .. "/lxc", hook = build .. "/qemu",
  ifup = build .. "/qemu-ifup", ifdown = build .. "/qemu-ifdown",
  helper = build .. "/moontap-bridge-helper",
}

-- A line for each connected NIC: "web 1 vnet0 managed hook"; (unknown) has a guest without a name.
function M.status(l)
  local lines = {}
  for _, nic in ipairs(json.decode(l:ok(M.program .. " status --json"))) do
    if nic.by then
      lines[#lines + 1] = ("%s %d %s %s %s\n"):format(nic.known and nic.domain or "(unknown)",
        nic.index, nic.dev, nic.unmanaged and "unmanaged" or "managed", nic.by)
    end
  end
  return table.concat(lines)
end

-- What is kept: journals, runs in progress, shared objects, and guests that are remembered.
function M.state(l)
  return l:ok "cd /run/moontap 2>/dev/null && find nic run shared domain -mindepth 1 | sort || true"
end

-- nothing_left(l, before): the lab is as it was in an earlier snapshot, and nothing is kept
function M.nothing_left(l, before)
  assert.equal("", lab.difference(before, l:snapshot()))
  assert.equal("", M.state(l))
end

return M
