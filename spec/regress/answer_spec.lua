-- answer_spec.lua - what an evaluator that was taken over could once get by its answer

local helper = require "spec.helper"
local moontap = require "moontap"
local program = require "spec.program"
local snapshot = require "spec.snapshot"
local standin = require "spec.standin"

local tap = "tap name=%s\nlink name=%s up=true\n"

describe("an evaluator that was taken over", function()
  local before

  before_each(function()
    helper.run [[
      ip link add eth0 address 02:00:00:00:00:02 type veth peer name eth1
      ip link set eth1 up; ip link set eth0 up; ip addr add 192.0.2.1/24 dev eth0]]
    before = snapshot.take()
  end)

  local function refused(session, answer, why)
    local _, err = session:up(answer)
    assert.matches(why, tostring(err), 1, true)
    assert.equal("", snapshot.difference(before, snapshot.take()))
  end

  it("allows itself nothing where there is no policy", function()
    local s <close> = standin.open()
    local plan = standin.guest("web", { { dev = "x0", records = tap:format("x0", "x0") ..
      "link name=eth0 txqueuelen=77\n" } })
    refused(s, "loaded\npolicy checksum=0\nallow link=eth0\n" .. plan .. "end\n",
      "'policy', which means")
    local first = program.run(("'%s/libexec/moontap/evaluator' version=%s name=web.xml fd=0 " ..
      "want=1 deadline_ms=1000 parent=$$"):format(program.path:match "(.*)/", moontap.version),
      "<domain/>")
    assert.matches("^loaded\n", first.out)
  end)

  it("draws no traffic by the other end of an address", function()
    local s <close> = standin.open()
    for _, more in ipairs { "peer=8.8.8.8/32", "broadcast=8.8.8.8" } do
      local plan = standin.guest("web", { { dev = "x0", records = tap:format("x0", "x0") ..
        "addr dev=x0 address=10.0.0.1/32 " .. more .. "\n" } })
      refused(s, standin.answer("allow prefix=10.0.0.0/8\n", plan), "does not allow the prefix 8.8")
    end
  end)

  it("takes no neighbours away from an allowed link by another MAC address", function()
    helper.run "ip neigh add 192.0.2.9 dev eth0 lladdr 02:00:00:00:00:09 nud permanent"
    before = snapshot.take()
    local s <close> = standin.open()
    local plan = standin.guest("web", { { dev = "x0", records = tap:format("x0", "x0") ..
      "link name=eth0 address=02:00:00:00:00:0b\n" } })
    refused(s, standin.answer("allow link=eth0\n", plan),
      "could not restore all that is lost by that")
  end)

  it("is one guest, and not two in turn", function()
    local s <close> = standin.open()
    local plan = standin.guest("web", { { dev = "x0", records = tap:format("x0", "x0") } })
    refused(s, standin.answer("", plan .. "domain name=other\n"), "'domain', which means")
  end)

  it("is not another guest, when the caller says who it is", function()
    local s <close> = standin.open()
    local uuid = "11111111-2222-3333-4444-555555555555"
    local mine = standin.guest("web", { { dev = "w0", records = tap:format("w0", "w0") } }, uuid)
    assert(s:hook("prepare", "web", standin.answer("", mine)))
    before = snapshot.take()
    local theirs = standin.guest("web", { { dev = "w0",
      records = "tap name=w0\nlink name=w0 mtu=1400\n" } }, uuid)
    local _, err = s:hook("prepare", "evil", standin.answer("", theirs))
    assert.matches("it is connected for the guest web", tostring(err), 1, true)
    assert.equal("", snapshot.difference(before, snapshot.take()))
    assert(s:hook("release", "web", ""))
  end)

  it("has no device of its own by a name that stands for none", function()
    local s <close> = standin.open()
    helper.run "ip link add '$x' type bridge"
    before = snapshot.take()
    refused(s, standin.answer("", standin.guest("web",
      { { dev = "$x", records = "link name=$x up=true\n" } })), "the device exists, but is no tap")
  end)

  it("writes no line and no escape of its own on a terminal", function()
    local s <close> = standin.open()
    for _, word in ipairs { "op", "on", "at", "text" } do
      local _, err = s:up(("error code=3 %s=a%%0amoontap:%%1b[2Jb\nend\n"):format(word))
      assert.is_nil(tostring(err):find "%c")
    end
  end)

  it("leaves no journal and no memory that cannot be read again", function()
    local s <close> = standin.open()
    local long = ("x"):rep(300)
    for _, nic in ipairs { { dev = "x0", uuid = long }, { dev = "x0", mac = long } } do
      nic.records = tap:format("x0", "x0")
      refused(s, standin.answer("", standin.guest("web", { nic }, nic.uuid)), "more than 255 bytes")
    end
    assert.same({}, s:status())
    local nothing = standin.guest("evil", {})
    local _, err = s:hook("prepare", "evil", standin.answer("", "facts bytes=3\na\0b" .. nothing))
    assert.matches("means nothing", tostring(err), 1, true)
    assert.same({}, program.state())
  end)

  it("costs its reader no more memory than an answer may", function()
    local s <close> = standin.open()
    for _, line in ipairs { "interface\n", "log\n" } do
      local _, err = s:up(standin.answer("", line:rep(100000)))
      assert.matches("more than", tostring(err), 1, true)
    end
  end)
end)
