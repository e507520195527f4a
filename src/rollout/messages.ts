import type { Host } from "../manifest/index.ts";

/** A few names in a row, or how many there are. */
export function namesText(names: readonly string[]): string {
  if (names.length > 4) return `${names.length} hosts`;
  return names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}

/** The message of the commit that moves a wave's hosts. */
export function moveMessage(wave: number, hosts: readonly Host[], gate: string): string {
  const names = hosts.map(({ name }) => name);
  return [
    `feat(logging): move ${namesText(names)} to grafana-alloy (promtail to alloy, wave ${wave})`,
    "",
    ...names.map((name) => `- ${name} imports the shared Alloy module in place of the Promtail module`),
    "",
    `Evaluated with every host of the fleet: ${gate}.`,
    "",
  ].join("\n");
}

/** The message of the commit that takes hosts back. */
export function revertMessage(hosts: readonly string[], reasons: ReadonlyMap<string, string>): string {
  return [
    `revert(logging): take ${namesText(hosts)} back to what shipped before`,
    "",
    ...hosts.map((host) => `- ${host}: ${(reasons.get(host) ?? "asked for").replaceAll(/\s+/g, " ")}`),
    "",
  ].join("\n");
}

/** The message of the commit that removes the Promtail module. */
export function retireMessage(module: string, gate: string): string {
  return [
    `chore(logging): remove ${module}, which no host uses any more`,
    "",
    `Every host was evaluated with a module in its place that refuses to be: ${gate}.`,
    "",
  ].join("\n");
}
