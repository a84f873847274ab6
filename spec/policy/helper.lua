-- helper.lua - policies for specs, and their answers as people would read them
local policy = require "internals.policy"

local M = { bounded = policy.bounded }

-- An ethernet NIC with a name, as most specs want it.
function M.nic(fields)
  local nic = {
    type = "ethernet", mac = "52:54:00:aa:bb:01", model = "virtio", target = { dev = "mytap0" },
  }
  for name, value in pairs(fields or {}) do nic[name] = value end
  return nic
end

-- A policy's text as what policy.run() takes; its one NIC is wanted, its domain is "web", and the
-- host can be read.
function M.case(text, more)
  local case = {
    policy = text, domain = { name = "web" }, nics = { M.nic() }, wanted = { 1 }, host = true,
  }
  for name, value in pairs(more or {}) do case[name] = value end
  return case
end

local function plain(said)
  return (said:gsub("%%(%x%x)", function(hex) return string.char(tonumber(hex, 16)) end))
end

-- The answer of a policy: its lines, unescaped, and the rest of what policy.run() gives.
function M.run(text, more)
  local got = policy.run(M.case(text, more))
  got.lines = {}
  for line in got.said:gmatch "[^\n]+" do
    got.lines[#got.lines + 1] = plain(line)
  end
  return got
end

-- What connect() says when it has this body: the lines after those of its NIC and of places.
function M.connect(body, more)
  local got, lines = M.run("function connect(nic) " .. body .. " end", more), {}
  for _, line in ipairs(got.lines) do
    if not line:find "^nic " and not line:find "^at " then lines[#lines + 1] = line end
  end
  return lines, got
end

return M
