/**
 * The groups of nodes that reach each other, each of two or more: the circles of a graph. Tarjan's algorithm
 * without recursion, since a chain of components may be long.
 */
export function findCycles(graph: ReadonlyMap<string, ReadonlySet<string>>): string[][] {
  const index = new Map<string, number>();
  const low = new Map<string, number>();
  const stack: string[] = [];
  const onStack = new Set<string>();
  const cycles: string[][] = [];

  const open = (node: string): { node: string; next: Iterator<string> } => {
    index.set(node, index.size);
    low.set(node, index.size - 1);
    stack.push(node);
    onStack.add(node);
    return { node, next: (graph.get(node) ?? new Set<string>()).values() };
  };
  const lower = (node: string, to: number | undefined): void => {
    low.set(node, Math.min(low.get(node) ?? 0, to ?? 0));
  };

  for (const root of graph.keys()) {
    if (index.has(root)) continue;
    const path = [open(root)];
    for (let frame = path.at(-1); frame !== undefined; frame = path.at(-1)) {
      const step = frame.next.next();
      if (step.done !== true) {
        if (!index.has(step.value)) path.push(open(step.value));
        else if (onStack.has(step.value)) lower(frame.node, index.get(step.value));
        continue;
      }
      path.pop();
      const parent = path.at(-1);
      if (parent !== undefined) lower(parent.node, low.get(frame.node));
      if (low.get(frame.node) !== index.get(frame.node)) continue;
      const group = stack.splice(stack.indexOf(frame.node));
      for (const node of group) onStack.delete(node);
      if (group.length > 1) cycles.push(group);
    }
  }
  return cycles;
}
