import { chmod, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import t, { type Test } from "tap";
import { exampleFleet } from "../support/example.ts";
import { fleet } from "../support/fleet.ts";
import { commitAll, gitOk } from "../support/git.ts";

/** The example fleet as a git repository, deployed by a command that writes what a host "runs" into a file. */
async function deployable(t: Test): Promise<{ root: string; runs: (host: string) => Promise<string> }> {
  const root = await exampleFleet(t);
  const machines = `${root}-machines`;
  t.teardown(() => rm(machines, { recursive: true, force: true }));
  await mkdir(machines);
  for (const host of ["nas", "web", "mail", "gw", "build"]) await writeFile(join(machines, host), "before\n");
  await writeFile(
    join(root, "deploy.sh"),
    `#!/bin/sh\ncase $1 in identify) cat ${machines}/$2;; deploy) cksum < hosts/$2/configuration.nix > ${machines}/$2;; rollback) echo "$3" > ${machines}/$2;; esac\n`,
  );
  await chmod(join(root, "deploy.sh"), 0o755);
  const manifest = join(root, "fleet.yaml");
  const deploy = `  deploy:
    adapter: command
    command:
      deploy: [./deploy.sh, deploy, "{host}"]
      identify: [./deploy.sh, identify, "{host}"]
      rollback: [./deploy.sh, rollback, "{host}", "{previous}"]
  verify: { within: 1s }
`;
  await writeFile(
    manifest,
    (await readFile(manifest, "utf8")).replace("  canary: nas\n", `  canary: nas\n${deploy}`),
  );
  await commitAll(root);
  gitOk(root, "config", "user.name", "test");
  gitOk(root, "config", "user.email", "test@localhost");
  return { root, runs: async (host) => (await readFile(join(machines, host), "utf8")).trim() };
}

t.test(
  "the canary is refused until its change is committed, then deployed, and rolled back when Loki cannot be asked",
  async (t) => {
    const { root, runs } = await deployable(t);
    const early = await fleet("rollout", "--yes", "--repo", root, "--json");
    t.equal(early.code, 1, early.err);
    t.match(JSON.parse(early.out), { ok: false, diagnostics: [{ code: "rollout/canary-not-ready" }] });

    t.equal((await fleet("generate", "--repo", root)).code, 0);
    gitOk(root, "add", "--all");
    gitOk(root, "commit", "--quiet", "--message", "the canary");

    const unasked = await fleet("rollout", "--repo", root);
    t.equal(unasked.code, 2, "there is no terminal to ask on");
    t.match(unasked.err, "rollout/not-confirmed");
    t.equal(await runs("nas"), "before");

    const deployed = await fleet("rollout", "--yes", "--through", "deploy", "--repo", root);
    t.equal(deployed.code, 0, deployed.err);
    t.not(await runs("nas"), "before");
    t.match(JSON.parse((await fleet("status", "--json", "--repo", root)).out), {
      hosts: [
        { host: "nas", wave: 0, stage: "deployed" },
        { host: "web", wave: 1, stage: "promtail" },
      ],
    });

    const failed = await fleet(
      ...["rollout", "--resume", "--yes", "--marker", "none", "--repo", root, "--json"],
      ...["--loki", "http://127.0.0.1:9"],
    );
    t.equal(failed.code, 1, failed.err);
    t.match(JSON.parse(failed.out), { ok: false, failures: [{ host: "nas", outcome: "rolled back" }] });
    t.equal(await runs("nas"), "before");
    t.match((await fleet("status", "--repo", root)).out, /nas +canary +rolled back/);
    t.equal(gitOk(root, "status", "--short"), "");
  },
);
