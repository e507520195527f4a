import { existsSync, globSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import t from "tap";
import { format } from "../../src/alloy/index.ts";

const oracle = join(import.meta.dirname, "../oracle");
const read = (path: string): string => readFileSync(path, "utf8");

t.test("every recorded input is printed as alloy fmt printed it", (t) => {
  const expected = globSync("*.expected.alloy", { cwd: join(oracle, "fmt") });
  t.ok(expected.length >= 17, "the recordings are there");
  for (const name of expected) {
    const input = read(join(oracle, "fmt", name.replace(".expected", "")));
    t.equal(format(name, input).text, read(join(oracle, "fmt", name)), basename(name));
  }
  t.end();
});

t.test("what alloy convert printed is in its canonical form already", (t) => {
  const printed = globSync(["cases/*/converted.alloy", "convert/*.alloy"], { cwd: oracle });
  for (const name of printed) {
    const text = read(join(oracle, name));
    if (text !== "") t.equal(format(name, text).text, text, name);
  }
  t.equal(existsSync(join(oracle, "cases")), printed.length > 0, "the recordings are there");
  t.end();
});

t.test("a text with a syntax error is not printed", (t) => {
  const { text, diagnostics } = format("x", "logging {\n\tlevel: 1\n}\n");
  t.equal(text, undefined);
  t.match(diagnostics, [{ code: "alloy/syntax", span: { start: { line: 2, column: 7 } } }]);
  t.end();
});

t.test("where what alloy fmt prints would be no Alloy, the text is printed otherwise or refused", (t) => {
  t.equal(format("x", 'a = "b\fc"\n').text, 'a = "b\fc"\n');
  t.equal(format("x", "a = f(\n) + 1\n").text, "a = f() + 1\n");
  for (const text of [
    "a = f(1, // c\n) + 1\n",
    "a = f( /* b */ // c\n) + 1\n",
    "a = (f( // c\n /* d */ )).b + 2\n",
    "a = b. // c\nd + 1\n",
    'loki. /* b */ // c\n/* d */ process "a" {\n}\n',
  ]) {
    const refused = format("x", text);
    t.equal(refused.text, undefined, text);
    const offset = text.indexOf("// c");
    t.match(refused.diagnostics, [{ code: "alloy/unprintable", span: { start: { offset } } }]);
  }
  t.equal(format("x", "a = b. // c\nd\n").text, "a = b.d // c\n", "the comment ends no statement too early");
  t.end();
});

t.test("comments stay between the tokens they stand between", (t) => {
  const input = "a {/*1*/ b /*2*/=/*3*/ [ 1 /*4*/, // 5\n2]// 6\n\n\n// 7\n}/*8*/";
  const printed = format("x", input).text ?? "";
  t.same(
    [...printed.matchAll(/\/[/*] ?(\d)/g)].map(([, number]) => number),
    ["1", "2", "3", "4", "5", "6", "7", "8"],
  );
  t.equal(format("x", printed).text, printed);
  t.end();
});

t.test("a byte order mark and carriage returns go", (t) => {
  t.equal(format("x", "\ufefflogging {\r\n// a\r\n}\r\n").text, "logging {\n\t// a\n}\n");
  t.end();
});
