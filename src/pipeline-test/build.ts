import { check, parse } from "../alloy/index.ts";
import { closest, error, hasErrors, type Diagnostic } from "../diagnostics/index.ts";
import { compile, parseInstant, templateError, type Compiled, type Pipeline } from "../pipeline/index.ts";
import type { Inputs } from "./inputs.ts";
import type { TestFile } from "./test-file.ts";

/** What the configurations of Alloy's own tests write to, by a name that no other configuration can have. */
const SINK = parse("pipelinetest", "pipelinetest.loki { }").file;

/**
 * Builds the pipelines of a test's configuration. What Alloy would refuse is an error, and so are components that
 * the test feeds and that take no entries.
 */
export function buildPipeline(
  test: TestFile,
  configuration: readonly { name: string; text: string }[],
  { journal, plain }: Inputs,
): Compiled {
  const { data } = test;
  const parsed = configuration.map(({ name, text }) => parse(name, text));
  const syntax = parsed.flatMap((one) => one.diagnostics);
  if (hasErrors(syntax)) return { pipeline: undefined, diagnostics: syntax };
  const files = [...parsed.map((one) => one.file), SINK];
  const { alloy_version: alloyVersion, env, now } = data;
  const refused = check(files, { alloyVersion, templateError }).filter(
    ({ severity, span }) => severity === "error" && span?.file !== SINK.name,
  );
  if (refused.length > 0) return { pipeline: undefined, diagnostics: refused };
  const times = [...journal, ...plain.map(({ entry }) => entry)].flatMap(({ timestamp }) => timestamp ?? []);
  const newest = times.reduce<bigint>((latest, time) => (time > latest ? time : latest), 0n);
  const present = now === undefined ? undefined : parseInstant(now);
  const compiled = compile(files, {
    alloyVersion,
    env,
    newest,
    files: data.inputs.files.map(({ path }) => path),
    ...(present !== undefined && { now: present }),
  });
  // Entries may be given to components directly.
  const diagnostics = compiled.diagnostics.filter(
    ({ code }) => code !== "pipeline/no-source" || data.inputs.loki.length === 0,
  );
  if (compiled.pipeline !== undefined) diagnostics.push(...unfed(test, compiled.pipeline));
  return { pipeline: compiled.pipeline, diagnostics };
}

function unfed({ data, yaml }: TestFile, { components }: Pipeline): Diagnostic[] {
  const known = components.filter((one) => one !== "pipelinetest.loki");
  return data.inputs.loki.flatMap((input, at) =>
    input.components.flatMap((receiver, index) => {
      const component = receiver.replace(/\.receiver$/, "");
      if (components.includes(component)) return [];
      const meant = closest(component, known);
      const hint =
        meant === undefined
          ? `components that can be: ${known.join(", ") || "none"}`
          : `did you mean ${meant}.receiver?`;
      const span = yaml.valueSpan(["inputs", "loki", at, "components", index]);
      const message = `no entry can be given to ${receiver}: it is not in the configuration, or not evaluated offline`;
      return [error("test/unknown-component", message, { span, hint })];
    }),
  );
}
