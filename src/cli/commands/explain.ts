import { z } from "zod";
import { ALLOY_VERSION, parse } from "../../alloy/index.ts";
import { error, FleetError, hasErrors } from "../../diagnostics/index.ts";
import { compile, parseInstant, type Outcome } from "../../pipeline/index.ts";
import { readAlloyConfiguration, type AlloyFile } from "../alloy-file.ts";
import type { Run } from "../command.ts";
import { openFeed, type Feed, type Origin } from "../explain/feed.ts";
import { plannedConfiguration } from "../explain/planned.ts";
import { createTally, renderOutcome } from "../explain/view.ts";
import { textOf } from "../input.ts";
import type { Io } from "../io.ts";

const Options = z.object({
  config: z.string().optional(),
  entries: z.string().optional(),
  journal: z.string().optional(),
  files: z.string().optional(),
  stages: z.boolean().default(false),
  now: z.string().optional(),
  alloyVersion: z
    .string()
    .regex(/^v?\d+\.\d+(\.\d+)?/, "--alloy-version is a version such as 1.18.1")
    .default(ALLOY_VERSION),
});

/** `fleet explain`: what a pipeline does to each entry. Exits 1 for a faulty configuration or malformed entries. */
export const run: Run = async (invocation, io) => {
  const parsed = Options.safeParse(invocation.options);
  if (!parsed.success) throw usage(parsed.error.issues[0]?.message ?? "the options are not understood");
  const options = parsed.data;
  if (options.config === undefined) throw usage("--config is missing");
  const planned = await plannedConfiguration(options.config, invocation.repo, io);
  const inputs = planned === undefined ? await readAlloyConfiguration(options.config, io) : [planned];
  const feed = await openFeed(originOf(options, invocation.arguments[0]), io);
  const now = options.now === undefined ? undefined : parseInstant(options.now);
  if (options.now !== undefined && now === undefined) {
    throw usage(`--now ${options.now} is neither RFC 3339 nor seconds since 1970`);
  }
  const pipeline = build(inputs, feed, { now, version: options.alloyVersion, trace: options.stages }, io);
  let malformed = 0;
  const tally = createTally();
  const settle = async (outcomes: readonly Outcome[]): Promise<void> => {
    let text = "";
    for (const outcome of outcomes) {
      tally.add(outcome);
      text += invocation.json ? `${JSON.stringify(outcome)}\n` : renderOutcome(outcome, io);
    }
    if (text !== "") await io.outAll(text);
  };
  const count = await feed.push(pipeline, settle, (one) => {
    malformed += 1;
    io.report([one]);
  });
  if (!invocation.json) io.out(tally.render(count, malformed));
  return malformed > 0 ? 1 : 0;
};

function usage(message: string): FleetError {
  return new FleetError(error("cli/usage", message, { hint: "fleet explain --help lists what it takes" }));
}

function originOf(options: z.infer<typeof Options>, argument: unknown): Origin {
  const origins: Origin[] = [];
  if (options.entries !== undefined) origins.push({ entries: options.entries });
  if (options.journal !== undefined) origins.push({ journal: options.journal });
  if (options.files !== undefined) origins.push({ files: options.files });
  if (typeof argument === "string") {
    if (argument !== "-")
      throw usage(`${argument} is not understood: entries come from --entries, --journal, --files or -`);
    origins.push({ entries: "-" });
  }
  const [origin] = origins;
  if (origin === undefined || origins.length > 1)
    throw usage("exactly one of --entries, --journal, --files and - is needed");
  return origin;
}

function build(
  inputs: readonly AlloyFile[],
  feed: Feed,
  options: { now: bigint | undefined; version: string; trace: boolean },
  io: Io,
): NonNullable<ReturnType<typeof compile>["pipeline"]> {
  const unreadable = inputs.flatMap((input) => input.diagnostics);
  if (hasErrors(unreadable)) throw new FleetError(unreadable, 1);
  const parsed = inputs.map((input) => parse(input.name, input.text));
  const syntax = parsed.flatMap((one) => one.diagnostics);
  if (hasErrors(syntax)) throw new FleetError(syntax, 1);
  const { pipeline, diagnostics } = compile(
    parsed.map((one) => one.file),
    {
      alloyVersion: options.version.replace(/^v/, ""),
      env: io.env,
      files: feed.files,
      trace: options.trace,
      ...(options.now !== undefined && { now: options.now }),
      ...(feed.newest !== undefined && { newest: feed.newest }),
    },
  );
  if (pipeline === undefined) throw new FleetError(diagnostics, 1);
  io.report(diagnostics, textOf(...inputs));
  return pipeline;
}
