import { lstat, readlink, realpath } from "node:fs/promises";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { error, FleetError, type Span } from "../diagnostics/index.ts";

/**
 * The absolute path, with every link resolved, of `path` in the repository at `root`. The path need not exist;
 * then the part of it that does is resolved.
 *
 * @param root absolute path of the repository
 * @param path relative to `root`, or absolute
 * @param span where the path was written, for the diagnostic
 * @throws FleetError `repository/outside` when the path, or a link on it, leads out of the repository.
 */
export async function confine(root: string, path: string, span?: Span): Promise<string> {
  const place = span === undefined ? {} : { span };
  const lexical = resolve(root, path);
  const top = await realpath(root);
  if (!isWithin(resolve(root), lexical) && !isWithin(top, lexical)) {
    const hint = "use a path below the repository's top directory";
    throw new FleetError(
      error("repository/outside", `${path} leads out of the repository`, { ...place, hint }),
    );
  }
  const real = await resolveLinks(lexical);
  if (real === undefined) {
    const hint = "replace the link by what it should lead to";
    throw new FleetError(
      error("repository/outside", `${path} is a link that leads in a circle`, { ...place, hint }),
    );
  }
  if (!isWithin(top, real)) {
    const message = `${path} leads out of the repository through a link, to ${real}`;
    const hint = "let the link lead to a place inside the repository, or move what it leads to";
    throw new FleetError(error("repository/outside", message, { ...place, hint }));
  }
  return real;
}

/** True when `path` is `directory` or below it; both absolute. */
export function isWithin(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way !== ".." && !way.startsWith(`..${sep}`) && !isAbsolute(way);
}

/**
 * Like realpath, but a path whose last parts do not exist is resolved as far as it does. Links that dangle are
 * followed too: writing through one would create its target. Undefined for a circle of links.
 */
async function resolveLinks(path: string, hops = 0): Promise<string | undefined> {
  if (hops > 40) return undefined;
  try {
    return await realpath(path);
  } catch (caught) {
    const { code } = caught as NodeJS.ErrnoException;
    if (code === "ELOOP") return undefined;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw caught;
  }
  const parent = await resolveLinks(dirname(path), hops);
  if (parent === undefined) return undefined;
  const own = join(parent, basename(path));
  const link = await lstat(own).catch(() => undefined);
  if (link?.isSymbolicLink() !== true) return own;
  return resolveLinks(resolve(parent, await readlink(own)), hops + 1);
}
