import type { z } from "zod";
import { block, raw, type Item } from "../alloy/index.ts";
import { httpItems, tlsItems } from "./convert/http-client.ts";
import { put, putBlock, putGiven } from "./convert/items.ts";
import { always, blocks, fields, shapeOf, tableItems, type Table } from "./fields.ts";
import { httpClient, oneCredential, tlsConfig, type HttpClientConfig } from "./http-client.ts";
import { flag, list, mapping, optional, text, word } from "./values.ts";

type Config = Readonly<Record<string, unknown>>;

/** One kind of service discovery: how promtail.yaml has it and what `discovery.<component>` gets. */
export interface Discovery {
  component: string;
  /** True when it has an HTTP client. */
  http: boolean;
  type: z.ZodType<Config>;
  items: (config: Config) => Item[];
}

/** A discovery whose fields are those of `table`; with `http`, the HTTP client's follow, and then `tail`. */
function discovery(component: string, table: Table, http = false, tail: Table = {}): Discovery {
  const shape = { ...shapeOf(table), ...(http ? httpClient : {}), ...shapeOf(tail) };
  const type: z.ZodType<Config> = mapping(shape);
  return {
    component,
    http,
    type: http
      ? type.superRefine((config, context) => oneCredential(config as HttpClientConfig, context))
      : type,
    items: (config) => [
      ...tableItems(table, config),
      ...(http ? httpItems(config as HttpClientConfig) : []),
      ...tableItems(tail, config),
    ],
  };
}

const filter = blocks(list(mapping({ name: optional(text), values: optional(list(text)) })), (filters) =>
  filters.map(({ name, values }) =>
    block("filter", undefined, [...put("name", name ?? ""), ...put("values", values ?? [])]),
  ),
);
const tls = blocks(tlsConfig, tlsItems);
const zookeeper: Table = {
  servers: fields.texts(always([])),
  paths: fields.texts(always([])),
  timeout: fields.duration({ unset: "10s" }),
};

const ROLES = ["pod", "service", "endpoints", "endpointslice", "node", "ingress"] as const;
const selectors = list(mapping({ role: optional(text), label: optional(text), field: optional(text) }));
type Selectors = z.output<typeof selectors>;

/**
 * Promtail looks only at pods of its own node, which Alloy is told by a selector; `HOSTNAME` is the node's name
 * in promtail's manifests.
 */
const OWN_NODE = raw('"spec.nodeName=" + coalesce(sys.env("HOSTNAME"), constants.hostname)');

function selectorItems(given: Selectors, role: unknown): Item[] {
  const own = role === "pod" ? [{ role: "pod", label: undefined, field: OWN_NODE }] : [];
  return [...given, ...own].map((selector) =>
    block("selectors", undefined, [
      ...put("role", selector.role ?? ""),
      ...put("label", selector.label ?? "", ""),
      ...put("field", selector.field ?? "", ""),
    ]),
  );
}

function kubernetes(): Discovery {
  const plain = discovery(
    "kubernetes",
    {
      api_server: fields.text({ unset: "" }),
      role: fields.text(always("")),
      kubeconfig_file: fields.text({ unset: "" }),
    },
    true,
    {
      namespaces: blocks(mapping({ own_namespace: optional(flag), names: optional(list(text)) }), (given) =>
        putBlock("namespaces", [
          ...put("own_namespace", given.own_namespace ?? false, false),
          ...putGiven("names", given.names),
        ]),
      ),
      selectors: { type: optional(selectors), items: () => [] },
      attach_metadata: blocks(mapping({ node: optional(flag), namespace: optional(flag) }), (given) =>
        putBlock("attach_metadata", [
          ...put("node", given.node ?? false, false),
          ...put("namespace", given.namespace ?? false, false),
        ]),
      ),
    },
  );
  return {
    ...plain,
    type: plain.type.superRefine((config, context) => {
      const { role } = config;
      if (!ROLES.some((known) => known === role)) {
        context.addIssue({
          code: "custom",
          message: role === undefined ? "the role is missing" : `there is no role ${JSON.stringify(role)}`,
          ...(role === undefined ? {} : { path: ["role"] }),
        });
      }
      for (const [at, selector] of ((config["selectors"] ?? []) as Selectors).entries()) {
        if (selector.role !== undefined) continue;
        context.addIssue({ code: "custom", message: "a selector needs a role", path: ["selectors", at] });
      }
    }),
    items: (config) => {
      const given = (config["selectors"] ?? []) as Selectors;
      return [...plain.items(config), ...selectorItems(given, config["role"])];
    },
  };
}

