import { readFileSync } from "node:fs";
import t from "tap";
import { expand, Regex } from "../../src/pipeline/regex.ts";
import { parseLogfmt } from "../../src/pipeline/stages/logfmt.ts";
import { compileTemplate, stageFunctions, TemplateError } from "../../src/pipeline/template/index.ts";
import { parseTime } from "../../src/pipeline/time/parse.ts";
import { loadZone } from "../../src/pipeline/time/zone.ts";

interface Recorded {
  data: Record<string, string>;
  templates: { template: string; out: string; error?: "parse" | "execute" }[];
  times: { layout: string; text: string; zone: string; nanos?: string }[];
  regexes: { pattern: string; text: string; replacement: string; groups: string[][]; out: string }[];
  logfmt: { text: string; pairs: [string, string][] }[];
}

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../oracle/go/${name}.json`, import.meta.url), "utf8"));
const recorded = read("recorded") as Recorded;
const { templates: more } = read("templates") as Pick<Recorded, "templates">;

t.test("templates render what Go's text/template and sprig render, and fail where they fail", (t) => {
  const functions = stageFunctions({}, () => 1_795_320_000_000_000_000n);
  const dot = new Map(Object.entries(recorded.data));
  for (const { template, out, error } of [...recorded.templates, ...more])
    t.same(render(template), error ?? out, template);
  t.end();

  function render(template: string): string {
    let run;
    try {
      run = compileTemplate(template, functions);
    } catch (caught) {
      if (caught instanceof TemplateError) return "parse";
      throw caught;
    }
    try {
      return run(dot);
    } catch (caught) {
      if (caught instanceof TemplateError) return "execute";
      throw caught;
    }
  }
});

t.test("times are read as Go's time.ParseInLocation reads them", (t) => {
  for (const { layout, text, zone, nanos } of recorded.times) {
    const time = parseTime(layout, text, loadZone(zone));
    t.equal(time?.nanoseconds.toString(), nanos, `${JSON.stringify(text)} as ${layout} in ${zone}`);
  }
  t.end();
});

t.test("regular expressions match and replace as Go's", (t) => {
  for (const { pattern, text, replacement, groups, out } of recorded.regexes) {
    const regex = new Regex(pattern);
    const found = [...regex.findAll(text)].map((match) => match.groups.map((group) => group ?? ""));
    t.same(found, groups, `${pattern} finds`);
    t.equal(
      regex.replaceAll(text, (match) => expand(replacement, match, regex.names)),
      out,
      `${pattern} replaces`,
    );
  }
  t.end();
});

t.test("logfmt is split as go-logfmt splits it", (t) => {
  for (const { text, pairs } of recorded.logfmt) t.same([...parseLogfmt(text)], pairs, JSON.stringify(text));
  t.end();
});
