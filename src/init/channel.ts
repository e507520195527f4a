import { FleetError, error } from "../diagnostics/index.ts";

/** A host's channel as its repository says it. */
export interface FoundChannel {
  /** The NixOS release: "26.05". */
  name: string;
  /** What the repository calls it, a name for NIX_PATH: "nixos-26.05". */
  nixpkgs: string | undefined;
}

/**
 * Reads a host's `channel` file: one line that names a channel, as `nix-channel --add` takes it, such as
 * `nixos-26.05` or `https://nixos.org/channels/nixos-26.05`. Undefined when no release is in it.
 */
export function channelOf(text: string): FoundChannel | undefined {
  const line = text.trim();
  const name = /(?:^|[^0-9.])(\d\d\.\d\d|unstable)(?![0-9])/.exec(line)?.[1];
  return name === undefined ? undefined : { name, nixpkgs: line.replace(/\/+$/, "").replace(/^.*\//, "") };
}

/** What `--channel` said: for single hosts, and for all others. */
export interface GivenChannels {
  byHost: ReadonlyMap<string, string>;
  others: string | undefined;
}

/**
 * Reads the values of `--channel`: `HOST=RELEASE`, or a RELEASE for all hosts.
 *
 * @throws FleetError `cli/usage`
 */
export function givenChannels(values: readonly string[]): GivenChannels {
  const byHost = new Map<string, string>();
  let others: string | undefined;
  for (const value of values) {
    const [, host, release] = /^(?:([^=]+)=)?(\d\d\.\d\d|unstable)$/.exec(value) ?? [];
    if (release === undefined) {
      const hint = "write --channel 26.05 for all hosts, or --channel nas=26.05 for one";
      throw new FleetError(error("cli/usage", `--channel ${value} names no NixOS release`, { hint }));
    }
    if (host === undefined) others = release;
    else byHost.set(host, release);
  }
  return { byHost, others };
}
