import { attribute, block, type Item } from "../../../alloy/index.ts";
import type { Scrape } from "../../scrape.ts";
import { formatDuration, parseDuration } from "../../units.ts";
import { positionsFile } from "../conversion.ts";
import { put, sorted } from "../items.ts";
import type { SourceOf } from "./source.ts";

const DEFAULT_MAX_AGE = 25_200_000_000_000n;

/** loki.source.journal. */
export function journalBody(source: SourceOf<"journal">): Item[] {
  const { config, path, wiring, conversion } = source;
  const forwardTo = wiring.forwardTo();
  const rules = wiring.rules(jobRule(source));
  return [
    ...put("format_as_json", config.json ?? false, false),
    ...put("max_age", formatDuration(maxAgeOf(source)), "7h0m0s"),
    ...put("path", config.path ?? "", ""),
    ...put("relabel_rules", rules),
    ...(config.matches === undefined || config.matches === ""
      ? []
      : conversion.correct("promtail/lost", [...path, "matches"], {
          message: "the journal's matches are lost: every entry is read",
          corrected: [attribute("matches", config.matches)],
        })),
    ...put("forward_to", forwardTo),
    ...put("labels", sorted(config.labels ?? {})),
    ...legacyPosition(source),
  ];
}

function maxAgeOf({ config, path, conversion }: SourceOf<"journal">): bigint {
  if (config.max_age === undefined || config.max_age === "") return DEFAULT_MAX_AGE;
  const maxAge = parseDuration(config.max_age);
  if (maxAge === undefined) {
    conversion.refuse(
      "promtail/wrong-value",
      [...path, "max_age"],
      `max_age: ${JSON.stringify(config.max_age)} is no duration`,
      "write days as hours: 24h",
    );
  }
  return maxAge ?? DEFAULT_MAX_AGE;
}

/** The other sources of a job that use its rules. */
const RULED = [
  "loki_push_api",
  "syslog",
  "gcplog",
  "kafka",
  "azure_event_hubs",
  "gelf",
  "heroku_drain",
  "docker_sd_configs",
] as const satisfies readonly (keyof Scrape)[];

/**
 * A rule before those of promtail for the job label, which Alloy treats in its own way: it gives a journal one
 * when it has none, and 1.19.0 overwrites the one that it has. Where targets or other sources share the rules and
 * would lose their own label, there is only a warning.
 */
function jobRule({ config, path, job, wiring, conversion }: SourceOf<"journal">): readonly Item[] {
  const wanted = config.labels?.["job"];
  if (wanted !== undefined && conversion.isBefore("1.19")) return [];
  const gained = JSON.stringify(`loki.source.journal.${wiring.label}`);
  const message =
    wanted === undefined
      ? `the entries gain the label job=${gained}, which promtail does not set`
      : `Alloy 1.19.0 overwrites the label job=${JSON.stringify(wanted)} with ${gained}`;
  if (wiring.targets.length > 0 || RULED.some((key) => job[key] !== undefined)) {
    conversion.warn("promtail/changed", path, message, "give the journal a job of its own in scrape_configs");
    return [];
  }
  const rule =
    wanted === undefined
      ? [attribute("regex", "job"), attribute("action", "labeldrop")]
      : [attribute("target_label", "job"), attribute("replacement", wanted.replaceAll("$", "$$$$"))];
  return conversion.correct("promtail/changed", path, {
    message,
    corrected: [block("rule", undefined, rule)],
  });
}

/** Where Alloy takes promtail's cursor from, since 1.11. */
function legacyPosition({ path, job, promtail, conversion }: SourceOf<"journal">): readonly Item[] {
  const file = positionsFile(promtail);
  const name = job.job_name;
  if (!(conversion.options.legacyPositions ?? conversion.faithful) || conversion.isBefore("1.11")) {
    const block = `legacy_position { file = ${JSON.stringify(file)} name = ${JSON.stringify(name)} }`;
    conversion.lose(
      path,
      "the journal's cursor is not carried over: entries up to max_age old are sent again",
      `give the source ${block}, if Alloy may read the file`,
    );
    return [];
  }
  conversion.warn(
    "promtail/positions-access",
    path,
    `Alloy takes the cursor from ${file} and refuses to start if the file is there and it may not read it`,
    "give Alloy's user access to the file, or remove it",
  );
  return [block("legacy_position", undefined, [attribute("file", file), attribute("name", name)])];
}
