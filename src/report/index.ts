export { renderTable } from "./table.ts";
