export const gateCodes = {} as const;
