-- Lua 5.4; specs run under busted, policies and hooks in moontap's sandbox.
std = "lua54"
max_line_length = 100
files["spec/"] = { std = "lua54+busted" }
