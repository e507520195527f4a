import { hasErrors, type Diagnostic } from "../diagnostics/index.ts";
import { buildPipeline } from "./build.ts";
import { judgeDropped } from "./dropped.ts";
import type { Failure } from "./failure.ts";
import { feed, readInputs } from "./inputs.ts";
import { judgeSent } from "./sent.ts";
import type { TestFile } from "./test-file.ts";

/** The texts that a test names. */
export interface TestSources {
  configuration: readonly { name: string; text: string }[];
  /** The text of inputs.journal_file. */
  journal?: string;
}

export interface TestResult {
  ok: boolean;
  failures: readonly Failure[];
  /** Errors when the configuration or an input is faulty, and warnings about what was not evaluated. */
  diagnostics: readonly Diagnostic[];
}

/** Feeds a test's inputs to the pipelines of its configuration and judges what comes of it. */
export function runTest(test: TestFile, sources: TestSources): TestResult {
  const inputs = readInputs(test, sources.journal);
  const { pipeline, diagnostics: found } = buildPipeline(test, sources.configuration, inputs);
  const diagnostics = [...inputs.diagnostics, ...found];
  if (pipeline === undefined || hasErrors(diagnostics)) return { ok: false, failures: [], diagnostics };
  const outcomes = feed(pipeline, inputs);
  const { assert } = test.data;
  const sent = outcomes.filter((outcome) => outcome.outcome === "sent");
  const failures = [
    ...judgeSent(assert.loki, sent, test.yaml),
    ...judgeDropped(assert.dropped, outcomes, inputs.lines, test.yaml),
  ];
  return { ok: failures.length === 0, failures, diagnostics };
}
