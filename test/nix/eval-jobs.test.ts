import { readFileSync } from "node:fs";
import t from "tap";
import { readJob } from "../../src/nix/eval-jobs.ts";

// In the form that nix-eval-jobs documents; there was none here to record from.
const lines = readFileSync(
  new URL("../fixtures/nix-eval-jobs/answers.ndjson", import.meta.url),
  "utf8",
).split("\n");

t.test("a host that was evaluated has its derivation and what its system says", (t) => {
  t.match(readJob(lines[0] ?? ""), {
    host: "nas",
    evaluation: { ok: true, value: { release: "26.05", warnings: ["careful"], drvPath: /nixos-system-nas/ } },
  });
  t.end();
});

t.test("a host whose assertions fail says so, though it has no derivation", (t) => {
  t.match(readJob(lines[1] ?? ""), {
    host: "web",
    evaluation: { ok: true, value: { assertions: [{ message: "no root file system" }], drvPath: null } },
  });
  t.end();
});

t.test("a host that does not evaluate has Nix's message", (t) => {
  t.match(readJob(lines[2] ?? ""), {
    host: "mail",
    evaluation: { ok: false, failure: { message: /^The option `services\.alloy\.enabel' does not exist/ } },
  });
  t.end();
});

t.test("what is none of its answers is left out", (t) => {
  for (const line of ["", "warning: something", "{", "{}", '{"attr":"x"}', "null"])
    t.equal(readJob(line), undefined);
  t.end();
});
