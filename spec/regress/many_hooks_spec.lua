-- many_hooks_spec.lua - a hook that could not be opened was said not to be there, also the 257th

local helper = require "spec.helper"
local program = require "spec.program"

describe("a hook's file that was not opened", function()
  local guest = "<domain type='kvm'><name>g</name><devices><interface type='ethernet'>" ..
    "<target dev='g0' managed='no'/></interface></devices></domain>"

  before_each(function()
    program.write("g.xml", guest)
    helper.run(("mkdir -p '%s/hooks'"):format(helper.folder()))
  end)

  local function ask(hook)
    program.write("p.lua", ('local h = hook %q {}\nfunction connect(nic) h(nic) end')
      :format(hook))
    return program.moontap "--hooks hooks plan -p p.lua g.xml"
  end

  it("is one of more than are opened, and that is said", function()
    for i = 1, 260 do program.write(("hooks/h%d.lua"):format(i), "return function() end") end
    local r = ask "none"
    assert.equal(3, r.status)
    assert.matches("256 hooks that were opened, and there are more files", r.err)
  end)

  it("is said to be what it is", function()
    assert.equal(0, program.run "ln -s loop.lua hooks/loop.lua".status)
    local r = ask "loop"
    assert.equal(3, r.status)
    assert.matches("hooks/loop.lua: Too many levels of symbolic links", r.err)
  end)

  it("is not there when it is not", function()
    assert.matches("there is no such hook", ask "none".err)
  end)
end)
