export const alloyCodes = {
  "alloy/syntax": "The text is not in the Alloy configuration syntax",
  "alloy/too-deep": "Expressions or blocks are nested too deeply",
} as const;
