-- spawn_spec.lua - the spawned evaluator in hosts that make it hard
local helper = require "spec.helper"
local program = require "spec.program"
local build = require "spec.embed.build"

local function host(way)
  build.host()
  build.here("spec/embed/host.c", "host", "-D_GNU_SOURCE -pthread")
  return program.run(("./host '%s' policy.lua state"):format(way), build.domain())
end

local function links()
  local names = {}
  for _, link in ipairs(helper.json "ip -j link") do names[link.ifname] = link.master or true end
  return names
end

describe("a host", function()
  for _, way in ipairs { "without standard descriptors", "ignoring children",
    "taking all children", "with all signals blocked", "with open descriptors" } do
    it(way .. " connects a guest", function()
      assert.same({ status = 0, out = "  : \n", err = "" }, host(way))
      assert.equal("br0", links().web0)
    end)
  end

  it("without descriptors is told, and nothing is changed", function()
    local r = host "without descriptors"
    assert.equal("EMFILE\n", r.out)
    assert.equal(4, r.status)
    assert.is_nil(links().web0)
  end)

  it("without an evaluator is told", function()
    local out = "ENOENT evaluator /nonexistent: No such file or directory\n"
    assert.same({ status = 4, out = out, err = "" }, host "without evaluator")
  end)

  it("with another program for an evaluator is told", function()
    local r = host "with another program"
    assert.equal(4, r.status)
    assert.truthy(r.out:find "^EPROTO evaluator")
  end)

  it("of a newer header is told what the library does not know", function()
    assert.equal("\nE2BIG 2\n", host "of a newer header".out)
  end)

  it("without standard descriptors, and with nothing to say of the guest, is served", function()
    assert.same({ status = 0, out = "  : \n", err = "" },
      host "without standard descriptors or XML")
  end)

  it("misusing it is told how", function()
    local r = host "misusing it"
    assert.equal([[
2 EINVAL: : there is no such event
2 EINVAL: upp: there is no such event
2 EINVAL: up: there is no XML
2 EINVAL: down: there is neither a guest nor XML
2 EINVAL: prepare: there is no guest
2 EINVAL: prepare: libvirt's operations are for all NICs
2 EINVAL: down: this event does not take such a flag
2 EINVAL: up: this event does not take such a flag
]], r.out)
    assert.equal(0, r.status) -- of what was right, after them
    assert.equal("br0", links().web0)
  end)
end)

describe("the evaluator", function()
  local function run(words)
    return program.run(("'%s/libexec/moontap/evaluator' %s"):format(build.build, words))
  end

  it("of another version says so", function()
    local text = "it%20is%20of%20another%20version%20of%20moontap"
    assert.equal("error code=3 op=evaluator text=" .. text .. "\nend\n", run "version=0".out)
  end)

  it("knows every word of its line", function()
    local version = helper.run("'" .. program.path .. "' --version"):match "%S+\n":sub(1, -2)
    assert.truthy(run("version=" .. version .. " wnat=4").out:find "means%%20nothing")
  end)
end)
