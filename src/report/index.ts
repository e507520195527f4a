export { codeQuality, githubAnnotations, type CodeQualityIssue } from "./annotations.ts";
export type {
  ReportData,
  ReportParity,
  ReportScenario,
  ReportStep,
  ReportTrace,
  ReportVerdict,
  ReportVerification,
  Section,
} from "./html/data.ts";
export { renderHtml } from "./html/page.ts";
export { renderJunit, type JunitCase } from "./junit.ts";
export { renderTable } from "./table.ts";
