export { compileTemplate, type Functions } from "./execute.ts";
export { NOT_EVALUATED, stageFunctions } from "./functions/index.ts";
export { TemplateError, UnknownFunctionError, type GoMap, type GoValue } from "./value.ts";
