import { LineIndex, type Diagnostic } from "../diagnostics/index.ts";
import type { Fleet } from "../manifest/index.ts";
import { nixBindings, type NixBinding } from "../nix/index.ts";
import type { FileChange } from "./change.ts";

/**
 * Changes of system.stateVersion. A host's files are taken together, so that a version may move from one to another;
 * any other file is looked at by itself.
 */
export function changedStateVersions(
  { hosts }: Pick<Fleet, "hosts">,
  changes: readonly FileChange[],
): Diagnostic[] {
  const ownerOf = ({ path }: FileChange): string =>
    hosts.find(({ directory }) => path.startsWith(`${directory}/`))?.directory ?? path;
  const groups = Map.groupBy(changes.filter(isNix), ownerOf);
  return [...groups.values()].flatMap((files) => {
    const before = files.flatMap((file) => versionsIn(file, file.before));
    const after = files.flatMap((file) => versionsIn(file, file.after));
    const [was] = before;
    if (was === undefined || same(before, after)) return [];
    const now = after.find(({ value }) => !before.some((one) => one.value === value));
    const at = now ?? { ...was, text: was.file.after ?? "", start: 0, end: 0 };
    return [
      {
        code: "rules/state-version-changed",
        severity: "error",
        message: `system.stateVersion ${now === undefined ? "is removed" : `changes from ${was.value} to ${now.value}`}`,
        span: new LineIndex(at.file.path, at.text).span(at.start, at.end),
        hint: "it names the release that the host's data was made by, and stays when the host is upgraded",
      },
    ];
  });
}

interface Version {
  file: FileChange;
  text: string;
  /** As it is written. */
  value: string;
  start: number;
  end: number;
}

function versionsIn(file: FileChange, text = ""): Version[] {
  const isVersion = ({ path }: NixBinding): boolean => path.join(".") === "system.stateVersion";
  return nixBindings(text)
    .filter(isVersion)
    .map(({ start, end, value }) => ({ file, text, start, end, value: text.slice(value.start, value.end) }));
}

function same(before: readonly Version[], after: readonly Version[]): boolean {
  const values = (versions: readonly Version[]): string =>
    JSON.stringify(versions.map(({ value }) => value).sort());
  return values(before) === values(after);
}

/** Whether a change is one of Nix source. */
export function isNix({ path }: FileChange): boolean {
  return path.endsWith(".nix");
}
