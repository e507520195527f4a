import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { applyFixes, check, parse } from "../../src/alloy/index.ts";
import { warning, type Diagnostic } from "../../src/diagnostics/index.ts";
import { templateError } from "../../src/pipeline/index.ts";
import { matchGolden } from "../support/golden.ts";

const fixtures = join(import.meta.dirname, "../fixtures/alloy/fix");

function diagnose(name: string, text: string, alloyVersion = "1.18.1"): Diagnostic[] {
  const { file, diagnostics } = parse(name, text);
  t.same(diagnostics, [], `${name} can be parsed`);
  return check(file, { alloyVersion, templateError });
}

t.test("each fixture is mended into the text beside it, where nothing is left to mend", (t) => {
  const names = globSync("*.alloy", { cwd: fixtures });
  t.ok(names.length > 0, "the fixtures are there");
  for (const name of names) {
    const before = readFileSync(join(fixtures, name), "utf8");
    const after = applyFixes(before, diagnose(name, before)).text;
    matchGolden(t, join("alloy/fix", name), after);
    t.same(
      diagnose(name, after).filter(({ fix }) => fix !== undefined),
      [],
      `${name} stays as it is when it is mended again`,
    );
  }
  t.end();
});

t.test("a release without the newer name of a function is not given it", (t) => {
  const text = 'logging {\n\tlevel = env("LEVEL")\n}\n';
  t.match(diagnose("x", text), [{ code: "alloy/deprecated" }]);
  t.same(diagnose("x", text, "1.4.3"), []);
  t.end();
});

t.test("of two fixes of one place the first is made", (t) => {
  const replace = (start: number, end: number, text: string): Diagnostic =>
    warning("alloy/unused", text, { fix: { title: text, edits: [{ start, end, text }] } });
  const diagnostics = [
    replace(1, 3, "x"),
    replace(2, 4, "y"),
    warning("alloy/unused", "no fix"),
    replace(3, 4, "z"),
  ];
  const { text, fixed } = applyFixes("abcdef", diagnostics);
  t.equal(text, "axzef");
  t.same(
    fixed.map(({ message }) => message),
    ["x", "z"],
  );
  t.end();
});

t.test("a vertical tab or form feed, at which alloy fmt would break the line, becomes an escape", (t) => {
  const text = 'logging {\n\tlevel = "a\fb\vc"\n}\n';
  const { text: mended, fixed } = applyFixes(text, diagnose("x", text));
  t.equal(mended, 'logging {\n\tlevel = "a\\fb\\vc"\n}\n');
  t.same(
    fixed.map(({ code }) => code),
    ["alloy/tab-in-string"],
  );
  t.end();
});
