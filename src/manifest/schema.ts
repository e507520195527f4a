import { z } from "zod";
import { clustersSchema } from "./cluster-schema.ts";
import { RULES, type RuleLevel } from "./rules.ts";
import { deploySchema } from "./deploy-schema.ts";
import { duration, url } from "./values.ts";

/*
 * The shape of fleet.yaml. Descriptions end up in the JSON Schema and so in editors; a message given to a check
 * completes the sentence "expected ...".
 */

/** A directory or file below the repository's root (or, where said, below the host's directory). */
const relativePath = z
  .string()
  .regex(/^(?!\/)(?!(.*\/)?\.\.(\/|$)).+$/, "a relative path that stays inside the repository");

/** A host's name is a directory's name and a NixOS `networking.hostName`. */
const hostName = z
  .string()
  .regex(
    /^[A-Za-z0-9]([A-Za-z0-9_-]{0,62})$/,
    "letters, digits, `-` and `_`, beginning with a letter or digit",
  );

const channelName = z
  .string()
  .regex(/^(\d\d\.\d\d|unstable)$/, 'a NixOS release such as "26.05", or "unstable"');

const variableName = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "the name of an environment variable");

const layout = z
  .strictObject({
    modules: relativePath.default("modules").describe("Directory of the shared NixOS modules."),
    hosts: relativePath.default("hosts").describe("Directory that holds one directory for each host."),
    link: relativePath
      .default("utils")
      .describe("Name of the link in each host's directory through which it imports shared modules."),
    clusters: relativePath
      .default("clusters")
      .describe(
        "Directory that gets one directory for each cluster, with what `fleet generate` renders for it.",
      ),
  })
  .describe("Where things are, relative to the repository's top directory.");

const credential = z
  .strictObject({
    env: variableName
      .default("LOKI_PASSWORD")
      .describe("Environment variable that Alloy reads the password from."),
    sops: z
      .strictObject({
        secret: z
          .string()
          .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*$/, "the name of a sops secret")
          .default("alloy-env")
          .describe("The sops secret that holds VARIABLE=password, and is the unit's environment file."),
        file: relativePath
          .default("secrets.yaml")
          .describe("The host's encrypted file, relative to the host's directory."),
      })
      .prefault({})
      .describe("Where the credential is kept."),
  })
  .describe("The password for the Loki that is pushed to; the manifest itself never holds it.");

const loki = z
  .strictObject({
    url: url.describe("The push URL, as Promtail has it: https://HOST/loki/api/v1/push."),
    username: z.string().min(1, "a user name").optional().describe("User name for basic authentication."),
    credential: credential.prefault({}),
  })
  .describe("The Loki that the fleet's logs go to.");

const channel = z
  .strictObject({
    nixpkgs: z
      .string()
      .min(1, "a path, a flake reference or a NIX_PATH name")
      .optional()
      .describe(
        "The nixpkgs of this channel: a path, a flake reference or a NIX_PATH name. Without it hosts are evaluated " +
          "through the embedded option surface.",
      ),
    modules: z
      .array(z.string().min(1, "a path or a flake reference"))
      .default([])
      .describe(
        "NixOS modules that every host of the channel is evaluated with besides its own, such as sops-nix.",
      ),
    alloy: z
      .string()
      .regex(/^\d+\.\d+\.\d+$/, "a version such as 1.18.1")
      .optional()
      .describe("The Alloy version that the channel has."),
  })
  .describe("A NixOS release that hosts are on.");

const host = z
  .strictObject({
    channel: channelName.describe("The channel of the host, one of `channels`."),
    ship: z
      .enum(["alloy", "promtail", "none"])
      .default("none")
      .describe("What is to ship the host's journal. `fleet generate` wires the hosts that say alloy."),
    from: z
      .strictObject({
        promtail: relativePath.describe("The shared Promtail module whose pipeline Alloy takes over."),
      })
      .optional()
      .describe("What the host's pipeline is made from."),
    configuration: relativePath
      .optional()
      .describe("The NixOS configuration, relative to the host's directory. Default: configuration.nix."),
    flake: z
      .string()
      .regex(/^[^#]*#[^#]+$/, "DIRECTORY#NAME, such as .#nas")
      .optional()
      .describe("`DIRECTORY#NAME`: the host is nixosConfigurations.NAME of the flake in that directory."),
    secrets: relativePath
      .optional()
      .describe("The host's sops file, relative to its directory. Default: `loki.credential.sops.file`."),
    recipient: z
      .string()
      .regex(/^age1[0-9a-z]+$/, "an age recipient (age1...)")
      .optional()
      .describe("The age recipient of the host. Default: what .sops.yaml says."),
  })
  .describe("One machine.");

const rollout = z
  .strictObject({
    canary: hostName.optional().describe("The host that goes first."),
    waves: z
      .array(z.array(hostName).min(1, "at least one host in each wave"))
      .default([])
      .describe("The hosts that follow, wave by wave."),
    deploy: deploySchema.prefault({}),
    verify: z
      .strictObject({
        within: duration.default("5m").describe("How long a deployed host has until its logs are in Loki."),
        soak: duration
          .default("1h")
          .describe("How long the canary has to be verified before the first wave begins."),
      })
      .prefault({})
      .describe("How a deployed host is checked."),
  })
  .describe("The order in which hosts move.");

const tools = z
  .partialRecord(
    z.enum(
      [
        "alloy",
        "loki",
        "nix",
        "promtail",
        "sops",
        "journalctl",
        "systemd-journal-remote",
        "age",
        "kubectl",
        "kube-apiserver",
        "etcd",
        "vault",
        "external-secrets",
        "prometheus",
        "node-exporter",
      ],
      "a program's name",
    ),
    z.string().min(1, "the path of a program"),
  )
  .describe("Programs to use instead of those on PATH, by name.");

const rule = ({
  level,
  asks,
}: {
  level: RuleLevel;
  asks: string;
}): z.ZodDefault<z.ZodEnum<Record<RuleLevel, RuleLevel>>> =>
  z.enum({ off: "off", warn: "warn", error: "error" }).default(level).describe(asks);

const rules = z
  .strictObject({
    "secrets-untouched": rule(RULES["secrets-untouched"]),
    "state-version-unchanged": rule(RULES["state-version-unchanged"]),
    "explicit-imports": rule(RULES["explicit-imports"]),
    "alloy-options": rule(RULES["alloy-options"]),
  })
  .describe(
    "What `fleet gate` and `fleet migrate` hold changes to; each can be `off`, or count as `warn` or `error`.",
  );

/** The whole of fleet.yaml. Unknown keys are errors at every level. */
export const manifestSchema = z
  .strictObject({
    version: z.literal(1).describe("The version of this format."),
    layout: layout.prefault({}),
    loki,
    channels: z.record(channelName, channel).describe("The NixOS releases of the fleet, by name."),
    hosts: z.record(hostName, host).describe("The hosts, by name: that of their directory."),
    rollout: rollout.prefault({}),
    rules: rules.prefault({}),
    clusters: clustersSchema.default({}).describe("Kubernetes clusters, by name."),
    tools: tools.default({}),
  })
  .describe("The manifest of a fleet: its hosts, what ships their logs, and where to.");

/** fleet.yaml as checked by the schema, with defaults filled in. */
export type Manifest = z.output<typeof manifestSchema>;

/** The JSON Schema (draft 2020-12) of fleet.yaml, for editors and other programs. */
export function manifestJsonSchema(): Record<string, unknown> {
  return z.toJSONSchema(manifestSchema, { io: "input", target: "draft-2020-12" });
}
