export const pipelineCodes = {
  "pipeline/bad-argument": "A component or stage cannot be built with its arguments",
  "pipeline/cycle": "Components refer to each other in a circle",
  "pipeline/duplicate-component": "Two components have the same name",
  "pipeline/malformed-entry": "An input entry cannot be read",
  "pipeline/no-source": "Nothing in the configuration reads a journal or files",
  "pipeline/not-simulated": "A part of the configuration is not evaluated offline",
  "pipeline/unreadable-input": "The entries to explain cannot be read",
} as const;
