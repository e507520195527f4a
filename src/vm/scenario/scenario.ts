import { flatten, type Step, type Steps } from "./step.ts";

/** Shippers that a scenario's machine runs. */
export type Shipper = "alloy" | "promtail";

/** A test of a machine whose journal is shipped to Loki. */
export interface Scenario {
  /** "journal-to-loki" */
  name: string;
  /** One sentence. */
  description: string;
  /** With both, each adds the label `collector` with its own name, so that they can be told apart in Loki. */
  ships: readonly Shipper[];
  /** The steps for a host; the same host gives the same steps. */
  steps: (subject: Subject) => readonly Step[];
}

/** A scenario as it is written down. */
export interface ScenarioDefinition {
  name: string;
  description: string;
  /** `["alloy"]` when left out. */
  ships?: readonly Shipper[];
  steps: Steps | ((subject: Subject) => Steps);
}

/** Makes a scenario. Its file exports it by default. */
export function scenario({ name, description, ships = ["alloy"], steps }: ScenarioDefinition): Scenario {
  return {
    name,
    description,
    ships,
    steps: (subject) => flatten(typeof steps === "function" ? steps(subject) : steps),
  };
}

/** What a scenario knows of the host whose pipeline it tests. */
export interface Subject {
  /** The machine's name, as its journal has it. */
  host: string;
  /** LogQL that finds every entry of the journal that was shipped: `{job="systemd-journal"}`. */
  all: string;
  /** What must become of a journal entry with these fields. */
  predict: (fields: Readonly<Record<string, string>>) => Fate;
  /** The host's Alloy configuration, and where it lies on the machine. */
  configuration: { path: string; text: string };
  /** The environment file with the password for Loki, and the variable in it. */
  credential: { path: string; variable: string };
  /** Where Loki is pushed to: "loki.example.com:443". */
  lokiAddress: string;
}

/** What must become of an entry, and why, in words. */
export type Fate =
  | {
      arrives: true;
      labels: Readonly<Record<string, string>>;
      /** Undefined when it is the whole entry as JSON. */
      line: string | undefined;
    }
  | { arrives: false };
