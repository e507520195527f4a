import t from "tap";
import type { Diagnostic } from "../../src/diagnostics/index.ts";
import { convert, parsePromtail, type ConvertOptions } from "../../src/promtail/index.ts";

const CLIENT = "clients: [{url: 'http://loki/push'}]\n";

function conversion(yaml: string, options: ConvertOptions = {}): { text: string; diagnostics: Diagnostic[] } {
  const { promtail, diagnostics } = parsePromtail("promtail.yaml", yaml);
  if (promtail === undefined) throw new Error(diagnostics.map(({ message }) => message).join("; "));
  const converted = convert(promtail, options);
  return { text: converted.text, diagnostics: [...diagnostics, ...converted.diagnostics] };
}

/** A job with a journal that has a job label, and these stages. */
function stages(...yaml: string[]): string {
  const items = yaml.map((stage) => `      - ${stage}\n`).join("");
  return `${CLIENT}scrape_configs:\n  - job_name: j\n    journal: {labels: {job: j}}\n    pipeline_stages:\n${items}`;
}

const job = (yaml: string): string => `${CLIENT}scrape_configs:\n  - job_name: j\n    ${yaml}\n`;

/** What the real converter loses or changes without a word, the line that says so, and what keeps it. */
const LOSSES: readonly [name: string, yaml: string, message: RegExp, line: number, kept?: RegExp][] = [
  [
    "journal matches",
    job("journal: {matches: A=b, labels: {job: j}}"),
    /matches are lost/,
    4,
    /matches += "A=b"/,
  ],
  [
    "journal cursor",
    job("journal: {labels: {job: j}}"),
    /cursor is not carried over/,
    4,
    /legacy_position \{/,
  ],
  [
    "job label gained",
    job("journal: {path: /j}"),
    /gain the label job=/,
    4,
    /regex += "job"\n\t\taction += "labeldrop"/,
  ],
  [
    "an empty value to drop",
    stages("drop: {source: a, value: ''}"),
    /an empty value counts as none/,
    6,
    /expression += "\^\$"/,
  ],
  ["a source with a comma", stages("drop: {source: 'a,b'}"), /promtail looks for one name, "a,b"/, 6],
  [
    "multiline wait",
    stages("multiline: {firstline: x}"),
    /gets 0s in place of promtail's 3s/,
    6,
    /max_wait_time = "3s"/,
  ],
  [
    "multiline lines",
    stages("multiline: {firstline: x}"),
    /gets 0 in place of promtail's 128/,
    6,
    /max_lines += 128/,
  ],
  [
    "pack",
    stages("pack: {labels: [a]}"),
    /gets false in place of promtail's true/,
    6,
    /ingest_timestamp = true/,
  ],
  [
    "metric prefix",
    stages("metrics: {m: {type: counter, config: {action: inc}}}"),
    /renamed: loki_process_custom_m/,
    6,
    /prefix += "promtail_custom_"/,
  ],
  [
    "metric idle time",
    stages("metrics: {m: {type: counter, config: {action: inc}}}"),
    /gets max_idle_duration 0s/,
    6,
    /max_idle_duration = "5m"/,
  ],
  ["metric type", stages("metrics: {m: {type: summary}}"), /unknown type "summary" and vanishes/, 6],
  [
    "regex groups",
    stages("regex: {expression: '(?P<a>.)', labels_from_groups: true}"),
    /labels_from_groups is lost/,
    6,
    /labels_from_groups = true/,
  ],
  [
    "geoip lookups",
    stages("geoip: {db: /d, source: ip, custom_lookups: {a: b}}"),
    /custom_lookups are lost/,
    6,
    /custom_lookups = \{/,
  ],
  [
    "repeated timestamps",
    stages("timestamp: {source: t, format: Unix}"),
    /moves repeated timestamps/,
    6,
    /action_on_duplicate_timestamp = "keep"/,
  ],
  [
    "unknown field of a stage",
    stages("docker: {}", "output: {source: a, sauce: b}"),
    /has no field "sauce"/,
    7,
  ],
  ["gelf labels", job("gelf: {labels: {a: b}}"), /labels of gelf are lost/, 4],
  [
    "cloudflare fields",
    job("cloudflare: {api_token: t, zone_id: z, fields_type: custom, additional_fields: [A]}"),
    /additional_fields are lost/,
    4,
    /additional_fields = \["A"\]/,
  ],
  [
    "user name file",
    "clients: [{url: http://l, basic_auth: {username_file: /u}}]\n",
    /username_file is lost/,
    1,
  ],
  [
    "client headers",
    "clients: [{url: http://l, http_headers: {X-A: {values: [b]}}}]\n",
    /http_headers are lost/,
    1,
    /"X-A" = \["b"\]/,
  ],
  ["TLS maximum", "clients: [{url: http://l, tls_config: {max_version: TLS13}}]\n", /max_version is lost/, 1],
  [
    "proxy password",
    "clients: [{url: http://l, proxy_url: 'http://u:p@proxy'}]\n",
    /password becomes xxxxx/,
    1,
    /proxy_url = "http:\/\/u:p@proxy"/,
  ],
  ["inline password", "clients: [{url: http://l, basic_auth: {password: p}}]\n", /stays in plain text/, 1],
  [
    "shared labels",
    "client: {external_labels: {a: b}}\nclients: [{url: http://l}]\n",
    /gives client.external_labels to every client/,
    1,
    /a = "b"/,
  ],
  ["shared tenant", "client: {tenant_id: t}\nclients: [{url: http://l}]\n", /tenant_id is lost/, 1],
  ["positions", `positions: {sync_period: 5s}\n${CLIENT}`, /positions.sync_period is lost/, 1],
  ["server", `server: {http_listen_port: 9080}\n${CLIENT}`, /server.http_listen_port is lost/, 1],
  ["tracing", `tracing: {enabled: true}\n${CLIENT}`, /tracing is lost/, 1],
  [
    "read rate",
    `limits_config: {readline_rate_enabled: true}\n${CLIENT}`,
    /limits each pipeline on its own/,
    1,
  ],
  ["no source", `${CLIENT}scrape_configs:\n  - job_name: j\n`, /has no source and vanishes/, 3],
  ["no client", "scrape_configs:\n  - job_name: j\n    journal: {}\n", /there is no client/, 2],
  ["variables", "clients: [{url: http://l, tenant_id: '${T:-x}'}]\n", /\$\{T:-x\} stays as it is written/, 1],
  ["second document", `${CLIENT}---\nclients: []\n`, /only the first YAML document/, 2],
];

for (const [name, yaml, message, line, kept] of LOSSES) {
  t.test(`the loss is named: ${name}`, (t) => {
    const plain = conversion(yaml);
    const named = plain.diagnostics.find((diagnostic) => message.test(diagnostic.message));
    t.equal(named?.severity, "warning");
    t.equal(named?.span?.start.line, line, "at its line");
    if (kept !== undefined) {
      const faithful = conversion(yaml, { faithful: true });
      t.notMatch(plain.text, kept, "the converter's text lacks it");
      t.match(faithful.text, kept, "the faithful text has it");
      t.notOk(faithful.diagnostics.some((diagnostic) => message.test(diagnostic.message)));
    }
    t.end();
  });
}

t.test("a faithful conversion of a complete configuration has nothing to add to that of alloy", (t) => {
  const yaml = stages("json: {expressions: {m: M}}", "output: {source: m}");
  const faithful = conversion(yaml, { faithful: true, legacyPositions: false });
  t.equal(faithful.text, conversion(yaml).text);
  t.end();
});

t.test("a job label that targets or other sources need is not dropped for the journal's sake", (t) => {
  const { text, diagnostics } = conversion(
    job("journal: {}\n    static_configs: [{labels: {job: files, __path__: /a}}]"),
    { faithful: true },
  );
  t.notMatch(text, /labeldrop/);
  t.ok(diagnostics.some(({ hint }) => hint?.startsWith("give the journal a job of its own")));
  t.end();
});

t.test("the password comes from the environment when a credential is given", (t) => {
  const { text } = conversion("clients: [{url: http://l, basic_auth: {username: u, password_file: /p}}]\n", {
    credential: { env: "LOKI_PASSWORD" },
  });
  t.match(text, /username = "u"\n\t+password = sys\.env\("LOKI_PASSWORD"\)/);
  t.notMatch(text, /password_file/);
  t.end();
});

t.test("corrections that an older Alloy does not know are left out, and named", (t) => {
  const yaml = stages(
    "regex: {expression: '(?P<a>.)', labels_from_groups: true}",
    "timestamp: {source: t, format: Unix}",
  );
  const { text, diagnostics } = conversion(yaml, { faithful: true, alloyVersion: "1.8.3" });
  t.notMatch(text, /labels_from_groups|legacy_position|action_on_duplicate_timestamp/);
  t.ok(diagnostics.some(({ hint }) => hint === "Alloy 1.9 has labels_from_groups = true"));
  t.notOk(
    diagnostics.some(({ message }) => message.includes("repeated timestamps")),
    "it keeps them, as promtail does",
  );
  t.end();
});

t.test("the job label survives Alloy 1.19.0, which overwrites it", (t) => {
  const yaml = job("journal: {labels: {job: 'a$b'}}");
  const { text } = conversion(yaml, { faithful: true, alloyVersion: "1.19.0" });
  t.match(text, /rule \{\n\t\ttarget_label = "job"\n\t\treplacement += "a\$\$b"/);
  t.notMatch(conversion(yaml, { faithful: true }).text, /rule \{/, "no other needs that");
  t.end();
});

t.test("maps and lists that are written empty stay", (t) => {
  const yaml = "clients: [{url: http://l, headers: {}, oauth2: {scopes: []}}]\n";
  t.match(conversion(yaml).text, /headers = \{\}[^]*scopes = \[\]/);
  t.end();
});
