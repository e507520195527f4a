import type { Discovery, FoundHost } from "./discovery.ts";
import { wavesOf } from "./waves.ts";

/** Where the fleet's Promtail pushes to. */
export interface FoundLoki {
  url: string;
  username: string | undefined;
}

/**
 * The text of a manifest for what was found. A host on which Promtail was dropped becomes the canary: it is to
 * ship with Alloy, from the pipeline of the shared Promtail module.
 */
export function manifestText(found: Discovery, loki: FoundLoki): string {
  const { layout, hosts, promtail } = found;
  const canary =
    promtail === undefined ? undefined : hosts.find((host) => host.ships === "none" && host.dropped);
  const followers = hosts.filter((host) => host.ships === "promtail").map((host) => host.name);
  return [
    "# Written by `fleet init` from what the repository holds. `fleet schema` describes every key.",
    "version: 1",
    "",
    "# Directories of the shared modules and of the hosts, and the link through which a host imports modules.",
    `layout: { modules: ${scalar(layout.modules)}, hosts: ${scalar(layout.hosts)}, link: ${scalar(layout.link)} }`,
    "",
    "# Where the logs go. The password is never here: Alloy reads it from the variable `env`, which the host's sops",
    "# secret holds (`fleet secrets check` looks whether it does).",
    "loki:",
    `  url: ${scalar(loki.url)}`,
    ...(loki.username === undefined ? [] : [`  username: ${scalar(loki.username)}`]),
    "  credential:",
    "    env: LOKI_PASSWORD",
    "    sops: { secret: alloy-env, file: secrets.yaml }",
    "",
    "# The NixOS releases that hosts are on, and where nix finds each: a path, a flake reference or a NIX_PATH name;",
    "# and the modules that all their hosts get besides their own.",
    "channels:",
    ...channelLines(hosts),
    "",
    "# ship: what is to ship the host's journal (alloy, promtail, none). `fleet generate` wires those that say alloy.",
    "hosts:",
    ...hosts.map((host) => hostLine(host, host === canary || host.ships === "alloy" ? promtail : undefined)),
    "",
    ...rolloutLines(canary?.name, followers),
  ].join("\n");
}

function channelLines(hosts: readonly FoundHost[]): string[] {
  const channels = Map.groupBy(hosts, ({ channel }) => channel.name);
  return [...channels]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, members]) => {
      const nixpkgs = members.find(({ channel }) => channel.nixpkgs !== undefined)?.channel.nixpkgs;
      const keys = [
        ...(nixpkgs === undefined ? [] : [`nixpkgs: ${scalar(nixpkgs)}`]),
        ...(members.some(({ needsSopsNix }) => needsSopsNix) ? ["modules: [<sops-nix/modules/sops>]"] : []),
      ];
      return `  "${name}": ${keys.length === 0 ? "{}" : `{ ${keys.join(", ")} }`}`;
    });
}

function hostLine({ name, channel, ships }: FoundHost, takesOver: string | undefined): string {
  const ship = takesOver === undefined ? ships : "alloy";
  const from = takesOver === undefined ? "" : `, from: { promtail: ${scalar(takesOver)} }`;
  return `  ${scalar(name)}: { channel: "${channel.name}", ship: ${ship}${from} }`;
}

function rolloutLines(canary: string | undefined, followers: readonly string[]): string[] {
  if (canary === undefined && followers.length === 0) return [];
  const waves = wavesOf(followers).map((wave) => `[${wave.map(scalar).join(", ")}]`);
  return [
    "# The order in which hosts move to Alloy: the canary, then wave by wave.",
    "rollout:",
    ...(canary === undefined ? [] : [`  canary: ${scalar(canary)}`]),
    `  waves: [${waves.join(", ")}]`,
    "",
  ];
}

/** A YAML scalar in a flow mapping: plain where nothing in it could be taken for something else. */
function scalar(text: string): string {
  const plain =
    /^[A-Za-z][A-Za-z0-9_./@:-]*$/.test(text) && !/^(true|false|null|yes|no|on|off|y|n)$/i.test(text);
  return plain && !/:(\s|$)/.test(text) ? text : JSON.stringify(text);
}
