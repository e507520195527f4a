import type { z } from "zod";
import { closest, error, warning, type Diagnostic } from "../diagnostics/index.ts";
import { issueDiagnostics } from "./issues.ts";
import { STAGES, type Stage, type StageConfig, type StageName } from "./stages.ts";
import { describe } from "./values.ts";
import { Scalar, type Yaml, type YamlPath, type YamlSource } from "./yaml.ts";

/**
 * The stages in `items`, which stand at `path`. A stage that cannot be read is left out and has an error; one of
 * `promtail/stage-shape` means that promtail could not even tell which stage it is.
 */
export function readStages(
  items: readonly Yaml[],
  path: YamlPath,
  source: YamlSource,
): { stages: Stage[]; diagnostics: Diagnostic[] } {
  const stages: Stage[] = [];
  const diagnostics: Diagnostic[] = [];
  for (const [at, item] of items.entries()) {
    const read = readStage(item, [...path, at], source);
    diagnostics.push(...read.diagnostics);
    if (read.stage !== undefined) stages.push(read.stage);
  }
  return { stages, diagnostics };
}

interface StageResult {
  stage?: Stage;
  diagnostics: Diagnostic[];
}

function readStage(item: Yaml, path: YamlPath, source: YamlSource): StageResult {
  const entries = entriesOf(item);
  const [entry, another] = entries ?? [];
  if (entry === undefined || another !== undefined) {
    const found = entries === undefined ? describe(item) : `${entries.length} keys`;
    const hint = item instanceof Scalar ? `write "- ${item.text}: {}"` : "give each stage an item of its own";
    return refused("promtail/stage-shape", `a stage is a mapping with one key, found ${found}`, {
      span: source.span(path),
      hint,
    });
  }
  const [name, config] = entry;
  const here = [...path, name];
  if (!Object.hasOwn(STAGES, name)) {
    const near = closest(name, Object.keys(STAGES));
    return refused("promtail/unknown-stage", `there is no stage ${JSON.stringify(name)}`, {
      span: source.keySpan(here),
      hint: near === undefined ? `there are ${Object.keys(STAGES).join(", ")}` : `did you mean ${near}?`,
    });
  }
  const known: { type: z.ZodType; keys: readonly string[] | undefined } = STAGES[name as StageName];
  const parsed = known.type.safeParse(config);
  if (!parsed.success) {
    return { diagnostics: issueDiagnostics(parsed.error.issues, here, source, "promtail/stage") };
  }
  const inner = name === "match" ? (parsed.data as StageConfig<"match">).stages : undefined;
  const nested = readStages(inner ?? [], [...here, "stages"], source);
  // The name chose the schema, which the type system cannot follow through an index.
  const stage = { name, config: parsed.data, path: here, stages: nested.stages } as unknown as Stage;
  return { stage, diagnostics: [...unknownFields(config, known.keys, here, source), ...nested.diagnostics] };
}

function refused(...what: Parameters<typeof error>): StageResult {
  return { diagnostics: [error(...what)] };
}

/** The entries of a mapping; undefined for anything else. */
function entriesOf(value: Yaml): [string, Yaml][] | undefined {
  if (value === null || value instanceof Scalar || Array.isArray(value)) return undefined;
  return Object.entries(value);
}

function unknownFields(
  config: Yaml,
  keys: readonly string[] | undefined,
  path: YamlPath,
  source: YamlSource,
): Diagnostic[] {
  if (keys === undefined) return [];
  return (entriesOf(config) ?? [])
    .filter(([key]) => !keys.includes(key))
    .map(([key]) => {
      const message = `the stage ${String(path.at(-1))} has no field ${JSON.stringify(key)}; it is overlooked`;
      const span = source.keySpan([...path, key]);
      return warning("promtail/unknown-stage-field", message, { span, hint: `it has ${keys.join(", ")}` });
    });
}