function azure(): Discovery {
  const head: Table = {
    environment: fields.text({ unset: "AzurePublicCloud" }),
    port: fields.integer({ unset: 80n }),
    subscription_id: fields.text({ unset: "" }),
  };
  const tail: Table = {
    refresh_interval: fields.duration({ unset: "5m0s" }),
    resource_group: fields.text({ unset: "" }),
  };
  const credentials = mapping({
    authentication_method: optional(word("OAuth", "ManagedIdentity", "SDK")),
    client_id: optional(text),
    tenant_id: optional(text),
    client_secret: optional(text),
  });
  type Credentials = z.output<typeof credentials>;
  return {
    component: "azure",
    http: false,
    type: mapping({ ...shapeOf(head), ...credentials.out.shape, ...shapeOf(tail) }),
    items: (config) => {
      const { client_id = "", tenant_id = "", client_secret = "" } = config as Credentials;
      return [
        ...tableItems(head, config),
        // Alloy 1.18 is given both ways to authenticate, whichever is meant.
        block("oauth", undefined, [
          ...put("client_id", client_id),
          ...put("tenant_id", tenant_id),
          ...put("client_secret", client_secret),
        ]),
        block("managed_identity", undefined, put("client_id", client_id)),
        ...tableItems(tail, config),
      ];
    },
  };
}

/** The converter takes no credentials here: job.ts refuses them. */
function digitalocean(): Discovery {
  const plain = discovery(
    "digitalocean",
    { refresh_interval: fields.duration({ unset: "1m0s" }), port: fields.integer({ unset: 80n }) },
    true,
  );
  return {
    ...plain,
    items: ({ refresh_interval, port, follow_redirects, enable_http2 }) =>
      plain.items({ refresh_interval, port, follow_redirects, enable_http2 }),
  };
}

/** File discovery reads JSON and YAML files, with a star at most in the file's name. */
function file(): Discovery {
  const plain = discovery("file", {
    files: fields.texts(always([])),
    refresh_interval: fields.duration({ unset: "5m0s" }),
  });
  return {
    ...plain,
    type: plain.type.superRefine((config, context) => {
      for (const [at, name] of ((config["files"] ?? []) as string[]).entries()) {
        if (/^[^*]*(?:\*[^/]*)?\.(?:json|yml|yaml|JSON|YML|YAML)$/.test(name)) continue;
        context.addIssue({
          code: "custom",
          message: `${JSON.stringify(name)} is no file for discovery (.json, .yml, .yaml)`,
          path: ["files", at],
        });
      }
    }),
  };
}

const PORT = { unset: 80n };
const EMPTY = { unset: "" };

