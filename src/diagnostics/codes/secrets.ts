export const secretsCodes = {} as const;
