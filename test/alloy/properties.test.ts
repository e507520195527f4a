import fc from "fast-check";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import t from "tap";
import { check, format, parse, quote } from "../../src/alloy/index.ts";

const settings = { numRuns: Number(process.env["FLEET_PROPERTY_RUNS"] ?? 300) };

const name = fc.constantFrom("a", "bb", "_c1", "\u017c\u00f3\u0142w");
const operator = fc.constantFrom("||", "&&", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "^");
const blanks = fc.constantFrom("", " ", "\t ");
const breaks = fc.constantFrom("", " ", "\n", "\n\n", "\r\n\t");

/** Expressions as source text, with blanks and line breaks wherever the grammar allows them. */
const { expression } = fc.letrec<{ expression: string; primary: string }>((tie) => ({
  expression: fc.oneof(
    { weight: 4, arbitrary: tie("primary") },
    {
      weight: 1,
      arbitrary: fc.tuple(fc.constantFrom("-", "!"), tie("primary")).map((parts) => parts.join(" ")),
    },
    {
      weight: 2,
      arbitrary: fc
        .tuple(tie("expression"), blanks, operator, breaks, tie("primary"))
        .map(([left, before, sign, after, right]) => `${left} ${before}${sign}${after} ${right}`),
    },
  ),
  primary: fc.oneof(
    { depthSize: "small", withCrossShrink: true },
    name,
    fc.constantFrom("1", "2.5", "1e3", "null", "true", "`raw`"),
    fc.string({ unit: "grapheme", maxLength: 6 }).map((text) => quote(text)),
    fc.tuple(tie("primary"), name).map(([value, field]) => `(${value}).${field}`),
    fc.tuple(name, tie("expression")).map(([value, index]) => `${value}[${index}]`),
    fc.tuple(name, fc.array(tie("expression"), { maxLength: 3 }), breaks).map(([callee, args, gap]) => {
      return args.length === 0 ? `${callee}()` : `${callee}(${args.map((arg) => `${gap}${arg}`).join(",")},)`;
    }),
    fc.tuple(fc.array(tie("expression"), { maxLength: 3 }), breaks).map(([elements, gap]) => {
      return `[${elements.map((element) => `${gap}${element},`).join("")}${gap}]`;
    }),
    fc.tuple(fc.array(fc.tuple(name, tie("expression")), { maxLength: 3 }), breaks).map(([fields, gap]) => {
      return `{${fields.map(([key, value]) => `${gap}${key} = ${value},`).join("")}${gap}}`;
    }),
  ),
}));

const { body } = fc.letrec<{ body: string; statement: string }>((tie) => ({
  body: fc.array(tie("statement"), { maxLength: 4 }).map((statements) => statements.join("")),
  statement: fc.oneof(
    { depthSize: "small" },
    fc.tuple(name, expression, breaks).map(([key, value, gap]) => `${key} = ${value}\n${gap}`),
    fc
      .tuple(name, name, tie("body"), breaks)
      .map(([kind, label, inner, gap]) => `x.${kind} "${label}" {\n${inner}}\n${gap}`),
    fc.constant("// comment\n"),
  ),
}));

/** A tree without places and text: what it means. */
function meaning(text: string): unknown {
  const { file, diagnostics } = parse("x", text);
  if (diagnostics.length > 0) throw new Error(`${diagnostics[0]?.message ?? ""} in ${text}`);
  const places = new Set(["start", "end", "open", "close", "operatorAt"]);
  return JSON.parse(
    JSON.stringify(file.body, (key, value: unknown) => (places.has(key) ? undefined : value)),
  );
}

t.test("printing changes nothing that a text means", (t) => {
  fc.assert(
    fc.property(body, (text) => isDeepStrictEqual(meaning(format("x", text).text ?? "("), meaning(text))),
    settings,
  );
  t.pass(`${settings.numRuns} texts`);
  t.end();
});

t.test("printing twice gives what printing once gives, for one expression a line", (t) => {
  const flat = body.map((text) => text.replace(/(?<=[[({,=+\-*/%^|&<>!])[ \t\r\n]+/g, " "));
  fc.assert(
    fc.property(flat, (text) => {
      const once = format("x", text).text ?? "";
      return format("x", once).text === once;
    }),
    settings,
  );
  t.pass(`${settings.numRuns} texts`);
  t.end();
});

t.test("no change of a file makes it throw, hang or break its own rules", (t) => {
  const oracle = join(import.meta.dirname, "../oracle");
  const seeds = globSync(["fmt/*.alloy", "invalid/*.alloy"], { cwd: oracle }).map((file) =>
    readFileSync(join(oracle, file), "utf8"),
  );
  const scrap = fc.oneof(
    fc.string({ maxLength: 4 }),
    fc.constantFrom("{", "}", "[", "]", "(", ")", '"', "`", "/*", "*/", "\n", "=", ".", "\0", "\ud800"),
  );
  const mutant = fc
    .tuple(
      fc.constantFrom(...seeds),
      fc.array(fc.tuple(fc.nat(), fc.nat({ max: 20 }), scrap), { minLength: 1, maxLength: 4 }),
    )
    .map(([seed, cuts]) =>
      cuts.reduce((text, [at, length, insert]) => {
        const from = at % (text.length + 1);
        return text.slice(0, from) + insert + text.slice(from + length);
      }, seed),
    );
  fc.assert(
    fc.property(mutant, (text) => {
      const { file, diagnostics } = parse("x", text);
      if (diagnostics.length === 0) check(file, { alloyVersion: "1.18.1" });
      for (const { span } of diagnostics) {
        if (span === undefined || span.end.offset > text.length || span.start.offset > span.end.offset)
          return false;
      }
      const formatted = format("x", text);
      if (formatted.text === undefined) return formatted.diagnostics.length > 0;
      return diagnostics.length === 0 && parse("x", formatted.text).diagnostics.length === 0;
    }),
    settings,
  );
  t.pass(`${settings.numRuns} mutants`);
  t.end();
});
