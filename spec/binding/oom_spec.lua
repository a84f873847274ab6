-- oom_spec.lua - whichever allocation of Lua's fails, nothing is left open
local helper = require "spec.helper"
local program = require "spec.program"
local build = require "spec.embed.build"

local scripts = {
  ["objects"] = [[
assert(moontap.bridge.ensure{ name = "b0" })
assert(moontap.link.ensure{ name = "b0", up = true, mtu = 1400 })
assert(#moontap.link.list() > 1)
assert(moontap.bridge.delete "b0")
local gone, err = moontap.link.get "b0"
assert(not gone and tostring(err))]],
  ["taps"] = [[
local t <close> = assert(moontap.tap.open("t0", { vnet_hdr = true }))
assert(tostring(t) and t:fd())]],
  ["domains"] = [[
assert(moontap.domain.parse(xml).nics[1].target.dev)]],
  ["sessions"] = [[
local s <close> = assert(moontap.open{ policy = "policy.lua", state = "state" })
assert(tostring(s:plan(xml, { "web0" })))]],
}

describe("a failing allocation leaves nothing open:", function()
  for name, script in pairs(scripts) do
    it(name, function()
      if build.sanitized then return end
      build.host()
      build.compile("spec/binding/oom.c", "oom",
        helper.run "pkg-config --cflags --libs lua5.4":match "%C+" .. " -Wl,-E")
      program.write("script.lua", "local moontap, xml = require 'moontap', ...\n" .. script)
      local r = program.run(build.lua:gsub("%S+$", "") .. " ./oom script.lua \"$(cat web.xml)\"")
      assert.equal("", r.err)
      assert.equal(0, r.status, r.out)
      assert.truthy(tonumber(r.out:match "^(%d+) runs") > 10)
    end)
  end
end)
