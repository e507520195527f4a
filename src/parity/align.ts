/** A step of an alignment: what stands on either side, or on one only. */
export interface Step<T> {
  left: T | undefined;
  right: T | undefined;
}

/**
 * Lines two sequences up so that as many elements as possible stand beside an equal one, in order. What is left
 * between is paired in order as long as `akin` says that the one may have become the other.
 */
export function align<T>(
  left: readonly T[],
  right: readonly T[],
  equal: (left: T, right: T) => boolean,
  akin: (left: T, right: T) => boolean,
): Step<T>[] {
  const lengths = commonLengths(left, right, equal);
  const at = (i: number, j: number): number => lengths[i]?.[j] ?? 0;
  const steps: Step<T>[] = [];
  let gap: { left: T[]; right: T[] } = { left: [], right: [] };
  const closeGap = (): void => {
    steps.push(...pairUp(gap.left, gap.right, akin));
    gap = { left: [], right: [] };
  };
  let i = 0;
  let j = 0;
  while (i < left.length || j < right.length) {
    const one = left[i];
    const other = right[j];
    if (one !== undefined && other !== undefined && equal(one, other)) {
      closeGap();
      steps.push({ left: one, right: other });
      i += 1;
      j += 1;
    } else if (one !== undefined && (other === undefined || at(i + 1, j) >= at(i, j + 1))) {
      gap.left.push(one);
      i += 1;
    } else if (other !== undefined) {
      gap.right.push(other);
      j += 1;
    }
  }
  closeGap();
  return steps;
}

/** For each pair of positions, how many equal elements the rests from there have in common, in order. */
function commonLengths<T>(
  left: readonly T[],
  right: readonly T[],
  equal: (left: T, right: T) => boolean,
): number[][] {
  const lengths = Array.from({ length: left.length + 1 }, () => new Array<number>(right.length + 1).fill(0));
  for (let i = left.length - 1; i >= 0; i -= 1) {
    for (let j = right.length - 1; j >= 0; j -= 1) {
      const [one, other, row, next] = [left[i], right[j], lengths[i], lengths[i + 1]];
      if (one === undefined || other === undefined || row === undefined || next === undefined) continue;
      row[j] = equal(one, other) ? (next[j + 1] ?? 0) + 1 : Math.max(next[j] ?? 0, row[j + 1] ?? 0);
    }
  }
  return lengths;
}

function pairUp<T>(left: readonly T[], right: readonly T[], akin: (left: T, right: T) => boolean): Step<T>[] {
  const rest = [...right];
  const steps: Step<T>[] = [];
  for (const one of left) {
    const found = rest.findIndex((other) => akin(one, other));
    const skipped = found === -1 ? [] : rest.splice(0, found);
    steps.push(...skipped.map((other) => ({ left: undefined, right: other })));
    steps.push({ left: one, right: found === -1 ? undefined : rest.shift() });
  }
  return [...steps, ...rest.map((other) => ({ left: undefined, right: other }))];
}
