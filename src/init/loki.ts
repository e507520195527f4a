import { error, FleetError } from "../diagnostics/index.ts";
import { parseManifest } from "../manifest/index.ts";
import { renderPromtail } from "../nix/index.ts";
import { parsePromtail } from "../promtail/index.ts";
import { MANIFEST } from "../repository/index.ts";
import type { Discovery } from "./discovery.ts";
import { manifestText, type FoundLoki } from "./manifest-text.ts";

/** What looking for the Loki needs of the outside. */
export interface Outside {
  root: string;
  env: Readonly<Record<string, string | undefined>>;
  log: (line: string) => void;
  signal: AbortSignal;
}

/**
 * The Loki that the fleet's Promtail pushes to: the first client of the configuration that the shared module
 * evaluates to.
 *
 * @throws FleetError `manifest/no-loki` when there is no such module or it names no client, and whatever keeps
 *   the module from being evaluated.
 */
export async function findLoki(outside: Outside, found: Discovery): Promise<FoundLoki> {
  const { promtail: module, hosts } = found;
  if (module === undefined) throw noLoki("no shared Promtail module was found that would say where logs go");
  // The evaluation is asked of a manifest like the one to be written, in which only the Loki is made up.
  const { fleet } = parseManifest(
    MANIFEST,
    manifestText(found, { url: "http://localhost", username: undefined }),
  );
  if (fleet === undefined) throw new TypeError("the manifest made from the repository is not valid");
  const { json } = await renderPromtail({ ...outside, fleet, host: hosts[0]?.name ?? "host", module });
  const { promtail, diagnostics } = parsePromtail(`${module} (rendered)`, json);
  if (promtail === undefined) throw new FleetError(diagnostics, 1);
  const { client, clients = [] } = promtail.config;
  const first = clients[0] ?? client;
  if (first?.url === undefined) throw noLoki(`${module} names no client with an url`);
  return { url: first.url, username: first.basic_auth?.username };
}

function noLoki(message: string): FleetError {
  const hint = "name it: --loki-url https://loki.example.com/loki/api/v1/push";
  return new FleetError(error("manifest/no-loki", message, { hint }));
}
