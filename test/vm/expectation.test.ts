import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import t from "tap";
import { describe, judge, type LokiEntry, type LokiExpectation } from "../../src/vm/scenario/index.ts";

interface Case {
  name: string;
  expectation: Partial<LokiExpectation>;
  found: LokiEntry[];
  /** Null when all demands hold. */
  wrong: string | null;
  had: string;
}

const FILE = new URL("judgements.json", import.meta.url);
const cases = JSON.parse(readFileSync(FILE, "utf8")) as Case[];

for (const { name, expectation, found, wrong, had } of cases) {
  t.test(`the interpreter judges ${name}`, (t) => {
    const whole = { name: "x", query: "{}", within: 1, ...expectation };
    t.equal(judge(whole, found) ?? null, wrong);
    t.equal(describe(found), had);
    t.end();
  });
}

const PYTHON = "python3";
const skip = spawnSync(PYTHON, ["--version"]).status === 0 ? false : "there is no python3 on PATH";

t.test("a NixOS test judges every case with the same words", { skip }, (t) => {
  const script = [
    "import json, sys",
    "exec(open(sys.argv[1]).read())",
    "for case in json.load(open(sys.argv[2])):",
    "    answer = [judge(case['expectation'], case['found']), describe(case['found'])]",
    "    print(json.dumps(answer))",
  ].join("\n");
  const prelude = new URL("../../src/vm/nixos/prelude.py", import.meta.url);
  const { status, stdout, stderr } = spawnSync(PYTHON, ["-c", script, prelude.pathname, FILE.pathname], {
    encoding: "utf8",
  });
  t.equal(status, 0, stderr);
  const answers = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as unknown);
  t.same(
    answers,
    cases.map(({ wrong, had }) => [wrong, had]),
  );
  t.end();
});
