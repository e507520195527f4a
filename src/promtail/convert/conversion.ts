import { ALLOY_VERSION, render, type Item } from "../../alloy/index.ts";
import { error, warning, type Code, type Diagnostic } from "../../diagnostics/index.ts";
import type { PromtailConfig } from "../config.ts";
import type { YamlPath, YamlSource } from "../yaml.ts";

export interface ConvertOptions {
  /**
   * Emit what promtail does where `alloy convert` emits something else: matches and labels_from_groups are kept,
   * defaults that differ are written out, no label is gained. Off: the text of `alloy convert`.
   */
  faithful?: boolean;
  /**
   * Take promtail's cursor over through `legacy_position`. Alloy refuses to start when the file is there and it
   * may not read it. Default: as `faithful`.
   */
  legacyPositions?: boolean;
  /** Where the password of basic_auth comes from in place of its `password_file`: an environment variable. */
  credential?: { env: string };
  /** The Alloy that will read the text; corrections that it does not know are left out. Default: 1.18.1. */
  alloyVersion?: string;
}

/** What `alloy convert` loses or changes, and what it should be. */
export interface Correction {
  message: string;
  corrected: readonly Item[];
  /** What the converter writes; nothing by default. */
  converted?: readonly Item[];
  /** The first Alloy that knows `corrected`, where that is not every one. */
  since?: string;
}

/** What one conversion has found out so far; the parts of the converter add to it. */
export class Conversion {
  readonly options: ConvertOptions;
  readonly faithful: boolean;
  readonly diagnostics: Diagnostic[] = [];
  readonly #source: YamlSource;

  constructor(source: YamlSource, options: ConvertOptions) {
    this.#source = source;
    this.options = options;
    this.faithful = options.faithful === true;
  }

  /** Names something that promtail or the converter refuses. */
  refuse(code: Code, path: YamlPath, message: string, hint?: string): void {
    this.diagnostics.push(error(code, message, this.#at(path, hint)));
  }

  /** Names something that the conversion loses and Alloy cannot express, or not in this place. */
  lose(path: YamlPath, message: string, hint?: string): void {
    this.warn("promtail/lost", path, message, hint);
  }

  warn(code: Code, path: YamlPath, message: string, hint?: string): void {
    this.diagnostics.push(warning(code, message, this.#at(path, hint)));
  }

  /**
   * Something that `alloy convert` loses or changes and that Alloy can express: what it is in a faithful
   * conversion, else what the converter makes of it, with a warning that shows the correction.
   */
  correct(
    code: "promtail/lost" | "promtail/changed",
    path: YamlPath,
    correction: Correction,
  ): readonly Item[] {
    const { message, corrected, converted = [], since } = correction;
    const tooOld = since !== undefined && this.isBefore(since);
    if (this.faithful && !tooOld) return corrected;
    const text = render(corrected).trim().replace(/\s+/g, " ");
    this.warn(code, path, message, tooOld ? `Alloy ${since} has ${text}` : `--faithful writes: ${text}`);
    return converted;
  }

  /** True when the configuration is for an Alloy older than `version`. */
  isBefore(version: string): boolean {
    const [target, wanted] = [this.options.alloyVersion ?? ALLOY_VERSION, version].map((one) =>
      one.split(".").map(Number),
    );
    const [major = 0, minor = 0] = target ?? [];
    const [wantedMajor = 0, wantedMinor = 0] = wanted ?? [];
    return major < wantedMajor || (major === wantedMajor && minor < wantedMinor);
  }

  #at(path: YamlPath, hint: string | undefined) {
    return { span: this.#source.span(path), ...(hint === undefined ? {} : { hint }) };
  }
}

/** The file in which promtail keeps what it has read. */
export function positionsFile({ positions }: PromtailConfig): string {
  return positions?.filename ?? "/var/log/positions.yaml";
}
