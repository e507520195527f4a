/**
 * The mutation check of the VM scenarios: breaks the Alloy module of the example fleet in one place at a time, and says
 * whether a scenario notices, and in which words. All on one machine. Exits 1 when a mutant is not caught.
 */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { withGenerated } from "../../src/migrate/index.ts";
import { loadFleet } from "../../src/repository/index.ts";
import { Trial } from "../mutation/vm.ts";
import { VM_MUTANTS } from "../mutation/vm-mutants.ts";

const ROOT = join(import.meta.dirname, "../..");
/** Only mutants whose name has this in it; all without it. */
const [wanted = ""] = process.argv.slice(2);

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, () => interrupted.abort(new Error(`ended by ${signal}`)));
}
const { signal } = interrupted;
const log = (line: string): void => console.error(line);

const root = await mkdtemp(join(tmpdir(), "fleet-vm-mutation-"));
try {
  for (const name of ["fleet.yaml", ".sops.yaml", "hosts", "modules", "utils"]) {
    await cp(join(ROOT, name), join(root, name), { recursive: true, verbatimSymlinks: true });
  }
  const { fleet } = await loadFleet(root);
  const host = fleet.hosts.find(({ name }) => name === fleet.canary);
  if (host === undefined) throw new Error("the example fleet has no canary");
  const context = { root, env: process.env, log, signal };
  await withGenerated(context, fleet, host, async (tree) => {
    const trial = await Trial.start({ ...context, root: tree.root, fleet, host, promtail: tree.promtail });
    try {
      process.exitCode = await run(trial);
    } finally {
      await trial.end();
    }
  });
} finally {
  await rm(root, { recursive: true, force: true });
}

async function run(trial: Trial): Promise<number> {
  const mutants = VM_MUTANTS.filter(({ name }) => name.includes(wanted));
  for (const scenario of new Set(mutants.map((mutant) => mutant.scenario))) {
    const verdict = await trial.unchanged(scenario);
    if (verdict !== undefined) throw new Error(`${scenario} fails on the unchanged module: ${verdict}`);
  }
  let caught = 0;
  for (const mutant of mutants) {
    const verdict = await trial.try(mutant);
    if (verdict !== undefined) caught += 1;
    console.log(`${verdict === undefined ? "NOT CAUGHT" : "caught"}: ${mutant.name} (${mutant.scenario})`);
    if (verdict !== undefined) console.log(verdict.replaceAll(/^/gm, "    "));
  }
  console.log(`${mutants.length} mutants, ${caught} caught, ${mutants.length - caught} not caught`);
  return caught === mutants.length ? 0 : 1;
}
