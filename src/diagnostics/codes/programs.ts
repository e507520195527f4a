export const programsCodes = {} as const;
