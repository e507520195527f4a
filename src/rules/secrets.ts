import { LineIndex, type Diagnostic, type Span } from "../diagnostics/index.ts";
import type { Fleet } from "../manifest/index.ts";
import type { FileChange } from "./change.ts";

/** Encrypted files that change together with something else; one that is new may come with what needs it. */
export function touchedSecrets(
  { hosts }: Pick<Fleet, "hosts">,
  changes: readonly FileChange[],
): Diagnostic[] {
  const secrets = new Set(hosts.map((host) => host.secrets));
  if (changes.every(({ path }) => secrets.has(path))) return [];
  return changes
    .filter(({ path, before, after }) => secrets.has(path) && before !== undefined && before !== after)
    .map(({ path, before = "", after = "" }) => ({
      code: "rules/secrets-touched",
      severity: "error",
      message: after === "" ? `${path} is removed` : `${path} changes together with other files`,
      span: firstDifference(path, before, after),
      hint: "change encrypted files in a commit of their own",
    }));
}

function firstDifference(path: string, before: string, after: string): Span {
  let at = 0;
  while (at < after.length && before[at] === after[at]) at += 1;
  return new LineIndex(path, after).span(at, at);
}
