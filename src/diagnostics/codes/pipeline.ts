export const pipelineCodes = {} as const;
