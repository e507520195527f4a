export const nixCodes = {} as const;
