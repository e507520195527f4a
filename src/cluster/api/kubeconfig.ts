import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { error, FleetError } from "../../diagnostics/index.ts";
import { run } from "../../process/index.ts";

/** How to reach an API server, and as whom. What is secret in it travels in headers and TLS alone. */
export interface ApiAccess {
  /** `https://127.0.0.1:6443` */
  server: string;
  /** The context of the kubeconfig, for a person. */
  context: string;
  tls: ApiTls;
  /** The value of the header Authorization. */
  authorization: string | undefined;
}

export interface ApiTls {
  ca?: Buffer;
  cert?: Buffer;
  key?: Buffer;
  servername?: string;
  rejectUnauthorized?: boolean;
}

export interface AccessOptions {
  /** A file in place of $KUBECONFIG and ~/.kube/config. */
  kubeconfig?: string | undefined;
  /** A context in place of the current one. */
  context?: string | undefined;
  env: Readonly<Record<string, string | undefined>>;
  cwd: string;
  signal?: AbortSignal;
}

const exec = z.object({
  apiVersion: z.string(),
  command: z.string(),
  args: z.array(z.string()).nullish(),
  env: z.array(z.object({ name: z.string(), value: z.string() })).nullish(),
  installHint: z.string().optional(),
});

const cluster = z.object({
  server: z.url(),
  "certificate-authority": z.string().optional(),
  "certificate-authority-data": z.string().optional(),
  "tls-server-name": z.string().optional(),
  "insecure-skip-tls-verify": z.boolean().optional(),
});

const user = z.object({
  token: z.string().optional(),
  tokenFile: z.string().optional(),
  username: z.string().optional(),
  password: z.string().optional(),
  "client-certificate": z.string().optional(),
  "client-certificate-data": z.string().optional(),
  "client-key": z.string().optional(),
  "client-key-data": z.string().optional(),
  exec: exec.optional(),
});

type User = z.output<typeof user>;

const file = z.object({
  "current-context": z.string().optional(),
  clusters: z.array(z.object({ name: z.string(), cluster })).nullish(),
  users: z.array(z.object({ name: z.string(), user: user.nullish() })).nullish(),
  contexts: z
    .array(z.object({ name: z.string(), context: z.object({ cluster: z.string(), user: z.string() }) }))
    .nullish(),
});

/** A kubeconfig and the directory that its relative paths start at. */
interface Source {
  directory: string;
  content: z.output<typeof file>;
}

/**
 * Reads how to reach the API server as kubectl does: `kubeconfig`, else the files of $KUBECONFIG, of which the first
 * that knows a name wins, else ~/.kube/config. Tokens, client certificates, basic authentication and exec plugins are
 * understood.
 *
 * @throws FleetError `cluster/no-access`.
 */
export async function readAccess(options: AccessOptions): Promise<ApiAccess> {
  const sources = await readSources(options);
  const context =
    options.context ?? sources.map(({ content }) => content["current-context"]).find((name) => Boolean(name));
  if (context === undefined) {
    throw noAccess("the kubeconfig has no current context", "name one with --context");
  }
  const chosen = find(sources, "context", context, ({ contexts }) => contexts).entry.context;
  const at = find(sources, "cluster", chosen.cluster, ({ clusters }) => clusters);
  const who = find(sources, "user", chosen.user, ({ users }) => users);
  const settings = at.entry.cluster;
  const ca = await material(at.directory, settings, "certificate-authority");
  const identity = await identify(who.entry.user ?? {}, who.directory, options);
  const servername = settings["tls-server-name"];
  return {
    server: settings.server.replace(/\/+$/, ""),
    context,
    authorization: identity.authorization,
    tls: {
      ...identity.tls,
      ...(ca === undefined ? {} : { ca }),
      ...(servername === undefined ? {} : { servername }),
      ...(settings["insecure-skip-tls-verify"] === true ? { rejectUnauthorized: false } : {}),
    },
  };
}

