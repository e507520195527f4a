import { hasErrors, type Diagnostic, type Span } from "../diagnostics/index.ts";
import { issueDiagnostics, readYaml, type Path, type PlacedYaml, type Vocabulary } from "../yaml/index.ts";
import type { Fleet } from "./model.ts";
import { checkReferences, resolveManifest } from "./resolve.ts";
import { manifestSchema } from "./schema.ts";

const WORDS: Vocabulary = {
  part: "manifest",
  whole: "the manifest",
  whenEmpty: "fleet init writes one from what the repository has",
  schema: manifestSchema,
};

export interface ParsedManifest {
  /** Undefined when `diagnostics` has an error. */
  fleet: Fleet | undefined;
  diagnostics: Diagnostic[];
  /** Where the value at a path of keys stands, for checks that need more than the text. */
  valueSpan: (path: Path) => Span;
  /** Where the last key of a path stands. */
  keySpan: (path: Path) => Span;
}

/**
 * Reads fleet.yaml: syntax, shape, and the names that its parts use of each other. What needs the file system
 * (does a host's directory exist?) is not checked here.
 *
 * @param file the name that diagnostics give
 */
export function parseManifest(file: string, text: string): ParsedManifest {
  const yaml = readYaml(file, text, WORDS);
  const { fleet, diagnostics } = check(file, yaml);
  return { fleet, diagnostics, valueSpan: yaml.valueSpan, keySpan: yaml.keySpan };
}

function check(file: string, yaml: PlacedYaml): Pick<ParsedManifest, "fleet" | "diagnostics"> {
  if (hasErrors(yaml.diagnostics)) return { fleet: undefined, diagnostics: yaml.diagnostics };
  const parsed = manifestSchema.safeParse(yaml.value ?? undefined);
  if (!parsed.success) {
    return {
      fleet: undefined,
      diagnostics: issueDiagnostics(parsed.error.issues, yaml, WORDS),
    };
  }
  const diagnostics = checkReferences(parsed.data, yaml);
  return { fleet: hasErrors(diagnostics) ? undefined : resolveManifest(file, parsed.data), diagnostics };
}
