-- uncovered.lua - why lines are not run by the specs of `make coverage`, or are run and cannot tell
--
-- The first row that fits says it: a file, and a pattern of the line or of one beside it.

local errors = "an error is handed on: spec/torture/faults_spec.lua makes each call fail, "
  .. "`make check` a sample"
local memory = "no memory: spec/torture/memory_spec.lua makes each allocation fail, `make check` a "
  .. "sample"
local host = "the kernel or libc would have to fail in a way that no spec can make it"
local interrupted = "a signal would have to come at just that moment: "
  .. "spec/torture/faults_spec.lua, `make check` a sample"
local rare = "no spec has such a document: spec/fuzz/ makes them, in programs that do not count"
local other = "no host of the specs has it, or this kernel does not answer so: spec/fuzz/netlink.c "
  .. "makes any answer, in a program that does not count"
local race = "another has to be faster by a hair: spec/torture/crowd_spec.lua, if it comes to that"
local guard = "a guard: whoever calls it today has seen to that"
local killed = "a run that was killed at that moment: spec/torture/deaths_spec.lua, "
  .. "`make check` a sample"
local hostile = "what only an evaluator says that was taken over: spec/torture/plans_spec.lua"
local real = "spec/guest/: with real guests, which `make coverage` does not start"

return {
  { file = "engine/nic_status%.c", line = "MT_NIC_KILLED", before = 6, after = 6, why = killed },
  { file = "plan/shared_reads%.c", line = "s%->made && !s%->existed", before = 1, after = 2,
    why = killed },
  { file = "plan/recover%.c", line = "^%s*continue;", why = killed },
  { file = "plan/apply%.c", line = "err = %-ENOENT;", why = race },
  { file = "plan/state%.c", line = "s%->path, NULL", why = guard },
  { file = "plan/journal%.c", line = "E2BIG", why = guard },
  { file = "plan/journal%.c", line = "^%s*return 0;", why = guard },
  { file = "engine/nic_device%.c", line = "the question was about", after = 1, before = 1,
    why = hostile },
  { file = "evaluator/policy_files%.c", line = "^%s*return;", why = memory },
  { file = "engine/history%.c", line = "secret = %*depth", why = guard },
  { file = "engine/history%.c", line = "t%->n = before", why = guard },
  { file = "engine/operations%.c", line = "^%s*continue;", why = real },
  { file = "engine/outcome%.c", line = "s%->op = MT_ADD;", why = guard },
  { file = "engine/outcome%.c", line = "^%s*continue;", why = guard },
  { file = "evaluator/confine%.c", line = ".",
    why = "spec/evaluator/confine_spec.lua runs it in children that can write no counts" },
  { file = "evaluator/program%.c", line = "errno", why = host },
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
  { file = "", line = "EINTR", before = 1, why = interrupted },
  { file = "", line = "LOG_ERR", why = errors },
  { file = "", line = "mt_nl_about", why = errors },
  { file = "", line = "mt_run_err", why = errors },
  { file = "", line = "mt_state_discard", why = errors },
  { file = "", line = "blame = MT_BLAME_UNDO", why = errors },
  { file = "", line = "mt_fail%(e, %-err", why = errors },
  { file = "", line = "err = %-errno", why = host },
  { file = "", line = "return w %?", why = host },
  { file = "plan/", line = "return err == ", why = errors },
  { file = "plan/", line = "still_there", before = 6, why = errors },
  { file = "plan/shared%.c", line = "ENOTEMPTY", why = race },
  { file = "plan/transaction%.c", line = "not connected any more", why = race },
  { file = "plan/in_use%.c", line = "return 0;", why = race },
  { file = "engine/tap_events%.c", line = "return false", why = errors },
  { file = "engine/moontap%.c", line = "moontap_close", before = 1, why = memory },
  { file = "engine/guest_record%.c", line = "free%(text%)", why = memory },
  { file = "engine/nic_status%.c", line = "^%s*return;", why = memory },
  { file = "engine/outcome%.c", line = "nics = NULL", why = memory },
  { file = "engine/outcome%.c", line = "claim", before = 1, why = guard },
  { file = "engine/outcome%.c", line = "release", before = 1, after = 0, why = guard },
  { file = "engine/outcome%.c", line = 'return "";', why = guard },
  { file = "engine/operations%.c", line = "no such operation", before = 1, why = guard },
  { file = "base/paths%.c", line = ".", why = host },
  { file = "evaluator/policy_files%.c", line = "^%s*break;", why = race },
  { file = "engine/history%.c", line = "^%s*n = 0;", why = errors },
  { file = "engine/history%.c", line = "^%s*return;", why = errors },
  { file = "engine/outcome%.c", line = "MT_CLAIM", after = 1, why = guard },
  { file = "engine/tap_events%.c", line = "null", why = guard },
  { file = "src/domain/load%.c", line = ".", why = host },
  { file = "src/domain/", line = ".", why = rare },
  { file = "src/kernel/", line = ".", why = other },
  { file = "src/base/", line = ".", why = guard },
}
