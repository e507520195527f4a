export const gitCodes = {
  "git/no-work-tree": "The repository is not in a git work tree",
  "git/failed": "git refused what was asked of it",
  "git/foreign-hook": "A hook that fleet did not write is in the way",
  "git/unknown-revision": "A commit to compare with that is not there",
} as const;
