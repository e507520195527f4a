import { dropEntry, type Drop } from "../receiver.ts";
import { compileSelector } from "./selector.ts";
import type { StageBuilder } from "./stage.ts";

/**
 * stage.match: entries that the selector picks are dropped, or go through stages of their own, which `build` makes;
 * others pass by.
 */
export const match =
  (build: StageBuilder): StageBuilder =>
  (args, context, place, next) => {
    const selector = args.string("selector");
    if (selector === "") args.fail("selector is required", "selector");
    const picks = args.compile("selector", () => compileSelector(selector));
    const action = args.choice("action", ["keep", "drop"], "keep");
    const nested = args.blocks("stage");
    if (action === "keep" && nested.length === 0) args.fail("action keep requires at least one stage inside");
    if (action === "drop" && nested.length > 0) args.fail("action drop cannot have stages inside", "action");
    if (action === "drop") {
      const dropped: Drop = {
        reason: args.string("drop_counter_reason", "") || "match_stage",
        detail: `it matches ${selector}`,
      };
      return {
        push: (entry) => (picks(entry) ? dropEntry(entry, dropped, place, context.ledger) : next.push(entry)),
        flush: () => next.flush(),
      };
    }
    // The end of the nested stages leads on, but does not flush what follows: this stage does, after them.
    const inner = build(args, context, place, { push: (entry) => next.push(entry), flush: () => undefined });
    return {
      push: (entry) => (picks(entry) ? inner : next).push(entry),
      flush() {
        inner.flush();
        next.flush();
      },
    };
  };
