-- record_spec.lua - the text of records: parse(print(r)) is r, whatever its values
local helper = require "spec.helper"
local record = require "internals.record"

local seed = tonumber(os.getenv "SEED") or os.time()

local function pick(...)
  return (select(math.random(select("#", ...)), ...))
end

local function bytes(low, high, but)
  local s = {}
  for i = 1, math.random(low, high) do
    repeat
      s[i] = string.char(math.random(255))
    until not s[i]:find(but)
  end
  return table.concat(s)
end

local function number(max)
  return function()
    return ("%d"):format(pick(0, max, math.random(0, max)))
  end
end

local function name()
  local s = pick("none", "vnet0", "a.b", "true", bytes(1, 15, "[/:%%%s\xa0]"))
  return s:find "^%.%.?$" and "x" or s
end

local function ip()
  if math.random(2) == 1 then
    return ("%d.%d.%d.%d"):format(math.random(0, 255), math.random(0, 255), math.random(0, 255),
      math.random(0, 255))
  end
  local groups = {}
  for i = 1, 8 do
    groups[i] = ("%x"):format(pick(0, 0, 0xffff, math.random(0, 0xffff)))
  end
  return table.concat(groups, ":")
end

local random = {
  name = name,
  link = name,
  text = function()
    return pick("none", "%", "%6eone", " ", "a b", "=", "\n", "%00", bytes(1, 255, "\0"))
  end,
  u8 = number(255),
  u16 = function() return tostring(math.random(5, 1000)) end,
  u32 = number(0xffffffff),
  u64 = function() return pick("0", "18446744073709551615", "42") end,
  bool = function() return pick("true", "false") end,
  mac = function()
    return ("%02x:%02x:%02x:%02x:%02x:%02x"):format(bytes(6, 6, "\0"):byte(1, 6))
  end,
  ip = ip,
  prefix = function()
    local address = ip()
    return address .. "/" .. math.random(0, address:find ":" and 128 or 32)
  end,
  colour = function() return pick("red", "green") end,
  user = number(0xfffffffe),
  group = number(0xfffffffe),
  ports = function()
    local first, last = math.random(65535), math.random(65535)
    if last < first then first, last = last, first end
    return pick(tostring(first), first .. "-" .. last)
  end,
  vids = function()
    local all = {}
    for i = 1, pick(1, 5, 70) do
      local vid = math.random(4094)
      all[i] = pick(vid, vid, vid .. "-" .. math.min(vid + math.random(0, 9), 4094))
    end
    return table.concat(all, ",")
  end,
}
local may_be_none = { link = true, text = true, ip = true, vids = true }

-- So many VLAN IDs of which no two are neighbours.
local function scattered(n)
  local all = {}
  for i = 1, n do all[i] = i < 5 and 2 * i or 99 + 2 * i end
  return table.concat(all, ",")
end

