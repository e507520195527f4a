import { readFileSync } from "node:fs";
import t from "tap";
import { check, decode, format, parse } from "../../src/alloy/index.ts";
import { warning, type Diagnostic } from "../../src/diagnostics/index.ts";
import { templateError } from "../../src/pipeline/index.ts";

/** The two examples of each section of docs/errors/alloy.md, and the release that they are for. */
const sections = readFileSync(new URL("../../docs/errors/alloy.md", import.meta.url), "utf8")
  .split(/^## /m)
  .slice(1)
  .map((section) => ({
    code: section.slice(0, section.indexOf("\n")),
    examples: [...section.matchAll(/^```alloy(?: (\S+))?\n(.*?)^```$/gms)].map(
      ([, release = "1.18.1", text = ""]) => ({ release, text }),
    ),
  }));

/** What `fleet validate` and `fleet fmt --test` say of a text, in which `<FF>` stands for that byte. */
function diagnose(text: string, alloyVersion: string): Diagnostic[] {
  const bytes = Buffer.from(text.replaceAll("<FF>", "\xff"), text.includes("<FF>") ? "latin1" : "utf8");
  const decoded = decode("x", bytes);
  if (decoded.diagnostics.length > 0) return decoded.diagnostics;
  const { file, diagnostics } = parse("x", text);
  if (diagnostics.length > 0) return diagnostics;
  const found = check(file, { alloyVersion, templateError });
  const formatted = format("x", text);
  if (found.length > 0 || formatted.text === text) return found;
  if (formatted.text === undefined) return formatted.diagnostics;
  return [warning("alloy/not-formatted", "as fleet fmt --test says")];
}

for (const { code, examples } of sections) {
  t.test(`${code} is what its failing example gives, and its mended one gives nothing`, (t) => {
    const [failing, mended, ...others] = examples;
    if (failing === undefined || mended === undefined) throw new Error(`${code} lacks an example`);
    t.same(others, [], "two examples");
    const found = diagnose(failing.text, failing.release);
    // The remark that only `alloy run` would refuse it goes with some errors, and never alone.
    const about = code === "alloy/not-built" ? found.filter(({ severity }) => severity === "info") : found;
    const codes = new Set(
      about.filter((one) => one.severity !== "info" || one.code === code).map((one) => one.code),
    );
    t.same([...codes], [code]);
    t.same(diagnose(mended.text, mended.release), []);
    t.end();
  });
}
