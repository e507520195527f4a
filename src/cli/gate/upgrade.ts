import { breaks, checkUpgrade, upgradeJson, type HostUpgrade, type Side } from "../../gate/index.ts";
import { renderTable } from "../../report/index.ts";
import type { ExitCode } from "../command.ts";
import type { Io } from "../io.ts";
import { gateOptions } from "./options.ts";
import type { Tree } from "./tree.ts";

/**
 * Prints what another channel would change for hosts; `fleet upgrade-check` and `fleet gate --against` alike.
 *
 * @param hosts their names; undefined for all
 */
export async function printUpgrade(
  { fleet, root, env }: Tree,
  {
    against,
    hosts,
    json,
    cold,
  }: { against: string; hosts?: readonly string[]; json: boolean; cold: boolean },
  io: Io,
): Promise<ExitCode> {
  const options = gateOptions({ env, cold, hosts }, io);
  const report = await checkUpgrade(fleet, root, against, options);
  if (json) io.json(upgradeJson(report));
  else {
    for (const host of report.hosts) io.out(`${textOf(host, io.columns)}\n`);
    for (const host of report.there) io.out(`${host} is on ${against} already.\n\n`);
    for (const note of report.notes) io.log(note);
  }
  return report.hosts.some(breaks) ? 1 : 0;
}

/** A host's heading, and a table of what changes for it. */
function textOf({ host, from, to, changes }: HostUpgrade, columns: number): string {
  const heading = `${host}: ${from.channel} (${means(from)}) -> ${to.channel} (${means(to)})\n`;
  if (changes.length === 0)
    return `${heading}nothing that it sets is removed, renamed, warned about or retyped\n`;
  const rows = changes.map(({ kind, option, message, file, span }) => [
    kind,
    option ?? "",
    span === undefined ? (file ?? "") : `${span.file}:${span.start.line}`,
    message.replaceAll(/\s+/g, " "),
  ]);
  // What is said of an option is the point of the table: it is not cut to the terminal.
  return heading + renderTable([["change", "option", "set at", ""], ...rows], Math.max(columns, 1000));
}

function means({ through, nixpkgs }: Side): string {
  return through === "embedded" ? "embedded option surface" : (nixpkgs ?? "nixpkgs");
}
