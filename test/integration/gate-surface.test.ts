import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import t from "tap";
import { gate, type HostReport } from "../../src/gate/index.ts";
import type { Fleet, Host } from "../../src/manifest/index.ts";
import { matchGolden } from "../support/golden.ts";

// Each directory below test/fixtures/gate/hosts is a host on the channel that its file `channel` names, 26.05
// without one. What the gate says of it is in test/golden/gate/<host>.txt.
const ROOT = join(import.meta.dirname, "../fixtures/gate");

function hostsOf(root: string): Host[] {
  return readdirSync(join(root, "hosts")).map((name) => {
    const directory = `hosts/${name}`;
    const channel = join(root, directory, "channel");
    const release = existsSync(channel) ? readFileSync(channel, "utf8").trim() : "26.05";
    return {
      name,
      channel: { name: release, nixpkgs: undefined, modules: [], alloy: undefined },
      ship: "none",
      promtail: undefined,
      directory,
      entry: { kind: "configuration", file: `${directory}/configuration.nix` },
      secrets: `${directory}/secrets.yaml`,
      recipient: undefined,
    };
  });
}

function describe({ verdict, diagnostics, unverified }: HostReport): string {
  const lines: string[] = [verdict];
  for (const { severity, code, message, span, hint } of diagnostics) {
    const place = span === undefined ? "" : `${span.file}:${span.start.line}:${span.start.column}: `;
    lines.push("", `${place}${severity}[${code}]: ${message}`);
    if (hint !== undefined) lines.push(`hint: ${hint}`);
  }
  for (const { option, span } of unverified) {
    lines.push("", `unverified: ${option}${span === undefined ? "" : ` at ${span.file}:${span.start.line}`}`);
  }
  return `${lines.join("\n")}\n`;
}

t.test("what the embedded option surface says of each host", async (t) => {
  const fleet = { hosts: hostsOf(ROOT), channels: new Map(), tools: {} } as unknown as Fleet;
  const report = await gate(fleet, ROOT, { env: process.env });
  t.ok(report.hosts.length > 20);
  for (const host of report.hosts) matchGolden(t, `gate/${host.host}.txt`, describe(host));
});
