import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { parse } from "yaml";
import { pipelineTest } from "../../src/migrate/pipeline-test.ts";
import { readTest, runTest, type TestResult } from "../../src/pipeline-test/index.ts";
import { convert, parsePromtail } from "../../src/promtail/index.ts";

const CASES = join(import.meta.dirname, "../oracle/cases");
const promtails = readdirSync(CASES)
  .map((name) => ({ name, file: join(CASES, name, "promtail.yaml") }))
  .filter(({ file }) => existsSync(file))
  .map(({ name, file }) => ({ name, yaml: readFileSync(file, "utf8") }));

/** What the generated test says of a configuration. */
function judge(test: string, configuration: string): TestResult {
  const { test: read, diagnostics } = readTest("config.test.yaml", test);
  if (read === undefined) throw new Error(JSON.stringify(diagnostics));
  return runTest(read, { configuration: [{ name: "config.alloy", text: configuration }] });
}

function converted(yaml: string): string {
  const { promtail, diagnostics } = parsePromtail("promtail.yaml", yaml);
  if (promtail === undefined) throw new Error(JSON.stringify(diagnostics));
  return convert(promtail, { faithful: true, legacyPositions: false }).text;
}

const predictable = promtails.flatMap(({ name, yaml }) => {
  const test = pipelineTest(parse(yaml));
  return test === undefined ? [] : [{ name, yaml, test }];
});

t.test("there are Promtail configurations that can be predicted, and others", (t) => {
  t.ok(predictable.length >= 3, predictable.map(({ name }) => name).join(", "));
  t.ok(predictable.length < promtails.length);
  t.end();
});

for (const { name, yaml, test } of predictable) {
  t.test(`the conversion of ${name} passes the test that comes of its Promtail configuration`, (t) => {
    t.match(judge(test, converted(yaml)), { ok: true, failures: [] });
    t.end();
  });
}

const MUTANTS: readonly (readonly [what: string, from: string, to: string, where: RegExp])[] = [
  ["a drop that takes nothing", "^refused connection: IN=", "^never: IN=", /assert\.dropped\[0\]/],
  ["a session that keeps its number", '"session.scope"', '"sessions.scope"', /assert\.loki/],
  ["a label of another name", 'target_label  = "host"', 'target_label  = "node"', /assert\.loki/],
];

for (const [what, from, to, where] of MUTANTS) {
  t.test(`${what} fails the generated test`, (t) => {
    const flagship = predictable.find(({ name }) => name === "flagship_journal");
    if (flagship === undefined) throw new Error("the flagship is not predicted");
    const text = converted(flagship.yaml);
    t.ok(text.includes(from));
    const { ok, failures } = judge(flagship.test, text.replace(from, to));
    t.notOk(ok);
    t.ok(failures.some(({ assertion }) => where.test(assertion)));
    t.end();
  });
}

t.test("what is no Promtail configuration of a journal has no test", (t) => {
  t.equal(pipelineTest({}), undefined);
  t.equal(pipelineTest({ clients: [{}], scrape_configs: [{ static_configs: [] }] }), undefined);
  t.end();
});
