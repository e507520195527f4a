import type { Step } from "./record.ts";
import { isEarly } from "./plan.ts";
import { hostState } from "./state.ts";
import { withJournal } from "./open.ts";

/** What a migration did to the canary. */
export interface Migration {
  host: string;
  /** The steps that it passed, in order, before any commit. */
  steps: readonly Step[];
  /** The commit, where it made one. */
  commit: string | undefined;
}

/**
 * Enters the canary's migration into the journal of the rollout that it begins. A canary that was deployed since keeps
 * its stage.
 *
 * @throws FleetError `rollout/locked`, and those of a journal that cannot be read.
 */
export async function recordMigration(root: string, { host, steps, commit }: Migration): Promise<void> {
  await withJournal(root, { command: `fleet migrate --canary ${host}`, breakLock: false }, (journal) => {
    if (!isEarly(hostState(journal.state, host))) return;
    for (const step of steps) journal.append({ phase: "done", step, wave: 0, hosts: [host] });
    if (commit !== undefined)
      journal.append({ phase: "done", step: "commit", wave: 0, hosts: [host], commit });
  });
}
