import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join, resolve } from "node:path";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Variables of a terminal's session that differ from shell to shell and that no configuration means. They are kept
 * from Nix, so that no verdict can depend on them.
 */
const SESSION = [
  "_",
  "COLUMNS",
  "GPG_TTY",
  "INVOCATION_ID",
  "JOURNAL_STREAM",
  "LINES",
  "NODE_COMPILE_CACHE",
  "OLDPWD",
  "SHLVL",
  "SSH_CLIENT",
  "SSH_CONNECTION",
  "SSH_TTY",
  "STY",
  "TERM_SESSION_ID",
  "TMUX",
  "TMUX_PANE",
  "WINDOWID",
  "XDG_SESSION_ID",
];

/** The environment that Nix is to have: what is not in it is `undefined`. */
export function nixEnvironment(env: Environment): Environment {
  return { ...env, ...Object.fromEntries(SESSION.map((name) => [name, undefined])) };
}

/** The variables by which Nix itself is set up, whatever is evaluated; with the current directory where they are relative to it. */
export function nixVariables(env: Environment): [name: string, value: string][] {
  return Object.entries(env)
    .flatMap(([name, value]): [string, string][] =>
      value !== undefined && /^NIX_|^HOME$|^XDG_CONFIG_/.test(name) ? [[name, value]] : [],
    )
    .sort(([left], [right]) => (left < right ? -1 : 1));
}

/** The files by which Nix is set up, be they there or not, with those that they include; absolute. */
export function nixConfigurationFiles(env: Environment): string[] {
  const home = env["HOME"] ?? homedir();
  const user = env["NIX_USER_CONF_FILES"]?.split(":") ?? [
    join(env["XDG_CONFIG_HOME"] ?? join(home, ".config"), "nix/nix.conf"),
    ...(env["XDG_CONFIG_DIRS"] ?? "/etc/xdg").split(":").map((directory) => join(directory, "nix/nix.conf")),
  ];
  const files = new Set<string>();
  for (const file of [join(env["NIX_CONF_DIR"] ?? "/etc/nix", "nix.conf"), ...user])
    addWithIncluded(file, files);
  return [...files];
}

function addWithIncluded(file: string, files: Set<string>): void {
  if (file === "" || files.has(file)) return;
  files.add(file);
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch {
    return;
  }
  for (const [, included = ""] of text.matchAll(/^\s*!?include\s+(\S+)/gm)) {
    addWithIncluded(resolve(dirname(file), included), files);
  }
}
