import fc from "fast-check";
import { RE2JS } from "re2js";
import t from "tap";
import { readLiterals, requiredPrefix } from "../../src/pipeline/literal-pattern.ts";
import { Regex } from "../../src/pipeline/regex.ts";

const settings = { numRuns: Number(process.env["FLEET_PROPERTY_RUNS"] ?? 500) };

/** Pieces that patterns are made of; put together at random, many are refused by RE2. */
const piece = fc.constantFrom(
  ...[
    "a",
    "ab",
    "-",
    "\\.",
    "\\-",
    "\\|",
    "\\)",
    "\\\\",
    ".",
    "x",
    "(",
    "(?:",
    "(?s:",
    "(?i:",
    "(?i)",
    "(?P<n>",
  ],
  ...[
    "(?m)",
    ")",
    ")",
    ")",
    "|",
    "|",
    "^",
    "$",
    "*",
    "?",
    "+",
    "{2}",
    "{0,1}",
    "[ab]",
    "\\d",
    "\\Qa",
    "\\n",
    "\u00e4",
  ],
);
const pattern = fc
  .tuple(fc.constantFrom("", "^", "^("), fc.array(piece, { maxLength: 7 }), fc.constantFrom("", "$", ")$"))
  .map(([start, pieces, end]) => start + pieces.join("") + end)
  .filter(compiles);
const text = fc
  .array(
    fc.constantFrom("a", "b", "ab", "A", "x", "-", ".", "|", ")", "\\", "\n", "7", "\u00e4", "\udc80", "Q"),
    {
      maxLength: 7,
    },
  )
  .map((parts) => parts.join(""));

function compiles(source: string): boolean {
  try {
    RE2JS.compile(source);
    return true;
  } catch {
    return false;
  }
}

t.test("what is answered without RE2 is what RE2 answers", (t) => {
  fc.assert(
    fc.property(pattern, fc.array(text, { minLength: 1, maxLength: 8 }), (source, texts) => {
      const regex = new Regex(source);
      const real = RE2JS.compile(source);
      return texts.every((one) => {
        const found = real.matcher(one).find();
        return (
          regex.test(one) === real.test(one) &&
          (regex.find(one) !== undefined) === found &&
          regex.findAll(one).next().done !== found
        );
      });
    }),
    settings,
  );
  t.end();
});

t.test("the patterns of pipelines are read as plain text, or at least their start", (t) => {
  const literals = (texts: string[], atStart: boolean, atEnd: boolean): unknown => ({
    texts,
    atStart,
    atEnd,
  });
  t.same(readLiterals("^refused connection: IN="), literals(["refused connection: IN="], true, false));
  t.same(
    readLiterals("CTRL-EVENT-(BEACON-LOSS|SIGNAL-CHANGE)"),
    literals(["CTRL-EVENT-BEACON-LOSS", "CTRL-EVENT-SIGNAL-CHANGE"], false, false),
  );
  t.same(readLiterals("^(?s:nginx\\.service|sshd)$"), literals(["nginx.service", "sshd"], true, true));
  t.equal(requiredPrefix("^dbus\\.service;.*Rejected send message"), "dbus.service;");
  t.equal(requiredPrefix("^(session-\\d+.scope)$"), "session-");
  t.end();
});

t.test("what is not certain is left to RE2", (t) => {
  for (const source of [
    "a|b",
    "a.c",
    "a+",
    "(a)?b",
    "(?i)a",
    "(?i:a)",
    "[a]",
    "a{2}",
    "\\d",
    "\\Qa.b\\E",
    "a^b",
  ]) {
    t.equal(readLiterals(source), undefined, source);
  }
  for (const source of ["ab", "^ab|c", "^(ab)?c", "^(ab){0,1}c", "^(?i)ab", "^a*", "^.a", "^"]) {
    t.equal(requiredPrefix(source), "", source);
  }
  t.end();
});
