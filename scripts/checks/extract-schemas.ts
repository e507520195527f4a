import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";

/*
 * Writes test/fixtures/kubernetes/*.json: of each Kubernetes release and each operator the schemas of the kinds that
 * fleet renders, strict as the API server is with `fieldValidation: Strict`, without descriptions.
 */

const TARGET = join(import.meta.dirname, "../../test/fixtures/kubernetes");

type Schema = Record<string, unknown>;

/** The kinds of each group that fleet renders, by the file of their OpenAPI document. */
const KINDS: Readonly<Record<string, readonly string[]>> = {
  "api__v1_openapi.json": ["Namespace", "ServiceAccount", "ConfigMap", "Service"],
  "apis__apps__v1_openapi.json": ["DaemonSet"],
  "apis__rbac.authorization.k8s.io__v1_openapi.json": ["ClusterRole", "ClusterRoleBinding"],
};

const RELEASES = ["v1.33.6", "v1.34.2", "v1.35.0", "v1.36.3"];

/** Custom resources: the module that publishes them and the file of their definition in it. */
const CUSTOM = [
  {
    module: "github.com/external-secrets/external-secrets",
    version: "v0.19.2",
    files: [
      "config/crds/bases/external-secrets.io_externalsecrets.yaml",
      "config/crds/bases/external-secrets.io_clustersecretstores.yaml",
    ],
  },
  {
    module: "github.com/prometheus-operator/prometheus-operator",
    version: "v0.85.0",
    files: ["example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml"],
  },
  {
    module: "github.com/argoproj/argo-cd/v3",
    version: "v3.2.0",
    files: ["manifests/crds/application-crd.yaml"],
  },
];

/** What says nothing about a value, or what JSON Schema does not know. */
const DROPPED = /^(description|default|format|nullable|example|x-kubernetes-.*)$/;

const openapi = z.object({ components: z.object({ schemas: z.record(z.string(), z.looseObject({})) }) });
const definition = z.object({
  spec: z.object({
    group: z.string(),
    names: z.object({ kind: z.string() }),
    versions: z.array(
      z.object({
        name: z.string(),
        served: z.boolean(),
        schema: z.object({ openAPIV3Schema: z.looseObject({}) }),
      }),
    ),
  }),
});

for (const version of RELEASES) {
  const directory = join(moduleDirectory("k8s.io/kubernetes", version), "api/openapi-spec/v3");
  const kinds: Schema = {};
  const defs: Schema = {};
  for (const [file, names] of Object.entries(KINDS)) {
    const { components } = openapi.parse(JSON.parse(readFileSync(join(directory, file), "utf8")));
    for (const [name, schema] of Object.entries(components.schemas)) {
      const kind = kindOf(schema);
      if (kind === undefined || !names.includes(kind.kind)) continue;
      kinds[`${kind.version}/${kind.kind}`] = { $ref: `#/$defs/${name}` };
      collect(name, components.schemas, defs);
    }
  }
  write(`kubernetes-${version.replace(/^v(\d+\.\d+).*/, "$1")}.json`, "k8s.io/kubernetes", version, {
    kinds,
    $defs: defs,
  });
}

const kinds: Schema = {};
for (const { module, version, files } of CUSTOM) {
  const directory = moduleDirectory(module, version);
  for (const file of files) {
    const { spec } = definition.parse(parse(readFileSync(join(directory, file), "utf8")));
    for (const { name, served, schema } of spec.versions) {
      if (served)
        kinds[`${spec.group}/${name}/${spec.names.kind}`] = strict(onlyVault(schema.openAPIV3Schema));
    }
  }
}
const sources = CUSTOM.map(({ module, version }) => `${module} ${version}`).join(", ");
write("custom-resources.json", sources, "", { kinds, $defs: {} });

function write(name: string, source: string, version: string, content: Schema): void {
  const $comment = `From ${source} ${version}`.trim();
  writeFileSync(join(TARGET, name), `${JSON.stringify({ $comment, ...content })}\n`);
}

function moduleDirectory(module: string, version: string): string {
  const { stdout, stderr } = spawnSync("go", ["mod", "download", "-json", `${module}@${version}`], {
    encoding: "utf8",
  });
  const { Dir } = z.object({ Dir: z.string().optional() }).parse(JSON.parse(stdout));
  if (Dir === undefined) throw new Error(`${module} ${version} cannot be had: ${stdout} ${stderr}`);
  return Dir;
}

/** The `version/kind` that a schema is of, where it is of one. */
function kindOf(schema: Schema): { version: string; kind: string } | undefined {
  const shape = z.array(z.object({ group: z.string(), version: z.string(), kind: z.string() })).length(1);
  const found = shape.safeParse(schema["x-kubernetes-group-version-kind"]).data?.[0];
  if (found === undefined) return undefined;
  const { group, version, kind } = found;
  return { version: group === "" ? version : `${group}/${version}`, kind };
}

/** Adds the schema `name` and all that it refers to. */
function collect(name: string, from: Readonly<Record<string, Schema>>, to: Schema): void {
  if (name in to) return;
  const schema = from[name];
  if (schema === undefined) throw new Error(`no schema ${name}`);
  to[name] = strict(schema);
  for (const [, other = ""] of JSON.stringify(schema).matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    collect(other, from, to);
  }
}

/** A schema that refuses fields it does not know, with what JSON Schema knows alone. */
function strict(schema: Schema): Schema {
  const made: Schema = {};
  for (const [key, value] of Object.entries(schema)) {
    if (key === "properties") {
      const properties = Object.entries(value as Record<string, Schema>);
      made[key] = Object.fromEntries(properties.map(([name, property]) => [name, strict(property)]));
    } else if (!DROPPED.test(key)) {
      made[key] = inside(value);
    }
  }
  if (schema["x-kubernetes-int-or-string"] === true) {
    delete made["type"];
    made["anyOf"] = [{ type: "integer" }, { type: "string" }];
  }
  const open = schema["x-kubernetes-preserve-unknown-fields"] === true;
  if ("properties" in made && !("additionalProperties" in made) && !open)
    made["additionalProperties"] = false;
  return made;
}

function inside(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(inside);
  if (typeof value === "string") return value.replace("#/components/schemas/", "#/$defs/");
  return typeof value === "object" && value !== null ? strict(value as Schema) : value;
}

/** Of the many providers of a ClusterSecretStore the one that fleet renders. */
function onlyVault(schema: Schema): Schema {
  return JSON.parse(JSON.stringify(schema), (key, value: unknown) => {
    if (key !== "provider" || typeof value !== "object" || value === null) return value;
    const { properties, ...rest } = value as { properties?: Record<string, unknown> };
    return properties?.["vault"] === undefined
      ? value
      : { ...rest, properties: { vault: properties["vault"] } };
  }) as Schema;
}
