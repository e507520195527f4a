import t from "tap";
import { MAX_DEPTH, parse, type Expression } from "../../src/alloy/index.ts";

/** `line:column-line:column message` of every diagnostic. */
function problems(text: string): string[] {
  return parse("x", text).diagnostics.map(({ span, message }) => {
    const { start, end } = span ?? { start: { line: 0, column: 0 }, end: { line: 0, column: 0 } };
    return `${start.line}:${start.column}-${end.line}:${end.column} ${message}`;
  });
}

t.test("blocks, labels and attributes have exact places", (t) => {
  const text = 'loki.write "out" {\n\turl = "x"\n}\n';
  const [block] = parse("x", text).file.body;
  t.match(block, {
    kind: "block",
    name: [{ name: "loki" }, { name: "write", start: 5, end: 10 }],
    label: { value: "out", start: 11, end: 16 },
    open: 17,
    close: text.lastIndexOf("}"),
    body: [{ kind: "attribute", name: { name: "url" }, value: { kind: "literal", raw: '"x"', value: "x" } }],
  });
  t.end();
});

t.test("operators bind as in the original, ^ to the right", (t) => {
  const shape = (source: string): unknown => {
    const [statement] = parse("x", `a = ${source}`).file.body;
    return statement?.kind === "attribute" ? describe(statement.value) : undefined;
  };
  t.equal(shape("1 + 2 * 3 - 4"), "((1 + (2 * 3)) - 4)");
  t.equal(shape("2 ^ 3 ^ 2"), "(2 ^ (3 ^ 2))");
  t.equal(shape("!a || b && c == d"), "(!a || (b && (c == d)))");
  t.equal(shape("-a.b[0](1)"), "-a.b[0](1)");
  t.end();
});

function describe(expression: Expression): string {
  switch (expression.kind) {
    case "binary":
      return `(${describe(expression.left)} ${expression.operator} ${describe(expression.right)})`;
    case "unary":
      return `${expression.operator}${describe(expression.value)}`;
    case "literal":
      return expression.raw;
    case "identifier-expression":
      return expression.name;
    case "access":
      return `${describe(expression.value)}.${expression.name.name}`;
    case "index":
      return `${describe(expression.value)}[${describe(expression.index)}]`;
    case "call":
      return `${describe(expression.callee)}(${expression.args.map(describe).join(", ")})`;
    default:
      return expression.kind;
  }
}

t.test("literals mean what Go reads in them", (t) => {
  const value = (source: string): unknown => {
    const [statement] = parse("x", `a = ${source}`).file.body;
    return statement?.kind === "attribute" && statement.value.kind === "literal"
      ? statement.value.value
      : undefined;
  };
  t.equal(value("010"), 8);
  t.equal(value("1.5e3"), 1500);
  t.equal(value('"\\xc3\\xa9\\t\\u00e9\\101"'), "\u00e9\t\u00e9A");
  t.equal(value("`a\\n\r\n`"), "a\\n\n");
  t.end();
});

t.test("parsing goes on after an error and finds the next", (t) => {
  t.same(problems('a {\n\tb: 1\n}\nc = )\nd "1" { }\ne = [1 2]\n'), [
    "2:3-2:4 illegal character U+003A ':'",
    "4:5-4:6 expected an expression, got ')'",
    '5:3-5:6 the block label "1" is no identifier',
    "6:8-6:9 a ',' is missing",
  ]);
  t.end();
});

t.test("strings and comments that are not closed are named where they start", (t) => {
  t.same(problems('a = "x\n'), ["1:5-1:7 the string is not closed"]);
  t.match(problems("a = 1 /* x\n"), [/^1:7-1:9 the block comment is not closed/]);
  t.match(problems('a = "\\q"'), [/^1:6-1:8 unknown escape sequence/]);
  t.match(problems('a = "\\ud800"'), [/stands for no character/]);
  t.end();
});

t.test("a block in the place of an expression is one error", (t) => {
  t.same(problems("a = b {\n\tc = 1\n\td = 2\n}\n"), ["1:5-4:2 a block is no expression"]);
  t.end();
});

t.test("NUL bytes are errors also within strings", (t) => {
  t.match(problems('a = "\0"'), [/^1:6-1:7 illegal character: NUL/]);
  t.end();
});

t.test("nesting beyond the limit is a diagnostic, however deep", (t) => {
  for (const opening of ["(", "[", "{a=", "f(", "-", "1^", "1+", "a[", "f([{a=("]) {
    const { diagnostics } = parse("x", `a = ${opening.repeat(10_000)}`);
    t.match(diagnostics.at(-1), { code: "alloy/too-deep" }, opening);
  }
  for (const chain of [".b", "()", "[0]"]) {
    t.match(parse("x", `a = b${chain.repeat(10_000)}`).diagnostics, [{ code: "alloy/too-deep" }], chain);
  }
  t.match(parse("x", "a {\n".repeat(10_000)).diagnostics, [{ code: "alloy/too-deep" }], "blocks");
  const deepest = MAX_DEPTH - 1;
  t.same(parse("x", `a = ${"(".repeat(deepest)}1${")".repeat(deepest)}`).diagnostics, []);
  t.end();
});

t.test("a text that is no Alloy at all gives a bounded number of diagnostics", (t) => {
  t.ok(parse("x", "#\n".repeat(100_000)).diagnostics.length <= 100);
  t.end();
});
