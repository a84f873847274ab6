-- long_words_spec.lua - a document's words that are longer than a line of the evaluator's answer

local program = require "spec.program"

local xml = [[<domain type='%s'><name>%s</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>
  <devices><interface type='ethernet'><mac address='52:54:00:00:00:01'/><target dev='%s'/>
  </interface></devices></domain>]]

describe("a document whose words are longer than a line", function()
  -- Each length for which what is before a word just fits, or just does not.
  local function each(what, first, last)
    for n = first, last do
      local r = program.moontap("facts -", what(n))
      assert.is_falsy(r.err:find("ended before", 1, true), n .. ": " .. r.err)
      assert.is_falsy(r.status > 7, n)
    end
    return program.moontap("up -", what(last))
  end

  local function refused(r)
    assert.equal(3, r.status)
    assert.matches("^moontap: [^\n]*xml [^\n]+ longer than a line [^\n]+\n$", r.err)
  end

  it("gets an error and no crash for a device's name", function()
    refused(each(function(n) return xml:format("qemu", "web", ("d"):rep(n)) end, 8118, 8142))
  end)

  it("gets an error and no crash for a guest's name and type", function()
    refused(each(function(n) return xml:format(("k"):rep(64), ("n"):rep(n), "x0") end, 8118, 8186))
  end)
end)

describe("a schema", function()
  it("fetches nothing from the network", function()
    program.write("s.rng", [[<grammar xmlns="http://relaxng.org/ns/structure/1.0">
      <include href="http://127.0.0.1:8099/other.rng"/></grammar>]])
    program.write("serve.py", [[
import http.server, threading
class Say(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        open("asked", "w").close()
        self.send_error(404)
server = http.server.HTTPServer(("127.0.0.1", 8099), Say)
open("serving", "w").close()
threading.Timer(20, server.shutdown).start()
server.serve_forever()
]])
    local r = program.run([[
      ip link set lo up
      python3 serve.py >/dev/null 2>&1 & server=$!
      while ! [ -e serving ]; do sleep 0.05; done
      ]] .. ("'%s' check --schema s.rng domain.xml; status=$?\n"):format(program.path) .. [[
      kill $server
      exit $status]], nil)
    assert.equal(3, r.status)
    assert.is_nil(program.read "asked")
  end)
end)

describe("moontap.open", function()
  it("takes an empty list of hooks", function()
    local moontap = require "moontap"
    local session <close> = assert(moontap.open{ hooks = {} })
    assert.is_truthy(session)
  end)
end)
