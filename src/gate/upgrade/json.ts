import { breaks, type ChangeKind, type Side, type UpgradeReport } from "./report.ts";

/** What `fleet upgrade-check --json` prints; `ok` is true when nothing would break. */
export interface UpgradeJson {
  ok: boolean;
  evaluator: { nix: string };
  against: string;
  hosts: HostUpgradeJson[];
  /** Hosts that are on that channel already. */
  there: readonly string[];
  notes: readonly string[];
}

interface HostUpgradeJson {
  host: string;
  breaks: boolean;
  from: SideJson;
  to: SideJson;
  changes: {
    kind: ChangeKind;
    option?: string;
    message: string;
    replacement?: string;
    file?: string;
    line?: number;
  }[];
}

type SideJson = Pick<Side, "channel" | "through"> & { nixpkgs?: string };

/** The JSON form of an upgrade report. */
export function upgradeJson(report: UpgradeReport): UpgradeJson {
  const { nix, against, hosts, there, notes } = report;
  return {
    ok: !hosts.some(breaks),
    evaluator: { nix },
    against,
    hosts: hosts.map((host) => ({
      host: host.host,
      breaks: breaks(host),
      from: side(host.from),
      to: side(host.to),
      changes: host.changes.map(({ kind, option, message, replacement, file, span }) => ({
        kind,
        ...(option === undefined ? {} : { option }),
        message,
        ...(replacement === undefined ? {} : { replacement }),
        ...(file === undefined ? {} : { file }),
        ...(span === undefined ? {} : { line: span.start.line }),
      })),
    })),
    there,
    notes,
  };
}

function side({ channel, through, nixpkgs }: Side): SideJson {
  return { channel, through, ...(nixpkgs === undefined ? {} : { nixpkgs }) };
}
