import { z } from "zod";
import { error, FleetError } from "../../diagnostics/index.ts";
import type { ReportScenario, ReportVerification } from "../../report/index.ts";
import { readInput } from "../input.ts";
import type { Io } from "../io.ts";

const points = z.array(z.tuple([z.number(), z.number()]));
const Verifications = z.object({
  hosts: z.array(
    z.object({
      host: z.string(),
      verified: z.boolean(),
      checks: z.array(
        z.object({ name: z.string(), status: z.string(), expected: z.string(), seen: z.string() }),
      ),
      from: z.number(),
      to: z.number(),
      rates: z.object({ now: points, before: points }),
    }),
  ),
});
const Scenarios = z.object({
  host: z.string(),
  scenarios: z.array(
    z.object({
      scenario: z.string(),
      description: z.string(),
      status: z.string(),
      seconds: z.number(),
      means: z.array(z.object({ real: z.boolean(), name: z.string() })),
      diagnostics: z.array(z.object({ message: z.string() })),
    }),
  ),
});

/** What `fleet verify --json` printed. @throws FleetError `cli/unreadable` */
export async function savedVerifications(path: string, io: Io): Promise<ReportVerification[]> {
  return (await read(path, Verifications, "fleet verify --json", io)).hosts;
}

/** What `fleet vm test --json` printed. @throws FleetError `cli/unreadable` */
export async function savedScenarios(path: string, io: Io): Promise<ReportScenario[]> {
  const { scenarios } = await read(path, Scenarios, "fleet vm test --json", io);
  return scenarios.map(({ means, diagnostics, ...rest }) => ({
    ...rest,
    means: means.map(({ real, name }) => (real ? name : `embedded: ${name}`)),
    findings: diagnostics.map(({ message }) => message),
  }));
}

async function read<T>(path: string, schema: z.ZodType<T>, command: string, io: Io): Promise<T> {
  const { name, text } = await readInput(path, io);
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch {
    document = undefined;
  }
  const { data, error: problem } = schema.safeParse(document);
  if (problem === undefined) return data;
  const place = problem.issues[0]?.path.join(".") ?? "";
  const message = `${name} is not what ${command} prints${place === "" ? "" : `: ${place} is wrong`}`;
  throw new FleetError(error("cli/unreadable", message, { hint: `save it: ${command} > ${name}` }));
}
