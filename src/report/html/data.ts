/** What a section shows, or why there is nothing to show. */
export type Section<T> = { data: T } | { missing: string };

/** Everything that a report shows; it is read by no one else. */
export interface ReportData {
  title: string;
  /** ISO 8601. */
  made: string;
  hosts: readonly ReportHost[];
  /** What to do next, in a sentence. */
  next: string | undefined;
  /** An SVG that stands alone. */
  graph: Section<string>;
  parity: Section<ReportParity>;
  traces: Section<readonly ReportTrace[]>;
  gate: Section<readonly ReportVerdict[]>;
  scenarios: Section<readonly ReportScenario[]>;
  verifications: Section<readonly ReportVerification[]>;
}

export interface ReportHost {
  name: string;
  channel: string;
  ship: string;
  wave: string;
  stage: string;
  /** ISO 8601, or empty. */
  since: string;
  note: string;
}

export interface ReportParity {
  ok: boolean;
  summary: string;
  components: readonly {
    role: string;
    promtail: string;
    alloy: string;
    result: string;
    differences: readonly string[];
  }[];
}

/** What a pipeline did to one entry. */
export interface ReportTrace {
  /** What the entry said. */
  title: string;
  outcome: "sent" | "dropped";
  /** Where it went, or what dropped it. */
  end: string;
  steps: readonly ReportStep[];
}

export interface ReportStep {
  place: string;
  changes: readonly { kind: "added" | "removed" | "changed"; text: string }[];
  /** True for the stage that drops the entry. */
  drops: boolean;
}

export interface ReportVerdict {
  host: string;
  channel: string;
  verdict: string;
  through: string;
  seconds: number;
  findings: readonly string[];
}

export interface ReportScenario {
  scenario: string;
  description: string;
  status: string;
  seconds: number;
  means: readonly string[];
  findings: readonly string[];
}

export interface ReportVerification {
  host: string;
  verified: boolean;
  checks: readonly { name: string; status: string; expected: string; seen: string }[];
  /** Milliseconds since 1970. */
  from: number;
  to: number;
  /** Times in milliseconds since 1970, and lines a minute. */
  rates: { now: readonly (readonly [number, number])[]; before: readonly (readonly [number, number])[] };
}