async function readSources({ kubeconfig, env, cwd }: AccessOptions): Promise<Source[]> {
  const listed = (env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  const fallback = join(env["HOME"] ?? homedir(), ".kube", "config");
  const paths = kubeconfig !== undefined ? [kubeconfig] : listed.length > 0 ? listed : [fallback];
  const sources: Source[] = [];
  const missing: string[] = [];
  for (const path of paths) {
    const full = resolve(cwd, path);
    const text = await readFile(full, "utf8").catch(() => undefined);
    if (text === undefined) missing.push(path);
    else sources.push({ directory: dirname(full), content: decode(path, text) });
  }
  // As kubectl: of several files some may be missing.
  if (sources.length > 0) return sources;
  throw noAccess(
    `there is no kubeconfig at ${missing.join(" and ")}`,
    "name one with --kubeconfig or KUBECONFIG",
  );
}

function decode(path: string, text: string): Source["content"] {
  let value: unknown;
  try {
    value = parse(text);
  } catch (caught) {
    // The parser quotes the line, which may hold a token: only the place is passed on.
    const place = /at line \d+, column \d+/.exec(String(caught))?.[0] ?? "";
    throw noAccess(`${path} is not YAML ${place}`.trim(), "check the kubeconfig");
  }
  const { data, error: problem } = file.safeParse(value);
  if (data !== undefined) return data;
  const [issue] = problem.issues;
  throw noAccess(
    `${path} is no kubeconfig: ${issue?.path.join(".") ?? ""}: ${issue?.message ?? ""}`,
    "check the kubeconfig",
  );
}

function find<T extends { name: string }>(
  sources: readonly Source[],
  what: string,
  name: string,
  list: (content: Source["content"]) => readonly T[] | null | undefined,
): { entry: T; directory: string } {
  for (const { content, directory } of sources) {
    const entry = list(content)?.find((one) => one.name === name);
    if (entry !== undefined) return { entry, directory };
  }
  const known = sources.flatMap(({ content }) => list(content) ?? []).map((entry) => entry.name);
  const hint =
    known.length === 0 ? `the kubeconfig has no ${what}` : `known are ${[...new Set(known)].join(", ")}`;
  throw noAccess(`the kubeconfig has no ${what} ${name}`, hint);
}

interface Identity {
  authorization: string | undefined;
  tls: ApiTls;
}

async function identify(settings: User, directory: string, options: AccessOptions): Promise<Identity> {
  const cert = await material(directory, settings, "client-certificate");
  const key = await material(directory, settings, "client-key");
  const tls = { ...(cert === undefined ? {} : { cert }), ...(key === undefined ? {} : { key }) };
  const token = settings.token ?? (await tokenOf(settings, directory));
  if (token !== undefined) return { authorization: `Bearer ${token}`, tls };
  if (settings.username !== undefined) {
    const pair = Buffer.from(`${settings.username}:${settings.password ?? ""}`).toString("base64");
    return { authorization: `Basic ${pair}`, tls };
  }
  if (settings.exec === undefined) return { authorization: undefined, tls };
  return askPlugin(settings.exec, directory, options);
}

async function tokenOf({ tokenFile }: User, directory: string): Promise<string | undefined> {
  return tokenFile === undefined ? undefined : (await readMaterial(directory, tokenFile)).toString().trim();
}

const credential = z.object({
  status: z.object({
    token: z.string().optional(),
    clientCertificateData: z.string().optional(),
    clientKeyData: z.string().optional(),
  }),
});

/** Runs a credential plugin (`aws eks get-token`, ...), which prints an ExecCredential. */
async function askPlugin(
  plugin: z.output<typeof exec>,
  directory: string,
  { env, signal }: AccessOptions,
): Promise<Identity> {
  const { apiVersion, args, installHint } = plugin;
  const command = plugin.command.includes("/") ? resolve(directory, plugin.command) : plugin.command;
  const own = Object.fromEntries((plugin.env ?? []).map(({ name, value }) => [name, value]));
  const info = JSON.stringify({ apiVersion, kind: "ExecCredential", spec: { interactive: false } });
  const result = await run(command, args ?? [], {
    env: { ...env, ...own, KUBERNETES_EXEC_INFO: info },
    timeout: 60_000,
    ...(signal === undefined ? {} : { signal }),
  });
  const hint = installHint ?? `run ${plugin.command} by hand`;
  if (result.exitCode !== 0) {
    const last = result.stderr.trim().split("\n").at(-1) ?? "";
    throw noAccess(`${plugin.command} gave no credentials: ${last}`, hint);
  }
  const answer = credential.safeParse(jsonOf(result.stdout)).data?.status;
  if (answer === undefined) throw noAccess(`${plugin.command} printed no ExecCredential`, hint);
  const { token, clientCertificateData, clientKeyData } = answer;
  return {
    authorization: token === undefined ? undefined : `Bearer ${token}`,
    tls: {
      ...(clientCertificateData === undefined ? {} : { cert: Buffer.from(clientCertificateData) }),
      ...(clientKeyData === undefined ? {} : { key: Buffer.from(clientKeyData) }),
    },
  };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** A certificate or key: `NAME-data` in base64, or the file `NAME`. */
async function material<Name extends string>(
  directory: string,
  settings: Partial<Record<Name | `${Name}-data`, unknown>>,
  name: Name,
): Promise<Buffer | undefined> {
  const inline = settings[`${name}-data`];
  if (typeof inline === "string") return Buffer.from(inline, "base64");
  const path = settings[name];
  return typeof path === "string" ? readMaterial(directory, path) : undefined;
}

async function readMaterial(directory: string, path: string): Promise<Buffer> {
  return readFile(resolve(directory, path)).catch((caught: unknown) => {
    const reason = caught instanceof Error ? caught.message : String(caught);
    throw noAccess(`${path}, named by the kubeconfig, cannot be read: ${reason}`, "check the kubeconfig");
  });
}

function noAccess(message: string, hint: string): FleetError {
  return new FleetError(error("cluster/no-access", message, { hint }));
}
