import type { Service } from "../../dev/index.ts";
import { renderTable } from "../../report/index.ts";

/** A line for each service of the local stack. */
export function servicesTable(services: readonly Service[]): string {
  const rows = services.map(({ name, state, url, detail }) => [name, state, url, detail]);
  return renderTable([["service", "", "", ""], ...rows]);
}
