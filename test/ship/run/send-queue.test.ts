import t, { type Test } from "tap";
import { parse } from "../../../src/alloy/index.ts";
import type { LokiEntry } from "../../../src/loki/index.ts";
import { readEndpoints, type Endpoint } from "../../../src/ship/endpoints.ts";
import { Logger } from "../../../src/ship/run/logger.ts";
import { Metrics } from "../../../src/ship/run/metrics.ts";
import { SendQueue } from "../../../src/ship/run/send-queue.ts";
import { fakeLoki, type Received } from "../../loki/fake-loki.ts";

const never = new AbortController().signal;

function endpoint(url: string, more = ""): Endpoint {
  const { file } = parse(
    "config.alloy",
    `loki.write "out" {
	endpoint {
		url                = "${url}/push"
		batch_wait         = "20ms"
		min_backoff_period = "1ms"
		max_backoff_period = "2ms"
		${more}
	}
}`,
  );
  const [read] = readEndpoints(file, {}).endpoints;
  if (read === undefined) throw new Error("no endpoint");
  return read;
}

function entry(line: string, tenant: string | null = null): LokiEntry {
  return { labels: { job: "j" }, timestamp: "1", line, structured_metadata: {}, tenant };
}

function linesOf({ body }: Received): string[] {
  const { streams } = JSON.parse(body) as { streams: { values: [string, string][] }[] };
  return streams.flatMap(({ values }) => values.map(([, line]) => line));
}

/** A queue to a Loki that answers with these statuses in turn, the last of them from then on. */
async function queueTo(
  t: Test,
  statuses: readonly number[],
  more = "",
): Promise<{ queue: SendQueue; received: Received[]; metrics: Metrics; log: string[] }> {
  const { url, received } = await fakeLoki(t, (_, count) => ({
    status: statuses[count - 1] ?? statuses.at(-1) ?? 204,
    body: "because",
  }));
  const log: string[] = [];
  const metrics = new Metrics();
  const logger = new Logger((line) => log.push(line));
  logger.level = "debug";
  return { queue: new SendQueue(endpoint(url, more), { metrics, log: logger }), received, metrics, log };
}

function sample(metrics: Metrics, start: string): number[] {
  return metrics
    .text()
    .split("\n")
    .filter((line) => line.startsWith(start))
    .map((line) => Number(line.split(" ").at(-1)));
}

t.test("a batch goes when it is old enough, each tenant's apart, to the URL as it is given", async (t) => {
  const { queue, received, metrics } = await queueTo(t, [204], 'tenant_id = "home"');
  for (const one of [entry("a"), entry("b"), entry("c", "other")]) t.ok(await queue.put(one, never));
  await queue.stop();
  t.same(
    received.map((one) => [one.path, one.headers["x-scope-orgid"], linesOf(one)]),
    [
      ["/push", "home", ["a", "b"]],
      ["/push", "other", ["c"]],
    ],
  );
  t.same(sample(metrics, "loki_write_sent_entries_total"), [2, 1]);
});

t.test("a batch that an entry would make too large goes first", async (t) => {
  const { queue, received } = await queueTo(t, [204], 'batch_size = "4B"');
  for (const line of ["aaa", "b", "cccccc", "d"]) await queue.put(entry(line), never);
  await queue.stop();
  t.same(received.map(linesOf), [["aaa", "b"], ["cccccc"], ["d"]]);
});

for (const status of [429, 500, 503]) {
  t.test(`status ${status} is tried again until it is accepted, and said at debug level`, async (t) => {
    const { queue, received, metrics, log } = await queueTo(t, [status, status, 204]);
    await queue.put(entry("a"), never);
    await queue.stop();
    t.equal(received.length, 3);
    t.same(sample(metrics, "loki_write_batch_retries_total"), [2]);
    t.same(sample(metrics, "loki_write_sent_entries_total"), [1]);
    t.match(log, [/level=debug msg="error sending batch, will retry".* status=/, /will retry/]);
  });
}

