-- doctor_files_spec.lua - doctor found no hook script that calls moontap twice where the other
-- driver has one as well; it read a systemd.network file more strictly than networkd does; and a
-- journal of a device that is gone hid a leftover tap of the same name

local guests = require "spec.guests"
local helper = require "spec.helper"
local json = require "dkjson"
local program = require "spec.program"
local tap = require "internals.tap"

local shell = guests.in_root

-- found(check) -> what doctor found by that check, one a line
local function found(check)
  local lines = {}
  for _, f in ipairs((json.decode(program.bare("doctor --json --root root").out))) do
    if f.check == check then lines[#lines + 1] = f.found end
  end
  return table.concat(lines, "\n")
end

before_each(function()
  guests.setup()
  helper.run(("mkdir -p %s/root/etc/moontap %s/root/dev/net %s/root/run"):format(helper.folder(),
    helper.folder(), helper.folder()))
  program.write("root/etc/moontap/policy.lua", guests.policy)
end)

describe("a hook script that calls moontap", function()
  local hooks = "/etc/libvirt/hooks/"

  local function scripts(...)
    shell "mkdir -p etc/libvirt/hooks/qemu.d etc/libvirt/hooks/lxc.d"
    for _, name in ipairs { ... } do
      shell(("printf '#!/bin/sh\\nexec moontap hook\\n' >.%s; chmod +x .%s"):format(hooks .. name,
        hooks .. name))
    end
  end

  it("is found beside another one of its driver, whatever the other driver has", function()
    scripts("qemu", "lxc", "qemu.d/moontap")
    assert.equal(("%sqemu.d/moontap calls moontap, and so does %sqemu"):format(hooks, hooks),
      found "hook twice")
    scripts "lxc.d/moontap"
    assert.matches(("%slxc.d/moontap calls moontap, and so does %slxc\n"):format(hooks, hooks),
      found "hook twice" .. "\n", 1, true)
  end)

  it("is fine, one for each driver", function()
    scripts("qemu", "lxc.d/moontap")
    assert.equal("", found "hook twice")
  end)
end)

describe("a systemd.network file", function()
  local function is_said(text)
    shell "mkdir -p run/systemd/netif etc/systemd/network"
    program.write("root/etc/systemd/network/10-taps.network", text)
    return found "networkd takes taps" ~= ""
  end

  for _, yes in ipairs { "1", "y", "yes", "t", "true", "on", "Yes", "TRUE", " on ", "On\t" } do
    it(("keeps networkd off by Unmanaged=%q"):format(yes), function()
      assert.is_false(is_said("[Match]\nName=vnet*\n[Link]\nUnmanaged=" .. yes .. "\n"))
    end)
  end

  for _, no in ipairs { "0", "no", "off", "f", "", "yesterday" } do
    it(("does not by Unmanaged=%q"):format(no), function()
      assert.is_true(is_said("[Match]\nName=vnet*\n[Link]\nUnmanaged=" .. no .. "\n"))
    end)
  end

  it("may have blanks around names and values", function()
    local text = " [Match]\n Name = vnet* \n\t[Link]\n Unmanaged = %s \n"
    assert.is_false(is_said(text:format "yes"))
    assert.is_true(is_said(text:format "no"))
  end)
end)

it("NetworkManager.conf may have blanks before a name", function()
  shell "mkdir -p run/NetworkManager etc/NetworkManager/conf.d"
  program.write("root/etc/NetworkManager/conf.d/a.conf",
    "[keyfile]\n\tunmanaged-devices\t=\tinterface-name:vnet*\n")
  assert.equal("", found "NetworkManager takes taps")
end)

describe("a leftover tap", function()
  it("is found beside the journal of an earlier device of its name", function()
    assert.equal(0, program.bare(
      "--state root/run/moontap -p root/etc/moontap/policy.lua up web.xml").status)
    assert.equal("", found "leftover tap")
    helper.run [[ip link del web0; ip tuntap add dev web0 mode tap
      ip link set web0 alias 'moontap web']]
    assert.equal("web0 is marked 'moontap web', and no process has it open", found "leftover tap")
    assert.matches("the device is gone", found "leftover journal", 1, true)
  end)
end)

describe("the holder of a tap", function()
  -- qemu(pid, name, namespace): a made-up QEMU that has vnet7 open; namespace: its /proc/PID/ns/net
  local function qemu(pid, name, namespace)
    shell(([[
mkdir -p proc/%d/fd proc/%d/fdinfo proc/%d/ns; ln -s /dev/net/tun proc/%d/fd/30
ln -s %s proc/%d/ns/net
printf 'pos:\t0\niff:\tvnet7\n' >proc/%d/fdinfo/30
printf '/usr/bin/qemu-system-x86_64\0-name\0guest=%s\0' >proc/%d/cmdline]]):format(pid, pid, pid,
      pid, namespace, pid, pid, name, pid))
  end

  it("is no QEMU of another network namespace that has one of the same name", function()
    local held = assert(tap.open "vnet7")
    qemu(66, "other", "/dev/null")
    local other = found "tap of nobody's"
    qemu(77, "lost", "/proc/self/ns/net")
    local ours = found "tap of nobody's"
    held:close()
    assert.is_nil(other:find("other", 1, true), other)
    assert.matches("lost (vnet7): its tap is in use by QEMU, process 77", ours, 1, true)
  end)
end)
