import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { error, FleetError, type Diagnostic } from "../../diagnostics/index.ts";
import type { Channel } from "../../manifest/index.ts";
import {
  channelModules,
  findEvaluators,
  findNix,
  newestWithPromtail,
  nixKey,
  nixString,
  OWN_NIX_FILES,
  standIns,
  type Nix,
} from "../../nix/index.ts";
import { run } from "../../process/index.ts";
import { renderSystem } from "../guest/index.ts";
import type { ScenarioReport, ScenarioRequest } from "../run.ts";
import { readSubject, type Scenario } from "../scenario/index.ts";
import { subjectInputs } from "../subject.ts";
import { nixosTestFiles } from "./settings.ts";

export type NixosRequest = Pick<
  ScenarioRequest,
  "root" | "fleet" | "host" | "promtail" | "env" | "log" | "signal" | "scenarios"
>;

/** Lines of a failed test's log in its diagnostic. */
const LAST = 12;

/**
 * Runs scenarios as NixOS tests, each by `nix build`, with the nixpkgs of the fleet's channels. A test that fails is a
 * report.
 *
 * @throws FleetError `scenario/no-nixpkgs` where a channel has none on this machine, and when a test does not evaluate.
 */
export async function runNixosTests(request: NixosRequest): Promise<ScenarioReport[]> {
  const directory = await mkdtemp(join(tmpdir(), "fleet-nixos-test-"));
  try {
    const { nix, through } = await writeNixosTests(directory, request);
    const reports: ScenarioReport[] = [];
    for (const scenario of request.scenarios) {
      request.log(`\n${scenario.name}: ${scenario.description}`);
      reports.push(await build(nix, directory, scenario, through, request));
    }
    return reports;
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

/**
 * Writes the NixOS tests of scenarios into a directory: `default.nix` there gives a derivation for each.
 *
 * @throws FleetError `scenario/no-nixpkgs`
 */
export async function writeNixosTests(
  directory: string,
  request: NixosRequest,
): Promise<{ nix: Nix; through: string }> {
  const { root, fleet, host, scenarios, promtail, env, signal, log } = request;
  const nix = await findNix({ env, tools: fleet.tools, cwd: root, log, signal });
  const both = newestWithPromtail(fleet);
  const channels = new Set(
    scenarios.flatMap(({ ships }) => (ships.includes("promtail") ? (both ?? []) : host.channel)),
  );
  const nixpkgs = await findNixpkgs([...channels], nix, request);
  const system = await renderSystem({ root, fleet, host, shippers: ["alloy"], env, signal, log });
  const files = nixosTestFiles({
    fleet,
    subject: readSubject(subjectInputs(system, { fleet, promtail })),
    scenarios,
    promtail,
    modules: {
      alloy: join(root, fleet.layout.modules, "alloy"),
      promtail: join(root, host.promtail ?? join(fleet.layout.modules, "promtail")),
    },
    releases: { alloy: host.channel.name, both: both?.name },
  });
  files.set("default.nix", expression([...channels], nixpkgs, root));
  for (const [path, text] of files) {
    await mkdir(dirname(join(directory, path)), { recursive: true });
    await writeFile(join(directory, path), text);
  }
  return { nix, through: [...new Set(nixpkgs.values())].join(", ") };
}

/** The nixpkgs of each channel, by its name. */
async function findNixpkgs(
  channels: readonly Channel[],
  nix: Nix,
  { root, env, signal }: NixosRequest,
): Promise<Map<string, string>> {
  const evaluators = await findEvaluators(channels, nix, root, { env, signal });
  const found = new Map(
    channels.map(({ name }) => {
      const evaluator = evaluators.get(name);
      if (evaluator?.kind === "nixpkgs") return [name, evaluator.path];
      const hint = `name one with FLEET_NIXPKGS=${name}=/path/to/nixpkgs or in NIX_PATH, or use --driver qemu`;
      const message = `a NixOS test needs a nixpkgs of ${name}, which this machine does not have`;
      throw new FleetError(error("scenario/no-nixpkgs", message, { hint }));
    }),
  );
  if (channels.some((channel) => standIns(channel, env).length > 0)) {
    const hint = "put it there: NIX_PATH=sops-nix=/path/to/sops-nix";
    const message = "a NixOS test needs the real sops-nix, which is not in NIX_PATH";
    throw new FleetError(error("scenario/no-nixpkgs", message, { hint }));
  }
  return found;
}

/** `default.nix` beside the files of the tests. */
function expression(
  channels: readonly Channel[],
  nixpkgs: ReadonlyMap<string, string>,
  root: string,
): string {
  const path = (text: string): string => `(/. + ${nixString(text)})`;
  const entries = channels.map((channel) => {
    const modules = channelModules(channel, root).map(nixString).join(" ");
    const found = `import ${path(`${OWN_NIX_FILES}gate/modules.nix`)} [ ${modules} ]`;
    return `    ${nixKey(channel.name)} = {
      nixpkgs = ${path(nixpkgs.get(channel.name) ?? "")};
      modules = ${found};
    };
`;
  });
  return `import ${path(`${OWN_NIX_FILES}nixos-test`)} {
  directory = ./.;
  channels = {
${entries.join("")}  };
}
`;
}

async function build(
  nix: Nix,
  directory: string,
  { name, description }: Scenario,
  through: string,
  { log, signal }: NixosRequest,
): Promise<ScenarioReport> {
  const begun = performance.now();
  const args = ["build", "--extra-experimental-features", "nix-command", "--no-link", "--print-build-logs"];
  const { exitCode, stderr } = await run(
    join(dirname(nix.instantiate), "nix"),
    [...args, "--file", join(directory, "default.nix"), name],
    { signal, onStderr: log },
  );
  const diagnostics: Diagnostic[] = [];
  if (exitCode !== 0) {
    const last = stderr.trimEnd().split("\n").slice(-LAST).join("\n");
    diagnostics.push(error("scenario/nixos-test-failed", `the NixOS test ${name} failed:\n${last}`));
  }
  return {
    scenario: name,
    description,
    status: exitCode === 0 ? "passed" : "failed",
    seconds: (performance.now() - begun) / 1000,
    diagnostics,
    means: [{ real: true, name: `NixOS under its own test driver, ${through}` }],
    kept: undefined,
  };
}
