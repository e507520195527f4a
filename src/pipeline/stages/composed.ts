import { parse } from "../../alloy/index.ts";
import { Arguments } from "../config/arguments.ts";
import type { Step } from "../receiver.ts";
import type { StageContext, StepBuilder } from "./stage.ts";

/**
 * A stage that Promtail composes of simpler ones: each part is a stage and what Alloy would write between its braces.
 * Labels are copied into the extracted map first, as at the start of every pipeline.
 */
export function composed(context: StageContext, parts: readonly (readonly [StepBuilder, string])[]): Step {
  const steps = parts.map(([build, body]) => build(argumentsOf(body), context));
  return (entry) => {
    for (const [name, value] of entry.labels) entry.extracted.set(name, value);
    for (const step of steps) step(entry);
    return undefined;
  };
}

function argumentsOf(body: string): Arguments {
  const [block] = parse("stage", `stage {\n${body}\n}`).file.body;
  if (block?.kind !== "block") throw new Error(`${body} is no Alloy source`);
  return new Arguments(block, { name: () => undefined, component: () => undefined });
}
