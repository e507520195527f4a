import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { hasErrors } from "../../src/diagnostics/index.ts";
import { convert, parsePromtail } from "../../src/promtail/index.ts";
import { tellRecordings } from "../support/recordings.ts";
import { DEVIATIONS } from "./deviations.ts";

const CONVERT = join(import.meta.dirname, "../oracle/convert");
const CASES = join(import.meta.dirname, "../oracle/cases");

/** What fleet makes of a file: the text, and whether it is refused. */
function conversion(file: string): { text: string; refused: boolean } {
  const { promtail, diagnostics } = parsePromtail(file, readFileSync(file, "utf8"));
  if (promtail === undefined) return { text: "", refused: true };
  const converted = convert(promtail);
  return { text: converted.text, refused: hasErrors([...diagnostics, ...converted.diagnostics]) };
}

function readIfThere(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, "utf8") : undefined;
}

/** How fleet's answer differs from the recorded one, undefined when it does not. */
function difference(name: string): string | undefined {
  const recorded = JSON.parse(readFileSync(join(CONVERT, `${name}.json`), "utf8")) as { rc: number };
  const { text, refused } = conversion(join(CONVERT, `${name}.yaml`));
  if (refused !== (recorded.rc !== 0)) return refused ? "fleet alone refuses it" : "fleet does not refuse it";
  // What is refused is still written with --bypass-errors, as far as that goes.
  const expected = refused
    ? readIfThere(join(CONVERT, `${name}.bypass.alloy`))
    : (readIfThere(join(CONVERT, `${name}.alloy`)) ?? "");
  return expected === undefined || expected === text ? undefined : "the text differs";
}

t.test("conversions are those of alloy convert, but for the listed deviations", (t) => {
  const names = readdirSync(CONVERT)
    .filter((file) => file.endsWith(".yaml"))
    .map((file) => file.slice(0, -".yaml".length));
  let equal = 0;
  for (const name of names) {
    const found = difference(name);
    if (found === undefined) equal += 1;
    const reason = DEVIATIONS[name];
    if (reason === undefined) t.equal(found, undefined, name);
    else t.not(found, undefined, `${name} deviates: ${reason}`);
  }
  tellRecordings(t, "what alloy convert prints", { recorded: names.length, equal }, DEVIATIONS);
  t.end();
});

t.test("configurations that were run in both programs are converted as recorded", (t) => {
  const names = readdirSync(CASES).filter((name) => existsSync(join(CASES, name, "converted.alloy")));
  let equal = 0;
  for (const name of names) {
    const expected = readFileSync(join(CASES, name, "converted.alloy"), "utf8");
    const { text } = conversion(join(CASES, name, "promtail.yaml"));
    if (text === expected) equal += 1;
    t.equal(text, expected, name);
  }
  tellRecordings(
    t,
    "what alloy convert prints of those that were run",
    { recorded: names.length, equal },
    {},
  );
  t.ok(names.length > 0, "there are recordings");
  t.end();
});

t.test("every listed deviation names a recording", (t) => {
  for (const name of Object.keys(DEVIATIONS)) t.ok(existsSync(join(CONVERT, `${name}.yaml`)), name);
  t.end();
});
