import { registerHooks } from "node:module";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { error, FleetError } from "../../diagnostics/index.ts";
import type { Scenario } from "./scenario.ts";

/** The name under which a scenario's file imports what scenarios are written with. */
const TOOLKIT = "fleet/scenario";

let toolkitIsKnown = false;

/** Lets files anywhere import the toolkit, whether or not a package called fleet is installed beside them. */
function makeToolkitKnown(): void {
  if (toolkitIsKnown) return;
  toolkitIsKnown = true;
  const url = new URL("toolkit.ts", import.meta.url).href;
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === TOOLKIT ? { url, shortCircuit: true } : next(specifier, context),
  });
}

/**
 * Loads a person's own scenario: a TypeScript file that exports `scenario({ ... })` by default.
 *
 * @param path relative to `cwd`, or absolute
 * @throws FleetError `scenario/unreadable` when the file cannot be loaded or exports something else.
 */
export async function loadScenario(path: string, cwd: string): Promise<Scenario> {
  makeToolkitKnown();
  let loaded: unknown;
  try {
    loaded = await import(pathToFileURL(resolve(cwd, path)).href);
  } catch (caught) {
    const why = caught instanceof Error ? caught.message : String(caught);
    const hint = "node's type stripping reads the file: no enums and namespaces, and imports end in .ts";
    throw new FleetError(error("scenario/unreadable", `${path} cannot be loaded: ${why}`, { hint }));
  }
  const exported = (loaded as { default?: unknown }).default;
  if (isScenario(exported)) return exported;
  throw new FleetError(
    error("scenario/unreadable", `${path} exports no scenario by default`, {
      hint: `import { scenario } from "${TOOLKIT}"; export default scenario({ name, description, steps })`,
    }),
  );
}

function isScenario(value: unknown): value is Scenario {
  return value instanceof Object && "name" in value && "ships" in value && "steps" in value;
}
