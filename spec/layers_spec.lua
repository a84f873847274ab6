-- layers_spec.lua - who includes whom: a folder of src/ sees only those above it, and each library
-- is seen where it belongs

local helper = require "spec.helper"
local kernel = require "internals.kernel"

-- What each folder may include besides itself: folders, and single headers of folders that are
-- closed to it otherwise; lua is what is made of lua/.
local sees = {
  base = "",
  domain = "base",
  kernel = "base",
  files = "base kernel/host.h",
  ovsdb = "base kernel/host.h",
  plan = "base kernel/host.h",
  ask = "base plan/step.h",
  policy = "base kernel/host.h domain/facts.h domain/domain.h lua",
  evaluator = "base kernel/host.h domain plan/step.h ask policy",
  varlink = "base moontap.h",
  remote = "base varlink/varlink.h",
  engine = "base kernel/host.h kernel/frame.h kernel/watch.h kernel/nft_changes.h " ..
    "kernel/tc_changes.h files/lease.h plan ask moontap.h remote",
  libvirtd = "",
  service = "base kernel plan ask engine moontap.h varlink/varlink.h libvirtd/libvirtd.h",
  binding = "base domain kernel plan ask policy engine",
  cli = "base domain kernel ovsdb/ovsdb.h files/lease.h plan ask policy evaluator engine " ..
    "binding varlink remote lua",
  client = "service/event_socket.h",
}

-- Where each library's headers may stand.
local seen_by = {
  ["lua%.h"] = { "^policy/", "^binding/", "^cli/repl/" },
  ["lauxlib%.h"] = { "^policy/", "^binding/", "^cli/repl/" },
  ["lualib%.h"] = { "^policy/", "^binding/", "^cli/repl/" },
  ["libxml/"] = { "^domain/xml/" },
  ["libmnl/"] = { "^kernel/" },
  ["linux/.*netlink%.h"] = { "^kernel/" },
  ["linux/if"] = { "^kernel/", "^client/" },
  ["sys/ioctl%.h"] = { "^kernel/", "^client/sys_libc%.h" },
  ["jansson%.h"] = { "^cli/json/", "^varlink/", "^ovsdb/json/",
    "^base/json_read%.h" },
  ["libvirt/"] = { "^libvirtd/" },
  ["seccomp%.h"] = { "^evaluator/filter_gen%.c" },
}

-- includes() -> { { file =, header =, own = }, ... }
local function includes()
  local all = {}
  for file, line in helper.run("cd src && grep -rH '^ *# *include' */ | sort")
      :gmatch "(%C-):(%C+)" do
    local own, header = line:match '(["<])([^">]+)[">]'
    all[#all + 1] = { file = file, header = header, own = own == '"' }
  end
  return all
end

-- sources() -> the paths of all sources below src/, moontap.h among them
local function sources()
  local all = {}
  for file in helper.run "cd src && find . -name '*.[ch]' -printf '%P\\n' | sort":gmatch "%C+" do
    all[#all + 1] = file
  end
  return all
end

local function any(patterns, text)
  for _, pattern in ipairs(patterns) do
    if text:find(pattern) then return true end
  end
  return false
end

describe("src/", function()
  local all = includes()

  it("has includes to look at", function()
    assert.is_true(#all > 300)
  end)

  it("includes only what its folder may", function()
    for _, one in ipairs(all) do
      local from, to = one.file:match "^(%w+)/", one.own and one.header:match "^(%w+)/"
      local may = " " .. assert(sees[from], one.file) .. " " .. from .. " "
      assert(not to or may:find(" " .. to .. " ", 1, true) or
        may:find(" " .. one.header .. " ", 1, true), one.file .. " includes " .. one.header)
    end
  end)

  it("has each basename once: FILE.c and FILE.h stand side by side", function()
    local folder_of = { moontap = "engine/" } -- whose header is the library's public face
    for _, file in ipairs(sources()) do
      local folder, name = file:match "^(.-)([^/]+)%.[ch]$"
      folder_of[name] = folder_of[name] or folder
      assert(folder_of[name] == folder or file == "moontap.h", file .. " and " .. folder_of[name])
    end
  end)

  -- A word that is a kind's and means something else there.
  local other_senses = {
    ["engine/history.c"] = "tap", ["engine/qemu.c"] = "tap", ["plan/rights.c"] = "link",
  }

  it("names no kind in plan/ and engine/", function()
    local names = { tun = true, macvtap = true }
    for _, kind in ipairs(kernel.kinds()) do names[kind.name] = true end
    for file, line in helper.run("cd src && grep -H '\"' plan/*.[ch] engine/*.[ch]")
        :gmatch "([^\n:]+):([^\n]+)" do
      local code = line:gsub("/%*.*", "")
      for word in code:gmatch '"(%w+)"' do
        assert(not names[word] or other_senses[file] == word, file .. " names " .. word)
      end
    end
  end)

  it("sees each library in one place", function()
    for _, one in ipairs(all) do
      for header, files in pairs(seen_by) do
        assert(one.own or not one.header:find("^" .. header) or any(files, one.file),
          one.file .. " includes " .. one.header)
      end
    end
  end)
end)
