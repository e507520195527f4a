import type { Diagnostic } from "../diagnostics/index.ts";
import type { Fleet, Host } from "../manifest/index.ts";
import { readText } from "../repository/index.ts";
import { readCreationRules } from "./creation-rules.ts";
import { checkHost, type HostSecrets } from "./host-secrets.ts";

const RULES = ".sops.yaml";

export interface SecretsReport {
  hosts: HostSecrets[];
  /** Of all hosts and of .sops.yaml. */
  diagnostics: Diagnostic[];
}

/** Checks the encrypted files of `hosts` without decrypting or changing them. */
export async function checkSecrets(
  root: string,
  fleet: Fleet,
  hosts: readonly Host[] = fleet.hosts,
): Promise<SecretsReport> {
  const rules = readCreationRules(RULES, await readText(root, RULES));
  const recipientsFor = typeof rules === "function" ? rules : () => undefined;
  const checked = await Promise.all(
    hosts.map(async (host) => checkHost(fleet, host, await readText(root, host.secrets), recipientsFor)),
  );
  const found = checked.flatMap(({ diagnostics }) => diagnostics);
  return { hosts: checked, diagnostics: typeof rules === "function" ? found : [rules, ...found] };
}
