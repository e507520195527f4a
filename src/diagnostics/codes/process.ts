export const processCodes = {
  "process/not-found": "A program that is needed is not on this machine",
  "process/failed": "A program ended with an error",
  "process/timeout": "A program did not end within its time limit",
} as const;
