import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { GateJson, HostJson } from "../../src/gate/json.ts";
import { exampleFleet } from "../support/example.ts";
import { fleet } from "../support/fleet.ts";
import { commitAll, gitIn, gitOk } from "../support/git.ts";

const NAS = "hosts/nas/configuration.nix";

interface Summary extends Omit<GateJson, "hosts"> {
  rules: {
    rule: string;
    level: string;
    diagnostics: { code: string; severity: string; file?: string; line?: number }[];
  }[];
}

/** The example fleet, committed. */
async function setUp(t: Test): Promise<string> {
  const root = await exampleFleet(t);
  await commitAll(root);
  return root;
}

async function edit(root: string, path: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(join(root, path), "utf8");
  await writeFile(join(root, path), text.replace(from, to));
}

/** The rules that a run finds broken. */
function broken({ rules }: Pick<Summary, "rules">): string[] {
  return rules.flatMap(({ rule, diagnostics }) =>
    diagnostics.map(({ severity, file, line }) => `${rule} ${severity} ${file ?? ""}:${line ?? 0}`),
  );
}

async function gateJson(...argv: string[]): Promise<{ code: number } & Summary & GateJson> {
  const { code, out } = await fleet("gate", "--json", ...argv);
  return { code, ...(JSON.parse(out) as Summary & GateJson) };
}

t.test("--ndjson has a line a host and a summary at the end", async (t) => {
  const root = await setUp(t);
  await edit(root, NAS, "time.timeZone", "time.zone");
  const { code, out } = await fleet("gate", "--ndjson", "--repo", root);
  t.equal(code, 1);
  const lines = out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as HostJson | Summary);
  t.same(
    lines
      .slice(0, -1)
      .map((line) => ("host" in line ? `${line.host} ${line.verdict}` : ""))
      .sort(),
    ["build pass", "gw pass", "mail pass", "nas fail", "web pass"],
  );
  t.match(lines.at(-1), { ok: false, summary: { pass: 4, fail: 1, unverified: 0 }, rules: [{}, {}, {}, {}] });
});

t.test("a workflow on GitHub gets annotations, GitLab a report, and others when they ask", async (t) => {
  const root = await setUp(t);
  await edit(root, NAS, "time.timeZone", "time.zone");
  const annotation =
    /^::error file=hosts\/nas\/configuration\.nix,line=\d+,.*title=gate\/unknown-option \(nas\)::/m;
  const gate = (...argv: string[]) => fleet("gate", "--host", "nas", "--repo", root, ...argv);
  t.notMatch((await gate()).out, "::error");
  t.match((await gate("--annotations", "github")).out, annotation);
  process.env["GITHUB_ACTIONS"] = "true";
  t.teardown(() => delete process.env["GITHUB_ACTIONS"]);
  t.match(await gate(), { code: 1, out: annotation });
  t.notMatch((await gate("--annotations", "none")).out, "::error");
  t.match(JSON.parse((await gate("--json")).out), { ok: false }, "a document stays one");
  const { out } = await gate("--annotations", "gitlab");
  t.match(JSON.parse(out), [
    { check_name: "gate/unknown-option", severity: "critical", location: { path: NAS } },
  ]);
  t.match(await gate("--annotations", "github", "--json"), { code: 2, err: /cli\/usage/ });
  t.match(await gate("--ndjson", "--sarif", "-"), { code: 2, err: /cli\/usage/ });
});

t.test("rules hold what is not committed, what is staged, or what a branch changed", async (t) => {
  const root = await setUp(t);
  t.same(broken(await gateJson("--repo", root)), []);
  await edit(root, NAS, /stateVersion = "[^"]*"/, 'stateVersion = "26.05"');
  await edit(root, "hosts/web/secrets.yaml", /$/, "# touched\n");
  const line =
    (await readFile(join(root, NAS), "utf8")).split("\n").findIndex((text) => text.includes("stateVersion")) +
    1;
  const report = await gateJson("--repo", root);
  t.match(report, { code: 1, ok: false, summary: { pass: 5, fail: 0 } }, "every host passes, and yet");
  t.match(broken(report), [
    /^secrets-untouched warning hosts\/web\/secrets\.yaml:\d+$/,
    `state-version-unchanged error ${NAS}:${line}`,
  ]);
  t.same(broken(await gateJson("--staged", "--repo", root)), [], "nothing is staged");

  gitOk(root, "switch", "--quiet", "--create", "upgrade");
  gitOk(root, "commit", "--quiet", "--all", "--message", "upgrade");
  t.same(broken(await gateJson("--repo", root)), [], "it is committed");
  t.equal(broken(await gateJson("--base", "main", "--repo", root)).length, 2);
  const touched = await gateJson("--base", "main", "--changed", "--repo", root);
  t.same(
    touched.hosts.map(({ host }) => host),
    ["nas", "web"],
  );
  t.match(await fleet("gate", "--base", "nowhere", "--repo", root), {
    code: 2,
    err: /git\/unknown-revision/,
  });

  await edit(root, "fleet.yaml", /$/, "\nrules: { secrets-untouched: off, state-version-unchanged: warn }\n");
  const own = await gateJson("--base", "main", "--repo", root);
  t.match(own, { code: 0, ok: true });
  t.same(broken(own), [`state-version-unchanged warning ${NAS}:${line}`]);
});

t.test("the hook refuses a commit that breaks a rule", async (t) => {
  const root = await setUp(t);
  t.match(await fleet("hooks", "install", "--repo", root), { code: 0 });
  await edit(root, NAS, /stateVersion = "[^"]*"/, 'stateVersion = "26.05"');
  gitOk(root, "add", NAS);
  t.match(gitIn(root, "commit", "--message", "upgrade"), { code: 1, err: /rules\/state-version-changed/ });
});

t.test("the trace is that of the repository's own files, or whole", async (t) => {
  const root = await setUp(t);
  await writeFile(
    join(root, "hosts/nas/broken.nix"),
    '{ ... }:\n{\n  networking.domain = throw "no name";\n}\n',
  );
  await edit(root, NAS, "./hardware-configuration.nix", "./hardware-configuration.nix ./broken.nix");
  const short = await fleet("gate", "--host", "nas", "--repo", root);
  t.match(short.err, /^hosts\/nas\/broken\.nix:3:\d+: error\[gate\/evaluation-failed\]: no name$/m);
  t.match(
    short.err,
    /… while evaluating the definition of `networking\.domain' \(hosts\/nas\/broken\.nix:3\)\n/,
  );
  t.match(short.err, /… and \d+ steps outside of the repository: --show-trace$/m);
  const whole = await fleet("gate", "--host", "nas", "--show-trace", "--repo", root);
  t.ok(whole.err.split("\n").filter((text) => text.startsWith("  … ")).length > 5);
  t.notMatch(whole.err, "--show-trace");
});
