-- uncovered.lua - why lines are not run by the specs, or are run and cannot tell
return {
  { file = "", line = "ENOMEM", why = "no memory: spec/torture/memory_spec.lua, a sample" },
}
