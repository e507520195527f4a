import t from "tap";
import {
  appendStatements,
  applyEdits,
  attribute,
  attributeNamed,
  block,
  insertAfter,
  parse,
  removeStatement,
  replaceValue,
  type Block,
} from "../../src/alloy/index.ts";

const text = `// odd   spacing stays
loki.write "out"   {
  endpoint {
      url="http://x" // why
  }

  max_streams   =  5

  external_labels = { a = "b" }
}
`;

function blockAt(
  source: string,
  ...path: string[]
): { file: ReturnType<typeof parse>["file"]; found: Block } {
  const { file } = parse("x", source);
  let body = file.body;
  let found: Block | undefined;
  for (const name of path) {
    found = body.find((one): one is Block => one.kind === "block" && one.name.at(-1)?.name === name);
    body = found?.body ?? [];
  }
  if (found === undefined) throw new Error(`no ${path.join(".")}`);
  return { file, found };
}

t.test("a new value leaves every other byte", (t) => {
  const { found } = blockAt(text, "write", "endpoint");
  const url = attributeNamed(found, "url");
  t.equal(
    url && applyEdits(text, [replaceValue(url, 'sys.env("URL")')]),
    text.replace('"http://x"', 'sys.env("URL")'),
  );
  t.end();
});

t.test("a removed statement takes its line, its comment and one of two empty lines along", (t) => {
  const { file, found } = blockAt(text, "write");
  const streams = attributeNamed(found, "max_streams");
  t.equal(
    streams && applyEdits(text, [removeStatement(file, streams)]),
    text.replace("  max_streams   =  5\n\n", ""),
  );
  const { file: second, found: endpoint } = blockAt(text, "write", "endpoint");
  const url = attributeNamed(endpoint, "url");
  t.equal(
    url && applyEdits(text, [removeStatement(second, url)]),
    text.replace('      url="http://x" // why\n', ""),
  );
  t.end();
});

t.test("statements are added with the indentation of their neighbours", (t) => {
  const { file, found } = blockAt(text, "write", "endpoint");
  t.equal(
    applyEdits(text, [appendStatements(file, found, [attribute("name", "n")])]),
    text.replace("// why\n", '// why\n      name = "n"\n'),
  );
  const { found: write } = blockAt(text, "write");
  const streams = attributeNamed(write, "max_streams");
  t.equal(
    streams &&
      applyEdits(text, [insertAfter(file, streams, [block("wal", undefined, [attribute("enabled", true)])])]),
    text.replace("=  5\n", "=  5\n  wal {\n  \tenabled = true\n  }\n"),
  );
  t.end();
});

t.test("an empty block on one line is opened", (t) => {
  const source = "a {\n\tb { }\n}\n";
  const { file, found } = blockAt(source, "a", "b");
  t.equal(
    applyEdits(source, [appendStatements(file, found, [attribute("c", 1)])]),
    "a {\n\tb {\n\t\tc = 1\n\t}\n}\n",
  );
  t.end();
});

t.test("edits that overlap are refused", (t) => {
  t.throws(
    () =>
      applyEdits("abc", [
        { start: 0, end: 2, text: "" },
        { start: 1, end: 3, text: "" },
      ]),
    RangeError,
  );
  t.end();
});
