import { RE2JS } from "re2js";
import { z } from "zod";
import { fieldText } from "../journal/entry.ts";
import { texts } from "./promtail-shape.ts";
import type { DropRule, State, Step } from "./state.ts";
import { readTemplate } from "./template.ts";

/** A stage that the proof understands. */
export interface ReadStage {
  step: Step;
  drop?: DropRule;
  /** The name that becomes each label. */
  labels?: Readonly<Record<string, string>>;
  /** The name that becomes the line. */
  output?: string;
}

export interface StageContext {
  /** True when the line is the whole entry as JSON, which the proof does not spell out. */
  json: boolean;
  /** Drops that came before this stage. */
  drops: number;
}

type Reader = (argument: unknown, context: StageContext) => ReadStage | undefined;

/** Reads one promtail stage; undefined when its kind or one of its arguments is not understood. */
export function readStage(kind: string, argument: unknown, context: StageContext): ReadStage | undefined {
  return READERS.get(kind)?.(argument, context);
}

const jsonStage = z.strictObject({ expressions: texts });

const readJson: Reader = (argument, { json }) => {
  const { data } = jsonStage.safeParse(argument);
  if (data === undefined || !json) return undefined;
  const fields = Object.entries(data.expressions).map(
    ([name, field]) => [name, field === "" ? name : field] as const,
  );
  if (!fields.every(([, field]) => /^[A-Z_][A-Z0-9_]*$/.test(field))) return undefined;
  return {
    step({ entry, values }) {
      for (const [name, field] of fields) set(values, name, fieldText(entry, field));
    },
  };
};

const templateStage = z.strictObject({ source: z.string(), template: z.string() });

const readTemplateStage: Reader = (argument) => {
  const { data } = templateStage.safeParse(argument);
  const template = data && readTemplate(data.template);
  if (data === undefined || template === undefined) return undefined;
  return {
    step({ values }) {
      const made = template((name) => values.get(name));
      // An empty result takes the name away.
      set(values, data.source, made === "" ? undefined : made);
    },
  };
};

const regexStage = z.strictObject({ source: z.string().optional(), expression: z.string() });

const readRegex: Reader = (argument, context) => {
  const { data } = regexStage.safeParse(argument);
  const regex = data && compile(data.expression);
  const source = data && sourceOf(data.source, context);
  if (regex === undefined || source === undefined) return undefined;
  return {
    step(state) {
      const value = source(state);
      const match = value === undefined ? undefined : regex.matcher(value);
      if (match?.find() !== true) return;
      for (const name of Object.keys(regex.namedGroups())) set(state.values, name, match.group(name) ?? "");
    },
  };
};

const replaceStage = z.strictObject({
  source: z.string(),
  expression: z.string(),
  replace: z.string().default(""),
});

/** `^(..)$` with a literal replacement: the group is the whole value, and so is what takes its place. */
const readReplace: Reader = (argument) => {
  const { data } = replaceStage.safeParse(argument);
  const regex = data && compile(data.expression);
  if (data === undefined || regex === undefined) return undefined;
  if (!/^\^\([^()]*\)\$$/.test(data.expression) || data.replace.includes("{{")) return undefined;
  return {
    step({ values, replaced }) {
      const from = values.get(data.source);
      if (from === undefined || !regex.matcher(from).find()) return;
      values.set(data.source, data.replace);
      replaced.push({ name: data.source, from, to: data.replace });
    },
  };
};

const readLabels: Reader = (argument) => {
  const { data } = texts.safeParse(argument);
  if (data === undefined) return undefined;
  const labels = Object.fromEntries(
    Object.entries(data).map(([label, name]) => [label, name === "" ? label : name]),
  );
  return {
    labels,
    step(state) {
      for (const [label, name] of Object.entries(labels)) {
        const value = state.values.get(name);
        if (value !== undefined) state.labels.set(label, value);
      }
    },
  };
};

const readStaticLabels: Reader = (argument) => {
  const { data } = texts.safeParse(argument);
  if (data === undefined) return undefined;
  return {
    step({ labels }) {
      for (const [label, value] of Object.entries(data)) if (value !== "") labels.set(label, value);
    },
  };
};

const labelList = z.array(z.string());

const readLabelDrop: Reader = (argument) => {
  const { data } = labelList.safeParse(argument);
  return data && { step: ({ labels }) => data.forEach((label) => labels.delete(label)) };
};

const readLabelAllow: Reader = (argument) => {
  const { data } = labelList.safeParse(argument);
  if (data === undefined) return undefined;
  return {
    step({ labels }) {
      for (const label of [...labels.keys()]) if (!data.includes(label)) labels.delete(label);
    },
  };
};

const dropStage = z.strictObject({
  source: z
    .union([z.string().transform((names) => names.split(",").map((name) => name.trim())), labelList])
    .optional(),
  separator: z.string().default(";"),
  expression: z.string(),
  drop_counter_reason: z.string().optional(),
});

const readDrop: Reader = (argument, context) => {
  const { data } = dropStage.safeParse(argument);
  const regex = data && compile(data.expression);
  if (data === undefined || regex === undefined) return undefined;
  if (data.source === undefined && context.json) return undefined;
  const { source: sources, separator, expression } = data;
  return {
    drop: { sources, separator, expression },
    step(state) {
      const values = sources === undefined ? [state.line] : sources.map((name) => state.values.get(name));
      const present = values.filter((value) => value !== undefined);
      if (present.length === 0 || !regex.matcher(present.join(separator)).find()) return;
      state.drop = context.drops;
      state.arrives = false;
    },
  };
};

const outputStage = z.strictObject({ source: z.string() });

const readOutput: Reader = (argument) => {
  const { data } = outputStage.safeParse(argument);
  if (data === undefined) return undefined;
  return {
    output: data.source,
    step(state) {
      state.line = state.values.get(data.source) ?? state.line;
    },
  };
};

/** Metrics count entries and change none. */
const readMetrics: Reader = () => ({ step: () => undefined });

const READERS: ReadonlyMap<string, Reader> = new Map([
  ["json", readJson],
  ["template", readTemplateStage],
  ["regex", readRegex],
  ["replace", readReplace],
  ["labels", readLabels],
  ["static_labels", readStaticLabels],
  ["labeldrop", readLabelDrop],
  ["labelallow", readLabelAllow],
  ["drop", readDrop],
  ["output", readOutput],
  ["metrics", readMetrics],
]);

/** What a stage works on: a name, or the line where no name is given. */
function sourceOf(
  name: string | undefined,
  { json }: StageContext,
): ((state: State) => string | undefined) | undefined {
  if (name !== undefined) return ({ values }) => values.get(name);
  return json ? undefined : ({ line }) => line;
}

function compile(expression: string): RE2JS | undefined {
  try {
    return RE2JS.compile(expression);
  } catch {
    return undefined;
  }
}

function set(values: Map<string, string>, name: string, value: string | undefined): void {
  if (value === undefined) values.delete(name);
  else values.set(name, value);
}
