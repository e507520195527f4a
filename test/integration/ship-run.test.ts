import { spawn, type ChildProcess } from "node:child_process";
import { createServer } from "node:http";
import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import t, { type Test } from "tap";
import { queryEntries, startLoki, type Loki } from "../../src/loki/index.ts";
import { freePorts, run } from "../../src/process/index.ts";
import { ensureProgram } from "../../src/programs/index.ts";
import { writeJournal, type RawEntry } from "../../src/ship/index.ts";
import { exportFormat } from "../../src/ship/journal/export-format.ts";

const env = process.env;
const FLEET = fileURLToPath(new URL("../../bin/fleet.js", import.meta.url));
const POSITIONS = "data/loki.source.journal.read/positions.yml";

/** A journal that entries are added to by systemd-journal-remote while it is followed. */
class Journal {
  readonly directory: string;
  /** Of the newest entry, in microseconds since 1970. */
  #time: bigint;
  readonly #boot: string;

  constructor(directory: string, { boot = "b", age = 60 } = {}) {
    this.directory = directory;
    this.#time = BigInt(Date.now() - age * 1000) * 1000n;
    this.#boot = boot.repeat(32);
  }

  async add(...messages: string[]): Promise<void> {
    const remote = await ensureProgram("systemd-journal-remote", { env });
    const entries = messages.map((message): RawEntry => {
      this.#time += 1000n;
      return {
        __REALTIME_TIMESTAMP: String(this.#time),
        __MONOTONIC_TIMESTAMP: String(this.#time % 1_000_000_000_000n),
        _BOOT_ID: this.#boot,
        _HOSTNAME: "nas",
        MESSAGE: message,
      };
    });
    const file = join(this.directory, `${this.#boot.slice(0, 4)}.journal`);
    await run(remote.path, ["-o", file, "-"], { input: exportFormat(entries) });
  }
}

/** Stands in front of a Loki and refuses requests when it is told to. */
interface Gate {
  url: string;
  /** Statuses that are answered before requests are let through again. */
  refuse: (...statuses: number[]) => void;
  refused: () => number;
}

async function gateBefore(t: Test, loki: Loki): Promise<Gate> {
  let statuses: number[] = [];
  let refused = 0;
  const server = createServer((request, response) => {
    void (async () => {
      const body = Buffer.concat(await request.toArray());
      const status = statuses.shift();
      if (status !== undefined) {
        refused += 1;
        response.writeHead(status).end("refused by the gate");
        return;
      }
      const headers = { "Content-Type": "application/json" };
      const answer = await fetch(`${loki.url}${request.url ?? ""}`, { method: "POST", headers, body });
      response.writeHead(answer.status).end(await answer.text());
    })();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.teardown(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    refuse: (...more) => (statuses = more),
    refused: () => refused,
  };
}

class Stand {
  readonly directory: string;
  readonly journal: Journal;
  readonly gate: Gate;
  readonly #loki: Loki;
  readonly #t: Test;
  #child: ChildProcess | undefined;
  #port = 0;
  log = "";

  private constructor(t: Test, directory: string, loki: Loki, gate: Gate) {
    this.#t = t;
    this.directory = directory;
    this.journal = new Journal(join(directory, "journal"));
    this.#loki = loki;
    this.gate = gate;
  }

  static async make(t: Test, more = ""): Promise<Stand> {
    const directory = t.testdir({ journal: {} });
    const loki = await startLoki({ env });
    t.teardown(() => loki.stop());
    const stand = new Stand(t, directory, loki, await gateBefore(t, loki));
    stand.configure(more);
    return stand;
  }

  configure(stages: string, endpoint = ""): void {
    const text = `loki.source.journal "read" {
	path       = "${this.journal.directory}"
	labels     = {job = "systemd-journal"}
	forward_to = [loki.process.main.receiver]
}
loki.process "main" {
	forward_to = [loki.write.out.receiver]
	${stages}
}
loki.write "out" {
	endpoint {
		url                = "${this.gate.url}/loki/api/v1/push"
		batch_wait         = "100ms"
		min_backoff_period = "50ms"
		max_backoff_period = "100ms"
		${endpoint}
	}
}
`;
    writeFileSync(join(this.directory, "config.alloy"), text);
  }

  async start(): Promise<void> {
    [this.#port = 0] = await freePorts(1);
    const flags = [
      "--disable-reporting",
      "--storage.path=data",
      `--server.http.listen-addr=127.0.0.1:${this.#port}`,
    ];
    const child = spawn(process.execPath, [FLEET, "ship", "run", "config.alloy", ...flags], {
      cwd: this.directory,
      stdio: ["ignore", "ignore", "pipe"],
    });
    this.#child = child;
    child.stderr.on("data", (chunk: Buffer) => (this.log += chunk.toString()));
    const ended = once(child, "exit");
    this.#t.teardown(async () => {
      child.kill("SIGKILL");
      await ended;
    });
    await this.until("is ready", async () => (await this.get("/-/ready")).status === 200);
  }

  /** Ends the shipper by a signal and gives its exit code, null when the signal ended it. */
  async end(signal: NodeJS.Signals): Promise<number | null> {
    const child = this.#child;
    if (child === undefined) throw new Error("nothing runs");
    const ended = once(child, "exit") as Promise<[number | null]>;
    child.kill(signal);
    return (await ended)[0];
  }

  async get(path: string): Promise<{ status: number; text: string }> {
    const answer = await fetch(`http://127.0.0.1:${this.#port}${path}`);
    return { status: answer.status, text: await answer.text() };
  }

  async hangUp(): Promise<void> {
    const before = this.log.length;
    this.#child?.kill("SIGHUP");
    await this.until("answers the signal", async () =>
      Promise.resolve(/reload/.test(this.log.slice(before))),
    );
  }

  /** Every line in Loki, in the order of their times. */
  async lines(): Promise<string[]> {
    const now = BigInt(Date.now()) * 1_000_000n;
    const range = { start: now - 3_600_000_000_000n, end: now };
    const found = await queryEntries({ url: this.#loki.url }, '{job="systemd-journal"}', range);
    return found.map(({ line }) => line);
  }

  /** Lines that the shipper says it has sent, those that came twice too. */
  async sent(): Promise<number> {
    const { text } = await this.get("/metrics");
    return Number(/loki_write_sent_entries_total\{.*\} (\d+)/.exec(text)?.[1] ?? 0);
  }

  async untilSent(count: number): Promise<void> {
    await this.until(`has sent ${count}`, async () => (await this.sent()) >= count);
  }

  async until(what: string, holds: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!(await holds().catch(() => false))) {
      if (Date.now() > deadline) throw new Error(`it never ${what}; its log:\n${this.log}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

t.test("entries are followed, across boots; after a restart it goes on at the cursor", async (t) => {
  const stand = await Stand.make(t);
  await new Journal(stand.journal.directory, { boot: "a", age: 600 }).add("boot before");
  await stand.journal.add("one", "two");
  await stand.start();
  await stand.untilSent(3);
  await stand.journal.add("three");
  await stand.untilSent(4);
  t.same(await stand.lines(), ["boot before", "one", "two", "three"]);
  t.equal(await stand.end("SIGTERM"), 0);
  t.match(
    readFileSync(join(stand.directory, POSITIONS), "utf8"),
    /\? path: cursor-loki\.source\.journal\.read\n {4}labels: ""\n {2}: s=/,
  );
  t.match(stand.log, /stands in for Alloy in tests and is not Alloy/);

  await stand.journal.add("four", "five");
  await stand.start();
  await stand.untilSent(3);
  await new Promise((resolve) => setTimeout(resolve, 500));
  t.equal(await stand.sent(), 3, "the newest entry that was sent before, and the two new ones");
  t.same((await stand.lines()).slice(-4), ["two", "three", "four", "five"]);
});

t.test(
  "reloads under load lose and double nothing; a bad configuration is refused and changes nothing",
  async (t) => {
    const stand = await Stand.make(t);
    await stand.journal.add("first");
    await stand.start();
    const wanted = ["first"];
    for (let round = 0; round < 6; round += 1) {
      const batch = Array.from({ length: 20 }, (_, index) => `line ${round}-${index}`);
      wanted.push(...batch);
      const adding = stand.journal.add(...batch);
      stand.configure(
        `stage.static_labels {\nvalues = {round = "${round}"}\n}`,
        round % 2 === 0 ? 'name = "even"' : "",
      );
      await stand.hangUp();
      await adding;
    }
    stand.configure('stage.drop {\nexpression = "("\n}');
    t.match(await stand.get("/-/reload"), { status: 400, text: /config\.alloy:\d+:\d+: / });
    t.match(stand.log, /level=error msg="failed to reload config"/);
    await stand.journal.add("last");
    wanted.push("last");
    await stand.until("ships everything", async () => (await stand.lines()).length >= wanted.length);
    t.same([...(await stand.lines())].sort(), [...wanted].sort());
    t.equal(await stand.sent(), wanted.length, "none was sent twice");
    t.equal(await stand.end("SIGTERM"), 0);
  },
);

t.test("a refusing Loki costs what it refused, and the shipper stays up and says so", async (t) => {
  const stand = await Stand.make(t);
  await stand.start();
  stand.gate.refuse(401);
  await stand.journal.add("lost");
  await stand.until("is refused", async () => Promise.resolve(stand.gate.refused() === 1));
  await stand.journal.add("kept");
  await stand.untilSent(1);
  t.same(await stand.lines(), ["kept"]);
  t.match(
    stand.log,
    /level=error msg="final error sending batch, no retries left, dropping data" .*status=401/,
  );
  t.match(
    (await stand.get("/metrics")).text,
    /loki_write_dropped_entries_total\{.*reason="ingester_error".*\} 1/,
  );
  t.match(await stand.get("/-/ready"), { status: 200 });
});

t.test(
  "server errors are waited out without loss, also when there is more than the queue holds",
  async (t) => {
    const stand = await Stand.make(t);
    stand.configure("", 'batch_size = "40B"\nmax_backoff_retries = 0\nqueue_config {\ncapacity = "80B"\n}');
    await stand.start();
    stand.gate.refuse(...Array.from({ length: 30 }, (_, index) => (index % 3 === 0 ? 429 : 503)));
    const wanted = Array.from({ length: 200 }, (_, index) => `line ${String(index).padStart(3, "0")}`);
    await stand.journal.add(...wanted);
    await stand.until("is refused", async () => Promise.resolve(stand.gate.refused() >= 10));
    const { text } = await stand.get("/metrics");
    const read = Number(/journal_target_lines_total\{.*\} (\d+)/.exec(text)?.[1]);
    t.ok(read < 50, `the reader waits: ${read} of 200 read`);
    await stand.untilSent(200);
    t.same(await stand.lines(), wanted);
    t.equal(await stand.sent(), 200);
  },
);

t.test(
  "after kill -9 it goes on at the saved position, and only what came after that is sent twice",
  async (t) => {
    const stand = await Stand.make(t);
    await stand.journal.add("one", "two");
    await stand.start();
    await stand.untilSent(2);
    await stand.until("saves its positions", async () =>
      Promise.resolve(readFileSync(join(stand.directory, POSITIONS), "utf8").includes("s=")),
    );
    await stand.journal.add("three");
    await stand.untilSent(3);
    t.equal(await stand.end("SIGKILL"), null);
    await stand.journal.add("four");
    await stand.start();
    await stand.until("ships the newest", async () => (await stand.lines()).includes("four"));
    t.same(await stand.lines(), ["one", "two", "three", "four"]);
    t.ok(
      (await stand.sent()) <= 3,
      "the entry at the cursor, the one that was sent after it, and the new one",
    );
    t.equal(await stand.end("SIGTERM"), 0);
  },
);

t.test("a saved cursor that leads nowhere is said, and reading begins at max_age", async (t) => {
  const stand = await Stand.make(t);
  await stand.journal.add("one");
  await stand.start();
  await stand.untilSent(1);
  await stand.end("SIGTERM");
  const positions = join(stand.directory, POSITIONS);
  writeFileSync(positions, readFileSync(positions, "utf8").replace(/: s=.*/, ": no cursor"));
  await stand.start();
  await stand.untilSent(1);
  t.match(stand.log, /level=error msg="received error reading saved journal position"/);
});

t.test("a journal that is not there makes the shipper unhealthy, not ended, until it comes", async (t) => {
  const stand = await Stand.make(t);
  const elsewhere = join(stand.directory, "later");
  const config = join(stand.directory, "config.alloy");
  writeFileSync(config, readFileSync(config, "utf8").replace(stand.journal.directory, elsewhere));
  await stand.start();
  await stand.until("is unhealthy", async () => (await stand.get("/-/healthy")).status === 500);
  t.match(stand.log, /level=error msg="error creating journal tailer" .*path=/);
  const remote = await ensureProgram("systemd-journal-remote", { env });
  await writeJournal(
    elsewhere,
    [{ __REALTIME_TIMESTAMP: `${Date.now()}000`, _HOSTNAME: "nas", MESSAGE: "late" }],
    remote,
  );
  await stand.untilSent(1);
  t.match(await stand.get("/-/healthy"), { status: 200 });
});

t.test("what Alloy does not know either is named", async (t) => {
  const { exitCode, stderr } = await run(process.execPath, [
    FLEET,
    "ship",
    "run",
    "/etc/alloy",
    "--no-such.flag=1",
  ]);
  t.equal(exitCode, 2);
  t.match(stderr, /error\[cli\/usage\]: unknown option '--no-such\.flag=1'/);
});
