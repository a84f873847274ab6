-- events_spec.lua - libvirt's events killed at every crossing: the links by which the next event
-- finds what is left never lose a journal

local libvirt = require "spec.libvirt"
local program = require "spec.program"
local torture = require "spec.torture.torture"

local life = { "prepare", "start", "stopped", "release" }

local guest = libvirt.guest { name = "web",
  { mac = "52:54:00:00:00:01", dev = "u1", unmanaged = true },
  { mac = "52:54:00:00:00:02", dev = "u2", unmanaged = true },
  { mac = "52:54:00:00:00:03", dev = "m3" } }

local function begin()
  torture.begin { xml = "", host = [[
      ip link add br0 address 02:00:00:00:00:01 type bridge
      ip link set br0 mtu 1499; ip link set br0 mtu 1500 up]], policy = [[
      local lan = hook "bridge" { bridge = "br0", isolated = true }
      function connect(nic) lan(nic) end]] }
  for _, operation in ipairs { "prepare", "release" } do -- the folders are there from now on
    assert.equal(0, guest:hook(operation).status)
  end
end

local function until_before(operation)
  for _, before in ipairs(life) do
    if before == "start" then guest:make_taps() end
    if before == "stopped" then guest:drop_taps() end
    if before == operation then return end
    local r = guest:hook(before)
    assert.same({ 0, "" }, { r.status, r.err })
  end
end

-- Whatever is left, release finishes it: of this guest everything is found. A lock without a line,
-- and a link too many, are for status.
local function go_on(operation, before)
  if operation == "start" then guest:drop_taps() end
  local r = guest:hook "release"
  assert.same({ 0, "" }, { r.status, r.err })
  assert.equal("", torture.host_since(before))
  for name, text in pairs(program.state()) do assert.equal("", text, name) end
  assert.equal(0, program.moontap "status".status)
  assert.equal("", torture.since(before))
end

local function try(operation, fault, n, before)
  until_before(operation)
  local r = torture.moontap(guest:command(operation),
    { what = "crossing", fault = fault, n = n, input = guest:xml(operation) })
  local ok, why = pcall(go_on, operation, before)
  if not ok then
    error(("%s killed %s %d (%s): exit %d: %s\n%s"):format(operation, fault, n, r.where, r.status,
      r.err, tostring(why)), 0)
  end
  if r.fired then torture.count("kill -9, events", operation, fault, "release finishes it") end
  return r.fired, r.counts
end

describe("libvirt's events killed #bare at every crossing: #torture", function()
  after_each(torture.summary)

  for _, operation in ipairs { "prepare", "start", "release" } do
    it(operation, function()
      begin()
      local before = torture.moment()
      local _, counts = try(operation, "before", 0, before)
      local total = counts[1] + counts[2] + counts[3] + counts[4]
      for _, fault in ipairs { "before", "after" } do
        for i = 1, torture.all and total or 6 do
          try(operation, fault, torture.all and i or torture.pick(total), before)
        end
      end
    end)
  end
end)
