import { availableParallelism } from "node:os";
import { error, FleetError, type Diagnostic } from "../../diagnostics/index.ts";
import type { Channel, Fleet, Host } from "../../manifest/index.ts";
import { findNix, nixEnvironment, Places } from "../../nix/index.ts";
import { gate, type GateOptions } from "../gate.ts";
import type { HostReport } from "../report.ts";
import { Workers } from "../workers.ts";
import { compareOptions } from "./compare.ts";
import { CHANGE_KINDS, type HostUpgrade, type OptionChange, type UpgradeReport } from "./report.ts";

/** Bytes that a comparison probably takes: both releases are evaluated in one process. */
const EXPECTED = { embedded: 128e6, nixpkgs: 2.4e9 };

/**
 * Says for each host what of its configuration another channel does not have, calls otherwise, warns about or takes
 * other values for. Each host is evaluated on its own channel and, as it is, on the other one; and each option that its
 * files define is held against the options there. Nothing is written.
 *
 * @param against a channel of the manifest, or any release: "26.05"
 * @throws FleetError as `gate`, and `gate/unknown-channel`
 */
export async function checkUpgrade(
  fleet: Fleet,
  root: string,
  against: string,
  options: GateOptions,
): Promise<UpgradeReport> {
  const target = (host: Host): Channel => targetChannel(fleet, against, host.channel);
  const chosen = fleet.hosts.filter(({ name }) => options.hosts?.includes(name) ?? true);
  const there = chosen.filter(({ channel }) => channel.name === against).map(({ name }) => name);
  const leaving = chosen.filter(({ channel }) => channel.name !== against);
  for (const host of leaving) target(host);
  // A name that is no host's is the gate's to refuse.
  const names = options.hosts?.filter((name) => !there.includes(name)) ?? leaving.map(({ name }) => name);
  const before = await gate(fleet, root, { ...options, hosts: names });
  const moving = leaving.filter(({ entry }) => entry.kind === "configuration");
  const moved = { ...fleet, hosts: moving.map((host) => ({ ...host, channel: target(host) })) };
  const after = await gate(moved, root, { ...options, hosts: moved.hosts.map(({ name }) => name) });

  const { signal, log } = options;
  const env = nixEnvironment(options.env);
  const programs = { env, tools: fleet.tools, cwd: root, ...(log === undefined ? {} : { log }) };
  const nix = await findNix(programs);
  const workers = new Workers({
    most: availableParallelism(),
    ...(options.memory === undefined ? {} : { budget: options.memory }),
  });
  const checked = leaving.map(async (host): Promise<HostUpgrade> => {
    const was = reportOf(host, before.hosts);
    if (host.entry.kind === "flake") return flakeUpgrade(was, against);
    const configuration = host.entry.file;
    const will = reportOf(host, after.hosts);
    const expected =
      EXPECTED[[was, will].some(({ through }) => through === "nixpkgs") ? "nixpkgs" : "embedded"];
    const compared = await workers.run({ expected }, ({ onStart }) =>
      compareOptions(
        { side: was, channel: host.channel },
        { side: will, channel: target(host) },
        {
          root,
          configuration,
          nix,
          evaluation: { env, settings: options.settings ?? [], onStart, ...(signal && { signal }) },
          places: new Places(root),
        },
      ),
    );
    return upgradeOf(was, will, compared);
  });
  const notes = [...new Set([...before.notes, ...after.notes])];
  return { nix: nix.version, against, hosts: await Promise.all(checked), there, notes };
}

/** The channel of the manifest, or one of this name with the modules that the host has now. */
function targetChannel({ channels }: Fleet, name: string, present: Channel): Channel {
  const known = channels.get(name);
  if (known !== undefined) return known;
  if (/^\d\d\.\d\d$/.test(name))
    return { name, nixpkgs: undefined, modules: present.modules, alloy: undefined };
  const hint = `channels: ${[...channels.keys()].join(", ")}; or a release such as 26.05`;
  throw new FleetError(error("gate/unknown-channel", `${name} is no channel of the manifest`, { hint }));
}

function reportOf({ name }: Host, reports: readonly HostReport[]): HostReport {
  const report = reports.find(({ host }) => host === name);
  if (report === undefined) throw new TypeError(`no report of ${name}`);
  return report;
}

const NO_PLACE = { option: undefined, replacement: undefined, file: undefined, span: undefined };

function flakeUpgrade(was: HostReport, against: string): HostUpgrade {
  const message = "a flake brings its own nixpkgs: change the input there and gate the host again";
  const changes: OptionChange[] = [{ ...NO_PLACE, kind: "unverified", message }];
  return { host: was.host, from: was, to: { ...was, channel: against }, changes };
}

/** What was found of the options, with what else the other release says that the host's own does not. */
function upgradeOf(was: HostReport, will: HostReport, compared: readonly OptionChange[]): HostUpgrade {
  const changes = [...compared];
  if (was.verdict === "fail") {
    const message = `does not evaluate on ${was.channel} as it is: fleet gate --host ${was.host} says why`;
    changes.push({ ...NO_PLACE, kind: "fails", message });
  }
  const old = new Set(was.diagnostics.map(identity));
  for (const diagnostic of will.diagnostics) {
    const { code, severity, message, span } = diagnostic;
    if (code === "gate/release-differs" || old.has(identity(diagnostic))) continue;
    if (compared.some((change) => isAbout(diagnostic, change))) continue;
    const kind = severity === "error" ? "fails" : "warned";
    changes.push({ ...NO_PLACE, kind, message, span, file: span?.file });
  }
  const unjudged = new Set([...was.unverified, ...compared].map(({ option }) => option));
  for (const { option, span } of will.unverified) {
    // What a definition under an old name becomes under the new one.
    const renamed = compared.some(
      ({ replacement }) => replacement !== undefined && isBelow(replacement, option),
    );
    if (renamed || unjudged.has(option)) continue;
    const message = `could not be judged on ${will.channel}`;
    changes.push({ ...NO_PLACE, kind: "unverified", option, message, span, file: span?.file });
  }
  const ordered = CHANGE_KINDS.flatMap((kind) =>
    changes.filter((change) => change.kind === kind).sort(compareChanges),
  );
  return { host: was.host, from: was, to: will, changes: ordered };
}

function identity({ code, message, span }: Diagnostic): string {
  return JSON.stringify([code, message, span?.file, span?.start.line]);
}

/** Whether a finding speaks of an option that is listed already, of one above it or below it. */
function isAbout({ message }: Diagnostic, { option }: OptionChange): boolean {
  if (option === undefined) return false;
  return [...message.matchAll(/`([^'`]+)'/g)].some(
    ([, name = ""]) => isBelow(option, name) || isBelow(name, option),
  );
}

/** Whether an option is another one, or part of it. */
function isBelow(option: string, above: string): boolean {
  return option === above || option.startsWith(`${above}.`);
}

function compareChanges(left: OptionChange, right: OptionChange): number {
  const key = ({ file, span, option }: OptionChange): [string, number, string] => [
    file ?? "",
    span?.start.offset ?? 0,
    option ?? "",
  ];
  const [a, b] = [key(left), key(right)];
  return a[0] === b[0] ? a[1] - b[1] || (a[2] < b[2] ? -1 : 1) : a[0] < b[0] ? -1 : 1;
}
