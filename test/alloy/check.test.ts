import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { check, parse } from "../../src/alloy/index.ts";
import type { Diagnostic } from "../../src/diagnostics/index.ts";
import { templateError } from "../../src/pipeline/index.ts";

const oracle = join(import.meta.dirname, "../oracle");
const fixtures = join(import.meta.dirname, "../fixtures/alloy/check");
const read = (path: string): string => readFileSync(path, "utf8");

function diagnose(name: string, text: string, alloyVersion = "1.18.1"): Diagnostic[] {
  const { file, diagnostics } = parse(name, text);
  return diagnostics.length > 0 ? diagnostics : check(file, { alloyVersion, templateError });
}

function errorsIn(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  return diagnostics.filter((diagnostic) => diagnostic.severity === "error");
}

interface Recording {
  fmt: { rc: number; stderr: string };
  validate: { rc: number; stderr: string };
  run: { rc: number | "still running"; errors?: string[] };
}

/**
 * The lines that the first of fmt, validate and run to refuse a file named. Of syntax errors only the first: what
 * the original says after it is often due to how it goes on.
 */
function refusedLines({ fmt, validate, run }: Recording): number[] | undefined {
  const said = fmt.rc !== 0 ? fmt.stderr : validate.rc !== 0 ? validate.stderr : run.errors?.join("\n");
  if (fmt.rc === 0 && validate.rc === 0 && run.rc === "still running") return undefined;
  const lines = [...(said ?? "").matchAll(/^(?:Error: )?\w+\.alloy:(\d+):\d+:/gm)].map(([, line]) =>
    Number(line),
  );
  return fmt.rc === 0 ? lines : lines.slice(0, 1);
}

t.test("what the real program refused is refused on the same line, and nothing else is", (t) => {
  const names = globSync("*.alloy", { cwd: join(oracle, "invalid") });
  t.ok(names.length >= 56, "the recordings are there");
  for (const name of names) {
    const recording = JSON.parse(read(join(oracle, "invalid", name.replace(".alloy", ".json")))) as Recording;
    const diagnostics = diagnose(name, read(join(oracle, "invalid", name)));
    const lines = refusedLines(recording);
    t.equal(errorsIn(diagnostics).length > 0, lines !== undefined, `${name} is refused or not`);
    const ours = new Set(diagnostics.map((diagnostic) => diagnostic.span?.start.line));
    t.same(
      (lines ?? []).filter((line) => !ours.has(line)),
      [],
      `${name} on the same lines`,
    );
  }
  t.end();
});

t.test("every configuration that the real program ran is accepted", (t) => {
  const names = globSync("cases/*/config.alloy", { cwd: oracle });
  t.ok(names.length > 0, "the recordings are there");
  for (const name of names) t.same(errorsIn(diagnose(name, read(join(oracle, name)))), [], name);
  t.end();
});

t.test("each fixture gets the diagnostics that its comments expect, and no other", (t) => {
  const names = globSync("*.alloy", { cwd: fixtures });
  t.ok(names.length > 0, "the fixtures are there");
  for (const name of names) {
    const text = read(join(fixtures, name));
    const version = /^\/\/ alloy-version: (\S+)$/m.exec(text)?.[1] ?? "1.18.1";
    const expected = text.split("\n").flatMap((line, at) => {
      const codes = /\/\/ EXPECT (.*)$/.exec(line)?.[1]?.split(" ") ?? [];
      return codes.map((code) => `${at + 1} ${code}`);
    });
    const found = diagnose(name, text, version).map(({ span, code }) => `${span?.start.line ?? 0} ${code}`);
    t.same(found.toSorted(), expected.toSorted(), name);
  }
  t.end();
});

t.test("the files of a directory are one configuration", (t) => {
  const source = parse("a.alloy", 'loki.echo "e" { }\n').file;
  const user = parse("b.alloy", 'loki.process "p" {\n\tforward_to = [loki.echo.e.receiver]\n}\n').file;
  t.same(errorsIn(check([source, user], { alloyVersion: "1.18.1" })), []);
  t.match(errorsIn(check([user], { alloyVersion: "1.18.1" })), [
    { code: "alloy/undefined", span: { file: "b.alloy" } },
  ]);
  t.match(errorsIn(check([source, source], { alloyVersion: "1.18.1" })), [{ code: "alloy/duplicate" }]);
  t.end();
});

t.test("misspelt names come with a suggestion", (t) => {
  const hints = (text: string): (string | undefined)[] =>
    errorsIn(diagnose("x", text)).map((diagnostic) => diagnostic.hint);
  t.same(hints('loki.proces "p" {\n\tforward_to = []\n}'), ["did you mean loki.process?"]);
  t.same(hints('loki.process "p" {\n\tforwardto = []\n\tforward_to = []\n}'), ["did you mean forward_to?"]);
  t.same(
    hints('loki.echo "e" { }\nloki.process "p" {\n\tforward_to = [loki.echo.e.reciever]\n}')[0],
    "did you mean receiver?",
  );
  t.end();
});

t.test("a template that is nested too deeply is refused, however deep", (t) => {
  const stage = (template: string): string =>
    `loki.process "p" {\n\tforward_to = []\n\n\tstage.template {\n\t\tsource   = "a"\n\t\ttemplate = "${template}"\n\t}\n}\n`;
  const refused = [{ code: "alloy/wrong-value", message: /nested deeper than 1000 levels/ }];
  for (const deep of [
    "{{if .a}}".repeat(20_000),
    `{{if .a}}${"{{else if .a}}".repeat(20_000)}{{end}}`,
    `{{${"(".repeat(20_000)}.a${")".repeat(20_000)}}}`,
  ]) {
    t.match(errorsIn(diagnose("x", stage(deep))), refused, deep.slice(0, 20));
  }
  t.same(errorsIn(diagnose("x", stage("{{if .a}}".repeat(900) + "{{end}}".repeat(900)))), []);
  t.end();
});

t.test("a chain of 5,000 components is no cycle, and a ring of them is one", (t) => {
  const chain = (last: string): string =>
    Array.from(
      { length: 5000 },
      (_, at) =>
        `loki.process "p${at}" {\n\tforward_to = [${at === 4999 ? last : `loki.process.p${at + 1}.receiver`}]\n}\n`,
    ).join("");
  t.same(errorsIn(diagnose("x", chain(""))), []);
  t.equal(errorsIn(diagnose("x", chain("loki.process.p0.receiver"))).length, 5000);
  t.end();
});
