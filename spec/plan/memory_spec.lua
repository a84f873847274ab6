-- memory_spec.lua - merging, difference, steps and journals, with kinds made of memory

local plan = require "internals.plan"

-- Declarations without a place of interest.
local function at(place, ...)
  local lines = {}
  for i, line in ipairs { ... } do
    lines[i] = place .. ": " .. line
  end
  return lines
end

local function difference(ours, ...)
  return plan.difference(at("p", ...), ours)
end

before_each(function()
  plan.remember()
end)

describe("merging declarations", function()
  it("makes one record of an object", function()
    assert.same({ "face name=a size=9 up=true", "box name=a" },
      plan.merge(at("p", "face name=a size=9", "box name=a", "face name=a up=true size=9")))
  end)

  it("refuses two values for one field, with both lines", function()
    local _, line = plan.merge { "a.lua:1: face name=a size=9", "a.lua:7: face name=a size=8" }
    assert.equal("face a: size is declared as 9 at a.lua:1 and as 8 at a.lua:7", line)
  end)
end)

describe("a default", function()
  local function both_orders(one, other)
    local first, why = plan.merge { "a.lua:1: " .. one, "b.lua:2: " .. other }
    local second = plan.merge { "b.lua:2: " .. other, "a.lua:1: " .. one }
    assert.same(first or false, second or false)
    return first, why
  end

  it("is the value where there is no other", function()
    assert.same({ "face name=a size=9 up=true" },
      both_orders("default face name=a size=9", "face name=a up=true"))
    assert.same({ "face name=a size=9" },
      both_orders("default face name=a size=9", "default face name=a size=9"))
  end)

  it("gives way, whichever comes first", function()
    assert.same({ "face name=a size=8" },
      both_orders("default face name=a size=9", "face name=a size=8"))
    assert.same({ "face name=a colour=none" },
      both_orders("default face name=a colour=red", "face name=a colour=none"))
    assert.same({ "face name=a size=8 colour=red" },
      both_orders("default face name=a size=9 colour=red", "face name=a size=8"))
  end)

  it("and another that differs are an error, unless a value decides", function()
    local _, line = both_orders("default face name=a size=9", "default face name=a size=8")
    assert.equal("face a: size is declared as default(9) at a.lua:1 and as default(8) at b.lua:2: "
      .. "declare which it is", line)
    for _, order in ipairs { { 1, 2, 3 }, { 1, 3, 2 }, { 3, 1, 2 }, { 3, 2, 1 } } do
      local all = { "a: default face name=a size=9", "b: default face name=a size=8",
        "c: face name=a size=7" }
      assert.same({ "face name=a size=7" },
        plan.merge { all[order[1]], all[order[2]], all[order[3]] })
    end
  end)

  it("is no excuse for two values, which are told of with their own lines", function()
    local _, line = plan.merge { "a.lua:1: default face name=a size=9",
      "b.lua:2: face name=a size=8", "c.lua:3: face name=a size=8", "d.lua:4: face name=a size=7" }
    assert.equal("face a: size is declared as 8 at b.lua:2 and as 7 at d.lua:4", line)
  end)
end)

