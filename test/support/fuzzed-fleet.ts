import {
  chmodSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { gate, gateJson, type GateReport } from "../../src/gate/index.ts";
import type { Fleet } from "../../src/manifest/index.ts";

/** Draws that a seed makes again. */
export interface Random {
  /** A whole number from 0 to below `limit`. */
  below: (limit: number) => number;
  pick: <T>(items: readonly T[]) => T;
}

const HOSTS = ["a", "b", "c", "d"];

/** Every way in which a configuration depends on what is outside of it. */
const CONFIGURATION = `{ config, lib, pkgs, ... }:
{
  imports = [ ./hardware.nix ./utils/modules/shared ]
    ++ lib.optional (builtins.pathExists ./local.nix) ./local.nix
    ++ (if builtins.pathExists ./conf.d then map (name: ./conf.d + "/\${name}") (builtins.attrNames (builtins.readDir ./conf.d)) else [ ]);
  networking.hostName = lib.removeSuffix "\\n" (builtins.readFile ./name);
  time.timeZone = if builtins.getEnv "FLEET_FUZZ" == "" then "Etc/UTC" else builtins.getEnv "FLEET_FUZZ";
  environment.etc."data".source = "\${./data}";
  users.motd = (import <fuzzed>).text;
  boot.loader.grub.enable = false;
  fileSystems."/" = { device = "/dev/sda"; fsType = "ext4"; };
  system.stateVersion = "25.11";
}
`;
/** Modules without a mistake; as most edits write one, most hosts recover from the others. */
const SOUND = [
  "{ }",
  "{ services.openssh.enable = true; }",
  '{ lib, ... }: { warnings = [ "careful" ]; }',
  "{ services.foobar.enable = true; }",
  "{ config, ... }: { environment.etc.host.text = config.networking.hostName; }",
];
const FAULTY = [
  "{ services.openssh.enabel = true; }",
  "{ services.openssh.enable = 1; }",
  '{ lib, ... }: { assertions = [ { assertion = false; message = "never"; } ]; }',
  "{ ... }: { imports = [ ./more.nix ]; }",
  '{ ... }: throw "no"',
  '{ ... }: abort "no"',
  "{ services.openssh.enable = ",
  "{ ... }: let x = x; in x",
  "[ ]",
];
const TEXTS = ["a\n", "b\n", "a b\n", ""];

/** A linear congruential generator, as good as edits need. */
function random(seed: number): Random {
  let state = seed >>> 0;
  const below = (limit: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  return { below, pick: (items) => items[below(items.length)] as (typeof items)[number] };
}

const CHANNEL = { name: "26.05", nixpkgs: undefined, modules: [], alloy: undefined };
export const FUZZED_FLEET = {
  tools: {},
  hosts: HOSTS.map((name) => ({
    name,
    channel: CHANNEL,
    directory: `hosts/${name}`,
    entry: { kind: "configuration", file: `hosts/${name}/configuration.nix` },
  })),
} as unknown as Fleet;

/**
 * The difference between what a gate with a cache says of the fleet and what one without says, as text; undefined for
 * none.
 *
 * @param cache the cache's directory
 */
export async function compareGates(
  repository: FuzzedRepository,
  cache: string,
): Promise<{ cached: GateReport; difference: string | undefined }> {
  const { root, env } = repository;
  const cached = await gate(FUZZED_FLEET, root, {
    env: { ...process.env, ...env },
    cache: { directory: cache },
  });
  const cold = await gate(FUZZED_FLEET, root, { env: { ...process.env, ...env } });
  for (const [index, host] of cached.hosts.entries()) {
    const [left, right] = [comparable(cached, index), comparable(cold, index)];
    if (left === right) continue;
    const how = host.cached ? "known" : "evaluated";
    return { cached, difference: `host ${host.host} (${how})\nwith the cache: ${left}\nwithout: ${right}` };
  }
  return { cached, difference: undefined };
}

function comparable(report: GateReport, index: number): string {
  const { seconds, cached, uncacheable, ...rest } = gateJson(report).hosts[index] ?? {};
  return JSON.stringify(rest, null, 1);
}

/** Gives `work` a fleet and a directory for a cache, and removes both afterwards. */
export async function withFuzzedFleet<T>(
  seed: number,
  work: (repository: FuzzedRepository, cache: string, draw: Random) => Promise<T>,
): Promise<T> {
  const root = realpathSync(mkdtempSync(join(tmpdir(), "fleet-fuzz-")));
  const cache = mkdtempSync(join(tmpdir(), "fleet-fuzz-cache-"));
  const draw = random(seed);
  try {
    return await work(new FuzzedRepository(root, draw), cache, draw);
  } finally {
    rmSync(root, { recursive: true, force: true });
    rmSync(cache, { recursive: true, force: true });
  }
}

/** A small fleet on disk, and random edits of it. */
export class FuzzedRepository {
  readonly env: Record<string, string>;
  readonly root: string;
  readonly #random: Random;
  readonly #nixFiles: string[];
  readonly #texts: string[];

  constructor(root: string, draw: Random) {
    this.root = root;
    this.#random = draw;
    this.env = { FLEET_FUZZ: "", NIX_PATH: `fuzzed=${root}/searched/one.nix` };
    const below = (names: string[]): string[] =>
      HOSTS.flatMap((host) => names.map((name) => `hosts/${host}/${name}`));
    this.#nixFiles = [
      ...below(["hardware.nix", "local.nix", "more.nix", "conf.d/one.nix", "conf.d/two.nix"]),
      ...["modules/shared/default.nix", "modules/shared/more.nix", "modules/other/default.nix"],
      ...["searched/one.nix", "searched/two.nix"],
    ];
    this.#texts = below(["name", "data", "data/inner"]);
    for (const host of [...HOSTS, "what they share"]) this.#mend(host);
  }

  /** Does one or a few edits and says in words which. */
  edit(): string[] {
    const { below, pick } = this.#random;
    // What is broken is mended after a while, or soon no host would pass.
    const mended = below(3) === 0 ? [this.#mend(pick([...HOSTS, "what they share"]))] : [];
    const edits = Array.from({ length: 1 + below(2) }, () => {
      try {
        return this.#one();
      } catch (caught) {
        // A file where a directory was needed, or the other way round.
        return `nothing (${(caught as NodeJS.ErrnoException).code ?? String(caught)})`;
      }
    });
    return [...mended, ...edits];
  }

  /** Makes a host, or what they share, as it was in the beginning. */
  #mend(what: string): string {
    const remove = (name: string): void => rmSync(this.#path(name), { recursive: true, force: true });
    if (HOSTS.includes(what)) {
      remove(`hosts/${what}`);
      this.#write(`hosts/${what}/configuration.nix`, CONFIGURATION);
      this.#write(`hosts/${what}/hardware.nix`, "{ }");
      this.#write(`hosts/${what}/name`, `${what}\n`);
      this.#write(`hosts/${what}/data`, "data\n");
      symlinkSync("../../utils", this.#path(`hosts/${what}/utils`));
      return `mend ${what}`;
    }
    for (const name of ["modules", "searched", "utils"]) remove(name);
    this.#write("modules/shared/default.nix", "{ }");
    this.#write("modules/other/default.nix", "{ services.openssh.enable = true; }");
    this.#write("searched/one.nix", '{ text = "one"; }');
    this.#write("searched/two.nix", '{ text = "two"; }');
    mkdirSync(this.#path("utils"));
    symlinkSync("../modules", this.#path("utils/modules"));
    return `mend ${what}`;
  }

  #one(): string {
    const { pick, below } = this.#random;
    const nix = pick(this.#nixFiles);
    const any = pick([...this.#nixFiles, ...this.#texts]);
    switch (below(14)) {
      case 0:
      case 1:
      case 2:
      case 3:
        return this.#write(
          nix,
          nix.startsWith("searched") ? '{ text = "hello"; }' : pick(below(4) > 0 ? SOUND : FAULTY),
        );
      case 4:
        return this.#write(pick(this.#texts), pick(TEXTS));
      case 5:
        rmSync(this.#path(any), { recursive: true, force: true });
        return `remove ${any}`;
      case 6: {
        const to = pick(this.#nixFiles);
        mkdirSync(dirname(this.#path(to)), { recursive: true });
        renameSync(this.#path(nix), this.#path(to));
        return `rename ${nix} to ${to}`;
      }
      case 7: {
        const to = this.#path(pick(this.#nixFiles));
        rmSync(this.#path(any), { recursive: true, force: true });
        symlinkSync(to, this.#path(any));
        return `link ${any} to ${to}`;
      }
      case 8:
        utimesSync(this.#path(any), below(1e9), below(1e9));
        return `touch ${any}`;
      case 9:
        chmodSync(this.#path(any), pick([0o644, 0o755, 0o600]));
        return `chmod ${any}`;
      case 10: {
        const modules = this.#path("utils/modules");
        const target = pick(["../modules", "../elsewhere", "../modules/.."]);
        rmSync(modules, { force: true });
        symlinkSync(target, modules);
        return `link utils/modules to ${target}`;
      }
      case 11:
        this.env["FLEET_FUZZ"] = pick(["", "Europe/Berlin", "Europe/Vienna"]);
        return `set FLEET_FUZZ to ${this.env["FLEET_FUZZ"]}`;
      case 12: {
        const searched = pick([
          `fuzzed=${this.root}/searched/two.nix`,
          `${this.root}/searched`,
          `fuzzed=${this.root}/searched/one.nix`,
        ]);
        this.env["NIX_PATH"] = searched;
        return `set NIX_PATH to ${searched}`;
      }
      default: {
        // Other text of the same length, with the times put back.
        const path = this.#path(nix);
        const { atimeMs, mtimeMs } = lstatSync(path);
        const text = readFileSync(path, "utf8");
        writeFileSync(path, text.replace("true", "1   ").replace("hello", "world"));
        utimesSync(path, atimeMs / 1000, mtimeMs / 1000);
        return `change ${nix} and put its times back`;
      }
    }
  }

  #path(name: string): string {
    return join(this.root, name);
  }

  #write(name: string, text: string): string {
    const path = this.#path(name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return `write ${JSON.stringify(text)} to ${name}`;
  }
}
