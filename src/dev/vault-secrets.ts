import { randomBytes } from "node:crypto";
import { error, FleetError } from "../diagnostics/index.ts";
import type { RenderedCluster } from "../generate/index.ts";
import { VAULT_TOKEN } from "./ports.ts";

/**
 * Puts a password of its own into Vault for every remote that needs one and has none there, so that a password that
 * somebody changed stays. Gives the paths of the new ones.
 *
 * @throws FleetError `dev/vault-refused`
 */
export async function fillVault(address: string, clusters: readonly RenderedCluster[]): Promise<string[]> {
  const made: string[] = [];
  for (const { cluster, passwords } of clusters) {
    const mount = cluster.secrets.vault?.mount ?? "secret";
    if (passwords.length > 0) await mountEngine(address, mount);
    for (const { vaultKey, property } of passwords) {
      const path = `/v1/${mount}/data/${vaultKey}`;
      if ((await ask(address, "GET", path)).status === 200) continue;
      await must(address, path, { data: { [property]: randomBytes(16).toString("hex") } });
      made.push(`${mount}/${vaultKey}`);
    }
  }
  return made;
}

/** Development mode has the engine at `secret` alone. */
async function mountEngine(address: string, mount: string): Promise<void> {
  const there = await ask(address, "GET", `/v1/sys/mounts/${mount}`);
  if (there.status === 200) return;
  await must(address, `/v1/sys/mounts/${mount}`, { type: "kv", options: { version: "2" } });
}

async function must(address: string, path: string, body: unknown): Promise<void> {
  const answer = await ask(address, "POST", path, body);
  if (answer.ok) return;
  const message = `Vault at ${address} refused ${path} (status ${answer.status})`;
  const hint = "another Vault may be at this port: fleet dev up --port vault=18200";
  throw new FleetError(error("dev/vault-refused", message, { hint }));
}

function ask(address: string, method: string, path: string, body?: unknown): Promise<Response> {
  return fetch(address + path, {
    method,
    headers: { "X-Vault-Token": VAULT_TOKEN },
    signal: AbortSignal.timeout(10_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}
