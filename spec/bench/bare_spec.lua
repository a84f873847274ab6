-- bare_spec.lua - the program that the bench takes for the floor sends what moontap sends

local build = require "spec.embed.build"
local helper = require "spec.helper"
local program = require "spec.program"

-- The requests of a command and its children, in order: type, and what it is about.
local function requests(command)
  helper.run [[ip link add br0 address 02:00:00:00:00:01 type bridge; ip link set br0 up
    ip tuntap add dev tap0 mode tap]]
  helper.run(("cd '%s' && strace -f -qq -e trace=sendto -e signal=none -s 64 -o trace %s")
    :format(helper.folder(), command))
  helper.run "ip link del tap0; ip link del br0"
  local list = {}
  for line in program.read "trace":gmatch "[^\n]+" do
    local type, about = line:match "nlmsg_type=(RTM_%u+),.-}, (.*}?%]?), %d+, 0, "
    about = about and about:gsub("(IFLA_MASTER}, )%d+", "%1the bridge")
      :gsub("(AF_BRIDGE.-ifi_index=[^,]+).*", "%1") -- strace reads it as of a link
    list[#list + 1] = type and type .. " " .. about
  end
  return list
end

describe("the floor of the bench #bare", function()
  it("sends the messages that qemu-ifup sends, in its order", function()
    build.compile("spec/bench/bare.c", "bare", "-D_GNU_SOURCE")
    program.write("policy.lua", helper.run "cat spec/bench/policy/bridge.lua")
    local moontap = requests(("sh -c 'ln -s \"%s\" qemu-ifup; ./qemu-ifup -p policy.lua " ..
      "--state state tap0'"):format(program.script_path))
    assert.equal(16, #moontap)
    assert.same(moontap, requests "./bare tap0 br0")
    assert.equal(7, #requests "./bare tap0 br0 least")
  end)
end)
