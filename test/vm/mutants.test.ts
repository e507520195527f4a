import { readFileSync } from "node:fs";
import t from "tap";
import { parse } from "../../src/alloy/index.ts";
import { VM_MUTANTS } from "../../scripts/mutation/vm-mutants.ts";

const MODULE = new URL("../../nix/checks/generated/modules/alloy/", import.meta.url);
const module = {
  pipeline: readFileSync(new URL("config.alloy", MODULE), "utf8"),
  module: readFileSync(new URL("default.nix", MODULE), "utf8"),
};

for (const { name, mutate } of VM_MUTANTS) {
  t.test(`the mutant "${name}" is another module, and still Alloy`, (t) => {
    const mutated = mutate(module);
    t.not(mutated.pipeline + mutated.module, module.pipeline + module.module);
    t.same(parse("config.alloy", mutated.pipeline).diagnostics, []);
    t.end();
  });
}

t.test("a mutant that no longer fits the module says so", (t) => {
  const [first] = VM_MUTANTS;
  t.throws(() => first?.mutate({ pipeline: "", module: "" }), { message: /session\.scope/ });
  t.end();
});
