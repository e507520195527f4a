import { createTwoFilesPatch, FILE_HEADERS_ONLY } from "diff";

/**
 * The change of one file as a unified diff with git's `a/` and `b/` names and three lines of context.
 * `before` undefined means that the file is new. Empty when nothing changes.
 */
export function unifiedDiff(path: string, before: string | undefined, after: string): string {
  if (before === after) return "";
  const from = before === undefined ? "/dev/null" : `a/${path}`;
  return createTwoFilesPatch(from, `b/${path}`, before ?? "", after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}
