import { createHash } from "node:crypto";

/** The first length of a suffix that tells clashing names apart, in hexadecimal digits. */
const SUFFIX = 6;

/**
 * A name of its own for each of `names`: what `plain` makes of it, and where that is nothing or what it makes of
 * another, with a suffix from the name's hash. So a name keeps what it becomes as long as nothing clashes with it,
 * in whatever order the names come.
 *
 * @param plain must keep hexadecimal digits apart, in one case or the other
 */
export function uniqueNames(
  names: readonly string[],
  plain: (name: string) => string | undefined,
): ReadonlyMap<string, string> {
  const clashing = [...Map.groupBy(names, plain)].flatMap(([made, group]) =>
    made === undefined || group.length > 1 ? group : [],
  );
  for (let length = SUFFIX; ; length += 2) {
    const made = new Map(
      names.map((name) => {
        const distinct = clashing.includes(name) ? `${name}_${hash(name).slice(0, length)}` : name;
        return [name, plain(distinct) ?? `_${hash(name)}`];
      }),
    );
    if (new Set(made.values()).size === names.length) return made;
  }
}

/** SHA-256 in hexadecimal. */
export function hash(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
