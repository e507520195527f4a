import type { Block } from "../../alloy/index.ts";
import type { Arguments } from "../config/arguments.ts";
import { stepReceiver, type Place, type Receiver, type Step } from "../receiver.ts";
import { cri } from "./cri.ts";
import { docker } from "./docker.ts";
import { drop } from "./drop.ts";
import { json } from "./json.ts";
import { labelDrop, labelKeep, labels, staticLabels } from "./labels.ts";
import { logfmt } from "./logfmt.ts";
import { luhn } from "./luhn.ts";
import { match } from "./match.ts";
import { multiline } from "./multiline.ts";
import { pack } from "./pack.ts";
import { pattern } from "./pattern.ts";
import { regex } from "./regex.ts";
import { decolorize, output, truncate } from "./rewrite.ts";
import type { StageBuilder, StageContext, StepBuilder } from "./stage.ts";
import { structuredMetadata, structuredMetadataDrop } from "./structured-metadata.ts";
import { replace, template } from "./template.ts";
import { tenant } from "./tenant.ts";
import { limit, sampling } from "./throttle.ts";
import { timestamp } from "./timestamp.ts";
import { eventLogMessage, windowsEvent } from "./windows.ts";

/** Stages that look at one entry at a time, under their names in a configuration. */
const STEPS: Readonly<Record<string, StepBuilder>> = {
  decolorize,
  docker,
  drop,
  eventlogmessage: eventLogMessage,
  geoip: unseen("the database is not read: the keys it would extract stay unset"),
  json,
  label_drop: labelDrop,
  label_keep: labelKeep,
  labels,
  limit,
  logfmt,
  luhn,
  // Metrics only count; the entries themselves pass unchanged.
  metrics: () => pass,
  output,
  pack,
  pattern,
  regex,
  replace,
  sampling,
  static_labels: staticLabels,
  structured_metadata: structuredMetadata,
  structured_metadata_drop: structuredMetadataDrop,
  template,
  tenant,
  timestamp,
  truncate,
  windowsevent: windowsEvent,
};

/** Stages that hold entries back or have stages inside. */
const BUILDERS: Readonly<Record<string, StageBuilder>> = { cri, match: match(buildStages), multiline };

/**
 * The chain of `stage.*` blocks of a loki.process or stage.match, ending in `next`. On the way in all labels are
 * copied into the extracted map. Throws ArgumentError.
 */
export function buildStages(args: Arguments, context: StageContext, place: Place, next: Receiver): Receiver {
  const counts = new Map<string, number>();
  const placed = args.blocks("stage").map((block) => {
    const name = block.name[1]?.name ?? "";
    const count = counts.get(name) ?? 0;
    counts.set(name, count + 1);
    const prefix = place.stage === "" ? "" : `${place.stage}.`;
    return { block, name, place: { component: place.component, stage: `${prefix}stage.${name}[${count}]` } };
  });
  const chain = placed.reduceRight<Receiver>((rest, stage) => {
    return buildStage(stage.name, args, stage.block, context, stage.place, rest);
  }, next);
  return {
    push(entry) {
      for (const [name, value] of entry.labels) entry.extracted.set(name, value);
      chain.push(entry);
    },
    flush: () => chain.flush(),
  };
}

function buildStage(
  name: string,
  outer: Arguments,
  block: Block,
  context: StageContext,
  place: Place,
  next: Receiver,
): Receiver {
  const args = outer.inside(block);
  const builder = Object.hasOwn(BUILDERS, name) ? BUILDERS[name] : undefined;
  if (builder !== undefined) return builder(args, context, place, next);
  const step = Object.hasOwn(STEPS, name) ? STEPS[name] : undefined;
  if (step === undefined) return args.fail(`there is no stage.${name} in this version of Alloy`);
  return stepReceiver(step(args, context), place, next, context.ledger);
}

const pass: Step = () => undefined;

/** A stage that needs what is not here: entries pass, and a warning says so. */
function unseen(message: string): StepBuilder {
  return (args, context) => {
    context.warn(message, args);
    return pass;
  };
}
