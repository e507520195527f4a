import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { error, FleetError } from "../../diagnostics/index.ts";
import { baseUrl, type LokiConnection } from "../../loki/index.ts";
import type { Fleet, Host } from "../../manifest/index.ts";
import { run } from "../../process/index.ts";
import { findProgram } from "../../programs/index.ts";
import type { Io } from "../io.ts";

/** How to ask the fleet's Loki, as the command line has it. */
export interface ConnectionOptions {
  loki: string | undefined;
  username: string | undefined;
  passwordFile: string | undefined;
  tokenFile: string | undefined;
  tenant: string | undefined;
  ca: string | undefined;
  /** Milliseconds for one query. */
  timeout: number;
}

/** The environment variable that a bearer token may be in. */
const TOKEN = "LOKI_BEARER_TOKEN";

/**
 * The connection for asking the fleet's Loki. The credential is the first that is there of: a file, the environment
 * (LOKI_BEARER_TOKEN, then the manifest's own variable), the host's sops file, where sops can decrypt it here.
 *
 * @throws FleetError `verify/no-credential`, `cli/unreadable`
 */
export async function lokiConnection(
  { root, fleet, host }: { root: string; fleet: Fleet; host: Host },
  options: ConnectionOptions,
  io: Io,
): Promise<LokiConnection> {
  const url = options.loki ?? baseUrl(fleet.loki.url);
  if (!/^https?:\/\//.test(url) || !URL.canParse(url))
    throw new FleetError(error("cli/usage", `--loki ${url} is not an http or https URL`));
  const { tenant, ca, timeout } = options;
  return {
    url: baseUrl(url),
    timeout,
    ...(tenant === undefined ? {} : { tenant }),
    ...(ca === undefined ? {} : { ca: await read(ca, "--ca", io) }),
    ...(await credential({ root, fleet, host }, options, io)),
  };
}

async function credential(
  { root, fleet, host }: { root: string; fleet: Fleet; host: Host },
  { username = fleet.loki.username, passwordFile, tokenFile, loki }: ConnectionOptions,
  io: Io,
): Promise<Pick<LokiConnection, "basicAuth" | "bearerToken">> {
  if (tokenFile !== undefined) return { bearerToken: (await read(tokenFile, "--token-file", io)).trim() };
  const token = io.env[TOKEN];
  if (passwordFile === undefined && token !== undefined && token !== "") return { bearerToken: token };
  if (username === undefined) return {};
  if (passwordFile !== undefined) {
    const password = (await read(passwordFile, "--password-file", io)).replace(/\r?\n$/, "");
    return { basicAuth: { username, password } };
  }
  const { env } = fleet.loki.credential;
  const password = io.env[env];
  if (password !== undefined && password !== "") return { basicAuth: { username, password } };
  // A password that is meant for the fleet's Loki is not sent to another one unasked.
  if (loki !== undefined && new URL(loki).origin !== new URL(fleet.loki.url).origin) return {};
  return { basicAuth: { username, password: await passwordFromSops(root, fleet, host, io) } };
}

/** The password as the host's Alloy has it: a line VARIABLE=password in its sops secret. */
async function passwordFromSops(root: string, fleet: Fleet, host: Host, io: Io): Promise<string> {
  const { env, sops } = fleet.loki.credential;
  const places = `neither ${env} is set nor ${TOKEN}`;
  const program = await findProgram("sops", {
    env: io.env,
    tools: fleet.tools,
    cwd: root,
    signal: io.signal,
  });
  if (program === undefined)
    throw noCredential(`${places}, and there is no sops to decrypt ${host.secrets}`, env);
  const args = ["decrypt", "--extract", `["${sops.secret}"]`, join(root, host.secrets)];
  const { exitCode, stdout, stderr } = await run(program.path, args, {
    env: io.env,
    signal: io.signal,
    timeout: 60_000,
  });
  if (exitCode !== 0) {
    const said = stderr.trim().split("\n").at(-1) ?? "";
    throw noCredential(`${places}, and sops cannot decrypt ${host.secrets}: ${said}`, env);
  }
  const line = stdout.split("\n").find((one) => one.trimStart().startsWith(`${env}=`));
  if (line === undefined)
    throw noCredential(`${places}, and ${sops.secret} in ${host.secrets} does not set it`, env);
  return unquoted(
    line
      .trimStart()
      .slice(env.length + 1)
      .trim(),
  );
}

/** A value of an environment file as systemd reads it. */
function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}

function noCredential(why: string, env: string): FleetError {
  const hint = `set ${env} in the environment, or give --password-file or --token-file`;
  return new FleetError(
    error("verify/no-credential", `there is no credential to ask Loki with: ${why}`, { hint }),
  );
}

async function read(path: string, option: string, io: Io): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, path), "utf8");
  } catch (caught) {
    const reason =
      (caught as NodeJS.ErrnoException).code === "ENOENT" ? "there is no such file" : String(caught);
    throw new FleetError(
      error("cli/unreadable", `${option} ${path} cannot be read: ${reason}`, { hint: "check the path" }),
    );
  }
}
