import { error, type Diagnostic, type Span } from "../diagnostics/index.ts";
import type { Outcome } from "../pipeline/index.ts";
import { placeText, type Divergence } from "./divergence.ts";

/** Entries that come out differently, all because of one stage. */
export interface BehaviourDifference {
  stage: Divergence;
  /** Why it may be: the two programs differ there whatever the configuration says. */
  allowed?: "program";
  /** Input entries that it shows in, by their index. */
  entries: readonly number[];
  /** What became of the first of them, with the traces. */
  example: { promtail: Outcome | undefined; alloy: Outcome | undefined };
  /** In the Alloy file, where it has the stage. */
  span: Span | undefined;
}

/** What a difference is, in a sentence, with its place in the Alloy file. */
export function finding({ stage, entries, example, span }: BehaviourDifference): Diagnostic {
  const [promtail, alloy] = [placeText(stage.promtail), placeText(stage.alloy)];
  const what =
    stage.alloy === undefined
      ? `there is nothing for promtail's ${promtail}`
      : stage.promtail === undefined
        ? `promtail has nothing for ${alloy}`
        : `${alloy} does something else than promtail's ${stage.promtail.stage}`;
  const [first = 0] = entries;
  const scope =
    entries.length === 1 ? `entry ${first + 1}` : `entry ${first + 1} and ${entries.length - 1} more`;
  return error("parity/behaviour", `${what}: ${fate(example)} (${scope})`, {
    ...(span === undefined ? {} : { span }),
    hint: "this is the first stage that differs; the traces of the entry show the rest",
  });
}

const SEEN = ["labels", "timestamp", "line", "structured_metadata", "tenant"] as const;

function fate({ promtail, alloy }: BehaviourDifference["example"]): string {
  if (promtail?.outcome === "sent" && alloy?.outcome === "sent") {
    const differing = SEEN.filter((name) => JSON.stringify(promtail[name]) !== JSON.stringify(alloy[name]));
    if (differing.length > 0) return `another ${differing.join(", ").replaceAll("_", " ")}`;
  }
  return `promtail ${doing(promtail)}, Alloy ${doing(alloy)}`;
}

function doing(outcome: Outcome | undefined): string {
  if (outcome === undefined) return "does not see it";
  if (outcome.outcome === "dropped") return `drops it at ${placeText(outcome)}`;
  return outcome.from.length === 1 ? "sends it" : `sends ${outcome.from.length} entries as one`;
}
