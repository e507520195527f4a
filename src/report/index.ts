export { codeQuality, githubAnnotations, type CodeQualityIssue } from "./annotations.ts";
export { renderJunit, type JunitCase } from "./junit.ts";
export { renderTable } from "./table.ts";
