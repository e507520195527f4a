import { appendFileSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import t, { type Test } from "tap";
import { runShipper } from "../../../src/ship/index.ts";
import { fakeLoki, type Received } from "../../loki/fake-loki.ts";

function configuration(directory: string, url: string, more = ""): string {
  return `loki.source.file "pods" {
	targets    = [{__path__ = "${directory}/a.log"}]
	forward_to = [loki.process.main.receiver]
}

loki.process "main" {
	forward_to = [loki.write.out.receiver]

	stage.drop {
		expression = "^noise"
	}
	${more}
}

loki.write "out" {
	endpoint {
		url        = "${url}/loki/api/v1/push"
		batch_wait = "10ms"
	}
}
`;
}

function linesOf(received: readonly Received[]): string[] {
  return received.flatMap(({ body }) =>
    (JSON.parse(body) as { streams: { values: [string, string][] }[] }).streams.flatMap(({ values }) =>
      values.map(([, line]) => line),
    ),
  );
}

interface Running {
  log: string[];
  get: (path: string, method?: string) => Promise<{ status: number; text: string }>;
  /** Resolves once so many lines were read. */
  counted: (lines: number) => Promise<void>;
  hangUp: () => void;
  stop: () => Promise<void>;
}

/** Runs the shipper on `config.alloy` of a directory, its HTTP server on a free port. */
async function start(t: Test, directory: string): Promise<Running> {
  const end = new AbortController();
  const log: string[] = [];
  let hangUp: () => void = () => undefined;
  const running = runShipper({
    path: join(directory, "config.alloy"),
    storage: join(directory, "data"),
    address: { host: "127.0.0.1", port: 0 },
    env: {},
    alloyVersion: "1.18.1",
    journalctl: () => Promise.reject(new Error("no journal is read here")),
    log: (line) => log.push(line),
    onHangup: (listener) => {
      hangUp = listener;
      return () => undefined;
    },
    signal: end.signal,
  });
  const stop = async (): Promise<void> => {
    end.abort();
    await running;
  };
  t.teardown(() => stop().catch(() => undefined));
  const settled: string[] = [];
  void running.catch(() => settled.push("failed"));
  await until(() => settled.length > 0 || log.some((line) => line.includes("shipper is running")));
  if (settled.length > 0) await running;
  const address = /addr=(\S+)/.exec(log.join("\n"))?.[1] ?? "";
  const get: Running["get"] = async (path, method = "GET") => {
    const answer = await fetch(`http://${address}${path}`, { method });
    return { status: answer.status, text: await answer.text() };
  };
  const counted = async (lines: number): Promise<void> => {
    const isRead = async (): Promise<boolean> =>
      /read_lines_total\{.*\} (\d+)/.exec((await get("/metrics")).text)?.[1] === String(lines);
    while (!(await isRead())) await new Promise((resolve) => setTimeout(resolve, 5));
  };
  return { log, get, counted, hangUp: () => hangUp(), stop };
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await new Promise((resolve) => setTimeout(resolve, 5));
}

t.test("a log file is shipped as it grows, and read on after a restart", async (t) => {
  const { url, received } = await fakeLoki(t, () => ({ status: 204 }));
  const directory = t.testdir({ "a.log": "one\nnoise\n" });
  writeFileSync(join(directory, "config.alloy"), configuration(directory, url));
  const first = await start(t, directory);
  t.match(first.log[0], /it stands in for Alloy in tests and is not Alloy/);
  await until(() => linesOf(received).length === 1);
  appendFileSync(join(directory, "a.log"), "two\n");
  await until(() => linesOf(received).length === 2);
  t.match(await first.get("/-/ready"), { status: 200 });
  t.match(await first.get("/-/healthy"), { status: 200 });
  t.match(await first.get("/absent"), { status: 404 });
  const { text } = await first.get("/metrics");
  t.match(
    text,
    /loki_process_dropped_lines_total\{component_id="loki\.process\.main".*reason="drop_stage"\} 1/,
  );
  t.match(text, /loki_write_sent_entries_total\{component_id="loki\.write\.out".*\} 2/);
  t.match(text, /loki_source_file_read_lines_total\{.*\} 3/);
  await first.stop();
  t.match(readFileSync(join(directory, "data/loki.source.file.pods/positions.yml"), "utf8"), ': "14"');

  appendFileSync(join(directory, "a.log"), "three\n");
  await start(t, directory);
  await until(() => linesOf(received).length === 3);
  t.same(linesOf(received), ["one", "two", "three"]);
});

t.test(
  "a reload changes the pipeline under a running reader; a bad configuration changes nothing",
  async (t) => {
    const { url, received } = await fakeLoki(t, () => ({ status: 204 }));
    const directory = t.testdir({ "a.log": "one\n" });
    const config = join(directory, "config.alloy");
    writeFileSync(config, configuration(directory, url));
    const running = await start(t, directory);
    await until(() => linesOf(received).length === 1);

    writeFileSync(config, configuration(directory, url, 'stage.drop {\nexpression = "("\n}'));
    t.match(await running.get("/-/reload"), { status: 400, text: /config\.alloy:\d+:\d+: / });
    t.match(running.log.at(-1), /level=error msg="failed to reload config"/);
    t.match((await running.get("/metrics")).text, /alloy_config_last_load_successful 0/);
    appendFileSync(join(directory, "a.log"), "two\n");
    await until(() => linesOf(received).length === 2);

    writeFileSync(
      config,
      configuration(directory, url, 'stage.replace {\nexpression = "(three)"\nreplace = "3"\n}'),
    );
    t.match(await running.get("/-/reload", "POST"), { status: 200, text: "config reloaded\n" });
    t.match(await running.get("/-/reload", "DELETE"), { status: 405 });
    appendFileSync(join(directory, "a.log"), "three\n");
    await until(() => linesOf(received).length === 3);
    t.same(linesOf(received), ["one", "two", "3"]);
    t.match((await running.get("/metrics")).text, /alloy_config_last_load_successful 1/);

    const before = running.log.length;
    running.hangUp();
    await until(() => running.log.length > before);
    t.match(running.log.at(-1), /msg="config reloaded"/);
  },
);

t.test("a reload that moves an endpoint sends what was waiting there first", async (t) => {
  const [old, fresh] = [
    await fakeLoki(t, () => ({ status: 204 })),
    await fakeLoki(t, () => ({ status: 204 })),
  ];
  const directory = t.testdir({ "a.log": "one\n" });
  const config = join(directory, "config.alloy");
  writeFileSync(config, configuration(directory, old.url).replace("10ms", "1h"));
  const running = await start(t, directory);
  await running.counted(1);
  writeFileSync(config, configuration(directory, fresh.url));
  await running.get("/-/reload");
  appendFileSync(join(directory, "a.log"), "two\n");
  await until(() => old.received.length === 1 && fresh.received.length === 1);
  t.same([linesOf(old.received), linesOf(fresh.received)], [["one"], ["two"]]);
});

t.test("what multiline holds is sent at the end", async (t) => {
  const { url, received } = await fakeLoki(t, () => ({ status: 204 }));
  const directory = t.testdir({ "a.log": "START\nmore\n" });
  const stage = 'stage.multiline {\nfirstline = "^START"\nmax_wait_time = "1h"\n}';
  writeFileSync(join(directory, "config.alloy"), configuration(directory, url, stage));
  const running = await start(t, directory);
  await running.counted(2);
  await running.stop();
  t.same(linesOf(received), ["START\nmore"]);
});

for (const [what, text, code] of [
  ["has a mistake", "loki.write", /alloy\/syntax/],
  ["cannot be built", 'loki.process "p" {\nforward_to = []\nstage.drop { }\n}', /stage\.drop|drop/],
  ["sends nowhere", 'loki.process "p" {\nforward_to = []\n}', /ship\/no-endpoint/],
] as const) {
  t.test(`a configuration that ${what} does not start`, async (t) => {
    const directory = t.testdir({ "config.alloy": text });
    await t.rejects(start(t, directory), {
      message: code,
      exitCode: code.source.includes("endpoint") ? 2 : 1,
    });
  });
}

t.test("an address that is taken is said", async (t) => {
  const { url } = await fakeLoki(t, () => ({ status: 204 }));
  const { hostname: host, port } = new URL(url);
  const run = runShipper({
    path: t.testdirName,
    storage: t.testdirName,
    address: { host, port: Number(port) },
    env: {},
    alloyVersion: "1.18.1",
    journalctl: () => Promise.reject(new Error("unused")),
    log: () => undefined,
    onHangup: () => () => undefined,
    signal: new AbortController().signal,
  });
  await t.rejects(run, /ship\/address-unusable: cannot listen on 127\.0\.0\.1:\d+: .*EADDRINUSE/);
});
