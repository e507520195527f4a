import { attribute, type Item } from "../../../alloy/index.ts";
import { formatDuration, parseDuration } from "../../units.ts";
import { put, sorted } from "../items.ts";
import type { SourceOf } from "./source.ts";

const DEFAULT_MAX_AGE = 25_200_000_000_000n;

/** `legacy_position` and the job label are the job's business, see job.ts. */
export function journalBody({ config, path, wiring, conversion }: SourceOf<"journal">): Item[] {
  const maxAge =
    config.max_age === undefined || config.max_age === "" ? DEFAULT_MAX_AGE : parseDuration(config.max_age);
  if (maxAge === undefined) {
    conversion.refuse(
      "promtail/wrong-value",
      [...path, "max_age"],
      `max_age: ${JSON.stringify(config.max_age)} is no duration`,
      "write days as hours: 24h",
    );
  }
  const forwardTo = wiring.forwardTo();
  return [
    ...put("format_as_json", config.json ?? false, false),
    ...put("max_age", formatDuration(maxAge ?? DEFAULT_MAX_AGE), "7h0m0s"),
    ...put("path", config.path ?? "", ""),
    ...put("relabel_rules", wiring.rules()),
    ...(config.matches === undefined || config.matches === ""
      ? []
      : conversion.correct(
          "promtail/lost",
          [...path, "matches"],
          "the journal's matches are lost: every entry is read",
          [attribute("matches", config.matches)],
        )),
    ...put("forward_to", forwardTo),
    ...put("labels", sorted(config.labels ?? {})),
  ];
}
