/** A file that a change adds, edits or removes; its path is relative to the repository. */
export interface FileChange {
  path: string;
  /** Undefined for a file that was not there. */
  before: string | undefined;
  /** Undefined for one that is gone. */
  after: string | undefined;
}