describe("the difference", function()
  it("of what is absent is an add", function()
    assert.same({ "+ 0 note key=a text=x" }, difference(false, "note key=a text=x"))
  end)

  it("of what differs is a change of just that", function()
    plan.remember "thing key=a text=x size=1"
    assert.same({ "~ 0 thing key=a size=2 | size=1" },
      difference(false, "thing key=a text=x size=2"))
  end)

  it("of what agrees is nothing", function()
    plan.remember "thing key=a text=x size=1"
    assert.same({ "= 0 thing key=a size=1 |" }, difference(false, "thing key=a size=1"))
  end)

  it("goes by phase, then as declared", function()
    assert.same({
      "+ 0 box name=b", "+ 0 box name=a", "~ 0 face name=a colour=red |",
      "~ 0 face name=a master=m |", "~ 0 slot name=a cost=3 |", "~ 0 face name=a up=true |",
      "+ 0 note key=n", "+ 0 thing key=t",
    }, difference(false, "thing key=t", "note key=n", "box name=b", "box name=a",
      "face name=a up=true colour=red master=m", "slot name=a cost=3"))
  end)

  it("has no old value of a facet of a device that the plan makes", function()
    plan.remember "face name=a size=1500"
    assert.same({ "+ 0 box name=a", "~ 0 face name=a size=9 |" },
      difference(false, "box name=a", "face name=a size=9"))
  end)

  it("has no old value of what is lost when the parent changes", function()
    plan.remember("face name=a master=none", "slot name=a cost=100")
    assert.same({ "~ 0 face name=a master=m | master=none", "~ 0 slot name=a cost=3 |" },
      difference(false, "face name=a master=m", "slot name=a cost=3"))
  end)

  it("of a kind that is set as a whole has all fields, also those that agree", function()
    plan.remember("face name=a master=m", "lane name=a cost=1 weight=2")
    assert.same({ "~ 0 lane name=a cost=1 weight=3 | cost=1 weight=2" },
      difference(false, "lane name=a cost=1 weight=3"))
    assert.same({ "= 0 lane name=a cost=1 weight=2 |" },
      difference(false, "lane name=a cost=1 weight=2"))
  end)

  describe("on what others made is refused:", function()
    local refused = {
      ["a fixed field"] = {
        "EEXIST", "box name=a lid=red", "box name=a lid=blue",
        "box a: somebody else created the device already: lid is red, and blue is wanted",
      },
      ["an exclusive object"] = {
        "EEXIST", "note key=a text=x", "note key=a text=y",
        "note a: it already exists, but not as declared: text is x, and y is wanted",
      },
      ["what the device computes by itself"] = {
        "EOPNOTSUPP", "face name=a size=1500", "face name=a size=9",
        "face a: size is 1500, and 9 is wanted; the device computes it by itself and never does "
          .. "again once it is set, so moontap could not restore it",
      },
      ["taking it down"] = {
        "EOPNOTSUPP", "face name=a up=true", "face name=a up=false",
        "face a: up is true, and false is wanted; it belongs to somebody else, so moontap leaves "
          .. "it alone",
      },
      ["taking it away from its master"] = {
        "EOPNOTSUPP", "face name=a master=m", "face name=a master=n",
        "face a: master is m, and n is wanted; it belongs to somebody else, so moontap leaves it "
          .. "alone",
      },
    }
    for what, case in pairs(refused) do
      it(what, function()
        plan.remember(case[2])
        local _, line, code = difference(false, case[3])
        assert.same({ case[1], case[4] }, { code, line })
      end)
    end

    it("a facet of what is not there", function()
      local _, line, code = difference(false, "slot name=a cost=3")
      assert.same({ "ENODEV", "slot a: the device is in no bridge, or not there at all" },
        { code, line })
    end)
  end)

  it("on moontap's own may change what goes back with the device", function()
    plan.remember "face name=a size=1500 up=true master=m"
    assert.same({ "~ 0 face name=a size=9 | size=1500", "~ 0 face name=a master=none | master=m",
      "~ 0 face name=a up=false | up=true" },
      difference(true, "face name=a size=9 up=false master=none"))
  end)

  it("leaves a fixed field that drifted on moontap's own alone", function()
    plan.remember "box name=a lid=red"
    assert.same({ "= 0 box name=a lid=blue |" }, difference(true, "box name=a lid=blue"))
  end)
end)

describe("taking a step back", function()
  local cases = {
    ["an add is deleted, whole"] = { "+ 0 note key=a text=x", "note key=a text=x",
      "- 0 note key=a text=x", 0 },
    ["an add that others have changed is theirs"] = { "+ 0 note key=a text=x", "note key=a text=y",
      "= 0 note key=a |", 2 },
    ["what was there already is done"] = { "= 0 thing key=a size=2 |", "thing key=a size=2",
      "= 0 thing key=a |", 0 },
    ["an add that is gone is done"] = { "+ 0 note key=a", nil, "= 0 note key=a |", 0 },
    ["a deletion is added"] = { "- 0 note key=a text=x", nil, "+ 0 note key=a text=x", 0 },
    ["a change is set to what it was"] = { "~ 0 thing key=a size=2 | size=1",
      "thing key=a size=2", "~ 0 thing key=a size=1 | size=2", 0 },
    ["what is what it was is done"] = { "~ 0 thing key=a size=2 | size=1", "thing key=a size=1",
      "= 0 thing key=a |", 0 },
    ["what had no old value is done"] = { "~ 0 thing key=a size=2 |", "thing key=a size=2",
      "= 0 thing key=a |", 0 },
    ["what is neither is someone else's, field by field"] = {
      "~ 0 thing key=a text=y size=2 | text=x size=1", "thing key=a text=y size=3",
      "~ 0 thing key=a text=x | text=y", 1 },
  }
  for what, case in pairs(cases) do
    it(what, function()
      assert.same({ case[3], case[4] }, { plan.back(case[1], case[2]) })
    end)
  end
end)

