-- graph_spec.lua - the picture: what is in it, how it is marked, that Graphviz can read it

local guests = require "spec.guests"
local helper = require "spec.helper"
local json = require "dkjson"
local program = require "spec.program"

local moontap = guests.moontap

-- parsed(dot) -> nodes by name, { label =, text = without its markup }, and edges "a -> b" with
-- their attributes; by Graphviz itself, so that what it cannot read fails
local function parsed(dot)
  program.write("graph.dot", dot)
  local r = program.run "dot -Tdot_json graph.dot"
  assert.same({ 0, "" }, { r.status, r.err })
  local graph, nodes, edges = json.decode(r.out), {}, {}
  for _, object in ipairs(graph.objects or {}) do
    nodes[object.name] = { label = object.label,
      text = object.label:gsub("<HR/>", ""):gsub("<[^>]*>", "|"):gsub("|+", "|") }
  end
  for _, edge in ipairs(graph.edges or {}) do
    local tail, head = graph.objects[edge.tail + 1].name, graph.objects[edge.head + 1].name
    edges[tail .. " -> " .. head] = edge
  end
  return nodes, edges, graph
end

local function graph(words)
  local r = moontap("graph " .. (words or ""))
  assert.same({ 0, "" }, { r.status, r.err })
  return parsed(r.out)
end

-- node(device) -> its name in the picture
local function node(device)
  return "link" .. helper.json(("ip -j link show '%s'"):format(device))[1].ifindex
end

-- The node that has a text, and its name.
local function with(nodes, text)
  for name, n in pairs(nodes) do
    if n.text:find("|" .. text .. "|", 1, true) then return n, name end
  end
  return nil
end

local green, red = "#2e7d32", "#c62828"

local function border(n)
  return n.label:match 'COLOR="(#%x+)"'
end

