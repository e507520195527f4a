/** What every step of a migration is given of the outside. */
export interface Context {
  /** The repository that is migrated. */
  root: string;
  env: Readonly<Record<string, string | undefined>>;
  /** Told what takes long: a line of progress. */
  log: (line: string) => void;
  signal: AbortSignal;
}
