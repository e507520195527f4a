import { httpClientAttributes, httpClientBlocks, kubernetesClient } from "./shared.ts";
import {
  blockSpec,
  bool,
  choice,
  component,
  duration,
  int,
  map,
  once,
  optional,
  optionalSecret,
  repeated,
  required,
  secret,
  string,
  targets,
  type BlockSpec,
  type ComponentSpec,
} from "./spec.ts";

const mountPath = optional(string);
const user = blockSpec({ username: required(string), password: required(secret), mount_path: mountPath });

const vaultAuth: Readonly<Record<string, BlockSpec>> = {
  "auth.token": blockSpec({ token: required(secret) }),
  "auth.approle": blockSpec({
    role_id: required(string),
    secret: required(secret),
    wrapping_token: optional(bool, "false"),
    mount_path: mountPath,
  }),
  "auth.aws": blockSpec({
    type: required(choice(["ec2", "iam"])),
    region: optional(string),
    role: optional(string),
    iam_server_id_header: optional(string),
    ec2_signature_type: optional(string),
    mount_path: mountPath,
  }),
  "auth.azure": blockSpec({ role: required(string), resource_url: optional(string), mount_path: mountPath }),
  "auth.gcp": blockSpec({
    role: required(string),
    type: required(choice(["gce", "iam"])),
    iam_service_account: optional(string),
    mount_path: mountPath,
  }),
  "auth.kubernetes": blockSpec({
    role: required(string),
    service_account_file: optional(string),
    mount_path: mountPath,
  }),
  "auth.ldap": user,
  "auth.userpass": user,
  "auth.custom": blockSpec({
    path: required(string),
    data: required(map(secret)),
    namespace: optional(string),
  }),
};

const kubernetesObject = component(
  { data: map(optionalSecret) },
  {
    namespace: required(string),
    name: required(string),
    poll_frequency: optional(duration, '"1m"'),
    poll_timeout: optional(duration, '"15s"'),
  },
  { client: kubernetesClient },
);

/** The components that read files and secrets. */
export const sourceComponents: Readonly<Record<string, ComponentSpec>> = {
  "local.file": component(
    { content: optionalSecret },
    {
      filename: required(string),
      detector: optional(choice(["fsnotify", "poll"], "validate"), '"fsnotify"'),
      poll_frequency: optional(duration, '"1m"'),
      is_secret: optional(bool, "false"),
    },
  ),
  "local.file_match": component(
    { targets },
    {
      path_targets: required(targets),
      sync_period: optional(duration, '"10s"'),
      ignore_older_than: optional(duration, '"0s"', "1.6"),
    },
  ),
  "remote.http": component(
    { content: optionalSecret },
    {
      url: required(string),
      poll_frequency: optional(duration, '"1m"'),
      poll_timeout: optional(duration, '"10s"'),
      is_secret: optional(bool, "false"),
      method: optional(string, '"GET"'),
      headers: optional(map(string), "{}"),
      body: optional(string, '""'),
    },
    { client: once(blockSpec(httpClientAttributes, httpClientBlocks)) },
  ),
  "remote.kubernetes.configmap": kubernetesObject,
  "remote.kubernetes.secret": kubernetesObject,
  "remote.vault": component(
    { data: map(secret) },
    {
      server: required(string),
      namespace: optional(string),
      path: required(string),
      key: optional(string),
      reread_frequency: optional(duration, '"0s"'),
    },
    {
      client_options: once(
        blockSpec({
          min_retry_wait: optional(duration, '"1000ms"'),
          max_retry_wait: optional(duration, '"1500ms"'),
          max_retries: optional(int, "2"),
          timeout: optional(duration, '"60s"'),
        }),
      ),
      ...Object.fromEntries(Object.entries(vaultAuth).map(([name, spec]) => [name, repeated(spec)])),
    },
  ),
};
