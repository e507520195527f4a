import { freePorts } from "../../src/process/index.ts";
import type { ControlPlane } from "./control-plane.ts";

/** A real Vault in development mode: what it holds is in memory, and it is unsealed. */
export class DevVault {
  readonly address: string;
  readonly token = "test-root";
  readonly #unsealKey: string;

  private constructor(address: string, unsealKey: string) {
    this.address = address;
    this.#unsealKey = unsealKey;
  }

  static async start(plane: ControlPlane): Promise<DevVault> {
    const [port = 0] = await freePorts(1);
    const address = `http://127.0.0.1:${port}`;
    const child = await plane.run(
      "vault",
      ["server", "-dev", "-dev-no-store-token", `-dev-listen-address=127.0.0.1:${port}`],
      async () => (await fetch(`${address}/v1/sys/health`)).ok,
      "vault.pid",
      { VAULT_DEV_ROOT_TOKEN_ID: "test-root", HOME: plane.directory },
    );
    const key = /^Unseal Key: (\S+)$/m.exec(child.recent().join("\n"))?.[1] ?? "";
    return new DevVault(address, key);
  }

  async put(path: string, password: string): Promise<void> {
    await this.#ask("POST", `/v1/secret/data/${path}`, { data: { password } });
  }

  async seal(): Promise<void> {
    await this.#ask("PUT", "/v1/sys/seal", undefined);
  }

  async unseal(): Promise<void> {
    await this.#ask("PUT", "/v1/sys/unseal", { key: this.#unsealKey });
  }

  async #ask(method: string, path: string, body: unknown): Promise<void> {
    const response = await fetch(this.address + path, {
      method,
      headers: { "X-Vault-Token": this.token },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  }
}
