import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { NixSyntaxError, scanNix } from "../../src/nix/scanner.ts";

function kinds(text: string): string[] {
  return scanNix(text).map(({ kind, start, end }) => `${kind} ${text.slice(start, end)}`);
}

t.test("paths, URIs, divisions and updates are told apart as Nix does", (t) => {
  t.same(kinds("./a/b ../c a/b <nixpkgs/lib> ~/d /e"), [
    "path ./a/b",
    "path ../c",
    "path a/b",
    "path <nixpkgs/lib>",
    "path ~/d",
    "path /e",
  ]);
  t.same(kinds("a / b // c"), ["word a", "symbol /", "word b", "symbol /", "symbol /", "word c"]);
  t.same(kinds("http://x.org/?a=1;"), ["string http://x.org/?a=1", "symbol ;"]);
  t.same(kinds("x: y"), ["word x", "symbol :", "word y"]);
  t.same(kinds("./${a}/b.nix"), ["path ./${a}/b.nix"]);
  t.end();
});

t.test("a string is one token with everything interpolated into it", (t) => {
  for (const text of [
    '"a ${ "}" + (f { b = "${c}"; }) } \\" $${x} \\${y}"',
    "''a ''${ ''' ''\\n ${ { a = ''}''; } } $''",
  ]) {
    t.same(kinds(text), [`string ${text}`]);
  }
  t.end();
});

t.test("comments hide what stands in them", (t) => {
  t.same(kinds('a # "b\n/* [ */ c'), ["word a", 'comment # "b', "comment /* [ */", "word c"]);
  t.end();
});

t.test("what has no end is an error at its beginning", (t) => {
  for (const [text, offset] of [
    ['a "b', 2],
    ["a ''b", 2],
    ["/* a", 0],
    ["[ (a ]", 5],
    ["{ a = [ ]; ", 0],
    ['"${ a "', 6],
    ["a }", 2],
  ] as const) {
    t.throws(() => scanNix(text), new NixSyntaxError("", offset).constructor, text);
    try {
      scanNix(text);
    } catch (caught) {
      t.equal((caught as NixSyntaxError).offset, offset, text);
    }
  }
  t.end();
});

t.test("every Nix file of the project is scanned to its end", (t) => {
  const root = join(import.meta.dirname, "../..");
  const files = globSync("{hosts,modules,nix}/**/*.nix", { cwd: root });
  t.ok(files.length > 10);
  for (const file of files) {
    const text = readFileSync(join(root, file), "utf8");
    const tokens = scanNix(text);
    const gaps = tokens.map(({ start }, at) => text.slice(tokens[at - 1]?.end ?? 0, start)).join("");
    t.equal(gaps.trim(), "", `${file}: only white space is left out`);
  }
  t.end();
});
