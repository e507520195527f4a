import { closest, error, type Diagnostic } from "../diagnostics/index.ts";
import { remoteName, remoteSchema } from "./cluster-schema.ts";
import type { Remote, RemoteKind } from "./model.ts";

/** The flag that adds a remote of a kind. */
const FLAGS: Readonly<Record<RemoteKind, string>> = {
  prometheus: "--add-prometheus-remote",
  loki: "--add-loki-remote",
};

const KEYS = ["name", "url", "username", "labelProfile"] as const;

type Fields = Partial<Record<string, string>>;

/**
 * Reads the remotes that flags of one kind name, each as `name:url[:username]` or as
 * `name=..,url=..[,username=..][,labelProfile=eng|ops|none]`. No message repeats what was given beyond the name: it
 * may hold a password.
 *
 * @returns the remotes in the order given, and `cluster/bad-remote` and `cluster/duplicate-remote` for the others
 */
export function parseRemotes(
  kind: RemoteKind,
  flags: readonly string[],
): { remotes: Map<string, Remote>; diagnostics: Diagnostic[] } {
  const remotes = new Map<string, Remote>();
  const diagnostics: Diagnostic[] = [];
  for (const [at, flag] of flags.entries()) {
    const what = `${FLAGS[kind]} number ${at + 1}`;
    const read = readRemote(flag, what);
    if (!("remote" in read)) {
      diagnostics.push(read);
    } else if (remotes.has(read.name)) {
      const hint = "each remote has a name of its own: names are what `diff` and Vault's paths know it by";
      diagnostics.push(
        error("cluster/duplicate-remote", `two ${kind} remotes are called ${read.name}`, { hint }),
      );
    } else {
      remotes.set(read.name, read.remote);
    }
  }
  return { remotes, diagnostics };
}

function readRemote(flag: string, what: string): { name: string; remote: Remote } | Diagnostic {
  const fields = /^[A-Za-z]+=/.test(flag) ? readPairs(flag) : readColons(flag);
  const unknown = Object.keys(fields).find((key) => !(KEYS as readonly string[]).includes(key));
  if (unknown !== undefined) {
    const meant = closest(unknown, KEYS);
    return bad(`${what} has the unknown key ${unknown}`, {
      hint: /passw|secret|token/i.test(unknown)
        ? "passwords come from Vault, never from the command line"
        : meant === undefined
          ? `known: ${KEYS.join(", ")}`
          : `did you mean ${meant}?`,
    });
  }
  const { name = "", ...rest } = fields;
  const named = remoteName.safeParse(name);
  if (!named.success) return bad(`${what} has no proper name`, { hint: FORMS });
  const read = remoteSchema.safeParse(rest);
  if (!read.success) {
    const [issue] = read.error.issues;
    const key = issue?.path.map(String).join(".") ?? "";
    const missing = rest[key] === undefined;
    const wanted = issue?.code === "invalid_value" ? issue.values.join(", ") : issue?.message;
    return bad(missing ? `${what}, ${name}, has no ${key}` : `${what}, ${name}, has an unfit ${key}`, {
      hint: missing ? FORMS : `expected ${wanted ?? "another form"}`,
    });
  }
  const { url, username, labelProfile } = read.data;
  return { name, remote: { url, username, labelProfile } };
}

const FORMS = "write name:url:username, or name=..,url=..,username=..,labelProfile=..";

function bad(message: string, extra: { hint: string }): Diagnostic {
  return error("cluster/bad-remote", message, extra);
}

/** `name=..,url=..`: a comma ends a value only where another key follows, as URLs may hold commas. */
function readPairs(flag: string): Fields {
  return Object.fromEntries(
    flag.split(/,(?=[A-Za-z]+=)/).map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/**
 * `name:url[:username]`. What follows the last colon is the user's name when it has no slash and a URL with a path
 * stands before it; else it belongs to the URL, as a port does.
 */
function readColons(flag: string): Fields {
  const first = flag.indexOf(":");
  if (first === -1) return { name: flag };
  const name = flag.slice(0, first);
  const rest = flag.slice(first + 1);
  const last = rest.lastIndexOf(":");
  const [url, username] = [rest.slice(0, last), rest.slice(last + 1)];
  const isUser = username !== "" && !username.includes("/") && /^https?:\/\/[^/]+\//.test(url);
  return isUser ? { name, url, username } : { name, url: rest };
}
