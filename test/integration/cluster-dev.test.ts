import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t from "tap";
import { freePorts, runningProcess } from "../../src/process/index.ts";
import { ensureProgram } from "../../src/programs/index.ts";
import { fleet } from "../support/fleet.ts";

t.setTimeout(400_000);

interface Up {
  services: { name: string; url: string; state: string; detail: string }[];
  secrets: string[];
  diagnostics: { code: string }[];
}

t.test("the local stack starts, goes on after a kill, and leaves nothing when it ends", async (t) => {
  const repo = t.testdir({});
  const log = (line: string): void => t.comment(line);
  const vault = await ensureProgram("vault", { env: process.env, log });
  const loki = await ensureProgram("loki", { env: process.env, log });
  await writeFile(
    join(repo, "fleet.yaml"),
    `version: 1
loki: { url: "https://loki.example.com/loki/api/v1/push" }
channels: {}
hosts: {}
tools: { vault: ${vault.path}, loki: ${loki.path} }
clusters:
  vm-cluster:
    remotes: { loki: { local: { url: "http://127.0.0.1:3100/loki/api/v1/push", username: admin } } }
`,
  );
  // A cache of its own is a stack of its own.
  const cache = process.env["FLEET_CACHE"];
  const own = join(repo, "cache");
  process.env["FLEET_CACHE"] = own;
  const ports = await freePorts(4);
  const names = ["vault", "prometheus", "loki", "grafana"];
  const flags = names.flatMap((name, index) => ["--port", `${name}=${ports[index] ?? 0}`]);
  const up = async (): Promise<Up> => {
    const { code, out, err } = await fleet(
      "dev",
      "up",
      "--repo",
      repo,
      "--with",
      "processes",
      ...flags,
      "--json",
    );
    t.equal(code, 0, err);
    return JSON.parse(out) as Up;
  };
  t.teardown(async () => {
    await fleet("dev", "down");
    if (cache === undefined) Reflect.deleteProperty(process.env, "FLEET_CACHE");
    else process.env["FLEET_CACHE"] = cache;
  });

  const first = await up();
  const running = first.services.filter(({ state }) => state === "running").map(({ name }) => name);
  t.match(running, ["vault", "prometheus", "loki"]);
  if (!running.includes("grafana"))
    t.match(first.diagnostics, [{ code: "dev/no-grafana" }], "and it is said");
  t.same(first.secrets, ["secret/grafana/alloy/vm-cluster/loki/local"]);
  const secret = await fetch(
    `http://127.0.0.1:${ports[0] ?? 0}/v1/secret/data/grafana/alloy/vm-cluster/loki/local`,
    {
      headers: { "X-Vault-Token": "devtoken" },
    },
  );
  const { data } = (await secret.json()) as { data: { data: { password: string } } };
  t.match(data.data.password, /^[0-9a-f]{32}$/);

  const pidFile = join(own, "dev/loki.pid");
  const before = await runningProcess(pidFile);
  process.kill(before ?? 0, "SIGKILL");
  const second = await up();
  t.same(second.secrets, [], "passwords that are there stay");
  t.match(second.services.find(({ name }) => name === "vault")?.detail, /^runs already, process \d+$/);
  t.not(await runningProcess(pidFile), before, "what was killed runs again");

  const status = await fleet("dev", "status");
  t.match(status, { code: 0, out: /^loki +running +http:\/\/127\.0\.0\.1:\d+ +process \d+$/m });
  const pids = await Promise.all(
    running.map(async (name) => Number((await readFile(join(own, `dev/${name}.pid`), "utf8")).split(" ")[0])),
  );
  const down = await fleet("dev", "down");
  t.equal(down.code, 0, down.err);
  t.notOk(existsSync(join(own, "dev")));
  for (const pid of pids) t.throws(() => process.kill(pid, 0), { code: "ESRCH" }, `process ${pid} has ended`);
  t.match(await fleet("dev", "status"), { code: 1 });
  t.match(await fleet("dev", "down"), { code: 0, err: /nothing ran/ });
});
