import { relative } from "node:path";
import { error, LineIndex, type Diagnostic } from "../diagnostics/index.ts";
import { gate, locateOption, type GateOptions } from "../gate/index.ts";
import type { Channel, Fleet, Host } from "../manifest/index.ts";
import { OWN_NIX_FILES } from "../nix/index.ts";
import { readText } from "../repository/index.ts";
import { ruleReport, type RuleReport } from "./check.ts";

const OPTIONS = ["environmentFile", "extraFlags"];

/**
 * Whether the options that the Alloy module needs are there on the channel of every host, also of those that do not
 * import it yet: a host that has nothing else is evaluated on each, as the gate evaluates hosts. Without a host that
 * is to ship with Alloy there is nothing to ask.
 */
export async function checkAlloyOptions(
  fleet: Fleet,
  root: string,
  options: Omit<GateOptions, "hosts">,
): Promise<RuleReport[]> {
  const rule = "alloy-options";
  if (fleet.rules[rule] === "off") return [];
  if (!fleet.hosts.some(({ ship }) => ship === "alloy")) return ruleReport(fleet, rule, () => []);
  const configured = fleet.hosts.filter(({ entry }) => entry.kind === "configuration");
  const users = Map.groupBy(configured, ({ channel }) => channel);
  const probes = [...users].map(([channel]) => probe(channel, root));
  const report = await gate({ ...fleet, hosts: probes }, root, options);
  const module = `${fleet.layout.modules}/alloy/default.nix`;
  const text = await readText(root, module);
  const found = [...users].flatMap(([channel, hosts], index): Diagnostic[] => {
    const messages = report.hosts[index]?.diagnostics.map(({ message }) => message) ?? [];
    const missing = OPTIONS.filter((name) =>
      messages.some((message) => message.includes(`services.alloy.${name}'`)),
    );
    return missing.map((name) => absent(name, channel, hosts, { module, text }));
  });
  return ruleReport(fleet, rule, () => found);
}

function probe(channel: Channel, root: string): Host {
  return {
    name: `alloy-options-on-${channel.name}`,
    channel: { ...channel, modules: [] },
    ship: "none",
    promtail: undefined,
    directory: "",
    entry: { kind: "configuration", file: relative(root, `${OWN_NIX_FILES}gate/alloy-options.nix`) },
    secrets: "",
    recipient: undefined,
  };
}

function absent(
  name: string,
  channel: Channel,
  hosts: readonly Host[],
  { module, text }: { module: string; text: string | undefined },
): Diagnostic {
  const option = ["services", "alloy", name];
  const at = text === undefined ? undefined : locateOption(text, option);
  const span =
    text !== undefined && at !== undefined ? new LineIndex(module, text).span(at.start, at.end) : undefined;
  const message = `NixOS ${channel.name} has no ${option.join(".")}, which ${hosts.map((host) => host.name).join(", ")} would need`;
  const hint = `move these hosts to a channel that has it before they import ${module}`;
  return error("rules/alloy-option-missing", message, { hint, ...(span && { span }) });
}
