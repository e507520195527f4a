export const parityCodes = {} as const;
