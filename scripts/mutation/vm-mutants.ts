import { applyEdits, parse, removeStatement, type Block } from "../../src/alloy/index.ts";

/** The two files of the shared Alloy module, as texts. */
export interface AlloyModule {
  /** config.alloy */
  pipeline: string;
  /** default.nix */
  module: string;
}

/** A way to break the module, and the scenario that has to notice. */
export interface VmMutant {
  name: string;
  scenario: "journal-to-loki" | "telemetry" | "sandbox";
  mutate: (module: AlloyModule) => AlloyModule;
}

/** Mistakes that a person could make in the Alloy module of the example fleet. */
export const VM_MUTANTS: readonly VmMutant[] = [
  withoutStage("the session.scope replace is dropped", "session.scope"),
  inPipeline("the label unit is renamed", '\t\t\tunit = "unit",', '\t\t\tsystemd_unit = "unit",'),
  withoutStage("lines without a unit are left without one", "{{.transport}}"),
  withoutStage("core dumps are not reshaped", "core dumped"),
  withoutStage("nobody looks for the unit that crashed", "?P<coredump_unit>"),
  withoutStage("the firewall's noise is kept", "refused connection"),
  withoutStage("dbus's noise is kept", "^dbus"),
  inPipeline("a drop takes more than noise", "(AUTH|EHLO|STARTTLS|UNKNOWN)", "[A-Z]+"),
  inPipeline(
    "the line stays JSON",
    'stage.output {\n\t\tsource = "msg"',
    'stage.output {\n\t\tsource = "message"',
  ),
  inPipeline(
    "the host's name goes into another label",
    'target_label  = "host"',
    'target_label  = "hostname"',
  ),
  inPipeline("the job has another name", 'job = "systemd-journal"', 'job = "journal"'),
  inPipeline("the user name for Loki is wrong", 'username = "', 'username = "not-'),
  inModule(
    "the environment file is of another name",
    "config.sops.secrets.alloy-env.path",
    '"/run/secrets/alloy"',
  ),
  {
    ...inModule(
      "--disable-reporting is removed",
      'extraFlags = [ "--disable-reporting" ]',
      "extraFlags = [ ]",
    ),
    scenario: "telemetry",
  },
  {
    ...inModule(
      "everybody may read the secret",
      "sops.secrets.alloy-env.restartUnits",
      'sops.secrets.alloy-env.mode = "0444";\n  sops.secrets.alloy-env.restartUnits',
    ),
    scenario: "sandbox",
  },
];

/** Removes the one stage whose text has `mark` in it. */
function withoutStage(name: string, mark: string): VmMutant {
  return {
    name,
    scenario: "journal-to-loki",
    mutate({ pipeline, module }) {
      const { file } = parse("config.alloy", pipeline);
      const stages = file.body
        .flatMap((block) => (block.kind === "block" ? block.body : []))
        .filter((inner): inner is Block => inner.kind === "block" && textOf(inner, pipeline).includes(mark));
      const [stage, other] = stages;
      if (stage === undefined || other !== undefined) throw misfit(name, mark);
      return { module, pipeline: applyEdits(pipeline, [removeStatement(file, stage)]) };
    },
  };
}

function textOf({ start, end }: Block, text: string): string {
  return text.slice(start, end);
}

function inPipeline(name: string, from: string, to: string): VmMutant {
  return {
    name,
    scenario: "journal-to-loki",
    mutate: ({ pipeline, module }) => ({ module, pipeline: replaceOnce(name, pipeline, from, to) }),
  };
}

function inModule(name: string, from: string, to: string): VmMutant {
  return {
    name,
    scenario: "journal-to-loki",
    mutate: ({ pipeline, module }) => ({ pipeline, module: replaceOnce(name, module, from, to) }),
  };
}

function replaceOnce(name: string, text: string, from: string, to: string): string {
  if (text.split(from).length !== 2) throw misfit(name, from);
  return text.replace(from, () => to);
}

function misfit(name: string, mark: string): Error {
  return new Error(`${name}: ${JSON.stringify(mark)} is not once in the module of the example fleet`);
}
