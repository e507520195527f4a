export const lokiCodes = {} as const;
