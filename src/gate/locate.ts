import { nixBindings, type NixBinding } from "../nix/index.ts";

/** A stretch of a text; offsets, `end` exclusive. */
export interface Stretch {
  start: number;
  end: number;
}

/**
 * Finds where a Nix text defines an option, by the attribute paths that it binds: `services.alloy.enable = ...`
 * as well as `services = { alloy.enable = ...; }`. Where the option itself is not bound, one below it will do, or
 * the set around it, or one further out whose value is computed. The binding that names most of it wins.
 *
 * @returns the stretch of the attribute path, or undefined when nothing binds any part of it.
 */
export function locateOption(text: string, option: readonly string[]): Stretch | undefined {
  let best: { binding: NixBinding; shared: number } | undefined;
  for (const binding of nixBindings(text)) {
    const shared = sharedParts(binding.path, option);
    const around = shared === binding.path.length && (!binding.nested || shared >= option.length - 1);
    if ((shared === option.length || around) && shared > (best?.shared ?? 0)) best = { binding, shared };
  }
  return best?.binding;
}

function sharedParts(left: readonly string[], right: readonly string[]): number {
  const limit = Math.min(left.length, right.length);
  for (let i = 0; i < limit; i++) if (left[i] !== right[i]) return i;
  return limit;
}

/** The parts of an option as messages write it: `services.nginx.virtualHosts."example.com".root`. */
export function splitOption(option: string): string[] {
  return (option.match(/"(?:[^"\\]|\\.)*"|[^."]+/g) ?? []).map((part) =>
    part.startsWith('"') ? part.slice(1, -1) : part,
  );
}
