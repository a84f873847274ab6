-- machines_own_spec.lua - specs obeyed the machine's policy, and what a person likes to see

local helper = require "spec.helper"
local program = require "spec.program"

-- A spec, run on a machine that has a policy and guests, by somebody who has settings.
local INNER = [[
local helper = require "spec.helper"
local program = require "spec.program"

describe("a spec", function()
  it("has no policy", function()
    program.write("web.xml", "<domain type='qemu'><name>web</name><devices>" ..
      "<interface type='ethernet'/></devices></domain>")
    local r = program.bare "plan web.xml"
    assert.same({ 0, "" }, { r.status, r.err })
    assert.equal("", program.bare "status".err)
  end)

  it("has no settings", function()
    assert.is_nil(os.getenv "NO_COLOR")
    assert.equal("", helper.run "bash -c true; mkdir sub && cd sub; rmdir ../sub")
    assert.equal("0022\n", helper.run "umask")
    assert.equal("0\n", helper.run "cat /proc/sys/net/ipv4/conf/all/forwarding")
  end)
end)
]]

local MACHINE = [[
mkdir -p etc/moontap run/moontap elsewhere/sub
cp -a /etc/alternatives /etc/passwd /etc/group /etc/ld.so.cache /etc/nsswitch.conf etc/
echo 'error "the policy of this machine"' >etc/moontap/policy.lua
chmod 777 run/moontap
echo 'echo the settings of this person' >bashrc
export CDPATH="$PWD/elsewhere" BASH_ENV="$PWD/bashrc" NO_COLOR=1
umask 077
exec unshare -m sh -c 'mount --bind etc /etc; mount --bind run /run
  cd %s && %s --output=plainTerminal %s/inner_spec.lua'
]]

it("specs see nothing of the machine's", function()
  local here = helper.run "pwd":match "%C+"
  program.write("inner_spec.lua", INNER)
  local r = program.run(MACHINE:format(here, "lua5.4 $(command -v busted)", helper.folder()))
  assert.equal(0, r.status, r.out .. r.err)
  assert.matches("2 successes / 0 failures / 0 errors", r.out)
end)
