import { writeFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { parseEntries, ship, type RawEntry } from "../../src/ship/index.ts";
import { fakeLoki, type Received } from "../loki/fake-loki.ts";

function configuration(endpoint: string, more = ""): string {
  return `loki.source.journal "read" {
	labels     = {job = "systemd-journal"}
	forward_to = [loki.process.main.receiver]
}

loki.process "main" {
	forward_to = [loki.write.out.receiver]

	stage.drop {
		expression = "^noise"
	}

	stage.drop {
		expression          = "^chatter"
		drop_counter_reason = "chatter"
	}
}

loki.write "out" {
	endpoint {
		${endpoint}
	}
	${more}
}
`;
}

function entry(message: string, age = 60): RawEntry {
  return { __REALTIME_TIMESTAMP: `${Date.now() - age * 1000}000`, _HOSTNAME: "nas", MESSAGE: message };
}

function lines(received: readonly Received[]): string[] {
  return received.flatMap(({ body }) =>
    (JSON.parse(body) as { streams: { values: [string, string][] }[] }).streams.flatMap(({ values }) =>
      values.map(([, line]) => line),
    ),
  );
}

t.test("entries go where the configuration says, with its labels and credentials", async (t) => {
  const { url, received } = await fakeLoki(t, () => ({ status: 204 }));
  const text = configuration(
    `url = "${url}/loki/api/v1/push"
		tenant_id = "home"
		headers = {"X-Extra" = "1"}
		basic_auth {
			username = "promtail@example.com"
			password = sys.env("LOKI_PASSWORD")
		}`,
    'external_labels = {site = "north", job = "loses"}',
  );
  const report = await ship(
    [
      entry("a"),
      entry("noise 1"),
      entry("b"),
      entry("chatter"),
      entry("noise 2"),
      entry("too old", 8 * 3600),
    ],
    { config: { file: "config.alloy", text }, env: { LOKI_PASSWORD: "hunter2" } },
  );
  t.match(report, { read: 6, sent: 2, malformed: 0, diagnostics: [] });
  t.match(report.dropped, [
    { in: "loki.process.main", stage: "stage.drop[0]", reason: "drop_stage", count: 2 },
    { in: "loki.process.main", stage: "stage.drop[1]", reason: "chatter", count: 1 },
    { in: "loki.source.journal.read", count: 1 },
  ]);
  t.same(lines(received), ["a", "b"]);
  t.match(JSON.parse(received[0]?.body ?? ""), {
    streams: [{ stream: { job: "systemd-journal", site: "north" } }],
  });
  const { authorization = "", "x-scope-orgid": tenant, "x-extra": extra } = received[0]?.headers ?? {};
  t.equal(Buffer.from(authorization.slice(6), "base64").toString(), "promtail@example.com:hunter2");
  t.same([tenant, extra], ["home", "1"]);
  t.notMatch(JSON.stringify(report), /hunter2/);
});

t.test("every endpoint gets every entry, and another Loki in their place gets it once", async (t) => {
  const first = await fakeLoki(t, () => ({ status: 204 }));
  const second = await fakeLoki(t, () => ({ status: 204 }));
  const other = await fakeLoki(t, () => ({ status: 204 }));
  const text = configuration(`url = "${first.url}"\n}\nendpoint {\nurl = "${second.url}"`);
  const config = { file: "config.alloy", text };
  await ship([entry("a")], { config, env: {} });
  t.same([lines(first.received), lines(second.received)], [["a"], ["a"]]);
  t.equal((await ship([entry("b")], { config, env: {}, to: { connection: { url: other.url } } })).sent, 1);
  t.same(lines(other.received), ["b"]);
  t.equal(first.received.length, 1);
});

t.test("a URL in the place of the endpoint's keeps its credentials, also from a password file", async (t) => {
  const { url, received } = await fakeLoki(t, () => ({ status: 204 }));
  const file = join(t.testdir(), "password");
  writeFileSync(file, "from a file\n");
  const text = configuration(`url = "https://loki.example.com/loki/api/v1/push"
		basic_auth {
			username = "u"
			password_file = "${file}"
		}`);
  await ship([entry("a")], { config: { file: "c", text }, env: {}, url });
  const { authorization = "" } = received[0]?.headers ?? {};
  t.equal(Buffer.from(authorization.slice(6), "base64").toString(), "u:from a file");
});

t.test("a configuration that cannot be run is an error at its place, and nothing is read", async (t) => {
  const read = { entries: 0 };
  function* entries(): Generator<RawEntry> {
    read.entries += 1;
    yield entry("a");
  }
  const shipping = (text: string): Promise<unknown> =>
    ship(entries(), { config: { file: "config.alloy", text }, env: {} });
  await t.rejects(shipping("loki.write {"), /alloy\//);
  await t.rejects(shipping(configuration('url = "x"').replace('"^noise"', '"("')), /pipeline\/bad-argument/);
  await t.rejects(
    shipping(configuration('url = "x"').replace(/\tendpoint \{[^}]*\}/, "")),
    /ship\/no-endpoint/,
  );
  await t.rejects(shipping(configuration("url = 1 + true")), /ship\/endpoint-unusable/);
  await t.rejects(
    shipping(configuration('url = "x"\nbasic_auth {\npassword_file = "/no/such/file"\n}')),
    /ship\/endpoint-unusable: the password file \/no\/such\/file cannot be read/,
  );
  t.equal(read.entries, 0);
});

t.test("arguments that only a real Alloy can do are named", async (t) => {
  const { url } = await fakeLoki(t, () => ({ status: 204 }));
  const text = configuration(
    `url = "${url}"\nproxy_url = "http://proxy"\ntls_config {\ninsecure_skip_verify = true\n}`,
  );
  const { diagnostics } = await ship([], { config: { file: "config.alloy", text }, env: {} });
  t.match(diagnostics, [
    {
      code: "ship/endpoint-unsupported",
      severity: "warning",
      message: /proxy_url/,
      span: { start: { line: 22 } },
    },
    { code: "ship/endpoint-unsupported", message: /tls_config/ },
  ]);
});

t.test("an entry that cannot be understood is counted and the others are shipped", async (t) => {
  const { url, received } = await fakeLoki(t, () => ({ status: 204 }));
  const config = { file: "config.alloy", text: configuration(`url = "${url}"`) };
  const report = await ship([entry("a"), { MESSAGE: "without a time" }, entry("b")], { config, env: {} });
  t.match(report, { read: 3, sent: 2, malformed: 1, diagnostics: [{ code: "pipeline/malformed-entry" }] });
  t.same(lines(received), ["a", "b"]);
});

t.test("entries are read from lines or from one array, and a bad one is named with its line", (t) => {
  const one = { MESSAGE: "a", B: [1, 255], C: ["x", [2]], D: null };
  t.same(parseEntries("e.json", `${JSON.stringify(one)}\n\n${JSON.stringify(one)}\n`), [one, one]);
  t.same(parseEntries("e.json", JSON.stringify([one, one], null, 1)), [one, one]);
  t.same(parseEntries("e.json", ""), []);
  const span = (text: string): unknown => {
    try {
      return parseEntries("e.json", text);
    } catch (caught) {
      return (caught as { diagnostics: { span: { start: { line: number } }; message: string }[] })
        .diagnostics[0];
    }
  };
  t.match(span('{"A":"b"}\n{"A":'), { code: "ship/entries-unreadable", span: { start: { line: 2 } } });
  t.match(span('{"A":1}'), { message: /no JSON object/ });
  t.match(span('[{"A":"b"}, 1]'), { message: /entry 2 / });
  t.match(span("[{"), { message: /no JSON: / });
  t.end();
});
