import { randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { stringify } from "yaml";
import { z } from "zod";
import { error, FleetError } from "../../diagnostics/index.ts";
import type { Fleet } from "../../manifest/index.ts";
import { run } from "../../process/index.ts";
import { ensureProgram, type Program, type ProgramOptions } from "../../programs/index.ts";
import type { RenderedSecret } from "./system.ts";

/** The decrypted secrets of a guest. */
export interface GuestSecrets {
  /** The content of each secret's file, by the secret's name. */
  contents: ReadonlyMap<string, string>;
  /** The password for Loki that is in them. */
  password: string;
  /** Where they come from, in words. */
  source: string;
}

export interface SecretsRequest extends ProgramOptions {
  fleet: Fleet;
  secrets: readonly RenderedSecret[];
}

/** Variables by which a person tells sops which age identity to decrypt with. */
const IDENTITY = ["SOPS_AGE_KEY", "SOPS_AGE_KEY_FILE"];

/**
 * Decrypts the secrets that a host's units need, with real sops and age: from the host's own encrypted file where the
 * environment names an age identity for it (SOPS_AGE_KEY_FILE), else from a copy with passwords made for the run and
 * encrypted to a key made for the run. What is secret travels through pipes and the environment only.
 *
 * @throws FleetError `guest/no-secret`, and what `ensureProgram` throws.
 */
export async function decryptSecrets(request: SecretsRequest): Promise<GuestSecrets> {
  const sops = await ensureProgram("sops", request);
  if (IDENTITY.some((name) => (request.env[name] ?? "") !== "")) {
    const trees = await decryptOwn(sops, request);
    const files = [...new Set(request.secrets.map(({ sopsFile }) => sopsFile))].join(", ");
    return read(request, (secret) => trees.get(secret.sopsFile), `decrypted from ${files}`);
  }
  const tree = await decryptMade(sops, request);
  const note =
    "made for this run, encrypted and decrypted by sops and age (SOPS_AGE_KEY_FILE=... takes the host's own)";
  return read(request, () => tree, note);
}

/** The host's own encrypted files, decrypted, by path. */
async function decryptOwn(sops: Program, request: SecretsRequest): Promise<Map<string, unknown>> {
  const trees = new Map<string, unknown>();
  for (const { sopsFile, format } of request.secrets) {
    if (trees.has(sopsFile)) continue;
    const args = ["decrypt", "--input-type", format, "--output-type", "json", sopsFile];
    trees.set(sopsFile, await sopsJson(sops, args, request, {}));
  }
  return trees;
}

/** Secrets under the names of the host's, with a password of this run, through sops and age and back. */
async function decryptMade(sops: Program, request: SecretsRequest): Promise<unknown> {
  const age = await ensureProgram("age", request);
  const { fleet, secrets } = request;
  const { env, sops: place } = fleet.loki.credential;
  const password = randomBytes(18).toString("base64url");
  const tree: Record<string, unknown> = {};
  for (const { name, key } of secrets) {
    put(tree, key.split("/"), name === place.secret ? `${env}=${password}` : password);
  }
  const generated = await run(join(dirname(age.path), "age-keygen"), [], running(request, {}));
  const recipient = /# public key: (age1\w+)/.exec(generated.stdout)?.[1];
  const identity = /^AGE-SECRET-KEY-\S+$/m.exec(generated.stdout)?.[0];
  if (recipient === undefined || identity === undefined) {
    throw unavailable("age-keygen made no key", generated.stderr);
  }
  const directory = await mkdtemp(join(tmpdir(), "fleet-secrets-"));
  try {
    const file = join(directory, "secrets.yaml");
    const encrypt = ["encrypt", "--age", recipient, "--filename-override", file, "--input-type", "yaml"];
    // Outside of the repository, so that no .sops.yaml has a say.
    const options = { ...running(request, {}), cwd: directory, input: stringify(tree) };
    const encrypted = await run(sops.path, [...encrypt, "--output-type", "yaml"], options);
    if (encrypted.exitCode !== 0) throw unavailable("sops could not encrypt", encrypted.stderr);
    await writeFile(file, encrypted.stdout, { mode: 0o600 });
    const args = ["decrypt", "--output-type", "json", file];
    return await sopsJson(sops, args, request, { SOPS_AGE_KEY: identity });
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

async function sopsJson(
  sops: Program,
  args: readonly string[],
  request: SecretsRequest,
  env: Record<string, string>,
): Promise<unknown> {
  const { exitCode, stdout, stderr } = await run(sops.path, args, running(request, env));
  if (exitCode !== 0) throw unavailable("sops could not decrypt", stderr);
  return JSON.parse(stdout) as unknown;
}

function running(
  { env, signal }: SecretsRequest,
  more: Record<string, string>,
): { env: Record<string, string | undefined>; timeout: number; signal?: AbortSignal } {
  return { env: { ...env, ...more }, timeout: 60_000, ...(signal === undefined ? {} : { signal }) };
}

function read(
  { fleet, secrets }: SecretsRequest,
  treeOf: (secret: RenderedSecret) => unknown,
  source: string,
): GuestSecrets {
  const contents = new Map<string, string>();
  for (const secret of secrets) {
    const value = valueAt(treeOf(secret), secret.key.split("/"));
    if (value === undefined) {
      throw unavailable(`${secret.sopsFile} has no ${secret.key}`, "");
    }
    contents.set(secret.name, value);
  }
  return { contents, password: passwordIn(fleet, contents), source };
}

/** The password for Loki: what the credential's variable is set to, else the whole of another secret. */
function passwordIn({ loki }: Fleet, contents: ReadonlyMap<string, string>): string {
  const { env, sops } = loki.credential;
  const environment = contents.get(sops.secret);
  if (environment === undefined) return [...contents.values()][0]?.trim() ?? "";
  const line = environment.split("\n").find((one) => one.startsWith(`${env}=`));
  if (line === undefined) throw unavailable(`the secret ${sops.secret} does not set ${env}`, "");
  const value = line.slice(env.length + 1);
  // As systemd reads an EnvironmentFile.
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}

function put(tree: Record<string, unknown>, [first = "", ...rest]: readonly string[], value: string): void {
  if (rest.length === 0) {
    tree[first] = value;
    return;
  }
  const inner = (tree[first] ??= {}) as Record<string, unknown>;
  put(inner, rest, value);
}

const branch = z.record(z.string(), z.unknown());

function valueAt(tree: unknown, [first, ...rest]: readonly string[]): string | undefined {
  if (first === undefined) return typeof tree === "string" ? tree : undefined;
  const { data } = branch.safeParse(tree);
  return data === undefined ? undefined : valueAt(data[first], rest);
}

function unavailable(what: string, stderr: string): FleetError {
  const said = stderr.trim().split("\n").slice(-3).join("\n");
  return new FleetError(
    error("guest/no-secret", said === "" ? what : `${what}: ${said}`, {
      hint: "name the file of an age identity with SOPS_AGE_KEY_FILE, or none, for secrets made for the run",
    }),
  );
}
