import type { Host } from "../manifest/index.ts";

/**
 * The hosts that a change of files may alter the verdict of, in the fleet's order. A file below a host's directory
 * touches that host; any other may be read by every host, so it touches them all.
 *
 * @param files relative to the repository's root
 */
export function touchedHosts(hosts: readonly Host[], files: readonly string[]): readonly Host[] {
  const touched = new Set<Host>();
  for (const file of files) {
    const owners = hosts.filter(({ directory }) => file === directory || file.startsWith(`${directory}/`));
    if (owners.length === 0) return hosts;
    for (const owner of owners) touched.add(owner);
  }
  return hosts.filter((host) => touched.has(host));
}
