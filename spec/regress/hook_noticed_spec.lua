-- hook_noticed_spec.lua - doctor said until a restart that libvirtd had not noticed its hook,
-- whatever it had called since it was told to look

local guests = require "spec.guests"
local helper = require "spec.helper"
local program = require "spec.program"

local before = "1000000000" -- seconds since 1970: long before any run of this spec

-- daemon(name, start): it runs as process 77 since then, and a hook came just now
local function daemon(name, start)
  helper.run(([[
cd %s/root && mkdir -p etc/libvirt/hooks/qemu.d usr/bin proc/77 run
touch usr/bin/moontap; chmod +x usr/bin/moontap
ln -sf /usr/bin/moontap etc/libvirt/hooks/qemu.d/moontap
echo 77 >run/%s.pid; echo "btime %s" >proc/stat
echo "77 (a b) S 1 1 1 0 -1 4 1 1 1 1 1 1 1 1 20 0 1 0 0 1 1" >proc/77/stat]])
    :format(helper.folder(), name, start))
end

local function hook(words, xml)
  local r = program.bare("--state root/run/moontap -p root/etc/moontap/policy.lua hook " .. words ..
    " begin - <" .. xml)
  assert.equal(0, r.status, r.err)
end

local function is_said()
  local out = program.bare "doctor --root root".out
  return out:find("hook not noticed", 1, true) ~= nil, out
end

describe("a hook that libvirtd was told of", function()
  before_each(function()
    guests.setup()
    helper.run(("mkdir -p %s/root/etc/moontap %s/root/dev/net"):format(helper.folder(),
      helper.folder()))
    program.write("root/etc/moontap/policy.lua", guests.policy)
    program.write("user.xml", (guests.xml("other", 3)
      :gsub("type='ethernet'", "type='user'"):gsub("<target[^>]*/>", "")))
    daemon("libvirtd", before)
  end)

  it("is not noticed as long as libvirtd calls none", function()
    assert.is_true(is_said())
    program.bare "--state root/run/moontap -p root/etc/moontap/policy.lua up web.xml"
    assert.is_true(is_said()) -- a person's run proves nothing
  end)

  for _, operation in ipairs { "prepare", "start", "started", "reconnect" } do
    it("is noticed: it was called with " .. operation, function()
      for name, xml in pairs { web = "web.xml", other = "user.xml" } do
        helper.run(("rm -rf %s/root/run/moontap"):format(helper.folder()))
        hook(("qemu %s %s"):format(name, operation), xml)
        local said, out = is_said()
        assert.is_false(said, name .. ":\n" .. out)
      end
    end)
  end

  it("is noticed: it was called, and the guest is gone", function()
    hook("qemu web prepare", "web.xml")
    hook("qemu web release", "web.xml")
    assert.is_false(is_said())
  end)

  it("is noticed, too, when the record of its runs is cleared", function()
    hook("qemu web prepare", "web.xml")
    assert.equal(0, program.bare "--state root/run/moontap log --clear".status)
    assert.is_false(is_said())
  end)

  it("is noticed by the daemon of that driver alone", function()
    hook("lxc box prepare", "user.xml")
    assert.is_true(is_said())
    hook("qemu other prepare", "user.xml")
    assert.is_false(is_said())
  end)

  it("is not noticed by a daemon of its own, either, before it calls one", function()
    helper.run(("rm %s/root/run/libvirtd.pid"):format(helper.folder()))
    daemon("virtqemud", before)
    assert.is_true(is_said())
    hook("qemu web prepare", "web.xml")
    assert.is_false(is_said())
  end)
end)
