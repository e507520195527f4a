export const promtailCodes = {} as const;
