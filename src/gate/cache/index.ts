export { Answers } from "./answers.ts";
export type { Input } from "./disk.ts";
