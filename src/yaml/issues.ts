import type { z } from "zod";
import { closest, error, type Diagnostic } from "../diagnostics/index.ts";
import type { Path, PlacedYaml } from "./document.ts";
import { knownKeys } from "./shape.ts";
import type { Vocabulary } from "./vocabulary.ts";

type Issue = z.core.$ZodIssue;

/**
 * Turns what the schema found wrong into diagnostics that point into the file and say what to do. A key that
 * is missing because it is misspelt is one mistake, and one diagnostic.
 */
export function issueDiagnostics(
  issues: readonly Issue[],
  yaml: PlacedYaml,
  words: Vocabulary,
): Diagnostic[] {
  const meant = new Set(issues.flatMap((issue) => meantPaths(issue, words)));
  return issues
    .filter((issue) => yaml.has(pathOf(issue)) || !meant.has(pathOf(issue).join("\0")))
    .flatMap((issue) => describeIssue(issue, yaml, words));
}

function pathOf(issue: Issue): Path {
  return issue.path.map((step) => (typeof step === "symbol" ? String(step) : step));
}

/** The keys that unknown keys were probably meant to be. */
function meantPaths(issue: Issue, { schema }: Vocabulary): string[] {
  if (issue.code !== "unrecognized_keys") return [];
  const path = pathOf(issue);
  const known = knownKeys(schema, path);
  return issue.keys.map((key) => [...path, closest(key, known) ?? key].join("\0"));
}

function describeIssue(issue: Issue, yaml: PlacedYaml, words: Vocabulary): Diagnostic[] {
  const path = pathOf(issue);
  switch (issue.code) {
    case "unrecognized_keys":
      return issue.keys.map((key) => unknownKey(path, key, yaml, words));
    case "invalid_key":
      return [badKey(path, issue, yaml, words)];
    case "invalid_type":
      return [yaml.has(path) ? wrongType(path, issue.expected, yaml, words) : missingKey(path, yaml, words)];
    case "invalid_value":
      return [yaml.has(path) ? wrongValue(path, issue.values, yaml, words) : missingKey(path, yaml, words)];
    default: {
      const message = `${nameOf(path, words)} is ${shown(path, yaml)}, expected ${issue.message}`;
      return [error(`${words.part}/wrong-value`, message, { span: yaml.valueSpan(path) })];
    }
  }
}

function unknownKey(path: Path, key: string, yaml: PlacedYaml, words: Vocabulary): Diagnostic {
  const known = knownKeys(words.schema, path);
  const meant = closest(key, known);
  const hint = meant === undefined ? `known here: ${known.join(", ")}` : `did you mean ${meant}?`;
  const where = path.length === 0 ? "" : ` in ${nameOf(path, words)}`;
  return error(`${words.part}/unknown-key`, `unknown key ${key}${where}`, {
    span: yaml.keySpan([...path, key]),
    hint,
  });
}

function badKey(
  path: Path,
  issue: Extract<Issue, { code: "invalid_key" }>,
  yaml: PlacedYaml,
  words: Vocabulary,
): Diagnostic {
  const owner = nameOf(path.slice(0, -1), words);
  return error(`${words.part}/bad-name`, `${JSON.stringify(path.at(-1))} cannot be a name in ${owner}`, {
    span: yaml.keySpan(path),
    hint: `expected ${issue.issues[0]?.message ?? "another form"}`,
  });
}

function missingKey(path: Path, yaml: PlacedYaml, words: Vocabulary): Diagnostic {
  const parent = path.slice(0, -1);
  if (path.length === 0) {
    return error(`${words.part}/missing-key`, `${words.whole} is empty`, {
      span: yaml.valueSpan([]),
      hint: words.whenEmpty,
    });
  }
  const owner = nameOf(parent, words);
  return error(`${words.part}/missing-key`, `${owner} has no ${String(path.at(-1))}`, {
    span: parent.length === 0 ? yaml.valueSpan([]) : yaml.keySpan(parent),
    hint: `add ${String(path.at(-1))}: to it`,
  });
}

const TYPES: Readonly<Record<string, string>> = {
  string: "text",
  object: "a mapping",
  record: "a mapping",
  array: "a list",
  number: "a number",
  boolean: "true or false",
};

function wrongType(path: Path, expected: string, yaml: PlacedYaml, words: Vocabulary): Diagnostic {
  const message = `${nameOf(path, words)} is ${shown(path, yaml)}, expected ${TYPES[expected] ?? expected}`;
  const source = yaml.source(path);
  // 26.05 without quotes is the number 26.05: the commonest slip in this file.
  const quote = expected === "string" && source !== undefined && source !== "";
  return error(`${words.part}/wrong-type`, message, {
    span: yaml.valueSpan(path),
    ...(quote ? { hint: `write it in quotes: ${JSON.stringify(source)}` } : {}),
  });
}

function wrongValue(path: Path, values: readonly unknown[], yaml: PlacedYaml, words: Vocabulary): Diagnostic {
  const known = values.map(String);
  const meant = closest(yaml.source(path) ?? "", known);
  const message = `${nameOf(path, words)} is ${shown(path, yaml)}, expected ${listOf(known)}`;
  return error(`${words.part}/wrong-value`, message, {
    span: yaml.valueSpan(path),
    ...(meant === undefined ? {} : { hint: `did you mean ${meant}?` }),
  });
}

function listOf(words: readonly string[]): string {
  if (words.length < 2) return words.join("");
  return `${words.slice(0, -1).join(", ")} or ${words.at(-1) ?? ""}`;
}

/** The value at `path` as a message shows it. */
function shown(path: Path, yaml: PlacedYaml): string {
  let value = yaml.value;
  for (const step of path) value = (value as Readonly<Record<string | number, unknown>>)[step];
  if (value === null || value === undefined) return "empty";
  if (Array.isArray(value)) return "a list";
  return typeof value === "object" ? "a mapping" : withoutPassword(JSON.stringify(value));
}

/** A URL may hold a password, which no message is to repeat. */
function withoutPassword(shown: string): string {
  return shown.replace(/(:\/\/[^\s/@:]*):[^\s/@]*@/g, "$1:...@");
}

/** `hosts.nas.channel`, `rollout.waves[0]`; "the manifest" for the whole. */
function nameOf(path: Path, { whole }: Vocabulary): string {
  if (path.length === 0) return whole;
  return path
    .map((step, at) => (typeof step === "number" ? `[${step}]` : `${at === 0 ? "" : "."}${step}`))
    .join("");
}