local function keys(t)
  local list = {}
  for key in pairs(t) do list[#list + 1] = key end
  table.sort(list)
  return list
end

describe("graph", function()
  before_each(guests.setup)

  it("of nothing is a picture, and changes nothing", function()
    local nodes, edges, all = graph()
    assert.same({ {}, {} }, { nodes, edges })
    assert.truthy(all.label:find("0 guests, 0 NICs", 1, true))
    assert.same({}, program.state())
  end)

  it("has guest, tap, bridge and the way out, one after the other", function()
    helper.run [[
ip link add eth0 type veth peer name peer0 && ip link set eth0 master br0 up
ip link add eth1 type veth peer name peer1
ip link add macv0 link eth1 type macvlan
ip link add br9 type bridge]]
    moontap "up web.xml"
    local nodes, edges = graph()
    local _, guest = with(nodes, "web")
    assert.truthy(nodes[guest].text:find("|NIC 1  52:54:00:00:00:01|", 1, true))
    assert.truthy(nodes[node "web0"].text:find("|web0|tap, mtu 1500, idle|", 1, true))
    assert.truthy(nodes[node "br0"].text:find("|br0|bridge, mtu 1500|10.0.0.1/24|", 1, true))
    assert.same({ guest .. " -> " .. node "web0", node "br0" .. " -> " .. node "eth0",
      node "eth0" .. " -> " .. node "peer0", node "web0" .. " -> " .. node "br0" }, keys(edges))
    assert.falsy(nodes[node "br9"])
    helper.run "ip link set macv0 master br0"
    _, edges = graph()
    assert.truthy(edges[node "br0" .. " -> " .. node "macv0"])
    assert.truthy(edges[node "macv0" .. " -> " .. node "eth1"])
  end)

  it("marks what moontap made", function()
    helper.run "ip addr add 192.0.2.1/24 dev br0"
    moontap "up web.xml"
    local nodes = graph()
    assert.equal(green, border(nodes[node "web0"]))
    local br0 = nodes[node "br0"]
    assert.not_equal(green, border(br0))
    assert.truthy(br0.label:find(green .. '" POINT-SIZE="9">10.0.0.1/24<', 1, true))
    assert.falsy(br0.label:find(green .. '" POINT-SIZE="9">192.0.2.1/24<', 1, true))
  end)

  it("has in red what drifted, and nothing else", function()
    moontap "up web.xml"
    moontap "up db.xml"
    assert.falsy((moontap "graph".out:gsub(">drifted<.*", "")):find("not as moontap", 1, true))
    helper.run "ip link set web0 mtu 1400"
    local nodes, edges, all = graph()
    local web0, guest = nodes[node "web0"], with(nodes, "web")
    assert.same({ red, red }, { border(web0), border(guest) })
    assert.truthy(web0.text:find("|mtu is 1400, was put 1500|", 1, true))
    assert.equal(red, edges[node "web0" .. " -> " .. node "br0"].color)
    for _, name in ipairs { node "db0", node "br0", select(2, with(nodes, "db")) } do
      assert.falsy(nodes[name].label:find(red, 1, true))
    end
    assert.truthy(all.label:find("1 not as moontap put it", 1, true))
  end)

  it("has an address that is gone on the bridge that had it, once", function()
    moontap "up web.xml"
    moontap "up db.xml"
    helper.run "ip addr del 10.0.0.1/24 dev br0"
    local br0 = graph()[node "br0"]
    assert.equal(red, border(br0))
    assert.equal("|br0|bridge, mtu 1500|addr 10.0.0.1/24 on br0 is gone|", br0.text)
  end)

  it("shows where a tap was, when somebody took it out", function()
    moontap "up web.xml"
    helper.run "ip link set web0 nomaster"
    local _, edges = graph()
    local edge = edges[node "web0" .. " -> " .. node "br0"]
    assert.same({ red, "dashed", "was in" }, { edge.color, edge.style, edge.label })
    helper.run "ip link del br0"
    local nodes
    nodes, edges = graph()
    local missed, name = with(nodes, "br0")
    assert.equal("|br0|is gone|", missed.text)
    assert.equal("dashed", edges[node "web0" .. " -> " .. name].style)
    assert.truthy((with(nodes, "web")).text:find("|addr 10.0.0.1/24 on br0 is gone|", 1, true))
  end)

  it("has a guest whose device is gone, and one that waits for its own", function()
    moontap "up web.xml"
    guests.prepare "db"
    moontap "down db"
    helper.run "ip link del web0"
    local nodes, edges = graph()
    assert.equal("|web|NIC 1  52:54:00:00:00:01|web0| |device gone|", (with(nodes, "web")).text)
    assert.equal("|db|NIC 1  52:54:00:00:00:02|db0| |waiting|", (with(nodes, "db")).text)
    assert.same({}, keys(edges))
  end)

  it("has just the guests that were named, and counts the others' ports", function()
    program.write("mail.xml", guests.xml("mail", 3))
    for _, name in ipairs { "web", "db", "mail" } do moontap("up " .. name .. ".xml") end
    local nodes = graph "web web0 db"
    assert.truthy(with(nodes, "web"))
    assert.truthy(with(nodes, "db"))
    assert.falsy(with(nodes, "mail"))
    assert.truthy(nodes[node "br0"].text:find("|and 1 more port|", 1, true))
    assert.truthy((graph "web")[node "br0"].text:find("|and 2 more ports|", 1, true))
  end)

  it("knows no guest that is neither connected nor remembered", function()
    local r = moontap "graph nobody"
    assert.same({ 3, "" }, { r.status, r.out })
    assert.truthy(r.err:find("no guest nobody is connected", 1, true))
  end)

  it("escapes names of anybody's", function()
    local name = [[a"b<c>&\N[d]{e}|é]]
    program.write("odd.xml", (guests.xml("odd", 9):gsub("<name>odd", function()
      return "<name>" .. name:gsub("[<>&]", { ["<"] = "&lt;", [">"] = "&gt;", ["&"] = "&amp;" })
    end)))
    helper.run [[
ip link set br0 name '"<b>&\N' && ip addr add 10.0.0.1/24 dev '"<b>&\N'
ip link add "$(printf 'p\377\033')" type veth peer name eth0
ip link set "$(printf 'p\377\033')" master '"<b>&\N']]
    program.write("policy.lua", [[
local lan = hook "bridge" { bridge = '"<b>&\\N' }
function connect(nic) lan(nic) end]])
    assert.same({ 0, "" }, { moontap "up odd.xml".status, moontap "up odd.xml".err })
    local r = moontap "graph"
    assert.truthy(r.out:find("a&quot;b&lt;c&gt;&amp;\\\\N&#91;d&#93;{e}|é", 1, true))
    assert.truthy(r.out:find(">&quot;&lt;b&gt;&amp;\\\\N<", 1, true))
    assert.truthy(r.out:find(">p??<", 1, true))
    parsed(r.out)
    local drawn = moontap "graph --svg"
    assert.same({ 0, "" }, { drawn.status, drawn.err })
    assert.truthy(drawn.out:find("a&quot;b&lt;c&gt;&amp;\\N", 1, true))
  end)

  it("has what nftables does for a guest, and in red what of it is gone", function()
    helper.run "sysctl -qw net.ipv4.ip_forward=1"
    program.write("policy.lua", [[
local lan = hook "bridge" { bridge = "br0" }
local guard = hook "guard" { addresses = { web = { "10.0.0.5" } } }
local open = hook "nat" { subnet = "10.0.0.0/24", out = "br0", public = "192.0.2.1",
  addresses = { web = { "10.0.0.5" } }, forwards = { web = { "tcp 8080 -> 80", "udp 53" } } }
function connect(nic) lan(nic) guard(nic) open(nic) end]])
    assert.same({ 0, "" }, { moontap "up web.xml".status, moontap "up web.xml".err })
    local web = with((graph()), "web")
    for _, line in ipairs { "guarded: all", "speaks as 10.0.0.5/32",
      "10.0.0.0/24 masqueraded on br0", "tcp 192.0.2.1 8080 to 10.0.0.5 80",
      "udp 192.0.2.1 53 to 10.0.0.5" } do
      assert.truthy(web.text:find("|" .. line .. "|", 1, true), line .. " in " .. web.text)
    end
    assert.falsy(web.label:find(red, 1, true))
    helper.run "nft delete element inet moontap forward4 '{ 192.0.2.1 . tcp . 8080 }'"
    web = with((graph()), "web")
    assert.truthy(web.text:find("|forward 192.0.2.1 tcp 8080 is gone|", 1, true), web.text)
    assert.equal(red, border(web))
  end)

  it("puts many guests of one bridge into one table with one edge", function()
    for i = 1, 12 do
      program.write("many.xml", guests.xml("many" .. i, i))
      assert.equal(0, moontap "up many.xml".status)
    end
    helper.run "ip link set many30 mtu 1400"
    local nodes, edges = graph()
    local all, name = with(nodes, "12 guests")
    assert.same({ name .. " -> " .. node "br0" }, keys(edges))
    for i = 1, 12 do
      assert.truthy(all.text:find(("|many%d|many%d0|"):format(i, i), 1, true), i)
    end
    assert.truthy(all.text:find("|many3|many30|drifted|mtu is 1400, was put 1500|", 1, true))
    local _, reds = all.label:gsub(red, "")
    assert.equal(3, reds) -- the guest's name, its state and the line below
    helper.run "ip link del br0"
    nodes, edges = graph()
    local _, missed = with(nodes, "br0")
    assert.same({ name .. " -> " .. missed }, keys(edges))
  end)
end)

describe("graph --svg and --png", function()
  before_each(guests.setup)

  it("are drawn by Graphviz", function()
    moontap "up web.xml"
    assert.truthy(moontap "graph --svg".out:find("<svg.*>web0</text>"))
    assert.equal("\137PNG\r\n", moontap "graph --png".out:sub(1, 6))
  end)

  it("say so when it is not installed", function()
    local r = program.run(("PATH=/nowhere '%s' --state state graph --svg"):format(program.path))
    assert.same({ 4, "" }, { r.status, r.out })
    assert.equal("moontap: graph dot: it is not installed: install graphviz; or take the text, " ..
      "and draw it elsewhere: moontap graph >graph.dot\n", r.err)
  end)

  it("say so when it fails", function()
    program.write("dot", "#!/bin/sh\nexit 3\n")
    local r = program.run(("chmod +x dot; PATH=.:$PATH '%s' --state state graph --png")
      :format(program.path))
    assert.same({ 4, "moontap: graph dot: it failed\n" }, { r.status, r.err })
  end)

  it("are one or the other, and no PNG is for a terminal", function()
    assert.equal(2, moontap "graph --svg --png".status)
    local r = program.run(("script -qec \"'%s' --state state graph --png\" /dev/null")
      :format(program.path))
    assert.truthy(r.out:find("will not write a PNG to a terminal", 1, true))
  end)
end)
