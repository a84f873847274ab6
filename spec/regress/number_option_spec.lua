-- number_option_spec.lua - a subcommand with --dry-run took -3, and ignored it

local guests = require "spec.guests"

describe("-N", function()
  before_each(guests.setup)

  for words, name in pairs { reconcile = "reconcile", ["up web.xml"] = "up", status = "status" } do
    it("is refused by " .. words, function()
      local r = guests.moontap(words .. " -3")
      assert.equal(2, r.status)
      assert.equal(("moontap: '%s' takes no option -3; try: moontap help\n"):format(name), r.err)
    end)
  end

  for _, words in ipairs { "log web", "replay web" } do
    it("is taken by " .. words, function()
      assert.equal(0, guests.moontap "up web.xml".status)
      assert.equal(0, guests.moontap(words .. " -1").status)
    end)
  end
end)
