import { FleetError, type Diagnostic } from "../diagnostics/index.ts";
import type { Journal } from "./journal.ts";
import type { Outside } from "./outside.ts";
import type { About, Event, JournalRecord } from "./record.ts";
import { hostState, type HostState } from "./state.ts";
import { statePath } from "./state-directory.ts";
import { digests, type ChangeSet, type RolloutTree } from "./work-tree.ts";

/** Name of the checkout from which is evaluated and deployed, in the state directory. */
const CHECKOUT = "tree";

export interface RolloutContext {
  root: string;
  journal: Journal;
  tree: RolloutTree;
  outside: Outside;
  signal: AbortSignal;
  log: (line: string) => void;
}

/** Ends what was begun: the failure is in the journal. */
class StepFailed extends Error {
  override name = "StepFailed";
}

/** Runs steps between their records. */
export class Steps {
  readonly context: RolloutContext;
  /** What was found on the way to failures. */
  readonly diagnostics: Diagnostic[] = [];

  constructor(context: RolloutContext) {
    this.context = context;
  }

  stateOf(host: string): HostState {
    return hostState(this.context.journal.state, host);
  }

  /** A step between its two records; `work` gives what the second one adds. */
  async run(about: About, work: (begun: JournalRecord) => Promise<Partial<Event>>): Promise<void> {
    const { journal } = this.context;
    const begun = journal.append({ ...about, phase: "begun" });
    const { files: _, ...rest } = about;
    let found: Partial<Event>;
    try {
      found = await work(begun);
    } catch (caught) {
      throw this.fail(rest, caught);
    }
    journal.append({ ...rest, ...found, phase: "done" });
  }

  /** Records a failure; an interruption, or a defect, is none. */
  fail(about: About, caught: unknown): unknown {
    const { journal, signal } = this.context;
    if (signal.aborted) return signal.reason;
    if (!(caught instanceof FleetError)) return caught;
    this.diagnostics.push(...caught.diagnostics);
    const reason = caught.diagnostics.map(({ message }) => message).join("; ");
    journal.append({ ...about, phase: "failed", reason });
    return new StepFailed(reason, { cause: caught });
  }

  /** True when the work ended with a failure that is in the journal. */
  async attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return false;
    } catch (caught) {
      if (caught instanceof StepFailed) return true;
      throw caught;
    }
  }

  /** Commits a change under the id of the record that says so; without any change, HEAD is the commit. */
  async commit(about: About, change: ChangeSet, message: string): Promise<void> {
    const { tree } = this.context;
    const empty = change.changes.length === 0 && change.removed.length === 0;
    await this.run({ ...about, ...(empty ? {} : { files: digests(change) }) }, async (begun) => {
      try {
        return { commit: empty ? await tree.head() : await tree.commit(change, message, idOf(begun)) };
      } catch (caught) {
        if (!empty && !this.context.signal.aborted) await tree.putBack(digests(change));
        throw caught;
      }
    });
  }

  /** Checks a commit out for evaluation and deployment; gives the path that stands for the repository. */
  async checkOut(commit: string): Promise<string> {
    const { root, tree } = this.context;
    return tree.checkOut(commit, statePath(root, CHECKOUT));
  }
}

/** The name by which the commit of a record is found again. */
export function idOf({ run, seq }: JournalRecord): string {
  return `${run}/${seq}`;
}
