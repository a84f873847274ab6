-- SPDX-License-Identifier: LGPL-2.1-or-later
-- sandbox.lua - what is left of Lua for policies and hooks, in an environment for each file
--
-- The same facts give the same plan: nothing here depends on an address, a clock or chance. Files
-- share no table that they could change: each has its own of each library, and sees facts through
-- read-only views.
--
-- Requires: the table that policy/sandbox.c makes; it gets environment(), is_word(), view(),
-- behind() and seal().
local core = ...
local words, libraries = core.globals, core.libraries

-- Keys are sorted by type, then by value; there is no order among tables or functions.
local sortable = { boolean = true, number = true, string = true }

local function by_type(a, b)
  local ta, tb = type(a), type(b)
  if ta ~= tb then return ta < tb end
  if ta == "boolean" then return b and not a end
  return a < b
end

local function sorted_keys(t)
  local keys, n, mixed = {}, 0, false
  for key in next, t do
    if not sortable[type(key)] then error("pairs: a " .. type(key) .. " as key has no order") end
    n = n + 1
    keys[n] = key
    mixed = mixed or type(key) ~= type(keys[1]) or type(key) == "boolean"
  end
  table.sort(keys, mixed and by_type or nil)
  return keys
end

-- The iterator of pairs(): it skips a key that was removed meanwhile.
local function in_order(t, show)
  local keys, i = sorted_keys(t), 0
  return function()
    local key, value
    repeat
      i = i + 1
      key = keys[i]
      value = key ~= nil and rawget(t, key)
    until key == nil or value ~= nil
    if show then value = show(value) end
    return key, value
  end
end

--- pairs(t) -> iterator
-- The table's keys and values, in sorted order: booleans, numbers, strings.
-- Raises: not a table; a key that is a table or a function.
function words.pairs(t)
  local own = core.metafield(t, "__pairs")
  if own then return own(t) end
  if type(t) ~= "table" then error("pairs: a table expected, not a " .. type(t)) end
  return in_order(t)
end

-- behind: the table that a view shows. views: the view of a table, the same one each time.
local behind = setmetatable({}, { __mode = "k" })
local views = setmetatable({}, { __mode = "kv" })
local readonly = { __metatable = false }

-- The read-only view of a value. Facts have a userdata in the place of a nested table, since most
-- are never read: the view gets a table made of it, which lives as long as the view.
local function view(value)
  local made = type(value) == "userdata"
  if not made and type(value) ~= "table" then return value end
  local seen = views[value]
  if not seen then
    seen = setmetatable({}, readonly)
    behind[seen] = made and core.expand(value) or value
    views[value] = seen
  end
  return seen
end

function readonly.__index(seen, key)
  return view(behind[seen][key])
end

function readonly.__newindex(_, key)
  error("'" .. words.tostring(key) .. "' cannot be set: what a policy is told is read-only")
end

function readonly.__len(seen)
  return #behind[seen]
end

function readonly.__pairs(seen)
  return in_order(behind[seen], view)
end

function core.behind(seen)
  return behind[seen]
end

core.view = view

-- A merge sort is stable and the same each time. Lua's own takes the pivot of a large array by the
-- clock (ltablib.c l_randomizePivot()).
local function merge(from, to, low, middle, high, less)
  local left, right = low, middle + 1
  for i = low, high do
    if left <= middle and (right > high or not less(from[right], from[left])) then
      to[i], left = from[left], left + 1
    else
      to[i], right = from[right], right + 1
    end
  end
end

local function below(a, b)
  return a < b
end

--- table.sort(array [, less])
-- Sort an array in place; equal elements keep their order.
local function sort(array, less)
  less = less or below
  local n, width = #array, 1
  local from, to = table.move(array, 1, n, 1, {}), {}
  while width < n do
    for low = 1, n, 2 * width do
      local middle, high = low + width - 1, low + 2 * width - 1
      merge(from, to, low, middle < n and middle or n, high < n and high or n, less)
    end
    from, to, width = to, from, 2 * width
  end
  table.move(from, 1, n, 1, array)
end

local tables = libraries.table

function libraries.table()
  local new = tables()
  new.sort = sort
  return new
end

-- Methods of strings belong to the whole state, not to a file: nobody may change them. Not called
-- in the REPL, whose state is shared with the user's Lua.
function core.seal()
  local strings = getmetatable ""
  strings.__index, strings.__metatable = libraries.string(), false
end

function core.is_word(name)
  return words[name] ~= nil or libraries[name] ~= nil
end

-- A file gets each global when it first uses it. Most files use few of them, and creating all for
-- each file takes longer than a short policy.
local function give(env, name)
  local value = words[name]
  if value == nil and libraries[name] then
    value = libraries[name]()
  elseif type(value) == "table" then
    value = core.copy(value)
  end
  rawset(env, name, value)
  return value
end

local function give_all(env)
  for _, names in next, { words, libraries } do
    for name in next, names do
      if rawget(env, name) == nil then give(env, name) end
    end
  end
  return env
end

-- What a message adds about an unknown word: the nearest known one; or that moontap does not have
-- it yet; or the list of all, if @what names it.
function core.instead(word, names, what)
  local near = core.nearest(word, names)
  if near then return "; did you mean '" .. near .. "'?" end
  if core.not_yet(word) then return "; moontap has nothing of the kind yet" end
  return what and "; " .. what .. ": " .. table.concat(sorted_keys(names), ", ") or ""
end

local strict = { __metatable = false }

function strict.__index(env, name)
  if core.is_word(name) then return give(env, name) end
  error("undefined global '" .. words.tostring(name) .. "'" ..
    core.instead(words.tostring(name), give_all(env)))
end

function strict.__pairs(env)
  return in_order(give_all(env))
end

-- The globals of one file.
function core.environment()
  local env = setmetatable({}, strict)
  env._G = env
  return env
end
