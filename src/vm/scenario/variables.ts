import { error, FleetError } from "../../diagnostics/index.ts";
import type { LokiExpectation } from "./expectation.ts";

/** What `{{name}}` stands for in the texts of a scenario's steps. */
export type Variables = ReadonlyMap<string, string>;

const REFERENCE = /\{\{([A-Za-z_][A-Za-z0-9_]*)\}\}/g;
/** Characters of a captured text: none that a quoted word of a shell or of LogQL could end or change with. */
const PLAIN = /^[^'"`\\$\p{Cc}]*$/u;

/**
 * A text with its references replaced.
 *
 * @throws FleetError `scenario/invalid` for a name that nothing was captured under.
 */
export function substitute(text: string, variables: Variables): string {
  return text.replace(REFERENCE, (_, name: string) => {
    const value = variables.get(name);
    if (value !== undefined) return value;
    const hint = `capture it in a step before: capture("${name}", "a command")`;
    throw new FleetError(error("scenario/invalid", `{{${name}}} is not known yet`, { hint }));
  });
}

/** An expectation with the references in its query, lines and labels replaced. */
export function substituteExpectation(expectation: LokiExpectation, variables: Variables): LokiExpectation {
  const { name, query, lines, labels } = expectation;
  const replace = (text: string): string => substitute(text, variables);
  return {
    ...expectation,
    name: replace(name),
    query: replace(query),
    ...(lines === undefined ? {} : { lines: lines.map(replace) }),
    ...(labels === undefined
      ? {}
      : {
          labels: Object.fromEntries(Object.entries(labels).map(([label, value]) => [label, replace(value)])),
        }),
  };
}

/**
 * What a command printed as the value of a variable.
 *
 * @throws FleetError `scenario/capture-unusable` when it is more than one line, or has quotes and the like: such
 * a text could change the meaning of the commands and queries that it is put into.
 */
export function captured(name: string, stdout: string): string {
  const value = stdout.replace(/\n$/, "");
  if (PLAIN.test(value)) return value;
  const message = `what was captured as ${name} cannot be put into commands and queries: ${JSON.stringify(value.slice(0, 200))}`;
  throw new FleetError(
    error("scenario/capture-unusable", message, {
      hint: "let the command print one line without quotes, backslashes and dollar signs",
    }),
  );
}