/** The service discoveries by their key, in the order in which the converter takes them. */
export const DISCOVERIES: Readonly<Record<string, Discovery>> = {
  azure_sd_configs: azure(),
  consul_sd_configs: discovery(
    "consul",
    {
      server: fields.text({ unset: "localhost:8500" }),
      token: fields.text(EMPTY),
      datacenter: fields.text(EMPTY),
      namespace: fields.text(EMPTY),
      partition: fields.text(EMPTY),
      tag_separator: fields.text({ unset: "," }),
      scheme: fields.text({ unset: "http" }),
      username: fields.text(EMPTY),
      password: fields.text(EMPTY),
      allow_stale: fields.flag({ unset: true }),
      services: fields.texts({}),
      tags: fields.texts({}),
      node_meta: fields.labels({}),
      refresh_interval: fields.duration({ unset: "30s" }),
    },
    true,
  ),
  digitalocean_sd_configs: digitalocean(),
  dockerswarm_sd_configs: discovery(
    "dockerswarm",
    {
      host: fields.text(always("")),
      role: fields.text(always("")),
      port: fields.integer(PORT),
      filters: filter,
      refresh_interval: fields.duration({ unset: "1m0s" }),
    },
    true,
  ),
  dns_sd_configs: discovery("dns", {
    names: fields.texts(always([])),
    refresh_interval: fields.duration({ unset: "30s" }),
    type: fields.text({ unset: "SRV" }),
    port: fields.integer({ unset: 0n }),
  }),
  ec2_sd_configs: discovery(
    "ec2",
    {
      endpoint: fields.text(EMPTY),
      region: fields.text(EMPTY),
      access_key: fields.text(EMPTY),
      secret_key: fields.text(EMPTY),
      profile: fields.text(EMPTY),
      role_arn: fields.text(EMPTY),
      refresh_interval: fields.duration({ unset: "1m0s" }),
      port: fields.integer(PORT),
      filters: filter,
    },
    true,
  ),
  file_sd_configs: file(),
  gce_sd_configs: discovery("gce", {
    project: fields.text(always("")),
    zone: fields.text(always("")),
    filter: fields.text(EMPTY),
    refresh_interval: fields.duration({ unset: "1m0s" }),
    port: fields.integer(PORT),
    tag_separator: fields.text({ unset: "," }),
  }),
  kubernetes_sd_configs: kubernetes(),
  marathon_sd_configs: discovery(
    "marathon",
    {
      servers: fields.texts(always([])),
      refresh_interval: fields.duration({ unset: "30s" }),
      auth_token: fields.text(EMPTY),
      auth_token_file: fields.text(EMPTY),
    },
    true,
  ),
  nerve_sd_configs: discovery("nerve", zookeeper),
  openstack_sd_configs: discovery("openstack", {
    identity_endpoint: fields.text(EMPTY),
    username: fields.text(EMPTY),
    userid: fields.text(EMPTY),
    password: fields.text(EMPTY),
    project_name: fields.text(EMPTY),
    project_id: fields.text(EMPTY),
    domain_name: fields.text(EMPTY),
    domain_id: fields.text(EMPTY),
    application_credential_name: fields.text(EMPTY),
    application_credential_id: fields.text(EMPTY),
    application_credential_secret: fields.text(EMPTY),
    role: fields.text(always("")),
    region: fields.text(always("")),
    refresh_interval: fields.duration({ unset: "1m0s" }),
    port: fields.integer(PORT),
    all_tenants: fields.flag({ unset: false }),
    tls_config: tls,
    availability: fields.text({ unset: "public" }),
  }),
  serverset_sd_configs: discovery("serverset", zookeeper),
  triton_sd_configs: discovery("triton", {
    account: fields.text(always("")),
    role: fields.text({ unset: "container" }),
    dns_suffix: fields.text(always("")),
    endpoint: fields.text(always("")),
    groups: fields.texts({}),
    port: fields.integer({ unset: 9163n }),
    refresh_interval: fields.duration({ unset: "1m0s" }),
    version: fields.integer({ unset: 1n }),
    tls_config: tls,
  }),
};

/** Promtail's own discovery by a Consul agent. */
export const CONSUL_AGENT = discovery("consulagent", {
  server: fields.text({ unset: "localhost:8500" }),
  token: fields.text(EMPTY),
  datacenter: fields.text(EMPTY),
  tag_separator: fields.text({ unset: "," }),
  scheme: fields.text({ unset: "http" }),
  username: fields.text(EMPTY),
  password: fields.text(EMPTY),
  refresh_interval: fields.duration({ unset: "30s" }),
  services: fields.texts({}),
  tags: fields.texts({}),
  node_meta: { type: fields.labels({}).type, items: () => [] },
  tls_config: tls,
});

/** Containers, whose log is read from the Docker daemon and not from files. */
export const DOCKER = discovery(
  "docker",
  {
    host: fields.text(always("")),
    port: fields.integer(PORT),
    host_networking_host: fields.text({ unset: "localhost" }),
    refresh_interval: fields.duration({ unset: "1m0s" }),
    match_first_network: fields.flag({ unset: true }),
    filters: filter,
  },
  true,
);
