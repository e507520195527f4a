import { render, type Item } from "../../alloy/index.ts";
import { error, warning, type Code, type Diagnostic } from "../../diagnostics/index.ts";
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
   * Something that `alloy convert` loses or changes and Alloy could express as `corrected`: the corrected items in
   * a faithful conversion, else `converted` and a warning that shows the correction.
   */
  correct(
    code: "promtail/lost" | "promtail/changed",
    path: YamlPath,
    message: string,
    corrected: readonly Item[],
    converted: readonly Item[] = [],
  ): readonly Item[] {
    if (this.faithful) return corrected;
    this.warn(code, path, message, `--faithful writes: ${render(corrected).trim().replace(/\s+/g, " ")}`);
    return converted;
  }

  #at(path: YamlPath, hint: string | undefined) {
    return { span: this.#source.span(path), ...(hint === undefined ? {} : { hint }) };
  }
}
