import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { start, type Child } from "../../src/process/index.ts";

type Params = Readonly<Record<string, unknown>>;

interface Message {
  id?: number;
  method?: string;
  params?: Record<string, unknown>;
  result?: Record<string, unknown>;
  error?: { message: string };
  sessionId?: string;
}

/** A headless Chromium with one page, driven by its own protocol: https://chromedevtools.github.io/devtools-protocol */
export class Browser {
  readonly #child: Child;
  readonly #profile: string;
  readonly #socket: WebSocket;
  readonly #waiting = new Map<number, (message: Message) => void>();
  #session: string | undefined;
  #next = 1;
  /** What the page wrote to its console as a warning or an error, and exceptions that nobody caught. */
  readonly complaints: string[] = [];
  /** Every request that the page made. */
  readonly requests: string[] = [];

  private constructor(child: Child, profile: string, socket: WebSocket) {
    this.#child = child;
    this.#profile = profile;
    this.#socket = socket;
    socket.addEventListener("message", ({ data }) => this.#receive(JSON.parse(String(data)) as Message));
  }

  static async open(path: string): Promise<Browser> {
    const profile = await mkdtemp(join(tmpdir(), "fleet-browser-"));
    const found = Promise.withResolvers<string>();
    const flags = ["--headless=new", "--disable-gpu", "--remote-debugging-port=0", "--hide-scrollbars"];
    // Chromium refuses its sandbox to root; what it shows here is fleet's own page.
    if (process.getuid?.() === 0) flags.push("--no-sandbox");
    const child = start(path, [...flags, `--user-data-dir=${profile}`, "about:blank"], {
      onLine(line) {
        const [, url] = /^DevTools listening on (ws:\S+)/.exec(line) ?? [];
        if (url !== undefined) found.resolve(url);
      },
    });
    void child.ended.then(() => found.reject(new Error(`chromium ended: ${child.recent().join("\n")}`)));
    const socket = new WebSocket(await found.promise);
    await new Promise((done) => socket.addEventListener("open", done, { once: true }));
    const browser = new Browser(child, profile, socket);
    await browser.#attach();
    return browser;
  }

  async #attach(): Promise<void> {
    const { targetInfos } = (await this.send("Target.getTargets")) as {
      targetInfos: { type: string; targetId: string }[];
    };
    const targetId = targetInfos.find(({ type }) => type === "page")?.targetId;
    const { sessionId } = await this.send("Target.attachToTarget", { targetId, flatten: true });
    this.#session = sessionId as string;
    for (const domain of ["Page", "Runtime", "Network", "Log"]) await this.send(`${domain}.enable`);
  }

  async send(method: string, params: Params = {}): Promise<Record<string, unknown>> {
    const id = this.#next++;
    const session = this.#session === undefined ? {} : { sessionId: this.#session };
    const answer = await new Promise<Message>((resolve) => {
      this.#waiting.set(id, resolve);
      this.#socket.send(JSON.stringify({ id, method, params, ...session }));
    });
    if (answer.error !== undefined) throw new Error(`${method}: ${answer.error.message}`);
    return answer.result ?? {};
  }

  #receive(message: Message): void {
    if (message.id !== undefined) {
      this.#waiting.get(message.id)?.(message);
      this.#waiting.delete(message.id);
      return;
    }
    const { method, params = {} } = message;
    const type = params["type"];
    if (method === "Runtime.consoleAPICalled" && (type === "error" || type === "warning"))
      this.complaints.push(JSON.stringify(params["args"]));
    if (method === "Runtime.exceptionThrown" || method === "Log.entryAdded")
      this.complaints.push(JSON.stringify(params));
    if (method === "Network.requestWillBeSent")
      this.requests.push((params["request"] as { url: string }).url);
  }

  /** Opens a page and waits until it is loaded. */
  async goTo(url: string): Promise<void> {
    await this.send("Page.navigate", { url });
    while ((await this.evaluate("document.readyState")) !== "complete")
      await new Promise((done) => setTimeout(done, 50));
  }

  /** The value of an expression in the page; promises are waited for. */
  async evaluate(expression: string): Promise<unknown> {
    const { result, exceptionDetails } = (await this.send("Runtime.evaluate", {
      expression,
      awaitPromise: true,
      returnByValue: true,
    })) as { result: { value?: unknown }; exceptionDetails?: { exception?: { description?: string } } };
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? "it threw");
    return result.value;
  }

  /** Presses and lets go of a key by its name in KeyboardEvent.key. */
  async press(key: string): Promise<void> {
    const codes: Readonly<Record<string, number>> = {
      Tab: 9,
      Enter: 13,
      End: 35,
      Home: 36,
      ArrowLeft: 37,
      ArrowRight: 39,
    };
    const event = {
      key,
      code: key,
      windowsVirtualKeyCode: codes[key],
      ...(key === "Enter" ? { text: "\r" } : {}),
    };
    await this.send("Input.dispatchKeyEvent", { type: "keyDown", ...event });
    await this.send("Input.dispatchKeyEvent", { type: "keyUp", ...event });
  }

  /** Light or dark, screen or paper. */
  async emulate(scheme: "light" | "dark", media: "screen" | "print" = "screen"): Promise<void> {
    const features = [{ name: "prefers-color-scheme", value: scheme }];
    await this.send("Emulation.setEmulatedMedia", { media, features });
  }

  async resize(width: number, height: number): Promise<void> {
    await this.send("Emulation.setDeviceMetricsOverride", {
      width,
      height,
      deviceScaleFactor: 1,
      mobile: false,
    });
  }

  /** Saves the whole page as a PNG. */
  async screenshot(path: string): Promise<void> {
    const { data } = await this.send("Page.captureScreenshot", {
      format: "png",
      captureBeyondViewport: true,
    });
    await writeFile(path, Buffer.from(data as string, "base64"));
  }

  async close(): Promise<void> {
    this.#socket.close();
    await this.#child.stop();
    await rm(this.#profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
