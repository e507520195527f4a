import sarifSchema from "@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json" with { type: "json" };
import { Ajv } from "ajv";
import t from "tap";
import {
  CODES,
  error,
  LineIndex,
  sarifLog,
  warning,
  type SarifFinding,
} from "../../src/diagnostics/index.ts";

/**
 * The schema that the standard publishes, from a package that brings it along. It is written for draft 4, of which
 * it uses nothing that later drafts read otherwise.
 */
const { $schema: _, id: __, ...schema } = sarifSchema;
const ajv = new Ajv({
  strict: false,
  // A pattern of the schema has a bracket too many, which the stricter dialect refuses.
  unicodeRegExp: false,
  allErrors: true,
  formats: {
    uri: /^[a-z][a-z\d+.-]*:[^\s<>"{}|\\^`]*$/i,
    "uri-reference": /^[^\s<>"{}|\\^`]*$/,
    "date-time": true,
  },
});
const validate = ajv.compile(schema);

const TEXT = "{\n  services.openssh.enabel = true;\n}\n";
const lines = new LineIndex("hosts/my host/a:b.nix", TEXT);
const host = (name: string): { kind: string; name: string; file: string } => ({
  kind: "host",
  name,
  file: `hosts/${name}/configuration.nix`,
});
const misspelt = error("gate/unknown-option", "no such option", {
  span: lines.span(4, 26),
  hint: "did you mean `enable'?",
});

const FINDINGS: SarifFinding[] = [
  { diagnostic: warning("gate/warning", 'beware of <this> & "that"'), subject: host("web") },
  { diagnostic: misspelt, subject: host("nas") },
  { diagnostic: misspelt, subject: host("web") },
  { diagnostic: { code: "gate/unverified", severity: "info", message: "x could not be judged here" } },
];

t.test("a log is valid by the schema of SARIF 2.1.0, also an empty one", (t) => {
  for (const findings of [FINDINGS, []]) {
    // What is checked is what a reader gets.
    validate(JSON.parse(JSON.stringify(sarifLog(findings, "1.2.3"))));
    t.same(validate.errors ?? [], []);
  }
  t.end();
});

t.test("the schema is one that refuses what is not SARIF", (t) => {
  const [run] = sarifLog(FINDINGS, "1.2.3").runs;
  for (const wrong of [
    { version: "2.0.0", runs: [] },
    { version: "2.1.0", runs: [{ ...run, tool: {} }] },
    { version: "2.1.0", runs: [{ ...run, results: [{ ...run.results[0], level: "info" }] }] },
    { version: "2.1.0", runs: [{ ...run, results: [{ ...run.results[0], hosts: ["nas"] }] }] },
  ]) {
    t.notOk(validate(wrong));
  }
  t.end();
});

t.test("the rules are the codes that occur, with their titles", (t) => {
  const [{ tool, results }] = sarifLog(FINDINGS, "1.2.3").runs;
  t.same(
    tool.driver.rules.map(({ id }) => id),
    ["gate/unknown-option", "gate/unverified", "gate/warning"],
  );
  for (const rule of tool.driver.rules) t.equal(rule.shortDescription.text, CODES[rule.id]);
  for (const { ruleId, ruleIndex } of results) t.equal(tool.driver.rules[ruleIndex]?.id, ruleId);
  t.end();
});

t.test("the place is a URI from the repository's top, with the line and the columns", (t) => {
  const [{ results, columnKind }] = sarifLog(FINDINGS, "1.2.3").runs;
  t.equal(columnKind, "utf16CodeUnits");
  t.match(results[1]?.locations[0]?.physicalLocation, {
    artifactLocation: { uri: "hosts/my%20host/a%3Ab.nix", uriBaseId: "%SRCROOT%" },
    region: { startLine: 2, startColumn: 3, endLine: 2, endColumn: 25 },
  });
  t.end();
});

t.test("without a span the subject's file is the place, without either there is none", (t) => {
  const [{ results }] = sarifLog(FINDINGS, "1.2.3").runs;
  t.same(results[0]?.locations[0]?.physicalLocation, {
    artifactLocation: { uri: "hosts/web/configuration.nix", uriBaseId: "%SRCROOT%" },
  });
  t.same(results[2]?.locations, []);
  t.end();
});

t.test("a file outside of the repository has a URI of its own", (t) => {
  const span = new LineIndex("/etc/a b.alloy", "x").span(0, 1);
  const [{ results }] = sarifLog([{ diagnostic: error("alloy/syntax", "no", { span }) }], "1.2.3").runs;
  t.same(results[0]?.locations[0]?.physicalLocation?.artifactLocation, { uri: "file:///etc/a%20b.alloy" });
  t.end();
});

t.test("what several hosts share is one result, with the hint and all hosts", (t) => {
  const [{ results }] = sarifLog(FINDINGS, "1.2.3").runs;
  t.same(
    results.map(({ level, message }) => [level, message.text]),
    [
      ["warning", 'beware of <this> & "that"'],
      ["error", "no such option\ndid you mean `enable'?"],
      ["note", "x could not be judged here"],
    ],
  );
  t.same(results[1]?.locations[0]?.logicalLocations, [
    { name: "nas", kind: "host" },
    { name: "web", kind: "host" },
  ]);
  t.end();
});
