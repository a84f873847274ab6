-- firewall_life_spec.lua - what hook firewall makes of lists, what it refuses, and what others do
-- to its tables
local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

local NET = [[local net = hook "routed" {
    addresses = { web = { "10.0.0.1" }, db = { "10.0.0.2" } } }
  ]]

local POLICY = NET .. [[local firewall = hook "firewall" {
    groups = {
      web = { allow_in = { "tcp 80", "ping" } },
      db = { allow_in = { "tcp 5432 from group:web" }, allow_out = { "udp 53 to 10.0.0.9" } },
    },
    guests = { web = { "web" }, db = { "db" } }, addresses = { web = { "10.0.0.1" } } }
  function connect(nic) net(nic) firewall(nic) end]]

local function moontap(word, name, policy)
  program.write("p.lua", policy or POLICY)
  return program.moontap(word == "down" and "down " .. name or
    ("%s -p p.lua %s.xml"):format(word, name))
end

local function does(word, name, policy)
  local r = moontap(word, name, policy)
  assert.same({ 0, "" }, { r.status, r.err })
  return r.out
end

local function rules()
  return (helper.run "nft list ruleset":gsub("packets %d+ bytes %d+", ""))
end

before_each(function()
  guests.setup()
  helper.run "sysctl -qw net.ipv4.ip_forward=1"
end)

-- The elements that a guest gets, as plan says them: "in4 tcp . 80 . 0.0.0.0/0".
local function elements(lists, groups)
  local out = does("plan", "web", NET .. [[local firewall = hook "firewall" { groups = {
      web = ]] .. lists .. (groups or "") .. [[ }, default = { "web" } }
    function connect(nic) net(nic) firewall(nic) end]])
  local found = {}
  for set, key in out:gmatch "moontap_firewall ([io]%w+_?%w*) { '\"web0\"' %. (.-) }" do
    found[#found + 1] = set .. " " .. key
  end
  return found
end

describe("hook firewall", function()
  it("makes of lists what does not overlap", function()
    assert.same({ "in4 tcp . 22 . 0.0.0.0/0", "in4 tcp . 20-21 . 10.0.0.0/8",
      "in4 tcp . 23-40 . 10.0.0.0/8", "in6 tcp . 22 . ::/0" },
      elements [[{ allow_in = { "tcp 20-30 from 10.0.0.0/8", "tcp 22", "tcp 31-40 from 10.0.0.0/8",
        "tcp 25 from 10.1.0.0/16" } }]])
  end)

  it("knows protocols, types, ports and both ways", function()
    assert.same({ "in_any6 2001:db8::/32", "in4 gre . 0-65535 . 192.0.2.1/32",
      "in_icmp4 3-4 . 0.0.0.0/0", "in_icmp6 128 . ::/0", "out4 udp . 53 . 10.0.0.9/32",
      "out4 udp . 123 . 10.0.0.9/32" },
      elements [[{ allow_in = { "any from 2001:db8::/32", "gre from 192.0.2.1", "icmp 3-4",
        "icmpv6 128" }, allow_out = { "udp 53,123 to 10.0.0.9" } }]])
  end)

  it("gives groups at one port a number each", function()
    assert.same({ "in_group1 tcp . 80-90 : jump from_a", "in_group2 tcp . 85 : jump from_b",
      "in_group1 udp . 85 : jump from_b" },
      elements([[{ allow_in = { "tcp 80-90 from group:a", "tcp 85 from group:b",
        "udp 85 from group:b" } }]], ", a = {}, b = {}"))
  end)

  for text, options in pairs {
    ["the option 'groups' is missing"] = "",
    ["one of the options 'guests' and 'default' is needed"] = "groups = {}",
    ["groups: web: there is no group x"] = [[groups = { web = { allow_in = {
      "tcp 80 from group:x" } } }, default = { "web" }]],
    ['groups: web: "http": "tcp 80"'] =
      [[groups = { web = { allow_in = { "http" } } }, default = { "web" }]],
    ['groups: web: "tcp 80 to 10.0.0.1": "tcp 80"'] =
      [[groups = { web = { allow_in = { "tcp 80 to 10.0.0.1" } } }, default = { "web" }]],
    ['groups: web: "tcp 90-80": "tcp 80"'] =
      [[groups = { web = { allow_in = { "tcp 90-80" } } }, default = { "web" }]],
    ['groups: web: "ping from group:web": "tcp 80"'] =
      [[groups = { web = { allow_in = { "ping from group:web" } } }, default = { "web" }]],
    ["groups: web: allow: allow_in or allow_out expected"] =
      [[groups = { web = { allow = {} } }, default = { "web" }]],
    ["default: there is no group x"] = [[groups = {}, default = { "x" }]],
  } do
    it("says: " .. text, function()
      program.write("p.lua", ("hook 'firewall' { %s }\nfunction connect(nic) end"):format(options))
      assert.matches(text, program.bare("check p.lua").err, 1, true)
    end)
  end

  it("refuses a guest in no group, and a member without an address", function()
    for text, options in pairs {
      ["firewall: web is in no group"] = "guests = {}",
      ["firewall: no address is written down for web, which is in the group web"] =
        "default = { 'web' }",
    } do
      local r = moontap("plan", "web", NET .. [[local firewall = hook "firewall" {
        groups = { web = { allow_in = { "tcp 1 from group:web" } } }, ]] .. options .. [[ }
        function connect(nic) net(nic) firewall(nic) end]])
      assert.matches(text, r.err, 1, true)
    end
  end)

  it("refuses a macvtap", function()
    helper.run "ip link add up0 type veth peer name up1"
    local r = moontap("plan", "web", [[allow{ link = "up0" } function connect(nic)
      tap(nic, { macvtap = "up0", mode = "passthru", up = true })
      firewall{ dev = nic.dev } end]])
    assert.matches("firewall web0: it is a macvtap", r.err, 1, true)
  end)
end)

local deeds = {
  ["nft flush ruleset"] = "nft inet_firewall is gone",
  ["nft flush table inet moontap_firewall"] = "nft inet_firewall: intact is false",
  ["nft flush chain inet moontap_firewall in_deny"] = "nft inet_firewall: intact is false",
  ["nft flush chain inet moontap_firewall from_web"] = "intact is false",
  ["nft insert rule inet moontap_firewall from_web accept"] = "intact is false",
  ["nft delete element inet moontap_firewall to_guest '{ web0 }'"] = "firewall web0: inbound is",
  ["nft delete element inet moontap_firewall in4 '{ web0 . tcp . 80-80 . 0.0.0.0/0 }'"] =
    "allow_in tcp 80 0.0.0.0/0 on web0 is gone",
  ["nft delete element inet moontap_firewall group4_web '{ 10.0.0.1 }'"] =
    "firewall_member web 10.0.0.1 on web0 is gone",
  ["nft delete element inet moontap_firewall in_group1 '{ db0 . tcp . 5432-5432 }'"] =
    "allow_in_group tcp 5432 on db0 is gone",
}

describe("somebody's", function()
  for deed, says in pairs(deeds) do
    it(deed .. " is seen by status, and repaired by reconcile", function()
      does("up", "web")
      does("up", "db")
      local was = rules()
      helper.run(deed)
      assert.matches(says, program.moontap "status".out, 1, true)
      local r = program.moontap "reconcile"
      assert.same({ 0, "" }, { r.status, r.err })
      assert.equal(was, rules())
      assert.equal(0, program.moontap "status --check".status)
      does("down", "web")
      does("down", "db")
      assert.equal("", rules())
    end)
  end
end)
