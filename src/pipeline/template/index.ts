export { compileTemplate, type Functions } from "./execute.ts";
export { stageFunctions } from "./functions/index.ts";
export { TemplateError, type GoMap, type GoValue } from "./value.ts";
