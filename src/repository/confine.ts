import { readlinkSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import { error, FleetError, type Diagnostic, type Span } from "../diagnostics/index.ts";

/**
 * The absolute path, with every link resolved, of `path` in the repository at `root`. The path need not exist;
 * then the part of it that does is resolved. Synchronous, as a fleet of thousands asks this tens of thousands of
 * times, and a promise costs ten times the call.
 *
 * @param root absolute path of the repository
 * @param path relative to `root`, or absolute
 * @param span where the path was written, for the diagnostic
 * @throws FleetError `repository/outside` when the path, or a link on it, leads out of the repository.
 */
export function confine(root: string, path: string, span?: Span): string {
  const found = locate(root, path, span);
  if (typeof found === "string") return found;
  throw new FleetError(found);
}

/** As `confine`, with the diagnostic as a value. */
export function locate(root: string, path: string, span?: Span): string | Diagnostic {
  const outside = (message: string, hint: string): Diagnostic =>
    error("repository/outside", message, { hint, ...(span === undefined ? {} : { span }) });
  const lexical = resolve(root, path);
  const top = realpathSync.native(root);
  if (!isWithin(resolve(root), lexical) && !isWithin(top, lexical)) {
    return outside(`${path} leads out of the repository`, "use a path below the repository's top directory");
  }
  const real = resolveLinks(lexical);
  if (real === undefined) {
    return outside(`${path} is a link that leads in a circle`, "replace the link by what it should lead to");
  }
  if (isWithin(top, real)) return real;
  return outside(
    `${path} leads out of the repository through a link, to ${real}`,
    "let the link lead to a place inside the repository, or move what it leads to",
  );
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
function resolveLinks(path: string, hops = 0): string | undefined {
  if (hops > 40) return undefined;
  try {
    return realpathSync.native(path);
  } catch (caught) {
    const { code } = caught as NodeJS.ErrnoException;
    if (code === "ELOOP") return undefined;
    if (code !== "ENOENT" && code !== "ENOTDIR") throw caught;
  }
  const parent = resolveLinks(dirname(path), hops);
  if (parent === undefined) return undefined;
  const own = join(parent, basename(path));
  const target = targetOf(own);
  return target === undefined ? own : resolveLinks(resolve(parent, target), hops + 1);
}

/** Where the link at `path` leads; undefined when there is no link. */
function targetOf(path: string): string | undefined {
  try {
    return readlinkSync(path);
  } catch {
    return undefined;
  }
}
