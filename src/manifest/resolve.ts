import { closest, error, type Diagnostic } from "../diagnostics/index.ts";
import type { Path, PlacedYaml } from "../yaml/index.ts";
import { parseDuration } from "./duration.ts";
import type { Channel, Fleet, Host, HostEntry } from "./model.ts";
import { resolveCluster } from "./resolve-cluster.ts";
import type { Manifest } from "./schema.ts";

/** Checks that every channel and host that the manifest speaks of is defined in it. */
export function checkReferences(manifest: Manifest, yaml: PlacedYaml): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const channels = Object.keys(manifest.channels);
  for (const [name, host] of Object.entries(manifest.hosts)) {
    if (!channels.includes(host.channel)) {
      const message = `host ${name} is on channel ${host.channel}, which nobody defined`;
      const span = yaml.valueSpan(["hosts", name, "channel"]);
      diagnostics.push(
        error("manifest/unknown-channel", message, { span, hint: hintFor(host.channel, channels) }),
      );
    }
    if (host.flake !== undefined && host.configuration !== undefined) {
      const span = yaml.keySpan(["hosts", name, "flake"]);
      const hint = "keep the one that the host is built from";
      diagnostics.push(
        error("manifest/wrong-value", `host ${name} has both configuration and flake`, { span, hint }),
      );
    }
  }
  return [...diagnostics, ...checkRollout(manifest, yaml)];
}

function checkRollout(manifest: Manifest, yaml: PlacedYaml): Diagnostic[] {
  const diagnostics: Diagnostic[] = [];
  const { canary, waves } = manifest.rollout;
  const hosts = new Set(Object.keys(manifest.hosts));
  const seen = new Set<string>();
  const check = (name: string, path: Path): void => {
    const span = yaml.valueSpan(path);
    if (!hosts.has(name)) {
      const hint = hintFor(name, [...hosts]);
      diagnostics.push(
        error("manifest/unknown-host", `the rollout names ${name}, which is no host`, { span, hint }),
      );
    } else if (seen.has(name)) {
      const hint = "a host moves once: name it in one place";
      diagnostics.push(error("manifest/repeated-host", `the rollout names ${name} twice`, { span, hint }));
    }
    seen.add(name);
  };
  const { adapter, command } = manifest.rollout.deploy;
  if (adapter === "command" && command === undefined) {
    const span = yaml.valueSpan(["rollout", "deploy", "adapter"]);
    const hint = "give rollout.deploy.command: { deploy: [...], identify: [...], rollback: [...] }";
    diagnostics.push(
      error("manifest/missing-key", "the adapter command needs its command lines", { span, hint }),
    );
  }
  if (canary !== undefined) check(canary, ["rollout", "canary"]);
  for (const [i, wave] of waves.entries()) {
    for (const [j, name] of wave.entries()) check(name, ["rollout", "waves", i, j]);
  }
  return diagnostics;
}

function hintFor(name: string, known: readonly string[]): string {
  const meant = closest(name, known);
  return meant === undefined ? `defined: ${known.join(", ")}` : `did you mean ${meant}?`;
}

/** The resolved model of a manifest whose references hold. */
export function resolveManifest(file: string, manifest: Manifest): Fleet {
  const { layout, loki, rollout, rules, tools } = manifest;
  const channels = new Map<string, Channel>();
  for (const [name, { nixpkgs, modules, alloy }] of Object.entries(manifest.channels)) {
    channels.set(name, { name, nixpkgs, modules, alloy });
  }
  const hosts: Host[] = [];
  for (const [name, host] of Object.entries(manifest.hosts)) {
    const channel = channels.get(host.channel);
    if (channel === undefined) throw new TypeError(`unresolved channel ${host.channel}`);
    const directory = `${layout.hosts}/${name}`;
    hosts.push({
      name,
      channel,
      ship: host.ship,
      promtail: host.from?.promtail,
      directory,
      entry: entryOf(directory, host),
      secrets: `${directory}/${host.secrets ?? loki.credential.sops.file}`,
      recipient: host.recipient,
    });
  }
  return {
    file,
    layout,
    loki: { ...loki, username: loki.username },
    channels,
    hosts,
    canary: rollout.canary,
    waves: rollout.waves,
    rollout: {
      deploy: {
        ...rollout.deploy,
        timeout: parseDuration(rollout.deploy.timeout) ?? 0,
        git: { ...rollout.deploy.git, branch: rollout.deploy.git.branch },
        command: rollout.deploy.command,
      },
      verify: {
        within: parseDuration(rollout.verify.within) ?? 0,
        soak: parseDuration(rollout.verify.soak) ?? 0,
      },
    },
    rules,
    clusters: Object.entries(manifest.clusters).map(([name, cluster]) => resolveCluster(name, cluster)),
    tools,
  };
}

function entryOf(directory: string, host: Manifest["hosts"][string]): HostEntry {
  if (host.flake === undefined) {
    return { kind: "configuration", file: `${directory}/${host.configuration ?? "configuration.nix"}` };
  }
  const at = host.flake.indexOf("#");
  return { kind: "flake", flake: host.flake.slice(0, at) || ".", attribute: host.flake.slice(at + 1) };
}
