export { closest } from "./closest.ts";
export { CODES, type Code } from "./codes.ts";
export {
  error,
  FleetError,
  hasErrors,
  warning,
  type Diagnostic,
  type Fix,
  type Severity,
  type TextEdit,
} from "./diagnostic.ts";
export { diagnosticJson, renderDiagnostic, type DiagnosticJson, type TextOf } from "./render.ts";
export { alike, sarifLog, type SarifFinding, type SarifLog, type SarifSubject } from "./sarif.ts";
export { LineIndex, type Position, type Span } from "./span.ts";
