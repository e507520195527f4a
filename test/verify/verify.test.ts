import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import t, { type Test } from "tap";
import { verifyHost, type VerifyOptions } from "../../src/verify/index.ts";
import { CONFIGURATION } from "../support/verify.ts";
import { failureOf } from "../support/failure.ts";

/*
 * The Loki of these tests is none: a server on loopback that answers as a faulty one would. What a real Loki makes of
 * the queries is shown by test/integration/verify.test.ts.
 */

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

async function fakeLoki(t: Test, answer: Answer): Promise<string> {
  const server = createServer(answer);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.teardown(() => {
    server.closeAllConnections();
    return new Promise((done) => server.close(done));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** A clock that only moves when somebody sleeps. */
function options(url: string, change: Partial<VerifyOptions> = {}): VerifyOptions {
  let time = 1_790_000_000_000;
  return {
    host: "nas",
    config: CONFIGURATION,
    loki: { url },
    nonce: "0123456789abcdef",
    clock: { now: () => time, sleep: (milliseconds) => Promise.resolve(void (time += milliseconds)) },
    signal: new AbortController().signal,
    ...change,
  };
}

/** A Loki that holds nothing. */
const empty: Answer = (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? "", "http://loki");
  if (pathname.endsWith("/series")) response.end('{"status":"success","data":[]}');
  else if (pathname.endsWith("/query")) response.end('{"data":{"resultType":"vector","result":[]}}');
  else {
    const resultType = searchParams.has("step") ? "matrix" : "streams";
    response.end(JSON.stringify({ data: { resultType, result: [] } }));
  }
};

t.test("a Loki that is down, that refuses, or that has no time is told, and is no verdict", async (t) => {
  const cases: readonly [what: string, code: string, answer: Answer][] = [
    ["the wrong password", "loki/denied", (_, response) => response.writeHead(401).end()],
    [
      "too many requests, and a long wait",
      "loki/busy",
      (_, response) => response.writeHead(429, { "Retry-After": "600" }).end("too many outstanding requests"),
    ],
    ["an error of its own", "loki/query-failed", (_, response) => response.writeHead(500).end("boom")],
    [
      "a part only",
      "loki/partial",
      (_, response) =>
        response.end('{"data":{"resultType":"vector","result":[]},"warnings":["ingester-1 is gone"]}'),
    ],
    ["half an answer", "loki/query-failed", (_, response) => response.end('{"data":{"resultType":"vec')],
    [
      "a connection that breaks",
      "loki/unreachable",
      (_, response) => {
        response.writeHead(200, { "Content-Length": "1000" });
        response.write('{"data"');
        setImmediate(() => response.destroy());
      },
    ],
    ["another program", "loki/query-failed", (_, response) => response.end('{"hello":"world"}')],
  ];
  for (const [what, code, answer] of cases) {
    const failure = await failureOf(verifyHost(options(await fakeLoki(t, answer))));
    t.match(failure, { exitCode: 2, diagnostics: [{ code }] }, what);
    t.type(failure.diagnostics[0]?.hint, "string", `${what}: with a hint`);
  }
  t.match(await failureOf(verifyHost(options("http://127.0.0.1:1"))), {
    diagnostics: [{ code: "loki/unreachable" }],
  });
});

t.test("how long to wait is told, and a Loki that is slow is told after its time", async (t) => {
  const busy = await fakeLoki(t, (_, response) => response.writeHead(429, { "Retry-After": "600" }).end());
  t.match((await failureOf(verifyHost(options(busy)))).message, "come back after 600 (Retry-After)");
  const slow = await fakeLoki(t, () => undefined);
  const failure = await failureOf(verifyHost(options(slow, { loki: { url: slow, timeout: 100 } })));
  t.match(failure.message, /loki\/unreachable: .*it took too long/);
});

t.test("a short wait that Loki asks for is waited for", async (t) => {
  let asked = 0;
  const url = await fakeLoki(t, (request, response) => {
    asked += 1;
    if (asked === 1) response.writeHead(429, { "Retry-After": "0" }).end();
    else empty(request, response);
  });
  t.match(await verifyHost(options(url)), { verified: false });
});

t.test("within its time a Loki that comes back is asked again, and one that does not is told", async (t) => {
  let asked = 0;
  const url = await fakeLoki(t, (request, response) => {
    asked += 1;
    if (asked < 3) response.writeHead(503).end("starting");
    else empty(request, response);
  });
  const said: string[] = [];
  const report = await verifyHost(options(url, { within: 20_000, log: (line) => said.push(line) }));
  t.match(report.checks[0], { id: "journal", status: "failed" });
  t.match(said[0], "status 503");
  t.match(said[2], "not yet: the journal of nas arrives: none");
  const down = await fakeLoki(t, (_, response) => response.writeHead(503).end());
  t.match(await failureOf(verifyHost(options(down, { within: 5000 }))), { exitCode: 2 });
});

t.test("an empty Loki shows nothing: no check holds but the clock's", async (t) => {
  const { checks, verified } = await verifyHost(options(await fakeLoki(t, empty)));
  t.equal(verified, false);
  t.same(
    checks.filter(({ status }) => status === "held").map(({ id }) => id),
    ["clock"],
  );
});

t.test("without the control line no marked line is taken as dropped", async (t) => {
  const logMarked = (): Promise<undefined> => Promise.resolve(undefined);
  const { checks } = await verifyHost(options(await fakeLoki(t, empty), { logMarked }));
  t.match(
    checks.find(({ id }) => id === "control"),
    { status: "failed", seen: "it is not there" },
  );
  const drops = checks.filter(({ id }) => id.startsWith("drop:"));
  t.equal(drops.length, 4);
  for (const { status } of drops) t.equal(status, "unseen");
});

t.test("a host whose name gets into no label cannot be verified", async (t) => {
  const text = CONFIGURATION.text.replace('"__journal__hostname"', '"__journal__nothing"');
  const failure = await failureOf(
    verifyHost(options("http://127.0.0.1:1", { config: { file: "c.alloy", text } })),
  );
  t.match(failure, { exitCode: 1, diagnostics: [{ code: "verify/no-host-label" }] });
});

t.test("the tenant and the credential go with every query, and into no message", async (t) => {
  const seen = new Set<string>();
  const url = await fakeLoki(t, (request, response) => {
    seen.add(`${request.headers["x-scope-orgid"] as string} ${request.headers.authorization ?? ""}`);
    empty(request, response);
  });
  await verifyHost(options(url, { loki: { url, tenant: "home", bearerToken: "s3cret" } }));
  t.same([...seen], ["home Bearer s3cret"]);
  const refusing = await fakeLoki(t, (_, response) => response.writeHead(403).end());
  const basicAuth = { username: "me", password: "s3cret" };
  t.notMatch(
    (await failureOf(verifyHost(options(refusing, { loki: { url: refusing, basicAuth } })))).message,
    "s3cret",
  );
});