describe("the text of a record", function()
  it("is the record again when it is parsed", function()
    math.randomseed(seed)
    for _ = 1, 2000 do
      local values = {}
      for field, value in pairs(random) do
        values[field] = pick(nil, value(), value(), value())
        if may_be_none[field] and math.random(4) == 1 then
          values[field] = false
        end
      end
      local line, again = record.print(values)
      assert.is_true(again, ("SEED=%d %s"):format(seed, line))
      assert.is_nil(line:find "%c", line)
    end
  end)

  it("escapes what would be another word, and tells the word none from none", function()
    for text, written in pairs {
      ["a b"] = "a%20b", ["%"] = "%25", ["a\nb\127"] = "a%0ab%7f", none = "%6eone",
      [false] = "none", ["nonex"] = "nonex", ["a=b"] = "a=b", ["\xff"] = "\xff",
    } do
      local line, again = record.print { name = "x", text = text }
      assert.equal("all name=x text=" .. written, line)
      assert.is_true(again)
    end
  end)

  it("may be written otherwise than it is printed", function()
    assert.same({ name = "x", text = "a b", ip = "2001:db8::1", prefix = "10.0.0.1/32",
                  mac = "02:00:00:00:0a:ff", u32 = "7", user = "0" },
      record.parse("all text=a%20b user=root ip=2001:DB8:0::1 prefix=10.0.0.1"
        .. " mac=02:00:00:00:0A:FF u32=007 name=%78"))
  end)

  it("has sets of VLAN IDs sorted and merged, and ranges of one as a number", function()
    for text, canonical in pairs {
      ["20"] = "20", ["40-30"] = false, ["30-40,20"] = "20,30-40", ["3,2,1"] = "1-3",
      ["20-30,25-40,41"] = "20-41", ["0020"] = "20", ["7-7"] = "7", ["1-4094"] = "1-4094",
      ["5,5"] = "5", ["4094,1"] = "1,4094", ["7,8,16"] = "7-8,16",
      [scattered(194)] = scattered(194),
    } do
      local r = record.parse("all name=x vids=" .. text)
      assert.equal(canonical, r and r.vids or false)
      if r then assert.is_true(select(2, record.print { name = "x", vids = text })) end
    end
    assert.equal("80", record.parse "all name=x ports=80-80".ports)
    assert.equal("8000-8099", record.parse "all name=x ports=8000-08099".ports)
  end)

  it("is what a policy's table says, and is read as such a table", function()
    assert.equal("all name=x ports=80 vids=20", record.take { name = "x", ports = 80, vids = 20 })
    assert.equal("all name=x ports=1-9 vids=20,30-40",
      record.take { name = "x", ports = "1-9", vids = "40,30-39,20" })
    assert.equal("all name=x vids=none", record.take { name = "x", vids = false })
    assert.same({ name = "x", ports = "80", vids = "20,30-40" },
      record.push "all name=x ports=80 vids=30-40,20")
    assert.same({ name = "x", vids = false }, record.push "all name=x vids=none")
    for field, value in pairs {
      ports = { 0, 1.5, "80,90", true, {} }, vids = { 0, 4095, "x", true },
    } do
      for _, v in ipairs(value) do
        assert.error_matches(function() record.take { name = "x", [field] = v } end,
          "all: " .. field .. ": .* is not .*" .. (field == "vids" and "VLAN IDs" or "range"))
      end
    end
  end)

  local function refuses(line, ...)
    local _, err, code = record.parse(line)
    assert.equal("EINVAL", code, line)
    for _, part in ipairs { ... } do
      assert.is_truthy(err:find(part, 1, true), ("%q does not say %q"):format(err, part))
    end
  end

  it("says which field is wrong, and what it takes", function()
    for word, expects in pairs {
      ["u8=256"] = "0..255", ["u8=-1"] = "0..255", ["u8=1x"] = "0..255", ["u8="] = "0..255",
      ["u16=4"] = "5..1000 bytes", ["u64=18446744073709551616"] = "0..18446744073709551615",
      ["bool=yes"] = "true or false", ["mac=02:00:00:00:00"] = "a MAC address",
      ["mac=02:00:00:00:00:0g"] = "a MAC address", ["ip=10.0.0.256"] = "an IPv4 or IPv6 address",
      ["ip=10.0.0.1/8"] = "an IPv4 or IPv6 address", ["prefix=10.0.0.1/33"] = "prefix length",
      ["prefix=::1/129"] = "prefix length", ["prefix=10.0.0.1/"] = "prefix length",
      ["colour=blue"] = "one of red, green", ["user=nobody-of-this-name"] = "a user of this host",
      ["group=4294967295"] = "a group of this host", ["link=a/b"] = "a device name",
      ["link=abcdefghijklmnop"] = "a device name", ["link=a%25d"] = "a device name",
      ["link=%a0"] = "a device name", ["link=."] = "a device name",
      ["text="] = "a text of 1..255", ["text=" .. ("x"):rep(256)] = "a text of 1..255",
      ["text=a%"] = "bad escape", ["text=a%0"] = "bad escape", ["text=a%00"] = "bad escape",
      ["u8=none"] = "cannot be none", ["ports=0"] = "1..65535, or a range of these: FIRST-LAST",
      ["ports=8099-8000"] = "or a range", ["ports=1-65536"] = "or a range", ["ports=1-"] = "range",
      ["ports=-1"] = "or a range", ["ports=1-2-3"] = "or a range", ["ports=80,90"] = "or a range",
      ["ports=80,"] = "or a range", ["ports=4294967377"] = "or a range",
      ["vids=0"] = "VLAN IDs of 1..4094, such as 20,30-40", ["vids=4095"] = "VLAN IDs",
      ["vids=1-4095"] = "VLAN IDs", ["vids=20,"] = "VLAN IDs", ["vids=,20"] = "VLAN IDs",
      ["vids="] = "VLAN IDs", ["vids=20,,30"] = "VLAN IDs", ["vids=40-30"] = "VLAN IDs",
      ["vids=20%2030"] = "VLAN IDs", ["vids=" .. scattered(195)] = "at most 767 bytes",
    } do
      refuses("all name=x " .. word, "all " .. word:match "^%w+" .. ":", expects)
    end
  end)

  it("offers the nearest name for an unknown one", function()
    refuses("all name=x tetx=a", "unknown field", "did you mean 'text'?")
    refuses("all name=x colur=red", "did you mean 'colour'?")
    refuses("all nam=x", "did you mean 'name'?")
  end)

  it("refuses a field twice, none for a key, no key, no '=', no kind, too much", function()
    refuses("all name=x u8=1 u8=1", "given twice")
    refuses("all name=none", "cannot be none")
    refuses("all u8=1", "'name' is missing")
    refuses("all name=x u8", "no '='")
    refuses("other name=x", "unknown kind")
    refuses("", "unknown kind")
    refuses("all name=x" .. (" u8=1"):rep(30))
  end)
end)

describe("a word quoted for sh", function()
  it("is the word again, on one line", function()
    math.randomseed(seed)
    for _ = 1, 50 do
      local word = pick("plain", "", "'", "a'b c", "$(x)`x`\\", "%d\\n", "!*?[~]#", "-n", "a\nb",
        bytes(1, 40, "\0") .. "x")
      assert.equal(word, helper.run("printf %s " .. record.sh(word)), "SEED=" .. seed)
      assert.is_nil(record.sh(word):find "%c")
    end
  end)
end)
