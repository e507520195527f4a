import t from "tap";
import { convert, parsePromtail } from "../../src/promtail/index.ts";

/** The errors of a text as `line:column message`. */
function errorsOf(text: string): string[] {
  const { promtail, diagnostics } = parsePromtail("promtail.yaml", text);
  const all = promtail === undefined ? diagnostics : [...diagnostics, ...convert(promtail).diagnostics];
  return all
    .filter(({ severity }) => severity === "error")
    .map(({ message, span }) => `${span?.start.line ?? 0}:${span?.start.column ?? 0} ${message}`);
}

const REFUSED: readonly [name: string, yaml: string, expected: string[]][] = [
  ["an unknown key at the top", "cleints: []\n", ['1:1 promtail.yaml has no key "cleints"']],
  [
    "an unknown key further in",
    "scrape_configs:\n  - job_name: a\n    journal:\n      jason: true\n",
    ['4:7 scrape_configs[0].journal has no key "jason"'],
  ],
  [
    "text where a number belongs",
    "server: {http_listen_port: ninety}\n",
    ['1:28 http_listen_port: expected a whole number, found "ninety"'],
  ],
  [
    "a mapping where a list belongs",
    "clients: {url: http://a}\n",
    ["1:10 clients: expected a list, found a mapping"],
  ],
  ["a list where a mapping belongs", "- a\n", ["1:1 expected a mapping, found a list"]],
  [
    "a job without name",
    "scrape_configs: [{journal: {}}]\n",
    ["1:18 job_name: expected text, found nothing"],
  ],
  ["an empty job name", "scrape_configs: [{job_name: ''}]\n", ["1:29 job_name: the job_name is empty"]],
  [
    "two ways to authenticate",
    "clients:\n  - url: http://a\n    bearer_token: t\n    basic_auth: {}\n",
    ["2:5 item 1: only one of basic_auth and bearer_token can be given"],
  ],
  [
    "a regex that is none",
    "scrape_configs: [{job_name: a, relabel_configs: [{regex: '('}]}]\n",
    ["1:58 regex: not a regular expression: error parsing regexp: missing closing ): `^(?s:()$`"],
  ],
  [
    "a URL that is none",
    "clients: [{url: 'http://${HOST}:3100'}]\n",
    ['1:17 url: not a URL: its host has the character "{"'],
  ],
  [
    "an unknown stage",
    "scrape_configs: [{job_name: a, journal: {}, pipeline_stages: [{jason: {}}]}]\n",
    ['1:64 there is no stage "jason"'],
  ],
  [
    "a stage as a word",
    "scrape_configs: [{job_name: a, journal: {}, pipeline_stages: [cri]}]\n",
    ['1:63 a stage is a mapping with one key, found "cri"'],
  ],
  [
    "a number where a stage wants text",
    "scrape_configs: [{job_name: a, journal: {}, pipeline_stages: [{labels: {level: 5}}]}]\n",
    ["1:80 level: expected text (numbers need quotes), found 5"],
  ],
  ["a repeated key", "server: {}\nserver: {}\n", ["2:1 Map keys must be unique"]],
  [
    "days as a Go duration",
    "scrape_configs: [{job_name: a, journal: {max_age: 1d}}]\n",
    ['1:51 max_age: "1d" is no duration'],
  ],
  [
    "two jobs that become one component",
    "scrape_configs: [{job_name: a.b, journal: {}}, {job_name: a-b, journal: {}}]\n",
    ["1:17 two jobs would become loki.source.journal.a_b"],
  ],
  [
    "a name that is no label",
    "scrape_configs: [{job_name: 'null', journal: {}}]\n",
    ['1:29 the job name "null" makes no Alloy label'],
  ],
];

for (const [name, yaml, expected] of REFUSED) {
  t.test(`${name} is refused at its place`, (t) => {
    t.same(errorsOf(yaml), expected);
    t.end();
  });
}

t.test("several errors are found in one run", (t) => {
  t.equal(errorsOf("foo: 1\nserver: {http_port: 1}\nclients: [{uri: x}]\n").length, 3);
  t.end();
});

t.test("JSON is read like YAML", (t) => {
  const yaml =
    "clients: [{url: http://l, batchwait: 5s}]\nscrape_configs: [{job_name: j, journal: {json: true}}]\n";
  const json = JSON.stringify({
    scrape_configs: [{ journal: { json: true }, job_name: "j" }],
    clients: [{ batchwait: "5s", url: "http://l" }],
  });
  const texts = [yaml, json].map((text) => {
    const { promtail } = parsePromtail("promtail", text);
    return promtail === undefined ? undefined : convert(promtail).text;
  });
  t.ok(texts[0]);
  t.equal(texts[1], texts[0]);
  t.end();
});

t.test("an empty text is an empty configuration", (t) => {
  const { promtail, diagnostics } = parsePromtail("promtail.yaml", "");
  t.same(diagnostics, []);
  t.equal(promtail && convert(promtail).text, "");
  t.end();
});

t.test("stages may be nested as deep as anyone does, and no deeper than can be read", (t) => {
  const nested = (depth: number): string =>
    `{"scrape_configs":[{"job_name":"j","journal":{},"pipeline_stages":${'[{"match":{"selector":"{}","stages":'.repeat(depth)}[]${"}}]".repeat(depth)}}]}`;
  t.same(errorsOf(nested(50)), []);
  for (const depth of [200, 1500, 5000])
    t.match(errorsOf(nested(depth)), [/too deep|too long|stack/i], `${depth}`);
  t.end();
});

t.test("hostile texts give diagnostics, no exception", (t) => {
  const texts = [
    "\0",
    "{",
    "a: *b",
    "&a [*a]",
    "[".repeat(5000),
    "__proto__: {}",
    "? {a: b}\n: c",
    "a: !!binary '%%'",
  ];
  for (const text of texts)
    t.doesNotThrow(() => parsePromtail("promtail.yaml", text), JSON.stringify(text.slice(0, 20)));
  t.end();
});
