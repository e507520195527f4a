export { renderJunit, type JunitCase } from "./junit.ts";
export { renderTable } from "./table.ts";
