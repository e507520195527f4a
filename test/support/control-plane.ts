import { generateKeyPairSync } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stringify } from "yaml";
import { freePorts, start, waitUntilReady, type Child } from "../../src/process/index.ts";
import { ensureProgram, type Program, type ProgramName } from "../../src/programs/index.ts";

/** What an API server sent back. */
export interface ApiAnswer {
  status: number;
  body: Record<string, unknown>;
}

/** A merge patch, an apply or a plain object as the body of a request. */
export interface ApiBody {
  type: "application/json" | "application/merge-patch+json" | "application/apply-patch+yaml";
  value: unknown;
}

interface Ports {
  etcd: number;
  peer: number;
  api: number;
}

const TOKEN = "test-admin";
/** Milliseconds that a program has to answer; the machine may be busy. */
const PATIENCE = 120_000;

/**
 * A real kube-apiserver with a real etcd on loopback, and on request real Vault (development mode) and the real External
 * Secrets controller. Nothing schedules pods there and nothing collects garbage: what a kubelet and the controller
 * manager would report, a test reports.
 */
export class ControlPlane {
  readonly directory: string;
  readonly server: string;
  readonly kubeconfig: string;
  /** The programs that ran, for a person. */
  readonly programs: Program[] = [];
  readonly #ports: Ports;
  readonly #children: Child[] = [];
  #api: Child | undefined;

  private constructor(directory: string, ports: Ports) {
    this.directory = directory;
    this.#ports = ports;
    this.server = `https://127.0.0.1:${ports.api}`;
    this.kubeconfig = join(directory, "kubeconfig");
  }

  static async start(): Promise<ControlPlane> {
    const directory = await mkdtemp(join(tmpdir(), "fleet-control-plane-"));
    const [etcd = 0, peer = 0, api = 0] = await freePorts(3);
    const plane = new ControlPlane(directory, { etcd, peer, api });
    try {
      await plane.#configure();
      await plane.#startEtcd();
      await plane.startApi();
      return plane;
    } catch (caught) {
      await plane.stop();
      throw caught;
    }
  }

  async #configure(): Promise<void> {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", {
      modulusLength: 2048,
      publicKeyEncoding: { type: "spki", format: "pem" },
      privateKeyEncoding: { type: "pkcs1", format: "pem" },
    });
    await writeFile(join(this.directory, "sa.pub"), publicKey);
    await writeFile(join(this.directory, "sa.key"), privateKey, { mode: 0o600 });
    await writeFile(join(this.directory, "tokens.csv"), `${TOKEN},admin,1,"system:masters"\n`, {
      mode: 0o600,
    });
    const config = {
      apiVersion: "v1",
      kind: "Config",
      "current-context": "test",
      clusters: [
        { name: "test", cluster: { server: this.server, "certificate-authority": "certs/apiserver.crt" } },
      ],
      users: [{ name: "admin", user: { token: TOKEN } }],
      contexts: [{ name: "test", context: { cluster: "test", user: "admin" } }],
    };
    await writeFile(this.kubeconfig, stringify(config), { mode: 0o600 });
  }

  async #startEtcd(): Promise<void> {
    const { etcd, peer } = this.#ports;
    const url = `http://127.0.0.1:${etcd}`;
    const peerUrl = `http://127.0.0.1:${peer}`;
    await this.run(
      "etcd",
      [
        `--data-dir=${join(this.directory, "etcd")}`,
        `--listen-client-urls=${url}`,
        `--advertise-client-urls=${url}`,
        `--listen-peer-urls=${peerUrl}`,
        `--initial-advertise-peer-urls=${peerUrl}`,
        `--initial-cluster=default=${peerUrl}`,
        "--unsafe-no-fsync",
        "--log-level=error",
      ],
      async () => (await fetch(`${url}/health`)).ok,
    );
  }

  /** Starts the API server on what etcd holds; again after `killApi`. */
  async startApi(): Promise<void> {
    const { etcd, api } = this.#ports;
    const file = (name: string): string => join(this.directory, name);
    this.#api = await this.run(
      "kube-apiserver",
      [
        `--etcd-servers=http://127.0.0.1:${etcd}`,
        `--secure-port=${api}`,
        "--bind-address=127.0.0.1",
        "--advertise-address=127.0.0.1",
        `--cert-dir=${file("certs")}`,
        "--service-account-issuer=https://kubernetes.default.svc",
        `--service-account-key-file=${file("sa.pub")}`,
        `--service-account-signing-key-file=${file("sa.key")}`,
        "--service-cluster-ip-range=10.0.0.0/24",
        `--token-auth-file=${file("tokens.csv")}`,
        "--authorization-mode=RBAC",
      ],
      async () => (await this.request("GET", "/readyz")).status === 200,
      "api.pid",
    );
  }

  /** Kills the API server at once, as the kernel does when memory runs out. */
  async killApi(): Promise<void> {
    process.kill(Number(await readFile(join(this.directory, "api.pid"), "utf8")), "SIGKILL");
    await this.#api?.ended;
  }

  /** Starts a program that runs as long as the control plane, and waits until `probe` says true. */
  async run(
    name: ProgramName,
    args: readonly string[],
    probe: () => Promise<boolean>,
    pidFile = `${name}.pid`,
    env: Record<string, string> = {},
  ): Promise<Child> {
    const program = await ensureProgram(name, {
      env: process.env,
      log: (line) => process.stderr.write(`${line}\n`),
    });
    if (!this.programs.some(({ path }) => path === program.path)) this.programs.push(program);
    const script = 'echo $$ >"$1"; shift; exec "$@"';
    const path = join(this.directory, pidFile);
    const child = start("sh", ["-c", script, name, path, program.path, ...args], {
      cwd: this.directory,
      env,
    });
    this.#children.push(child);
    const readiness = await waitUntilReady(child, probe, { timeout: PATIENCE, interval: 200 });
    if (readiness.state === "ready") return child;
    throw new Error(`${name} is ${readiness.state}:\n${child.recent().slice(-15).join("\n")}`);
  }

  /** One request as the administrator. */
  async request(method: string, path: string, body?: ApiBody): Promise<ApiAnswer> {
    const { request } = await import("node:https");
    const ca = await readFile(join(this.directory, "certs/apiserver.crt"));
    return new Promise((resolve, reject) => {
      const headers = {
        Authorization: `Bearer ${TOKEN}`,
        ...(body === undefined ? {} : { "Content-Type": body.type }),
      };
      const sent = request(this.server + path, { method, ca, headers }, (response) => {
        void response.toArray().then((chunks) => {
          const text = Buffer.concat(chunks as Buffer[]).toString();
          const json = text.startsWith("{") ? (JSON.parse(text) as ApiAnswer["body"]) : {};
          resolve({ status: response.statusCode ?? 0, body: json });
        }, reject);
      });
      sent.on("error", reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body.value));
    });
  }

  /** The same, and a failure unless it went well. */
  async must(method: string, path: string, body?: ApiBody): Promise<Record<string, unknown>> {
    const answer = await this.request(method, path, body);
    if (answer.status < 300) return answer.body;
    throw new Error(`${method} ${path}: ${answer.status} ${JSON.stringify(answer.body)}`);
  }

  /** Ends everything and removes its data. */
  async stop(): Promise<void> {
    for (const child of this.#children.toReversed()) await child.stop();
    await rm(this.directory, { recursive: true, force: true });
  }
}
