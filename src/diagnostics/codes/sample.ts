export const sampleCodes = {
  "sample/empty": "There are no journal entries to keep as a sample",
  "sample/unreachable": "The journal of a host could not be read over ssh",
} as const;
