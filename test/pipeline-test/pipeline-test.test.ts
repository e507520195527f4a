import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import fc from "fast-check";
import t, { type Test } from "tap";
import { applyCorrections, readTest, runTest } from "../../src/pipeline-test/index.ts";
import { fleet } from "../support/fleet.ts";
import { matchGolden } from "../support/golden.ts";

const FIXTURES = join(import.meta.dirname, "../fixtures/pipeline-test");
const FAILED_TO_HOLD = 1;

interface Updates {
  tests: { updated: string[] }[];
}

function testsIn(directory: string): string[] {
  return readdirSync(directory).filter((name) => name.endsWith(".test.yaml"));
}

/** What `fleet test` prints for a file, with its exit code; the paths are those below the fixtures. */
async function transcript(path: string): Promise<string> {
  const { code, out, err } = await fleet("test", relative(process.cwd(), path));
  return `exit ${code}\n${err}${out}`.replaceAll(`${relative(process.cwd(), FIXTURES)}/`, "");
}

for (const name of testsIn(FIXTURES)) {
  t.test(`${name} comes out as in test/golden/pipeline-test`, async (t) => {
    matchGolden(t, `pipeline-test/${name}.txt`, await transcript(join(FIXTURES, name)));
  });
}

t.test("every golden of a test has its test", (t) => {
  const goldens = readdirSync(join(import.meta.dirname, "../golden/pipeline-test"));
  const wanted = testsIn(FIXTURES).map((name) => `${name}.txt`);
  const updates = testsIn(join(FIXTURES, "update")).map((name) => `${name}.updated.yaml`);
  t.same(goldens.sort(), [...wanted, ...updates].sort());
  t.end();
});

function temporary(t: Test): string {
  const directory = mkdtempSync(join(tmpdir(), "fleet-test-"));
  t.teardown(() => rmSync(directory, { recursive: true }));
  return directory;
}

for (const name of testsIn(join(FIXTURES, "update"))) {
  t.test(`--update rewrites ${name} where it is exact, and nothing else, once`, async (t) => {
    const file = join(temporary(t), name);
    copyFileSync(join(FIXTURES, "update", name), file);
    const first = await fleet("test", file, "--update", "--json");
    t.equal(first.code, FAILED_TO_HOLD, "what is not exact goes on failing");
    const text = readFileSync(file, "utf8");
    matchGolden(t, `pipeline-test/${name}.updated.yaml`, text);
    t.match(JSON.parse(first.out), {
      tests: [{ updated: ["assert.loki[0]", "assert.loki[1]", "assert.loki[2]", "assert.dropped[0]"] }],
    });
    t.same(
      (JSON.parse((await fleet("test", file, "--update", "--json")).out) as Updates).tests[0]?.updated,
      [],
    );
    t.equal(readFileSync(file, "utf8"), text);
  });
}

t.test("--update leaves alone what it could only mend by breaking something else", async (t) => {
  const file = join(temporary(t), "shared.test.yaml");
  const text = `
config: |
  loki.process "p" {
    forward_to = [pipelinetest.loki.receiver]
  }
inputs:
  loki:
    - components: [loki.process.p.receiver]
      entries: [{ line: one, labels: { a: b } }, { line: two, labels: { a: c } }]
assert:
  loki:
    - { type: contains, match: { line: one, labels: { values: &common { a: b } } } }
    - { type: contains, match: { line: two, labels: { values: *common } } }
`;
  writeFileSync(file, text);
  const { code, out } = await fleet("test", file, "--update", "--json");
  t.equal(code, FAILED_TO_HOLD);
  t.match(JSON.parse(out), {
    tests: [{ failures: [{ assertion: "assert.loki[1]" }], updated: { length: 0 } }],
  });
  t.equal(readFileSync(file, "utf8"), text);
});

t.test("a directory stands for the test files below it, and JUnit and JSON say the same", async (t) => {
  const report = join(temporary(t), "report.xml");
  const { code, out } = await fleet("test", FIXTURES, "--json", "--junit", report);
  t.equal(code, 1);
  const document = JSON.parse(out) as { ok: boolean; tests: { ok: boolean }[] };
  t.equal(document.ok, false);
  const failed = document.tests.filter(({ ok }) => !ok).length;
  t.ok(failed > 0 && failed < document.tests.length);
  const xml = readFileSync(report, "utf8");
  t.equal(xml.match(/<testcase /g)?.length, document.tests.length);
  t.equal(xml.match(/<testcase [^>]*[^/]>/g)?.length, failed);
  t.match(xml, 'message="assert.loki[0]: 2 entries match"');
});

t.test("without a path the repository's own tests run, and they pass", async (t) => {
  const root = join(import.meta.dirname, "../..");
  const { code, out } = await fleet("test", "--repo", root);
  t.equal(code, 0, out);
  t.match(out, /^ok +tests\/journal\.test\.yaml/m);
});

t.test("no test, or a path that is not there, is exit code 2", async (t) => {
  const empty = temporary(t);
  t.match(await fleet("test", empty), { code: 2, err: /test\/none/ });
  t.match(await fleet("test", join(empty, "nowhere")), { code: 2, err: /cli\/unreadable/ });
  t.match(await fleet("test", empty, "--watch", "--json"), { code: 2, err: /cli\/usage/ });
});

t.test("a test is read from its text alone", (t) => {
  const text = `{config: "", inputs: {journal: [{}]}, assert: {loki: [{type: count, count: 0}]}}`;
  t.match(readTest("a.test.yaml", text), {
    diagnostics: [],
    test: { name: "a.test.yaml", config: { text: "" } },
  });
  t.end();
});

t.test("no text makes it throw, and what it refuses it explains with a place in the text", (t) => {
  const whole = readFileSync(join(FIXTURES, "update/values.test.yaml"), "utf8");
  const piece = fc.oneof(
    fc.constantFrom(...Array.from("{}[]:,&*!|>'\"#?-\n "), ..."<<: ;*web;&a;null;7;__proto__:;? ".split(";")),
    fc.string({ maxLength: 3 }),
  );
  const edit = fc.tuple(fc.nat(whole.length), fc.nat(40), piece);
  fc.assert(
    fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
      const text = edits.reduce((all, [at, cut, put]) => all.slice(0, at) + put + all.slice(at + cut), whole);
      const { test, diagnostics } = readTest("a.test.yaml", text);
      if (test === undefined) {
        return (
          diagnostics.length > 0 &&
          diagnostics.every(({ span }) => (span?.end.offset ?? Infinity) <= text.length)
        );
      }
      if (!("text" in test.config)) return true;
      const { failures } = runTest(test, { configuration: [{ name: "config", text: test.config.text }] });
      const corrections = failures.flatMap((failure) => failure.corrections);
      const corrected = applyCorrections(text, test.yaml, corrections);
      return corrections.length > 0 ? corrected !== text : corrected === text;
    }),
    { numRuns: 300 },
  );
  t.pass("for 300 mutations");
  t.end();
});
