import { lokiConfiguration } from "../../loki/index.ts";
import type { Fleet } from "../../manifest/index.ts";
import { GUEST } from "../guest-layout.ts";
import { lokiPlace } from "../loki-place.ts";
import { withExternalLabel, type Scenario, type Shipper, type Subject } from "../scenario/index.ts";
import { testScript } from "./test-script.ts";

export interface NixosTestInputs {
  fleet: Fleet;
  /** What the scenarios are for; its `host` becomes the machine's name. */
  subject: Subject;
  scenarios: readonly Scenario[];
  /** The fleet's shared modules, as paths below the directory of the files, or absolute. */
  modules: Readonly<Record<Shipper, string>>;
  /** The Promtail configuration as plain data, where there is one: it names the secrets that it needs. */
  promtail: unknown;
  /** The releases that machines run: with Alloy alone, and with both shippers. */
  releases: { alloy: string; both: string | undefined };
}

/** The password for Loki on a test's machine. It is good for nothing else, so it may be in the Nix store. */
const PASSWORD = "a-password-for-this-test-alone";
const LOKI_CONFIGURATION = "loki.yaml";
const LABELLED = "labelled.alloy";

/**
 * The files from which nix/nixos-test makes a NixOS test of each scenario, by path: settings.json, the scenarios as
 * test scripts, and configurations. The same inputs give the same bytes.
 */
export function nixosTestFiles(inputs: NixosTestInputs): Map<string, string> {
  const { subject, scenarios } = inputs;
  const loki = { directory: "/var/lib/loki", httpPort: GUEST.lokiPort, grpcPort: GUEST.lokiGrpcPort };
  return new Map([
    ["settings.json", `${JSON.stringify(settings(inputs), null, 2)}\n`],
    [LOKI_CONFIGURATION, lokiConfiguration({ ...loki, multiTenant: false })],
    [LABELLED, withExternalLabel(subject.configuration.text, "collector", "alloy")],
    ...scenarios.map((scenario): [string, string] => [
      scriptOf(scenario),
      testScript(scenario.steps(subject), "4711"),
    ]),
  ]);
}

function scriptOf({ name }: Scenario): string {
  return `${name}.py`;
}

function settings({ fleet, subject, scenarios, modules, promtail, releases }: NixosTestInputs): unknown {
  const { env, sops } = fleet.loki.credential;
  const secrets: Record<Shipper, Record<string, string>> = {
    alloy: { [sops.secret]: `${env}=${PASSWORD}` },
    promtail: Object.fromEntries(secretsOf(promtail).map((name) => [name, PASSWORD])),
  };
  const testOf = (scenario: Scenario): unknown => ({
    label: scenario.ships.length > 1,
    modules: scenario.ships.map((shipper) => modules[shipper]),
    release: scenario.ships.includes("promtail") ? releases.both : releases.alloy,
    script: scriptOf(scenario),
    secrets: Object.assign({}, ...scenario.ships.map((shipper) => secrets[shipper])) as unknown,
  });
  return {
    host: subject.host,
    labelled: LABELLED,
    loki: lokiSettings(fleet),
    tests: Object.fromEntries(scenarios.map((scenario) => [scenario.name, testOf(scenario)])),
  };
}

/** The container of Loki, and what stands in front of it. */
function lokiSettings({ loki }: Fleet): unknown {
  const { name = null, listen, port, tls, prefix, subject } = lokiPlace(loki.url);
  return {
    configuration: LOKI_CONFIGURATION,
    container: GUEST.lokiContainer,
    image: GUEST.lokiImage,
    port: GUEST.lokiPort,
    front: { name, listen, port, tls, prefix, subject, username: loki.username ?? null, password: PASSWORD },
  };
}

/** The sops secrets that a Promtail configuration reads files of. */
function secretsOf(promtail: unknown): string[] {
  const text = JSON.stringify(promtail ?? null);
  return [...new Set([...text.matchAll(/"\/run\/secrets\/([^"/]+)"/g)].map(([, name = ""]) => name))].sort();
}
