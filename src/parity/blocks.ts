import { align } from "./align.ts";
import { isCredential, isMovedSecret, isPosition, secretOf, type Allowed } from "./allowed.ts";
import {
  blockKey,
  keyOf,
  show,
  showBlock,
  type Normal,
  type NormalAttribute,
  type NormalBlock,
} from "./normal.ts";
import type { Difference } from "./report.ts";

/** Says whether a component of the one file has its counterpart in one of the other. */
export type Correspond = (promtail: string, alloy: string) => boolean;

/** Where two blocks differ. Stages and rules are compared in their order, everything else by name. */
export function compareBlocks(
  promtail: NormalBlock,
  alloy: NormalBlock,
  correspond: Correspond,
  skip: ReadonlySet<string> = new Set(),
): Difference[] {
  return new Comparison(correspond).block(promtail, alloy, "", skip);
}

class Comparison {
  readonly #correspond: Correspond;

  constructor(correspond: Correspond) {
    this.#correspond = correspond;
  }

  block(promtail: NormalBlock, alloy: NormalBlock, path: string, skip: ReadonlySet<string>): Difference[] {
    const names = new Set([...promtail.attributes.keys(), ...alloy.attributes.keys()]);
    const secret = this.#secret(promtail, alloy, path);
    const attributes = [...names]
      .filter((name) => !skip.has(name) && !(secret !== undefined && isCredential(promtail.name, name)))
      .flatMap((name) => this.#attribute(name, promtail, alloy, path));
    return [...attributes, ...(secret ?? []), ...this.#inner(promtail, alloy, path)];
  }

  /** Secrets that moved are one difference, though two attributes differ. */
  #secret(promtail: NormalBlock, alloy: NormalBlock, path: string): Difference[] | undefined {
    const [had, has] = [secretOf(promtail), secretOf(alloy)];
    if (had === undefined || has === undefined || !isMovedSecret(had.value, has)) return undefined;
    if (had.name === has.name && keyOf(had.value) === keyOf(has.value)) return undefined;
    return [
      {
        path: `${path}${has.name}`,
        expected: `${had.name} = ${had.name.endsWith("_file") ? show(had.value) : "(a secret)"}`,
        got: `${has.name} = ${show(has.value)}`,
        allowed: "credential",
        span: alloy.span,
      },
    ];
  }

  #attribute(name: string, promtail: NormalBlock, alloy: NormalBlock, path: string): Difference[] {
    const [expected, got] = [promtail.attributes.get(name), alloy.attributes.get(name)];
    if (expected !== undefined && got !== undefined && this.#same(name, expected.value, got.value)) return [];
    const allowed: Allowed | undefined = isPosition(promtail.name, name) ? "positions" : undefined;
    return [
      {
        path: `${path}${name}`,
        expected: textOf(expected),
        got: textOf(got),
        ...(allowed === undefined ? {} : { allowed }),
        span: got?.span ?? alloy.span,
      },
    ];
  }

  #same(name: string, expected: Normal, got: Normal): boolean {
    if (keyOf(expected) !== keyOf(got)) return false;
    // Receivers get the same entries whatever their order.
    if (name === "forward_to" && expected.kind === "list" && got.kind === "list") {
      const rest = [...got.items];
      return expected.items.every((item) => {
        const found = rest.findIndex((other) => this.#corresponds(item, other));
        if (found !== -1) rest.splice(found, 1);
        return found !== -1;
      });
    }
    return this.#corresponds(expected, got);
  }

  /** The same references at the same places of two values of one key. */
  #corresponds(expected: Normal, got: Normal): boolean {
    if (expected.kind === "reference") {
      return got.kind === "reference" && this.#correspond(expected.component, got.component);
    }
    if (expected.kind === "list" && got.kind === "list") {
      return expected.items.every((item, at) => {
        const other = got.items[at];
        return other !== undefined && this.#corresponds(item, other);
      });
    }
    return true;
  }

  #inner(promtail: NormalBlock, alloy: NormalBlock, path: string): Difference[] {
    const groups = [...new Set([...promtail.blocks, ...alloy.blocks].map(groupOf))];
    return groups.flatMap((group) => {
      const [left, right] = [promtail, alloy].map(({ blocks }) =>
        blocks.filter((block) => groupOf(block) === group),
      );
      return this.#sequence(left ?? [], right ?? [], alloy, path);
    });
  }

  #sequence(
    promtail: readonly NormalBlock[],
    alloy: readonly NormalBlock[],
    parent: NormalBlock,
    path: string,
  ): Difference[] {
    const equal = (left: NormalBlock, right: NormalBlock): boolean => blockKey(left) === blockKey(right);
    const akin = (left: NormalBlock, right: NormalBlock): boolean => left.name === right.name;
    return align(promtail, alloy, equal, akin).flatMap(({ left, right }): Difference[] => {
      const shown = left === undefined ? alloy : promtail;
      const here = `${path}${indexed(left ?? right, shown)}`;
      if (left !== undefined && right !== undefined) {
        return this.block(left, right, `${here}.`, new Set());
      }
      const one = left ?? right;
      if (one === undefined) return [];
      return [
        {
          path: here,
          expected: left === undefined ? undefined : showBlock(left),
          got: right === undefined ? undefined : showBlock(right),
          ...(isPosition(parent.name, one.name) ? { allowed: "positions" as const } : {}),
          span: right?.span ?? parent.span,
        },
      ];
    });
  }
}

/** Blocks of one group have an order among themselves: the stages of a pipeline are one group. */
function groupOf({ name }: NormalBlock): string {
  return name.startsWith("stage.") ? "stage" : name;
}

/** `stage.drop[1]`; a block that stands alone has no index. */
function indexed(block: NormalBlock | undefined, all: readonly NormalBlock[]): string {
  if (block === undefined) return "";
  const named = all.filter(({ name }) => name === block.name);
  return named.length === 1 && groupOf(block) !== "stage" && block.name !== "rule"
    ? block.name
    : `${block.name}[${named.indexOf(block)}]`;
}

function textOf(attribute: NormalAttribute | undefined): string | undefined {
  return attribute === undefined ? undefined : show(attribute.value);
}