describe("folding steps", function()
  local cases = {
    ["keeps the first value that was"] = {
      { "~ 0 thing key=a size=2 | size=1", "~ 0 thing key=a size=3 | size=2" },
      { "~ 0 thing key=a size=3 | size=1" } },
    ["forgets what ends as it began"] = {
      { "~ 0 thing key=a size=2 | size=1", "~ 0 thing key=a size=1 | size=2" }, {} },
    ["forgets the field that ends as it began, and keeps the other"] = {
      { "~ 0 thing key=a text=y size=2 | text=x size=1", "~ 0 thing key=a size=1 | size=2" },
      { "~ 0 thing key=a text=y | text=x" } },
    ["forgets what was added and is deleted"] = {
      { "+ 0 note key=a text=x", "- 0 note key=a text=x" }, {} },
    ["has what is added as it was last changed"] = {
      { "+ 0 thing key=a size=1", "~ 0 thing key=a size=2 | size=1" },
      { "+ 0 thing key=a size=2" } },
    ["has of the claims on an object the last"] = {
      { "& 0 note key=a text=x |", "& 0 note key=a text=y | text=x" },
      { "& 0 note key=a text=y" } },
    ["forgets a claim that was given up"] = {
      { "& 0 note key=a text=x |", "! 0 note key=a | text=x" }, {} },
    ["keeps objects apart"] = {
      { "+ 0 note key=a", "+ 0 note key=b", "- 0 note key=a" }, { "+ 0 note key=b" } },
    ["keeps devices of one name apart"] = {
      { "~ 3 face name=a colour=red | colour=none", "~ 7 face name=a colour=blue | colour=none" },
      { "~ 3 face name=a colour=red | colour=none", "~ 7 face name=a colour=blue | colour=none" } },
  }
  for what, case in pairs(cases) do
    it(what, function()
      assert.same(case[2], plan.fold(table.unpack(case[1])))
    end)
  end
end)

describe("a journal", function()
  local header = "nic dev=x driver=qemu domain=web index=1 ifindex=3 netns=1 by=up since=1\n"
  local steps = { "+ 3 box name=x lid=a%20lid", "~ 3 face name=x size=9 up=true | size=8 up=false" }

  it("is read as it was written", function()
    local read, has_header = plan.journal(header .. steps[1] .. "\nmade 3\n" .. steps[2] .. "\n")
    assert.same(steps, read)
    assert.is_true(has_header)
  end)

  it("that was cut in the middle of a line ends before that line", function()
    for cut = 0, #steps[2] do
      assert.same({ steps[1] }, (plan.journal(header .. steps[1] .. "\n" .. steps[2]:sub(1, cut))))
    end
  end)

  it("that was cut in its first line is empty", function()
    for cut = 0, #header - 1 do
      assert.same({ {}, false }, { plan.journal(header:sub(1, cut)) })
    end
  end)

  local damaged = {
    ["a line that is none"] = "x",
    ["an operation that is none"] = "? 0 note key=a",
    ["a kind that is none"] = "+ 0 knot key=a",
    ["a field that is none"] = "+ 0 note key=a colour=red",
    ["a value that is none"] = "+ 0 thing key=a size=-1",
    ["a key that is missing"] = "+ 0 note text=x",
    ["an outcome of nothing"] = "made 3",
    ["a second header"] = header:sub(1, -2),
  }
  for what, line in pairs(damaged) do
    it("with " .. what .. " is damaged, and says where", function()
      local before = what == "an outcome of nothing" and header or header .. steps[1] .. "\n"
      local read, err = plan.journal(before .. line .. "\n" .. steps[2] .. "\n")
      assert.is_nil(read)
      local _, lines = before:gsub("\n", "")
      assert.matches(("^journal nic/x:%d: "):format(lines + 1), err)
    end)
  end
end)
