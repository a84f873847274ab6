-- fifo_spec.lua - a FIFO in the place of a file kept moontap waiting for ever

local program = require "spec.program"

describe("a FIFO", function()
  local guest = "<domain type='kvm'><name>g</name><devices/></domain>"

  before_each(function()
    assert.equal(0, program.run "rm -f fifo && mkfifo -m 600 fifo".status)
    program.write("g.xml", guest)
    program.write("p.lua", "function connect() end")
  end)

  for _, words in ipairs { "plan --state state --deadline 1 -p p.lua ./fifo",
    "up --state state --deadline 1 -p p.lua ./fifo",
    "check ./fifo" } do
    it("into which nobody writes ends " .. words:match "%a+", function()
      local r = program.run(("timeout 60 '%s' %s")
        :format(program.path, words))
      assert.equal(3, r.status)
      assert.matches("fifo: .*it has no writer", r.err)
    end)
  end

  it("is read when somebody writes into it, late", function()
    local r = program.run(("{ sleep 0.3; cat g.xml; } >fifo & timeout 60 '%s' facts ./fifo")
      :format(program.path))
    assert.same({ 0, "" }, { r.status, r.err })
    assert.matches('"name": "g"', r.out)
  end)

  it("is no policy", function()
    local r = program.run(("timeout 60 '%s' plan -p fifo g.xml"):format(program.path))
    assert.equal(3, r.status)
    assert.matches("fifo: it is no file", r.err)
  end)

  it("is no history of the REPL", function()
    assert.equal(0, program.run "mkdir moontap && mkfifo moontap/history".status)
    local r = program.run(([[printf 'print(1)\n' | XDG_STATE_HOME="$PWD" timeout 60 ]] ..
      [['%s' --state state repl -p p.lua]]):format(program.path))
    assert.same({ 0, "" }, { r.status, r.err })
  end)
end)
