import {
  applyEdits,
  attributeNamed,
  blockName,
  parse,
  quote,
  replaceValue,
  type Block,
  type Expression,
  type TextEdit,
} from "../alloy/index.ts";
import { error, FleetError, LineIndex } from "../diagnostics/index.ts";

/** What is changed of a configuration so that it reads another journal and pushes elsewhere. */
export interface Redirection {
  /** The journal directory that every loki.source.journal reads instead of its own. */
  journal: string;
  /** The max_age that each of them gets instead of its own, when given. */
  maxAge?: string;
  /** The push URL that every endpoint gets instead of its own, when given. */
  url?: string;
  /** The tenant that every endpoint pushes for instead of its own, when given. */
  tenant?: string;
  /** A label that every loki.write gives to entries that do not have it. */
  label?: { name: string; value: string };
}

/** A max_age that keeps no entry out, as a duration of either program: thirty years, for neither can seek to before 1970. */
export const ANY_AGE = "262800h";

/**
 * The configuration with what `redirection` says in the place of its own; every other byte stays.
 *
 * @throws FleetError for a configuration with syntax errors, and `ship/labels-unreadable` when external_labels is no
 * object that a label could be added to.
 */
export function redirect(config: { file: string; text: string }, redirection: Redirection): string {
  const { file, diagnostics } = parse(config.file, config.text);
  if (diagnostics.length > 0) throw new FleetError(diagnostics);
  const { journal, maxAge, url, tenant, label } = redirection;
  const edits: TextEdit[] = [];
  // At the front of the body, where it is alone even in a block of one line.
  const insert = ({ open }: Block, name: string, value: string): void => {
    edits.push({ start: open + 1, end: open + 1, text: `\n${name} = ${value}\n` });
  };
  const set = (block: Block, name: string, value: string | undefined): void => {
    if (value === undefined) return;
    const found = attributeNamed(block, name);
    if (found === undefined) insert(block, name, quote(value));
    else edits.push(replaceValue(found, quote(value)));
  };
  const mark = (block: Block, { name, value }: { name: string; value: string }): void => {
    const labels = attributeNamed(block, "external_labels")?.value;
    const field = `${name} = ${quote(value)}`;
    if (labels === undefined) insert(block, "external_labels", `{ ${field} }`);
    else if (labels.kind === "object")
      edits.push({ start: labels.start + 1, end: labels.start + 1, text: ` ${field},` });
    else throw unreadable(config, labels);
  };
  for (const block of file.body) {
    if (block.kind !== "block") continue;
    if (blockName(block) === "loki.source.journal") {
      set(block, "path", journal);
      set(block, "max_age", maxAge);
    }
    if (blockName(block) !== "loki.write") continue;
    for (const inner of block.body) {
      if (inner.kind !== "block" || blockName(inner) !== "endpoint") continue;
      set(inner, "url", url);
      set(inner, "tenant_id", tenant);
    }
    if (label !== undefined) mark(block, label);
  }
  return applyEdits(config.text, edits);
}

function unreadable({ file, text }: { file: string; text: string }, at: Expression): FleetError {
  return new FleetError(
    error("ship/labels-unreadable", "external_labels is an expression, so no label can be added to it", {
      span: new LineIndex(file, text).span(at.start, at.end),
      hint: "write it as an object: external_labels = { ... }",
    }),
  );
}
