import fc from "fast-check";
import t from "tap";
import { renderJunit, type JunitCase } from "../../src/report/index.ts";
import { parseXml } from "../support/xml.ts";

const CASES: JunitCase[] = [
  { suite: "NixOS 26.05", name: "nas", seconds: 1.2345, failures: [], errors: [] },
  { suite: "NixOS 25.11", name: "web", seconds: 0.5, failures: [], errors: [], skipped: "not judged" },
  {
    suite: "NixOS 25.11",
    name: "mail",
    seconds: 0,
    failures: [{ message: 'a < b\n"c" & d', text: "1 |\tx ]]> y\r\n\u001b[31mred" }],
    errors: [],
  },
];

t.test("a report counts what passed, failed and was skipped", (t) => {
  const root = parseXml(renderJunit("fleet gate", CASES));
  t.equal(root.name, "testsuites");
  const [suite] = root.children;
  t.match(suite, {
    name: "testsuite",
    attributes: { name: "fleet gate", tests: "3", failures: "1", errors: "0", skipped: "1", time: "1.734" },
  });
  t.same(
    suite?.children.map(({ attributes, children }) => [attributes["name"], children.map(({ name }) => name)]),
    [
      ["nas", []],
      ["web", ["skipped"]],
      ["mail", ["failure"]],
    ],
  );
  t.end();
});

t.test("what is said reaches the reader as it is, but for what XML cannot hold", (t) => {
  const failure = parseXml(renderJunit("fleet gate", CASES)).children[0]?.children[2]?.children[0];
  t.equal(failure?.attributes["message"], 'a < b\n"c" & d');
  t.equal(failure?.text, "1 |\tx ]]> y\r\n\ufffd[31mred");
  t.end();
});

t.test("whatever the texts are, the report is well-formed and gives them back", (t) => {
  const text = fc.string({ unit: "binary", maxLength: 20 });
  const holdable = (value: string): string =>
    value.replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, "\ufffd");
  fc.assert(
    fc.property(text, text, text, (suite, message, body) => {
      const failures = [{ message, text: body }];
      const document = renderJunit(suite, [{ suite, name: message, seconds: 0, failures, errors: [] }]);
      const made = parseXml(document).children[0];
      const failed = made?.children[0]?.children[0];
      return (
        made?.attributes["name"] === holdable(suite) &&
        failed?.attributes["message"] === holdable(message) &&
        failed.text === holdable(body)
      );
    }),
  );
  t.end();
});

t.test("the reader of these tests refuses what is not well-formed", (t) => {
  const head = '<?xml version="1.0" encoding="UTF-8"?>\n';
  for (const body of [
    "<a>",
    "<a></b>",
    '<a x="<"/>',
    "<a>&</a>",
    "<a>&nbsp;</a>",
    "<a>]]></a>",
    "<a/><b/>",
    "<a>\u0001</a>",
  ])
    t.throws(() => parseXml(head + body), body);
  t.end();
});
