export const programsCodes = {
  "programs/not-found": "A program that is needed cannot be had on this machine",
  "programs/build-failed": "A program could not be built from its Go module",
  "programs/explicit-missing": "A program named by the user is not there or cannot be run",
} as const;
