import { httpClientAttributes, httpClientBlocks, relabelRules } from "./shared.ts";
import {
  blockSpec,
  bool,
  choice,
  component,
  duration,
  int,
  list,
  once,
  optional,
  repeated,
  required,
  rules,
  string,
  targets,
  url,
  type ComponentSpec,
} from "./spec.ts";

const ROLES = ["node", "pod", "service", "endpoints", "endpointslice", "ingress"] as const;

/** The components that find targets. */
export const discoveryComponents: Readonly<Record<string, ComponentSpec>> = {
  "discovery.relabel": component(
    { output: targets, rules },
    { targets: required(targets) },
    { rule: relabelRules },
  ),
  "discovery.kubernetes": component(
    { targets },
    {
      role: required(choice(ROLES)),
      api_server: optional(url),
      kubeconfig_file: optional(string),
      ...httpClientAttributes,
    },
    {
      ...httpClientBlocks,
      namespaces: once(blockSpec({ names: optional(list(string)), own_namespace: optional(bool, "false") })),
      selectors: repeated(
        blockSpec({ role: required(choice(ROLES)), field: optional(string), label: optional(string) }),
      ),
      attach_metadata: once(blockSpec({ node: optional(bool, "false"), namespace: optional(bool, "false") })),
    },
  ),
  "discovery.kubelet": component(
    { targets },
    {
      url: optional(url),
      refresh_interval: optional(duration, '"5s"'),
      namespaces: optional(list(string)),
      ...httpClientAttributes,
    },
    httpClientBlocks,
  ),
  "discovery.docker": component(
    { targets },
    {
      host: required(string),
      port: optional(int, "80"),
      host_networking_host: optional(string, '"localhost"'),
      refresh_interval: optional(duration, '"1m"'),
      match_first_network: optional(bool, "true"),
      ...httpClientAttributes,
    },
    {
      ...httpClientBlocks,
      filter: repeated(blockSpec({ name: required(string), values: required(list(string)) })),
    },
  ),
  "discovery.file": component(
    { targets },
    { files: required(list(string)), refresh_interval: optional(duration, '"5m"') },
  ),
};
