import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv2020 } from "ajv/dist/2020.js";
import type { KubernetesObject } from "../../src/generate/index.ts";

const DIRECTORY = join(import.meta.dirname, "../fixtures/kubernetes");

interface Schemas {
  kinds: Record<string, object>;
  $defs: Record<string, object>;
}

/** The Kubernetes releases whose schemas are at hand. */
export const RELEASES = globSync("kubernetes-*.json", { cwd: DIRECTORY })
  .map((name) => name.slice("kubernetes-".length, -".json".length))
  .sort();

const CUSTOM = "custom-resources.json";

/** The schemas of each file, whose definitions are compiled once for all kinds. */
const files = new Map(
  [CUSTOM, ...RELEASES.map((release) => `kubernetes-${release}.json`)].map((name) => {
    const schemas = JSON.parse(readFileSync(join(DIRECTORY, name), "utf8")) as Schemas;
    const ajv = new Ajv2020({ strict: false, validateSchema: false, allErrors: true });
    ajv.addSchema(schemas, name);
    return [name, { ajv, kinds: new Set(Object.keys(schemas.kinds)) }];
  }),
);

/** What the API server of a release would refuse about an object, field validation being strict. */
export function schemaProblems(object: KubernetesObject, release: string): string[] {
  const kind = `${object.apiVersion}/${object.kind}`;
  const name = [`kubernetes-${release}.json`, CUSTOM].find(
    (file) => files.get(file)?.kinds.has(kind) === true,
  );
  const validate =
    name === undefined
      ? undefined
      : files.get(name)?.ajv.getSchema(`${name}#/kinds/${kind.replaceAll("/", "~1")}`);
  if (validate === undefined) return [`${kind} has no schema`];
  if (validate(object)) return [];
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) =>
      `${kind}${instancePath} ${message ?? ""} ${JSON.stringify(params)}`,
  );
}
