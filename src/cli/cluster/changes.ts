import type { ObjectChange } from "../../cluster/index.ts";

/** "1 new, 2 changed". */
export function summary(changes: readonly ObjectChange[]): string {
  const counts = (["new", "changed", "gone"] as const).flatMap((kind) => {
    const count = changes.filter(({ change }) => change === kind).length;
    return count === 0 ? [] : `${count} ${kind}`;
  });
  return counts.join(", ");
}
