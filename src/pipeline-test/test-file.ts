import { error, hasErrors, type Diagnostic } from "../diagnostics/index.ts";
import { issueDiagnostics, readYaml, type Path, type PlacedYaml, type Vocabulary } from "../yaml/index.ts";
import { testSchema, type TestData } from "./schema.ts";

const WORDS: Vocabulary = {
  part: "test",
  whole: "the test",
  whenEmpty: "docs/pipeline-tests.md says what a test holds",
  schema: testSchema,
};

/** A test as it was read, with the places of its parts. */
export interface TestFile {
  file: string;
  name: string;
  data: TestData;
  yaml: PlacedYaml;
  /** Where the configuration is: its text, or the path of a file or directory, relative to the test file. */
  config: { text: string } | { path: string };
}

export interface ReadTest {
  /** Undefined when `diagnostics` has an error. */
  test: TestFile | undefined;
  diagnostics: Diagnostic[];
}

/**
 * Reads a test file strictly: what it does not know is an error with its place.
 *
 * @param file the name that diagnostics give, and that of a test that has none
 */
export function readTest(file: string, text: string): ReadTest {
  const yaml = readYaml(file, text, WORDS);
  if (hasErrors(yaml.diagnostics)) return { test: undefined, diagnostics: yaml.diagnostics };
  const parsed = testSchema.safeParse(yaml.value ?? undefined);
  if (!parsed.success) {
    return { test: undefined, diagnostics: issueDiagnostics(parsed.error.issues, yaml, WORDS) };
  }
  const { data } = parsed;
  const config = configOf(data);
  const diagnostics = [...checkAssertions(data, yaml), ...checkInputs(data, yaml)];
  if (config === undefined) {
    const message = "the test names no configuration, or more than one";
    const hint = "give one of config (its text) and config_file (its path)";
    diagnostics.push(error("test/no-config", message, { span: yaml.keySpan(["config"]), hint }));
  }
  const ok = config !== undefined && !hasErrors(diagnostics);
  return { test: ok ? { file, name: data.name ?? file, data, yaml, config } : undefined, diagnostics };
}

function configOf({ config, config_file: path }: TestData): TestFile["config"] | undefined {
  if (config !== undefined && path !== undefined) return undefined;
  if (path !== undefined) return { path };
  return typeof config === "string" ? { text: config } : config;
}

/** What the shape alone does not say. */
function checkAssertions({ assert }: TestData, yaml: PlacedYaml): Diagnostic[] {
  const wrong = (path: Path, message: string, hint: string): Diagnostic =>
    error("test/missing-key", message, { span: yaml.valueSpan(path), hint });
  if (assert.loki.length + assert.dropped.length === 0) {
    return [wrong(["assert"], "the test asserts nothing", "add an item to assert.loki or assert.dropped")];
  }
  const diagnostics: Diagnostic[] = [];
  for (const [at, { type, count, match }] of assert.loki.entries()) {
    const path = ["assert", "loki", at];
    const fields = Object.keys(match).length;
    if (type === "count" && count === undefined) {
      diagnostics.push(wrong(path, "an assertion of type count has no count", "add count:"));
    }
    if (type === "contains" && count !== undefined) {
      const message = "an assertion of type contains takes no count";
      const span = yaml.keySpan([...path, "count"]);
      diagnostics.push(error("test/unknown-key", message, { span, hint: "make it type: count" }));
    }
    if (type === "contains" && fields === 0) {
      diagnostics.push(wrong(path, "an assertion of type contains has no match", "add match:"));
    }
  }
  for (const [at, assertion] of assert.dropped.entries()) {
    if (Object.keys(assertion).length > 0) continue;
    const hint = "add one of reason, at_stage, line and count";
    diagnostics.push(wrong(["assert", "dropped", at], "the assertion says nothing", hint));
  }
  return diagnostics;
}

function checkInputs({ inputs }: TestData, yaml: PlacedYaml): Diagnostic[] {
  const { loki, journal, journal_file: file, files } = inputs;
  if (loki.length + journal.length + files.length > 0 || file !== undefined) return [];
  const hint = "add inputs.journal, inputs.journal_file, inputs.files or inputs.loki";
  return [error("test/missing-key", "the test has no input", { span: yaml.valueSpan(["inputs"]), hint })];
}
