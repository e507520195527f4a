export const alloyCodes = {} as const;
