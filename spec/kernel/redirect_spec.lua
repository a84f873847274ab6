-- redirect_spec.lua - clsact and its filters: what is moontap's, and what is in its way

local helper = require "spec.helper"
local kernel = require "internals.kernel"

if not helper.kernel_has "rate" then return end

local host

local function setup(more)
  helper.run([[ip link add v0 type veth peer name v1; ip link set v0 up; ip link set v1 up
    ip link add i0 type ifb; ip link set i0 up; ]] .. (more or ""))
  host = assert(kernel.open())
end

after_each(function() host:close() end)

describe("clsact #rate", function()
  it("is refused where libvirt's <bandwidth> has ingress", function()
    setup "tc qdisc add dev v0 ingress"
    for _, r in ipairs { { host:get "clsact dev=v0" }, { host:put("add", "clsact dev=v0") } } do
      assert.equal("EEXIST", r[2].code)
      assert.matches("the qdisc ingress ffff: is there already; libvirt adds it where",
        r[2].line, 1, true)
    end
    assert.same({}, host:list "clsact")
  end)

  for _, direction in ipairs { "ingress", "egress" } do
    it("is in use while somebody's filter is on " .. direction, function()
      setup("tc qdisc add dev v0 clsact; tc filter add dev v0 " .. direction ..
        " prio 9 u32 match u32 0 0 flowid 1:1")
      assert.matches("a filter of the kind u32 is there", host:busy("delete", "clsact dev=v0"), 1,
        true)
      helper.run("tc filter del dev v0 " .. direction)
      assert.is_false(host:busy("delete", "clsact dev=v0"))
    end)
  end
end)

describe("a redirect #rate", function()
  local redirect = "redirect dev=v0 direction=egress"

  it("is of one direction, whichever is put first", function()
    setup "ip link add i1 type ifb; tc qdisc add dev v0 clsact"
    assert(host:put("add", "redirect dev=v0 direction=egress to=i0"))
    assert.is_nil(host:get "redirect dev=v0 direction=ingress")
    assert(host:put("add", "redirect dev=v0 direction=ingress to=i1"))
    assert.equal("redirect dev=v0 direction=egress to=i0", host:get(redirect).text)
    assert.equal("redirect dev=v0 direction=ingress to=i1",
      host:get "redirect dev=v0 direction=ingress".text)
    assert.equal(2, #host:list "redirect")
    assert(host:put("delete", redirect))
    assert.equal(1, #host:list "redirect")
  end)

  it("needs clsact", function()
    setup()
    assert.is_nil(host:get(redirect))
    local _, err = host:put("add", redirect .. " to=i0")
    assert.matches("Parent Qdisc doesn't exist", err.line, 1, true)
  end)

  it("goes nowhere when its device is deleted, and can be put to another one", function()
    setup "tc qdisc add dev v0 clsact"
    assert(host:put("add", redirect .. " to=i0"))
    helper.run "ip link del i0"
    assert.equal(redirect, host:get(redirect).text)
    helper.run "ip link add i0 type ifb"
    assert(host:put("set", redirect .. " to=i0"))
    assert.equal(redirect .. " to=i0", host:get(redirect).text)
    helper.run "ip link del i0"
    assert(host:put("delete", redirect))
    assert.equal("", helper.run "tc filter show dev v0 egress")
  end)

  it("leaves others' filters of its priority", function()
    setup [[tc qdisc add dev v0 clsact
      tc filter add dev v0 egress protocol all prio 2 u32 match u32 1 1 flowid 1:1]]
    local before = helper.run "tc filter show dev v0 egress"
    assert.is_nil(host:get(redirect))
    assert(host:put("add", redirect .. " to=i0"))
    assert.equal(redirect .. " to=i0", host:get(redirect).text)
    assert(host:put("delete", redirect))
    assert.equal(before, helper.run "tc filter show dev v0 egress")
  end)

  it("is none that somebody else has added with its number", function()
    setup [[tc qdisc add dev v0 clsact
      tc filter add dev v0 egress protocol all prio 2 handle ::6d u32 match u32 0 0 flowid 1:1]]
    assert.is_nil(host:get(redirect))
    local _, err = host:put("add", redirect .. " to=i0")
    assert.equal("ENOSPC", err.code)
    assert.equal("ENOENT", select(2, host:put("delete", redirect)).code)
  end)

  it("is not to a device that is not there", function()
    setup "tc qdisc add dev v0 clsact"
    local _, err = host:put("add", redirect .. " to=i9")
    assert.equal("redirect.add egress on v0: to: there is no device i9", err.line)
  end)
end)
