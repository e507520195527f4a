import type { Cluster, SecretKey, VaultAuth } from "../../../manifest/index.ts";
import type { KubernetesObject } from "../object.ts";
import { PASSWORD_SECRET, type PasswordSource } from "../remotes.ts";

const API = "external-secrets.io/v1";

/** What makes the Secret with the remotes' passwords, and where the manifest describes Vault also the way there. */
export function passwordObjects(cluster: Cluster, passwords: readonly PasswordSource[]): KubernetesObject[] {
  if (passwords.length === 0) return [];
  return [...secretStore(cluster), externalSecret(cluster, passwords)];
}

function externalSecret(
  { namespace, secrets }: Cluster,
  passwords: readonly PasswordSource[],
): KubernetesObject {
  return {
    apiVersion: API,
    kind: "ExternalSecret",
    metadata: { name: PASSWORD_SECRET, namespace },
    spec: {
      refreshInterval: secrets.refresh,
      secretStoreRef: { kind: "ClusterSecretStore", name: secrets.store },
      target: { name: PASSWORD_SECRET, creationPolicy: "Owner" },
      data: passwords.map(({ variable, vaultKey, property }) => ({
        secretKey: variable,
        remoteRef: { key: vaultKey, property },
      })),
    },
  };
}

function secretStore({ secrets: { store, vault } }: Cluster): KubernetesObject[] {
  if (vault === undefined) return [];
  const { server, mount, auth } = vault;
  return [
    {
      apiVersion: API,
      kind: "ClusterSecretStore",
      metadata: { name: store },
      spec: { provider: { vault: { server, path: mount, version: "v2", auth: authentication(auth) } } },
    },
  ];
}

function authentication(auth: VaultAuth): Record<string, unknown> {
  const reference = ({ name, namespace, key }: SecretKey): SecretKey => ({ name, namespace, key });
  switch (auth.kind) {
    case "userPass": {
      const { path, username, password } = auth;
      return { userPass: { path, username, secretRef: reference(password) } };
    }
    case "token":
      return { tokenSecretRef: reference(auth.token) };
    case "kubernetes": {
      const { path, role, serviceAccount } = auth;
      const reference = serviceAccount === undefined ? {} : { serviceAccountRef: serviceAccount };
      return { kubernetes: { mountPath: path, role, ...reference } };
    }
  }
}
