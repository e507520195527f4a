import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import t, { type Test } from "tap";
import { exampleFleet } from "../support/example.ts";
import { fleet } from "../support/fleet.ts";
import { CONFIGURATION } from "../support/verify.ts";

const KEPT = ["PATH", "LOKI_PASSWORD", "LOKI_BEARER_TOKEN"].map((name) => [name, process.env[name]] as const);
t.afterEach(() => {
  for (const [name, value] of KEPT) {
    if (value === undefined) Reflect.deleteProperty(process.env, name);
    else process.env[name] = value;
  }
});

/** The example with its Alloy module, as a migration leaves it. */
async function migrated(t: Test): Promise<string> {
  const root = await exampleFleet(t);
  mkdirSync(join(root, "modules/alloy"), { recursive: true });
  writeFileSync(join(root, CONFIGURATION.file), CONFIGURATION.text);
  return root;
}

/** A server that lets nobody ask, and remembers who did. */
async function closedLoki(t: Test): Promise<{ url: string; asked: string[] }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.headers.authorization ?? "nobody");
    response.writeHead(401).end();
  });
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  t.teardown(() => new Promise((done) => server.close(done)));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, asked };
}

t.test("a host without a configuration, and one that ships with Promtail, cannot be verified", async (t) => {
  const root = await exampleFleet(t);
  for (const host of ["nas", "web"]) {
    const { code, err } = await fleet("verify", host, "--repo", root);
    t.equal(code, 2);
    t.match(err, "error[verify/no-configuration]");
  }
});

t.test("a Loki that refuses is exit code 2, and the password is in no output", async (t) => {
  const root = await migrated(t);
  const { url, asked } = await closedLoki(t);
  process.env["LOKI_PASSWORD"] = "s3cret";
  const { code, out, err } = await fleet(
    "verify",
    "nas",
    "--repo",
    root,
    "--loki",
    url,
    "--marker",
    "none",
    "--json",
  );
  t.equal(code, 2);
  t.match(JSON.parse(out), { ok: false, diagnostics: [{ code: "loki/denied" }] });
  t.same(asked, [`Basic ${Buffer.from("promtail@example.com:s3cret").toString("base64")}`]);
  t.notMatch(out + err, "s3cret");
});

t.test("a token is taken from its file first, then from the environment", async (t) => {
  const root = await migrated(t);
  const { url, asked } = await closedLoki(t);
  process.env["LOKI_BEARER_TOKEN"] = "from-environment";
  writeFileSync(join(root, "token"), "from-file\n");
  const argv = ["verify", "nas", "--repo", root, "--loki", url, "--marker", "none"];
  await fleet(...argv);
  await fleet(...argv, "--token-file", join(root, "token"));
  t.same(asked, ["Bearer from-environment", "Bearer from-file"]);
});

t.test("a host that ssh does not reach is told, and Loki is not asked", async (t) => {
  const root = await migrated(t);
  const { url, asked } = await closedLoki(t);
  const bin = t.testdir();
  writeFileSync(
    join(bin, "ssh"),
    "#!/bin/sh\necho 'connect to host nas port 22: No route to host' >&2\nexit 255\n",
  );
  chmodSync(join(bin, "ssh"), 0o755);
  process.env["PATH"] = `${bin}:${process.env["PATH"] ?? ""}`;
  process.env["LOKI_PASSWORD"] = "x";
  const { code, err } = await fleet("verify", "nas", "--repo", root, "--loki", url);
  t.equal(code, 2);
  t.match(err, "error[verify/marker-failed]: no marked line could be logged on nas: connect to host nas");
  t.same(asked, []);
});

t.test("a duration that is none, and --all with a host, are usage errors", async (t) => {
  const root = await migrated(t);
  for (const argv of [["nas", "--since", "soon"], ["nas", "--all"], ["nsa"]]) {
    const { code, err } = await fleet("verify", ...argv, "--repo", root);
    t.equal(code, 2);
    t.match(err, "error[cli/usage]");
  }
});
