import { diagnosticJson, hasErrors } from "../../diagnostics/index.ts";
import { renderTable } from "../../report/index.ts";
import { findRoot, loadFleet } from "../../repository/index.ts";
import { checkSecrets, type HostSecrets } from "../../secrets/index.ts";
import type { Run } from "../command.ts";

/** `fleet secrets check`: looks at every host's encrypted file from outside; exit code 1 when an error is found. */
export const run: Run = async (invocation, io) => {
  const { root, fleet } = await loadFleet(await findRoot({ repo: invocation.repo, cwd: io.cwd }));
  const { hosts, diagnostics } = await checkSecrets(root, fleet);
  const ok = !hasErrors(diagnostics);
  if (invocation.json) {
    const summary = hosts.map((host) => ({ ...host, diagnostics: host.diagnostics.map(diagnosticJson) }));
    io.json({ ok, hosts: summary, diagnostics: diagnostics.map(diagnosticJson) });
    return ok ? 0 : 1;
  }
  const { secret } = fleet.loki.credential.sops;
  io.out(renderTable([["host", "encrypted", secret, "recipients", "file"], ...hosts.map(row)], io.columns));
  io.report(diagnostics);
  return ok ? 0 : 1;
};

function row({ host, file, encrypted, secret, recipients }: HostSecrets): string[] {
  const word = (value: boolean | undefined): string =>
    value === undefined ? "unknown" : value ? "yes" : "no";
  return [host, word(encrypted), word(secret), word(recipients), file];
}
