import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { installHook, uninstallHook, type HookChange } from "../../git/index.ts";
import { findRoot } from "../../repository/index.ts";
import type { Run } from "../command.ts";

const Options = z.object({ force: z.boolean().default(false), uninstall: z.boolean().default(false) });

const MEANINGS: Readonly<Record<HookChange["state"], string>> = {
  installed: "installed",
  unchanged: "already installed",
  removed: "removed",
  absent: "fleet's hook is not installed",
};

/** `fleet hooks install`: puts the gate before every commit, or takes it away again. */
export const run: Run = async (invocation, io) => {
  const { force, uninstall } = Options.parse(invocation.options);
  const root = await findRoot({ repo: invocation.repo, cwd: io.cwd });
  const { signal } = io;
  const change = uninstall
    ? await uninstallHook(root, signal)
    : await installHook(root, { launcher: launcher(), force, signal });
  if (invocation.json) io.json({ ok: true, ...change });
  else {
    io.out(`${change.hook}: ${MEANINGS[change.state]}\n`);
    if (change.before !== undefined) {
      io.out(uninstall ? "the hook that was there before is back\n" : `${change.before} runs first\n`);
    }
  }
  return 0;
};

/** This fleet, as a program: a checkout sets itself up, an installed one needs no more than node. */
function launcher(): string {
  const checkout = fileURLToPath(new URL("../../../scripts/fleet", import.meta.url));
  return existsSync(checkout) ? checkout : fileURLToPath(new URL("../../../bin/fleet.js", import.meta.url));
}
