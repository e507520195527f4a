import { error, warning, type Diagnostic } from "../diagnostics/index.ts";
import type { PasswordSource, RenderedCluster } from "../generate/index.ts";
import type { Remote } from "../manifest/index.ts";
import type { ApiClient } from "./api/client.ts";
import { readyCondition } from "./ready.ts";
import { checkVault, type VaultAccess } from "./vault.ts";

/** One thing that has to be so before a cluster is applied. */
export interface Check {
  name: string;
  state: "ok" | "failed" | "doubtful" | "not checked";
  detail: string;
}

export interface Preflight {
  checks: readonly Check[];
  /** An error for each check that failed, a warning for each doubtful one. */
  diagnostics: readonly Diagnostic[];
}

export interface PreflightOptions {
  /** Undefined: nobody said how to ask Vault. */
  vault: VaultAccess | undefined;
  signal?: AbortSignal;
}

/** A check with the diagnostic that tells of its failure. */
export interface Finding {
  check: Check;
  diagnostic?: Diagnostic;
}

/**
 * Looks whether a cluster can work once it is applied: the secret store is ready, each password is in Vault, each
 * remote answers. That the API server answers and has the kinds, the plan finds.
 *
 * @throws FleetError `cluster/unreachable`, `cluster/refused`
 */
export async function preflight(
  client: ApiClient,
  rendered: RenderedCluster,
  { vault, signal }: PreflightOptions,
): Promise<Preflight> {
  const { cluster, passwords } = rendered;
  const findings: Finding[] = [];
  if (passwords.length > 0) {
    findings.push(await storeReady(client, rendered), ...(await passwordsThere(passwords, vault, signal)));
  }
  const remotes = [...cluster.remotes.prometheus, ...cluster.remotes.loki];
  findings.push(...(await Promise.all(remotes.map(([name, remote]) => answers(name, remote, signal)))));
  return {
    checks: findings.map(({ check }) => check),
    diagnostics: findings.flatMap(({ diagnostic }) => diagnostic ?? []),
  };
}

/** A store that fleet makes itself is waited for when it is applied; one that is taken to be there has to be ready. */
async function storeReady(client: ApiClient, { cluster }: RenderedCluster): Promise<Finding> {
  const { store, vault } = cluster.secrets;
  const name = `ClusterSecretStore ${store}`;
  const live = await client.get({
    apiVersion: "external-secrets.io/v1",
    kind: "ClusterSecretStore",
    metadata: { name: store },
  });
  if (live === undefined && vault !== undefined)
    return { check: { name, state: "ok", detail: "will be made" } };
  if (live === undefined) {
    const hint = "apply one of this name, or describe Vault under secrets.vault in fleet.yaml";
    const diagnostic = error("cluster/store-not-ready", `${name} is not there`, { hint });
    return { check: { name, state: "failed", detail: "it is not there" }, diagnostic };
  }
  const { ready, detail } = readyCondition(live);
  if (ready) return { check: { name, state: "ok", detail } };
  const hint =
    "External Secrets has to reach Vault and log in there: kubectl describe clustersecretstore " + store;
  const message = `${name} is not ready: ${detail}`;
  // What is applied now may be what mends a store of ours.
  if (vault !== undefined) {
    const diagnostic = warning("cluster/store-not-ready", message, { hint });
    return { check: { name, state: "doubtful", detail }, diagnostic };
  }
  return {
    check: { name, state: "failed", detail },
    diagnostic: error("cluster/store-not-ready", message, { hint }),
  };
}

async function passwordsThere(
  passwords: readonly PasswordSource[],
  vault: VaultAccess | undefined,
  signal: AbortSignal | undefined,
): Promise<Finding[]> {
  if (vault !== undefined) return checkVault(vault, passwords, signal);
  const detail = "set VAULT_ADDR and VAULT_TOKEN to have it looked up";
  return passwords.map(({ vaultKey }) => ({
    check: { name: `Vault ${vaultKey}`, state: "not checked", detail },
  }));
}

/** Whether anything answers at a remote's URL. The cluster may reach what this machine does not: a warning at most. */
async function answers(name: string, { url }: Remote, signal: AbortSignal | undefined): Promise<Finding> {
  const title = `remote ${name} ${url}`;
  const timeout = AbortSignal.timeout(5000);
  try {
    const response = await fetch(url, {
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    await response.body?.cancel();
    // Push endpoints take POST alone: 405 and 401 are answers as good as any.
    if (response.status !== 404) {
      return { check: { name: title, state: "ok", detail: `answers (status ${response.status})` } };
    }
    const hint = "check the path: Prometheus needs --web.enable-remote-write-receiver";
    const diagnostic = warning(
      "cluster/remote-unreachable",
      `${title} has nothing at this path (status 404)`,
      { hint },
    );
    return {
      check: { name: title, state: "doubtful", detail: "nothing at this path (status 404)" },
      diagnostic,
    };
  } catch (caught) {
    signal?.throwIfAborted();
    const cause = caught instanceof Error && caught.cause instanceof Error ? caught.cause : caught;
    const reason = cause instanceof Error ? cause.message || cause.name : String(cause);
    const hint = "check the URL; if only the cluster can reach it, all is well";
    const diagnostic = warning(
      "cluster/remote-unreachable",
      `${title} does not answer this machine: ${reason}`,
      { hint },
    );
    return { check: { name: title, state: "doubtful", detail: `no answer: ${reason}` }, diagnostic };
  }
}