for (const [status, reason] of [
  [400, "Bad Request"],
  [401, "Unauthorized"],
  [404, "Not Found"],
] as const) {
  t.test(`status ${status} is given up at once, and the queue goes on`, async (t) => {
    const { queue, received, metrics, log } = await queueTo(t, [status, 204]);
    await queue.put(entry("a"), never);
    while (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
    await queue.put(entry("b"), never);
    await queue.stop();
    t.same(received.map(linesOf), [["a"], ["b"]]);
    t.same(sample(metrics, "loki_write_dropped_entries_total"), [1]);
    t.match(metrics.text(), /loki_write_dropped_entries_total\{.*reason="ingester_error"/);
    t.match(log[0], /level=error msg="final error sending batch, no retries left, dropping data"/);
    t.match(log[0], `server returned HTTP status ${status} ${reason} (${status}): because`);
  });
}

t.test("max_backoff_retries is the number of tries in all", async (t) => {
  const { queue, received, metrics, log } = await queueTo(t, [500], "max_backoff_retries = 3");
  await queue.put(entry("a"), never);
  await queue.stop();
  t.equal(received.length, 3);
  t.same(sample(metrics, "loki_write_dropped_entries_total"), [1]);
  t.match(log.at(-1), "final error sending batch");
});

t.test("with retry_on_http_429 = false a limited batch is dropped as rate limited", async (t) => {
  const { queue, received, metrics } = await queueTo(t, [429, 204], "retry_on_http_429 = false");
  await queue.put(entry("a"), never);
  await queue.stop();
  t.equal(received.length, 1);
  t.match(metrics.text(), /loki_write_dropped_entries_total\{.*reason="rate_limited",tenant=""\} 1/);
});

t.test("a full queue makes whoever puts wait, and nothing is lost when Loki comes back", async (t) => {
  let status = 500;
  const { url, received } = await fakeLoki(t, () => ({ status }));
  const more = 'batch_size = "1B"\nmax_backoff_retries = 0\nqueue_config {\ncapacity = "2B"\n}';
  const tools = { metrics: new Metrics(), log: new Logger(() => undefined) };
  const queue = new SendQueue(endpoint(url, more), tools);
  // One on its way, two queued, one in the batch that is being filled.
  for (const line of ["1", "2", "3", "4"]) {
    t.ok(await queue.put(entry(line), never));
    while (received.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  }
  let taken = false;
  const waiting = queue.put(entry("5"), never).then((took) => (taken = took));
  await new Promise((resolve) => setTimeout(resolve, 20));
  t.notOk(taken, "the fifth waits");
  const given = new AbortController();
  const other = queue.put(entry("6"), given.signal);
  given.abort();
  t.equal(await other, false, "an aborted wait is refused");
  status = 204;
  t.equal(await waiting, true);
  await queue.stop();
  t.same([...new Set(received.flatMap(linesOf))], ["1", "2", "3", "4", "5"]);
});

t.test("with block_on_overflow = false an entry without room is dropped", async (t) => {
  const { url } = await fakeLoki(t, () => ({ status: 500 }));
  const more =
    'batch_size = "1B"\nqueue_config {\ncapacity = "1B"\nblock_on_overflow = false\ndrain_timeout = "1ms"\n}';
  const metrics = new Metrics();
  const queue = new SendQueue(endpoint(url, more), { metrics, log: new Logger(() => undefined) });
  for (let count = 0; count < 9; count += 1) t.ok(await queue.put(entry("a"), never));
  await queue.stop();
  const [dropped = 0] = sample(metrics, "loki_write_dropped_entries_total");
  t.ok(dropped >= 6, `${dropped} of 9`);
});

t.test("a queue that cannot be drained in time ends all the same and says so", async (t) => {
  const more = 'max_backoff_retries = 0\nqueue_config {\ndrain_timeout = "30ms"\n}';
  const { queue, log, metrics } = await queueTo(t, [500], more);
  await queue.put(entry("a"), never);
  await queue.stop();
  t.equal(await queue.put(entry("b"), never), false, "nothing is taken after the end");
  t.ok(log.some((line) => line.includes('msg="failed to flush all queues during shutdown"')));
  t.same(sample(metrics, "loki_write_dropped_entries_total"), [1]);
});

t.test("a connection that fails is tried again; the password is in no line of the log", async (t) => {
  const log: string[] = [];
  const metrics = new Metrics();
  const logger = new Logger((line) => log.push(line));
  logger.level = "debug";
  const more = 'max_backoff_retries = 2\nbasic_auth {\nusername = "u"\npassword = "hunter2"\n}';
  const queue = new SendQueue(endpoint("http://127.0.0.1:1", more), { metrics, log: logger });
  await queue.put(entry("a"), never);
  await queue.stop();
  t.same(sample(metrics, "loki_write_batch_retries_total"), [2]);
  t.match(log.at(-1), /final error .* status=-1 .*error="no answer from Loki at /);
  t.notMatch(log.join("\n"), /hunter2|aHVudGVyMg|dTpodW50ZXIy/);
});
