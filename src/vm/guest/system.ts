/** What the evaluated NixOS configuration of a host renders for the programs that ship its journal. */
export interface RenderedSystem {
  hostName: string;
  /** The units of the shippers, their text as NixOS writes it. */
  units: readonly RenderedUnit[];
  /** Files below /etc, and such that a unit names in the Nix store. */
  files: readonly RenderedFile[];
  /** The sops secrets that the units and their configurations name. */
  secrets: readonly RenderedSecret[];
  /** The Promtail configuration, as JSON text, where the host runs Promtail. */
  promtail: string | undefined;
  /** What evaluated it, in words: "the embedded option surface of NixOS 26.05, nix 2.8.0". */
  through: string;
}

export interface RenderedUnit {
  /** "alloy.service" */
  name: string;
  text: string;
  wantedBy: readonly string[];
}

export interface RenderedFile {
  path: string;
  text: string;
}

/** A secret as sops-nix would put it on the machine. */
export interface RenderedSecret {
  name: string;
  /** "/run/secrets/alloy-env" */
  path: string;
  /** Where it is in the decrypted file; parts are separated by slashes. */
  key: string;
  format: string;
  /** Absolute path of the encrypted file. */
  sopsFile: string;
  /** Octal. */
  mode: string;
  owner: string;
  group: string;
}
