import { ALLOY_VERSION, check, format, parse } from "../../alloy/index.ts";
import { error, type Diagnostic } from "../../diagnostics/index.ts";
import type { Fleet, Host } from "../../manifest/index.ts";
import { findAlloy } from "../../oracle/index.ts";
import { templateError } from "../../pipeline/index.ts";
import type { Context } from "../context.ts";
import type { Finding, Means } from "../plan.ts";

/**
 * config.alloy must be in the form that `alloy fmt` prints and free of errors for the channel's Alloy: by fleet's
 * own formatter and checker, and by the real program where there is one on this machine.
 */
export async function validateConfiguration(
  { root, env, signal }: Context,
  fleet: Fleet,
  canary: Host,
  configuration: string,
): Promise<Finding> {
  const file = `${fleet.layout.modules}/alloy/config.alloy`;
  const alloyVersion = canary.channel.alloy ?? ALLOY_VERSION;
  const diagnostics = check(parse(file, configuration).file, { alloyVersion, templateError });
  if (format(file, configuration).text !== configuration) diagnostics.push(notFormatted(file, "fleet fmt"));
  const means: Means[] = [{ real: false, name: "fleet's own formatter and checker" }];
  const alloy = await findAlloy({ env, tools: fleet.tools, cwd: root, signal });
  if (alloy !== undefined) {
    means.push({ real: true, name: `${alloy.program.description}: fmt, validate` });
    const formatted = await alloy.format(configuration);
    if (!formatted.ok || formatted.text !== configuration) diagnostics.push(notFormatted(file, "alloy fmt"));
    const validated = await alloy.validate(configuration);
    if (!validated.ok)
      diagnostics.push(error("migrate/refused", `alloy validate refuses ${file}: ${validated.reason}`));
  }
  const lines = configuration.split("\n").length - 1;
  return { summary: `${file}: ${lines} lines, ${diagnostics.length} findings`, means, diagnostics };
}

function notFormatted(file: string, by: string): Diagnostic {
  return error("migrate/refused", `${file} is not as ${by} prints it`);
}
