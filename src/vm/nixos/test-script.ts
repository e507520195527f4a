import { readFileSync } from "node:fs";
import { GUEST } from "../guest-layout.ts";
import type { Step } from "../scenario/step.ts";

/**
 * Writes a scenario's steps down as the testScript of a NixOS test: Python that asks Loki from within the machine
 * and judges the answers as the interpreter does. The same steps give the same bytes.
 *
 * @param nonce what `{{nonce}}` stands for; each run of a NixOS test has a machine of its own, so it may be any word
 */
export function testScript(steps: readonly Step[], nonce: string): string {
  const prelude = readFileSync(new URL("prelude.py", import.meta.url), "utf8");
  const opening = [
    `LOKI = "http://127.0.0.1:${GUEST.lokiPort}"`,
    `variables["nonce"] = ${literal(nonce)}`,
    "machine.start()",
    'machine.wait_for_unit("multi-user.target")',
  ];
  return `${prelude}\n\n${[...opening, ...block(steps)].join("\n")}\n`;
}

function block(steps: readonly Step[]): string[] {
  return steps.flatMap(statements);
}

function statements(step: Step): string[] {
  switch (step.kind) {
    case "subtest": {
      const body = block(step.steps).map((line) => `    ${line}`);
      return [`with subtest(fill(${literal(step.name)})):`, ...(body.length === 0 ? ["    pass"] : body)];
    }
    case "run":
      return [`machine.${step.outcome === "success" ? "succeed" : "fail"}(${filled(step.command)})`];
    case "retry":
      return [`machine.wait_until_succeeds(${filled(step.command)}, timeout=${step.within})`];
    case "capture":
      return [`capture(${literal(step.name)}, ${literal(step.command)})`];
    case "write":
      return [`write_file(${filled(step.path)}, ${filled(step.text)}, ${literal(step.mode)})`];
    case "wait-for-unit":
      return [`machine.wait_for_unit(${filled(step.unit)}, timeout=${step.within})`];
    case "reboot":
      return ["machine.shutdown()", "machine.start()", 'machine.wait_for_unit("multi-user.target")'];
    case "pause":
      return [`time.sleep(${step.seconds})`];
    case "expect-loki":
      return [`expect_loki(${literal(step.expectation)})`];
    case "expect-equal":
      return [`expect_equal(fill(${literal(step.name)}), ${literal(step.queries)}, ${step.within})`];
  }
}

/** Texts, numbers, lists and maps of these are written in Python as in JSON. */
function literal(value: string | object): string {
  return JSON.stringify(value);
}

function filled(text: string): string {
  return text.includes("{{") ? `fill(${literal(text)})` : literal(text);
}
