import { spawnSync } from "node:child_process";
import { appendFile, chmod, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import type { StepRecord } from "../../src/migrate/index.ts";
import { exampleFleet } from "../support/example.ts";
import { fleet } from "../support/fleet.ts";
import { snapshot } from "../support/snapshot.ts";

interface Report {
  ok: boolean;
  written: boolean;
  steps: StepRecord[];
  changes: { path: string; action: string }[];
  diagnostics?: { code: string }[];
}

async function edit(root: string, path: string, from: string | RegExp, to: string): Promise<void> {
  const text = await readFile(join(root, path), "utf8");
  const edited = text.replace(from, to);
  if (edited === text) throw new Error(`${path} does not have ${String(from)}`);
  await writeFile(join(root, path), edited);
}

t.test(
  "fleet migrate --canary nas proves the change and writes it, and a second run has nothing to do",
  async (t) => {
    const root = await exampleFleet(t);
    const before = await snapshot(root);
    const { code, out, err } = await fleet("migrate", "--no-vm", "--canary", "nas", "--repo", root, "--json");
    t.equal(code, 0, err);
    const report = JSON.parse(out) as Report;
    t.match(report, { ok: true, written: true });
    t.same(
      report.steps.map(({ id, status }) => `${id} ${status}`),
      ["manifest", "render", "generate", "validate", "parity", "gate", "ship", "vm", "write"].map(
        (id) => `${id} ${id === "vm" ? "skipped" : "passed"}`,
      ),
    );
    t.same(report.changes, [
      { path: "hosts/nas/configuration.nix", action: "edit" },
      { path: "modules/alloy/config.alloy", action: "add" },
      { path: "modules/alloy/config.test.yaml", action: "add" },
      { path: "modules/alloy/default.nix", action: "add" },
    ]);
    const ship = report.steps.find(({ id }) => id === "ship");
    t.ok(
      ship?.means.some(({ real, name }) => real && name.startsWith("loki ")),
      "a real Loki answered",
    );
    t.ok((ship?.details.length ?? 0) >= 10 && ship?.details.every((line) => line.startsWith("ok ")));

    const after = await snapshot(root);
    const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
    t.same(
      changed,
      report.changes.map(({ path }) => path),
      "nothing else changed: no secret, no stateVersion",
    );
    t.match(after["hosts/nas/configuration.nix"], "    ./utils/modules/alloy\n");
    t.match(after["hosts/nas/configuration.nix"], 'system.stateVersion = "23.11";');

    t.equal((await fleet("generate", "--check", "--repo", root)).code, 0);
    const again = await fleet("migrate", "--no-vm", "--canary", "nas", "--repo", root, "--json");
    t.equal(again.code, 0, again.err);
    t.match(JSON.parse(again.out), { ok: true, written: false, changes: [] });
    t.same(await snapshot(root), after);

    await appendFile(join(root, "modules/alloy/config.alloy"), "// by hand\n");
    t.equal((await fleet("generate", "--check", "--repo", root)).code, 1);
  },
);

t.test(
  "--dry-run proves all and writes nothing; the text names what was real and what embedded",
  async (t) => {
    const root = await exampleFleet(t);
    const before = await snapshot(root);
    const { code, out, err } = await fleet(
      "migrate",
      "--no-vm",
      "--canary",
      "nas",
      "--dry-run",
      "--repo",
      root,
    );
    t.equal(code, 0, err);
    t.match(out, "+++ b/modules/alloy/config.alloy");
    t.match(out, /^2 {2}real: nix [\d.]+/m);
    t.match(out, /^7 {2}real: .*loki/m);
    t.match(out, "Nothing was written.");
    t.match(err, "[9/9] skipped");
    t.same(await snapshot(root), before);
  },
);

t.test("--commit commits the change, and nothing else, on a branch of its own", async (t) => {
  const root = await exampleFleet(t);
  const git = (...args: string[]): string => {
    const { status, stdout, stderr } = spawnSync("git", args, { cwd: root, encoding: "utf8" });
    if (status !== 0) throw new Error(stderr);
    return stdout;
  };
  await rm(join(root, ".git"), { recursive: true });
  git("init", "--quiet", "--initial-branch=main");
  git("config", "user.name", "test");
  git("config", "user.email", "test@localhost");
  git("add", "--all");
  git("commit", "--quiet", "--message", "before");
  await writeFile(join(root, "notes.txt"), "mine\n");
  const { code, err } = await fleet("migrate", "--no-vm", "--canary", "nas", "--commit", "--repo", root);
  t.equal(code, 0, err);
  t.equal(git("branch", "--show-current"), "fleet/migrate-nas\n");
  t.match(git("log", "-1", "--format=%s"), /^feat\(logging\): /);
  t.equal(
    git("show", "--name-only", "--format=", "HEAD"),
    [
      "hosts/nas/configuration.nix",
      "modules/alloy/config.alloy",
      "modules/alloy/config.test.yaml",
      "modules/alloy/default.nix",
      "",
    ].join("\n"),
  );
  t.equal(git("status", "--short"), "?? notes.txt\n");
});

/** Each breaks the example in one way: the step that says so, the code it says, and the exit code. */
const FAILURES: readonly {
  name: string;
  step: string;
  code: string;
  exit: number;
  breaks: (root: string, t: Test) => Promise<void>;
}[] = [
  {
    name: "a host that does not evaluate",
    step: "gate",
    code: "gate/unknown-option",
    exit: 1,
    breaks: (root) =>
      edit(root, "hosts/web/configuration.nix", "services.openssh.enable", "services.openssh.enabel"),
  },
  {
    name: "a canary that uses what its release removed",
    step: "gate",
    code: "gate/removed-option",
    exit: 1,
    breaks: (root) =>
      edit(
        root,
        "hosts/nas/configuration.nix",
        "  system.stateVersion",
        "  services.promtail.enable = true;\n\n  system.stateVersion",
      ),
  },
  {
    name: "a missing secret",
    step: "manifest",
    code: "secrets/no-secret",
    exit: 1,
    breaks: (root) => edit(root, "hosts/nas/secrets.yaml", /^alloy-env:/m, "other-env:"),
  },
  {
    name: "a promtail module that cannot be read",
    step: "render",
    code: "nix/evaluation-failed",
    exit: 1,
    breaks: (root) =>
      writeFile(join(root, "modules/promtail/default.nix"), "{ config, ... }:\n{\n  services.promtail = {\n"),
  },
  {
    name: "a stage that Promtail does not know",
    step: "render",
    code: "promtail/unknown-stage",
    exit: 1,
    breaks: (root) => edit(root, "modules/promtail/default.nix", "output.source", "outptu.source"),
  },
  {
    name: "a module in the place of the generated one",
    step: "generate",
    code: "generate/not-ours",
    exit: 1,
    breaks: async (root) => {
      spawnSync("mkdir", [join(root, "modules/alloy")]);
      await writeFile(join(root, "modules/alloy/default.nix"), "{ }\n");
    },
  },
  {
    name: "a Loki that dies",
    step: "ship",
    code: "loki/ended",
    exit: 2,
    breaks: async (root) => {
      await writeFile(
        join(root, "loki"),
        '#!/bin/sh\n[ "$1" = --version ] || { echo "no space left on device" >&2; exit 1; }\n',
      );
      await chmod(join(root, "loki"), 0o755);
      await appendFile(join(root, "fleet.yaml"), "\ntools: { loki: ./loki }\n");
    },
  },
  {
    name: "a host that the manifest does not have",
    step: "manifest",
    code: "manifest/unknown-host",
    exit: 2,
    breaks: (root) => edit(root, "fleet.yaml", "  nas: {", "  sna: {"),
  },
];

for (const { name, step, code, exit, breaks } of FAILURES) {
  t.test(`${name} fails the step ${step} and leaves the tree as it was`, async (t) => {
    const root = await exampleFleet(t);
    await breaks(root, t);
    const before = await snapshot(root);
    const outcome = await fleet("migrate", "--no-vm", "--canary", "nas", "--repo", root, "--json");
    const report = JSON.parse(outcome.out) as Report;
    const failed = report.steps.find(({ status }) => status === "failed");
    t.equal(failed?.id, step, outcome.err);
    const errors = failed?.diagnostics.filter(({ severity }) => severity === "error") ?? [];
    t.ok(
      errors.some((diagnostic) => diagnostic.code === code),
      JSON.stringify(errors),
    );
    t.equal(outcome.code, exit);
    t.match(report, { ok: false, written: false });
    t.same(await snapshot(root), before);
  });
}
