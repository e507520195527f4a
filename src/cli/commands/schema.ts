import { manifestJsonSchema } from "../../manifest/index.ts";
import type { Run } from "../command.ts";

/** Prints the JSON Schema of fleet.yaml. Reads no repository. */
export const run: Run = (_invocation, io) => {
  io.json(manifestJsonSchema());
  return Promise.resolve(0);
};
