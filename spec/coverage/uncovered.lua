-- uncovered.lua - why lines are not run by the specs of `make coverage`, or are run and cannot tell
--
-- The first row that fits says it: a file, and a pattern of the line or of one beside it.

local errors = "an error is handed on: spec/torture/faults_spec.lua makes each call fail, "
  .. "`make check` a sample"
local memory = "no memory: spec/torture/memory_spec.lua makes each allocation fail, `make check` a "
  .. "sample"
local host = "the kernel or libc would have to fail in a way that no spec can make it"

return {
  { file = "engine/confine%.c", line = ".",
    why = "spec/engine/confine_spec.lua runs it in children that can write no counts" },
  { file = "engine/evaluator_main%.c", line = "errno", why = host },
  { file = "", line = "ENOMEM", why = memory },
  { file = "", line = "failed = true", why = memory },
  { file = "", line = "mt_fail%(e?, ?%-?errno", why = host },
  { file = "", line = "errno, ", why = host },
  { file = "", line = "return %-errno", why = host },
  { file = "", line = "^%s*code = errno", why = host },
  { file = "", line = "return %-?[%w>%-%.]*e%->code", why = errors },
  { file = "", line = "^%s*[?:] %-?[%w>%-%.]*e?%->?code", why = errors },
  { file = "", line = "^%s*return err;", why = errors },
  { file = "", line = "^%s*return %-?EPIPE;", why = errors },
  { file = "", line = "^%s*return %-E%u+;", why = errors },
  { file = "", line = "^%s*return NULL;", why = memory },
  { file = "", line = "^%s*return mt_err_in", why = errors },
  { file = "", line = "^%s*close%(", before = 3, after = 3, why = host },
}
