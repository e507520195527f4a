import t from "tap";
import type { FleetError } from "../../src/diagnostics/index.ts";
import { baseUrl, Pusher, pushUrl, type LokiEntry } from "../../src/loki/index.ts";
import { fakeLoki } from "./fake-loki.ts";

const FAST = { minBackoff: 1, maxBackoff: 2 };

function entry(line: string, more: Partial<LokiEntry> = {}): LokiEntry {
  return { labels: { host: "nas" }, timestamp: "1", line, structured_metadata: {}, tenant: null, ...more };
}

t.test("entries of one batch are grouped by stream and keep their order and metadata", async (t) => {
  const { url, received } = await fakeLoki(t, () => ({ status: 204 }));
  const pusher = new Pusher({ url });
  await pusher.push(entry("a"));
  await pusher.push(entry("b", { labels: { host: "web" } }));
  await pusher.push(entry("c", { timestamp: "2", structured_metadata: { trace: "7" } }));
  t.equal(received.length, 0, "nothing is sent before the batch is full");
  await pusher.flush();
  t.equal(received[0]?.path, "/loki/api/v1/push");
  t.same(JSON.parse(received[0]?.body ?? ""), {
    streams: [
      {
        stream: { host: "nas" },
        values: [
          ["1", "a"],
          ["2", "c", { trace: "7" }],
        ],
      },
      { stream: { host: "web" }, values: [["1", "b"]] },
    ],
  });
  t.equal(pusher.sent, 3);
});

t.test("a batch is sent before an entry would make it larger than its size in bytes", async (t) => {
  const { url, received } = await fakeLoki(t, () => ({ status: 204 }));
  const pusher = new Pusher({ url }, { batchSize: 6 });
  for (const line of ["äää", "b", "c"]) await pusher.push(entry(line));
  await pusher.flush();
  t.same(
    received.map(({ body }) => body.match(/"1","[^"]*"/g)),
    [['"1","äää"'], ['"1","b"', '"1","c"']],
  );
});

t.test("each tenant has batches of its own", async (t) => {
  const { url, received } = await fakeLoki(t, () => ({ status: 204 }));
  const pusher = new Pusher({ url, tenant: "home" });
  await pusher.push(entry("a"));
  await pusher.push(entry("b", { tenant: "work" }));
  await pusher.flush();
  t.same(received.map(({ headers }) => headers["x-scope-orgid"]).sort(), ["home", "work"]);
});

t.test("credentials travel in the Authorization header", async (t) => {
  const { url, received } = await fakeLoki(t, () => ({ status: 204 }));
  const pusher = new Pusher({ url, basicAuth: { username: "promtail@example.com", password: "s3cret:ü" } });
  await pusher.push(entry("a"));
  await pusher.flush();
  const header = received[0]?.headers.authorization ?? "";
  t.equal(Buffer.from(header.replace("Basic ", ""), "base64").toString(), "promtail@example.com:s3cret:ü");
});

t.test("server errors and too many requests are tried again", async (t) => {
  const statuses = [500, 429, 503, 204];
  const { url, received } = await fakeLoki(t, (_, count) => ({ status: statuses[count - 1] ?? 204 }));
  const pusher = new Pusher({ url }, FAST);
  await pusher.push(entry("a"));
  await pusher.flush();
  t.equal(received.length, 4);
  t.equal(pusher.sent, 1);
});

t.test("too many requests end it where the configuration says so", async (t) => {
  const { url, received } = await fakeLoki(t, () => ({ status: 429, body: "ingestion rate limit exceeded" }));
  const pusher = new Pusher({ url }, { ...FAST, retryOnTooMany: false });
  await pusher.push(entry("a"));
  await t.rejects(pusher.flush(), /loki\/rejected: .*status 429: ingestion rate limit exceeded/);
  t.equal(received.length, 1);
});

t.test("a refused batch is an error that names Loki's reason and not the password", async (t) => {
  const { url } = await fakeLoki(t, () => ({ status: 401, body: "invalid credentials" }));
  const pusher = new Pusher({ url, basicAuth: { username: "u", password: "hunter2" } }, FAST);
  await pusher.push(entry("a"));
  const failure = (await pusher.flush().catch((caught: unknown) => caught)) as FleetError;
  t.match(failure.diagnostics, [
    { code: "loki/rejected", message: /status 401: invalid credentials/, hint: /password/ },
  ]);
  t.notMatch(JSON.stringify(failure.diagnostics), /hunter2/);
});

t.test("a Loki that is not there is given up after the last retry", async (t) => {
  const pusher = new Pusher({ url: "http://127.0.0.1:1" }, { ...FAST, maxRetries: 2 });
  await pusher.push(entry("a"));
  await t.rejects(pusher.flush(), /loki\/unreachable/);
});

t.test("a push URL's base keeps a path in front", (t) => {
  t.equal(baseUrl("https://loki.example.com/loki/api/v1/push"), "https://loki.example.com");
  t.equal(baseUrl("https://example.com/logs/loki/api/v1/push/"), "https://example.com/logs");
  t.equal(baseUrl("http://127.0.0.1:3100"), "http://127.0.0.1:3100");
  t.equal(pushUrl("http://127.0.0.1:3100/"), "http://127.0.0.1:3100/loki/api/v1/push");
  t.end();
});
