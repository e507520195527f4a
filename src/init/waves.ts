/** Hosts in waves that double: two, then four, then eight. The first ones risk little. */
export function wavesOf(hosts: readonly string[]): string[][] {
  const waves: string[][] = [];
  let from = 0;
  for (let size = 2; from < hosts.length; size *= 2) {
    waves.push(hosts.slice(from, from + size));
    from += size;
  }
  return waves;
}
