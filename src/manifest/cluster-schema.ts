import { z } from "zod";
import { url } from "./values.ts";

/** A name as Kubernetes wants it of namespaces, secrets and label values: at most 63 characters. */
export const kubernetesName = z
  .string()
  .regex(
    /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/,
    "lower-case letters, digits and `-`, at most 63 characters, beginning and ending with a letter or digit",
  );

/** A secret's key, a user's name: whatever is not empty. */
const text = (what: string): z.ZodString => z.string().min(1, what);

const quantity = z.string().regex(/^\d+(\.\d+)?(m|[kKMGT]i?)?$/, "a quantity such as 500m or 512Mi");

/** Kubernetes reads durations as Go does, without days. */
const duration = z.string().regex(/^(\d+(ms|s|m|h))+$/, "a duration such as 30s, 5m or 1h30m");

const labelName = z.string().regex(/^[a-zA-Z_][a-zA-Z0-9_]*$/, "letters, digits and `_`");

const kubernetesLabelKey = z
  .string()
  .regex(/^([a-z0-9.-]+\/)?[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?$/, "a Kubernetes label's name");

const image = z
  .string()
  .regex(/^[^\s@]+:[^\s:@/]+$|^[^\s@]+@sha256:[0-9a-f]{64}$/, "an image with its tag or digest");

const ALWAYS = ["core", "agent-metrics", "node-exporter", "kubelet", "syslog"] as const;

const modules = z
  .array(z.enum([...ALWAYS, "pod-logs", "block-node"]))
  .default([...ALWAYS])
  .describe("The Alloy modules that the cluster runs; `core` is always among them.");

/** A URL that holds no password: what is in the manifest is in git. */
const plainUrl = url.refine(
  (value) => !URL.canParse(value) || new URL(value).password === "",
  "a URL without a password, which comes from Vault",
);

export const remoteSchema = z.strictObject({
  url: plainUrl.describe("Where it is pushed to."),
  username: text("a user name").optional().describe("User name; without it nothing is authenticated."),
  labelProfile: z
    .enum(["eng", "ops", "none"])
    .default("eng")
    .describe(
      "The labels that everything sent there gets: `eng` is the cluster's name, `ops` also inventory_name, " +
        "instance_type, environment and ip.",
    ),
});

export const remoteName = z.string().regex(/^[A-Za-z0-9_-]{1,63}$/, "letters, digits, `-` and `_`");

/** The remotes of one kind, by name. */
const remotesSchema = z.record(
  remoteName,
  remoteSchema.describe("A place that metrics or logs are pushed to; its password is in Vault."),
);

const secretKey = z.strictObject({
  name: kubernetesName.describe("Name of the Kubernetes Secret."),
  namespace: kubernetesName.describe("Namespace of the Kubernetes Secret."),
  key: text("the key's name").describe("The key in it."),
});

const auth = z
  .strictObject({
    userPass: z
      .strictObject({
        path: text("the method's path").default("userpass").describe("Path of the authentication method."),
        username: text("a user name").describe("The user that External Secrets logs in as."),
        password: secretKey.describe("The Kubernetes Secret that holds the user's password."),
      })
      .optional()
      .describe("By user name and password."),
    token: secretKey.optional().describe("By a token that a Kubernetes Secret holds."),
    kubernetes: z
      .strictObject({
        path: text("the method's path").default("kubernetes").describe("Path of the authentication method."),
        role: text("the role's name").describe("The role that External Secrets logs in with."),
        serviceAccount: z
          .strictObject({
            name: kubernetesName.describe("Name of the service account."),
            namespace: kubernetesName.describe("Namespace of the service account."),
          })
          .optional()
          .describe(
            "The service account that vouches for it. Default: the one that External Secrets runs as.",
          ),
      })
      .optional()
      .describe("By a Kubernetes service account."),
  })
  .refine((ways) => Object.keys(ways).length === 1, "one of userPass, token and kubernetes")
  .describe("How External Secrets logs in to Vault: one of the three ways.");

const vault = z
  .strictObject({
    server: plainUrl.describe("Vault as the cluster sees it."),
    mount: text("the mount's name").default("secret").describe("Mount of the KV engine, version 2."),
    auth,
  })
  .describe("The Vault that External Secrets reads. With it the ClusterSecretStore is rendered too.");

const secrets = z
  .strictObject({
    store: kubernetesName
      .default("vault-secret-store")
      .describe("Name of the ClusterSecretStore. Without `vault` it has to be there already."),
    path: z
      .string()
      .regex(/^[^/\s]+(\/[^/\s]+)*$/, "a path without a slash at its ends")
      .default("grafana/alloy")
      .describe(
        "Where in Vault passwords are: PATH/CLUSTER/prometheus/REMOTE and PATH/CLUSTER/loki/REMOTE, property `password`.",
      ),
    refresh: duration.default("1h").describe("How often External Secrets looks for changed passwords."),
    vault: vault.optional(),
  })
  .describe("Where the cluster's passwords come from.");

const resources = z
  .strictObject({
    cpu: quantity.default("500m").describe("Processor time that Alloy may use."),
    memory: quantity.default("512Mi").describe("Memory that Alloy may use."),
  })
  .describe("Limits of each Alloy pod.");

/** One entry of `clusters`. */
export const clusterSchema = z
  .strictObject({
    modules,
    namespace: kubernetesName.default("grafana-alloy").describe("The namespace that all of it lives in."),
    output: z
      .enum(["manifests", "helm-argocd"])
      .default("manifests")
      .describe(
        "What is rendered: plain manifests, or values for the grafana/alloy chart and an ArgoCD Application.",
      ),
    image: z
      .string()
      .regex(/^[^\s:@]+(:\d+\/[^\s:@]+)?$/, "an image without its tag")
      .default("docker.io/grafana/alloy")
      .describe("Alloy's image, without its tag."),
    version: z
      .string()
      .regex(/^\d+\.\d+\.\d+$/, "a version such as 1.18.1")
      .optional()
      .describe(
        "The Alloy version; the image's tag is `v` and this. Default: the one that fleet is exact about.",
      ),
    resources: resources.prefault({}),
    cri: z
      .boolean()
      .default(true)
      .describe("Take the container runtime's prefix off pod log lines, and join what it cut apart."),
    labels: z
      .record(labelName, text("a label's value"))
      .default({})
      .describe("Labels that everything sent gets, besides those of the remote's profile."),
    environment: text("a name")
      .optional()
      .describe("The label `environment` of remotes with the profile ops."),
    nodeExporter: z
      .strictObject({
        deploy: z
          .boolean()
          .default(true)
          .describe("Run a node exporter on each node; false where the cluster has one."),
        image: image
          .default("quay.io/prometheus/node-exporter:v1.9.1")
          .describe("The node exporter's image."),
      })
      .prefault({})
      .describe("What the module node-exporter scrapes."),
    blockNode: z
      .strictObject({
        namespace: kubernetesName.default("block-node").describe("The block node's namespace."),
        selector: z
          .record(kubernetesLabelKey, z.string())
          .default({ "app.kubernetes.io/name": "block-node-server" })
          .describe("Labels of the Service that offers its metrics."),
        port: text("a port's name").default("metrics").describe("Name of the Service's port."),
      })
      .prefault({})
      .describe("What the module block-node watches."),
    remotes: z
      .strictObject({
        prometheus: remotesSchema.default({}).describe("Prometheus remote-write endpoints, by name."),
        loki: remotesSchema.default({}).describe("Loki push endpoints, by name."),
      })
      .prefault({})
      .describe("Where metrics and logs go. Without any, nothing leaves the cluster."),
    secrets: secrets.prefault({}),
    argocd: z
      .strictObject({
        namespace: kubernetesName.default("argocd").describe("The namespace that ArgoCD lives in."),
        project: text("the project's name").default("default").describe("The ArgoCD project."),
        chart: text("a chart version")
          .default("1.*")
          .describe("Version of the grafana/alloy chart, or a range."),
      })
      .prefault({})
      .describe("For the output helm-argocd."),
  })
  .describe("One Kubernetes cluster.");

/** The clusters, by name. The name is a label's value in Kubernetes and part of paths in Vault. */
export const clustersSchema = z.record(kubernetesName, clusterSchema);

export type ClusterSettings = z.output<typeof clusterSchema>;
