export { Redactor, type RuleCount } from "./redactor.ts";
