export const shipCodes = {} as const;
