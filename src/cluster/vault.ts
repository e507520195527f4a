import { z } from "zod";
import { error, type Diagnostic } from "../diagnostics/index.ts";
import type { PasswordSource } from "../generate/index.ts";
import type { Finding } from "./preflight.ts";

/** How to ask Vault. The token travels in a header alone. */
export interface VaultAccess {
  /** `https://vault.example.com` */
  address: string;
  token: string;
  /** Mount of the KV engine, version 2. */
  mount: string;
  /** Of Vault Enterprise. */
  namespace?: string | undefined;
}

const secret = z.object({ data: z.object({ data: z.record(z.string(), z.unknown()) }) });

/** Looks up each password in Vault without reading what it is. Whatever is wrong with Vault itself is told once. */
export async function checkVault(
  vault: VaultAccess,
  passwords: readonly PasswordSource[],
  signal?: AbortSignal,
): Promise<Finding[]> {
  const state = await vaultState(vault, signal);
  if (state !== undefined)
    return [{ check: { name: "Vault", state: "failed", detail: state.message }, diagnostic: state }];
  return Promise.all(passwords.map((password) => lookUp(vault, password, signal)));
}

/** What is wrong with Vault as a whole. */
async function vaultState(
  vault: VaultAccess,
  signal: AbortSignal | undefined,
): Promise<Diagnostic | undefined> {
  const where = `Vault at ${vault.address}`;
  const answer = await ask(vault, "/v1/sys/seal-status", signal);
  if (typeof answer === "string") {
    const hint = "check VAULT_ADDR and the network, or unset VAULT_TOKEN to leave Vault out";
    return error("cluster/vault-unreachable", `${where} does not answer: ${answer}`, { hint });
  }
  const sealed = z.object({ sealed: z.boolean() }).safeParse(answer.body).data?.sealed;
  if (sealed !== true) return undefined;
  return error("cluster/vault-sealed", `${where} is sealed`, { hint: "unseal it: vault operator unseal" });
}

async function lookUp(
  vault: VaultAccess,
  { vaultKey, property }: PasswordSource,
  signal: AbortSignal | undefined,
): Promise<Finding> {
  const name = `Vault ${vaultKey}`;
  const answer = await ask(vault, `/v1/${vault.mount}/data/${vaultKey}`, signal);
  const failed = (diagnostic: Diagnostic): Finding => ({
    check: { name, state: "failed", detail: diagnostic.message },
    diagnostic,
  });
  if (typeof answer === "string") {
    const hint = "check VAULT_ADDR and the network";
    return failed(error("cluster/vault-unreachable", `Vault does not answer: ${answer}`, { hint }));
  }
  if (answer.status === 403) {
    const hint = "give VAULT_TOKEN a policy that may read it, or unset it to leave Vault out";
    return failed(
      error("cluster/vault-unreachable", `the token may not read ${vault.mount}/${vaultKey}`, { hint }),
    );
  }
  const found = answer.status === 200 ? secret.safeParse(answer.body).data : undefined;
  const value = found?.data.data[property];
  if (typeof value === "string" && value !== "")
    return { check: { name, state: "ok", detail: `has ${property}` } };
  const hint = `vault kv put -mount=${vault.mount} ${vaultKey} ${property}=-   # then type it, and end with Ctrl-D`;
  const message =
    found === undefined
      ? `${vault.mount}/${vaultKey} is not in Vault (status ${answer.status})`
      : `${vault.mount}/${vaultKey} has no ${property}`;
  return failed(error("cluster/vault-missing", message, { hint }));
}

/** An answer, or why there was none. */
async function ask(
  { address, token, namespace }: VaultAccess,
  path: string,
  signal: AbortSignal | undefined,
): Promise<{ status: number; body: unknown } | string> {
  const timeout = AbortSignal.timeout(10_000);
  try {
    const response = await fetch(address.replace(/\/+$/, "") + path, {
      headers: {
        "X-Vault-Token": token,
        "X-Vault-Request": "true",
        ...(namespace === undefined ? {} : { "X-Vault-Namespace": namespace }),
      },
      signal: signal === undefined ? timeout : AbortSignal.any([signal, timeout]),
    });
    const body: unknown = await response.json().catch(() => undefined);
    return { status: response.status, body };
  } catch (caught) {
    signal?.throwIfAborted();
    const cause = caught instanceof Error && caught.cause instanceof Error ? caught.cause : caught;
    return cause instanceof Error ? cause.message || cause.name : String(cause);
  }
}
