export const repositoryCodes = {} as const;
