-- varlink.lua - a spec's Python scripts that call the service's io.moontap

local helper = require "spec.helper"
local json = require "dkjson"
local program = require "spec.program"

local M = {}

M.SAMPLES = helper.run "pwd":match "%C+" .. "/samples/embed"

-- What each script begins with: call() prints a reply, or an error, as a line of JSON.
local PRELUDE = [[
import json, os, socket, sys, time
from varlink import Refused, Service
def become(uid):
    os.setgroups([]); os.setresgid(uid, uid, uid); os.setresuid(uid, uid, uid)
def service(): return Service("sock/io.moontap")
def show(what): print(json.dumps(what), flush=True)
def answer(s):
    try: show(s.reply())
    except Refused as e: show({"error": e.args[0], **e.args[1]})
    except (EOFError, ConnectionResetError): show("closed")
def call(s, method, **parameters):
    try: show(s.call("io.moontap." + method, **parameters))
    except Refused as e: show({"error": e.args[0], **e.args[1]})
def send(text):
    s = service(); s.socket.sendall(text); return s
xml = open("web.xml").read()
]]

-- python(script) -> what it showed, a value a line
function M.python(script)
  program.write("script.py", PRELUDE .. script)
  helper.run(("chmod 755 '%s'"):format(helper.folder()))
  local r = program.run(("PYTHONPATH='%s' PYTHONDONTWRITEBYTECODE=1 python3 script.py")
    :format(M.SAMPLES))
  assert(r.err == "", r.err)
  local values = {}
  for line in r.out:gmatch "%C+" do values[#values + 1] = json.decode(line) end
  return table.unpack(values)
end

return M
