-- cookbook_spec.lua - doc/cookbook.md: each policy plans what the text says, on a host that has it
local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

local function read(path)
  local file <close> = assert(io.open(path))
  return file:read "a"
end

-- { heading =, policy = } of each policy
local function recipes()
  local all, heading, code = {}, nil, nil
  for line in read "doc/cookbook.md":gmatch "([^\n]*)\n" do
    if line == "```lua" then
      code = {}
    elseif line == "```" and code then
      all[#all + 1] = { heading = heading, policy = table.concat(code, "\n") .. "\n" }
      code = nil
    elseif code then
      code[#code + 1] = line
    end
    heading = line:match "^## (.*)" or heading
  end
  return all
end

describe("doc/cookbook.md:", function()
  before_each(function()
    helper.run [[ip link add br0 address 02:00:00:00:00:01 type bridge; ip link set br0 up
      ip link add eno1 address 02:00:00:00:00:02 type veth peer name wire1
      ip addr add 192.0.2.1/24 dev eno1
      sysctl -qw net.ipv4.ip_forward=1 net.ipv6.conf.all.forwarding=1]]
  end)

  for n, recipe in ipairs(recipes()) do
    -- the guest whose addresses the policy has
    local guest = recipe.policy:match "addresses = { (%l+) =" or "web"
    local ovs = recipe.policy:find 'hook "ovs"'
    if (not recipe.policy:find "lock = true" or helper.kernel_has "port_locked") and
      (not ovs or helper.kernel_has "ovs") then
      it(("%d, %s%s"):format(n, recipe.heading, ovs and " #ovs" or ""), function()
        if ovs then
          helper.run [[cd samples; . ./ovs.sh; ovs_start
            ovs-vsctl add-br br-ovs -- set bridge br-ovs datapath_type=netdev]]
        end
        program.write("p.lua", recipe.policy)
        local check = program.bare "check p.lua"
        assert.same({ 0, "" }, { check.status, check.err })
        if recipe.policy:find 'hook "ov[ns]"' then return end -- samples/ run in `make check-ovs`
        local up = program.moontap("up -p p.lua -", guests.xml(guest, 5))
        assert.same({ 0, "" }, { up.status, up.err })
        assert.is_truthy(up.out:find "%+ nft" or not recipe.policy:find "guard")
        assert.equal(0, program.moontap("down " .. guest).status)
      end)
    end
  end

  it("names each recipe in its table, and has each that it names", function()
    local text = read "doc/cookbook.md"
    local named = {}
    for heading in text:gmatch "\n| %[(.-)%]" do named[#named + 1] = heading:lower() end
    local there = {}
    for heading in text:gmatch "\n## ([^\n]*)" do there[#there + 1] = heading:lower() end
    assert.same(there, named)
  end)
end)
