import fc from "fast-check";
import { RE2JS } from "re2js";
import t from "tap";
import { exampleOf } from "../../src/verify/example.ts";

const examples: readonly [pattern: string, example: string][] = [
  ["^refused connection: IN=", "refused connection: IN="],
  ["^lost connection after (AUTH|EHLO|STARTTLS|UNKNOWN) from ", "lost connection after AUTH from "],
  ["^dbus\\.service;.*Rejected send message", "dbus.service;Rejected send message"],
  ["^(session-\\d+.scope)$", "session-0xscope"],
  ["warn(?:ing)? [^a-z ]{2,} \\bx+?$", "warn AA x"],
  ["(?P<word>[[:alpha:]_]+)=\\Qa.b\\E", "a=a.b"],
  ["\\x41\\pL{2}", "Aaa"],
];

t.test("an example of a pattern is a short text that it matches", (t) => {
  for (const [pattern, example] of examples) t.equal(exampleOf(pattern), example, pattern);
  t.end();
});

t.test("a pattern that is faulty or matches nothing has no example", (t) => {
  for (const pattern of ["(", "[", "a{3", "x$y", "*", "(?P<n", "\\p{No}\\C"])
    t.ok(exampleOf(pattern) === undefined || RE2JS.compile(pattern).test(exampleOf(pattern) ?? ""), pattern);
  t.equal(exampleOf("("), undefined);
  t.equal(exampleOf("x$y"), undefined);
  t.end();
});

t.test("what is given does match, whatever the pattern", (t) => {
  const parts = fc.constantFrom(..."ab.*+?|()[]^$\\dw{2}-:".split(""));
  fc.assert(
    fc.property(fc.array(parts, { maxLength: 12 }), (list) => {
      const pattern = list.join("");
      const example = exampleOf(pattern);
      return example === undefined || RE2JS.compile(pattern).test(example);
    }),
    { numRuns: 500 },
  );
  t.end();
});
