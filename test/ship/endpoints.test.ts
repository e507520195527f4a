import { join } from "node:path";
import t from "tap";
import { parse } from "../../src/alloy/index.ts";
import { readEndpoints } from "../../src/ship/endpoints.ts";

function read(...endpoints: string[]): ReturnType<typeof readEndpoints> {
  const blocks = endpoints.map((body, index) => `loki.write "w${index}" {\n\tendpoint {\n${body}\n\t}\n}\n`);
  return readEndpoints(
    blocks.map((text, index) => parse(`${index}.alloy`, text).file),
    { TOKEN: "t0ken" },
  );
}

t.test("what an endpoint does not say is as Alloy has it", (t) => {
  const { endpoints, diagnostics } = read('url = "http://x/push"');
  t.match(endpoints, [
    {
      component: "loki.write.w0",
      url: "http://x/push",
      policy: {
        batchSize: 1_048_576,
        minBackoff: 500,
        maxBackoff: 300_000,
        maxRetries: 10,
        retryOnTooMany: true,
      },
      batchWait: 1000,
      queueCapacity: 10_485_760,
      blocksWhenFull: true,
      drainTimeout: 15_000,
    },
  ]);
  t.same(diagnostics, []);
  t.end();
});

t.test("the endpoints of several files, with their queues and credentials, are read", (t) => {
  const file = join(t.testdir({ token: "from-a-file\n" }), "token");
  const { endpoints } = read(
    'url = "http://a"\nqueue_config {\ncapacity = "2MiB"\ndrain_timeout = "1m"\nblock_on_overflow = false\n}',
    `url = "http://b"\nbearer_token_file = "${file}"`,
    'url = "http://c"\nauthorization {\ntype = "Token"\ncredentials = sys.env("TOKEN")\n}',
  );
  t.match(endpoints, [
    { queueCapacity: 2_097_152, drainTimeout: 60_000, blocksWhenFull: false },
    { component: "loki.write.w1", connection: { bearerToken: "from-a-file" } },
    { connection: { headers: { Authorization: "Token t0ken" } } },
  ]);
  t.end();
});

t.test("what the embedded shipper leaves aside is a warning at its place", (t) => {
  const { diagnostics } = read('url = "https://a"\ntls_config {\ninsecure_skip_verify = true\n}');
  t.match(diagnostics, [
    { code: "ship/endpoint-unsupported", severity: "warning", span: { file: "0.alloy", start: { line: 4 } } },
  ]);
  t.end();
});
