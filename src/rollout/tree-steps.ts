import type { Fleet, Host } from "../manifest/index.ts";
import { applyChanges, loadFleet, MANIFEST, readText, type Change } from "../repository/index.ts";
import { withShips } from "./manifest-edit.ts";
import { moveMessage, revertMessage } from "./messages.ts";
import type { Through } from "./plan.ts";
import type { About } from "./record.ts";
import { retireModule, type Retirement } from "./retire.ts";
import type { Steps } from "./steps.ts";

/** What is done to the repository. */
export class TreeSteps {
  readonly #steps: Steps;

  constructor(steps: Steps) {
    this.#steps = steps;
  }

  /** Makes, evaluates and commits the change of a wave's hosts. */
  async move(wave: number, names: readonly string[], through: Through): Promise<void> {
    const { root, tree, outside } = this.#steps.context;
    const { fleet } = await loadFleet(root);
    const hosts = fleet.hosts.filter(({ name }) => names.includes(name));
    const about = { wave, hosts: names };
    let changes: Change[] = [];
    await this.#steps.run({ ...about, step: "generate" }, async () => {
      changes = await this.changesFor(root, fleet, names);
      return {};
    });
    if (through === "generate") return;
    let verdict = "";
    await this.#steps.run({ ...about, step: "gate" }, async () => {
      const checkout = await this.#steps.checkOut(await tree.head());
      await applyChanges(checkout, changes);
      verdict = await outside.gate(checkout);
      return {};
    });
    if (through === "gate") return;
    await this.#steps.commit(
      { ...about, step: "commit" },
      { changes, removed: [] },
      moveMessage(wave, hosts, verdict),
    );
  }

  /** What makes hosts ship with Alloy: their imports, the shared module, and what the manifest says of them. */
  async changesFor(root: string, fleet: Fleet, names: readonly string[]): Promise<Change[]> {
    const moved = new Set(names);
    const after: Fleet = {
      ...fleet,
      hosts: fleet.hosts.map((host) => (moved.has(host.name) ? { ...host, ship: "alloy" } : host)),
    };
    const generated = await this.#steps.context.outside.generate(
      root,
      after,
      after.hosts.filter(({ name }) => moved.has(name)),
    );
    const before = (await readText(root, MANIFEST)) ?? "";
    const text = withShips(MANIFEST, before, new Map(names.map((name) => [name, "alloy"])));
    return text === before ? generated : [...generated, { path: MANIFEST, before, after: text }];
  }

  /** Commits what takes the imports of hosts out again, as far as nobody has changed those files since. */
  async revert(fleet: Fleet, names: readonly string[], reasons: ReadonlyMap<string, string>): Promise<void> {
    const { root, tree, log } = this.#steps.context;
    const changes: Change[] = [];
    const ships = new Map<string, Host["ship"]>();
    for (const name of names) {
      const host = fleet.hosts.find((one) => one.name === name);
      const { commit } = this.#steps.stateOf(name);
      if (host === undefined || commit === undefined) continue;
      const path = configurationOf(host);
      const [now, moved, before] = await Promise.all([
        readText(root, path),
        tree.textAt(commit, path),
        tree.textBefore(commit, path),
      ]);
      if (now === undefined || before === undefined || now !== moved || before === moved) {
        log(
          `${path} has changed since ${name} was moved, or was not moved by that commit: take its import out by hand`,
        );
        continue;
      }
      changes.push({ path, before: now, after: before });
      if (host.ship === "alloy" && name !== fleet.canary) ships.set(name, "promtail");
    }
    const manifest = (await readText(root, MANIFEST)) ?? "";
    const text = withShips(MANIFEST, manifest, ships);
    if (text !== manifest) changes.push({ path: MANIFEST, before: manifest, after: text });
    const wave = this.#steps.stateOf(names[0] ?? "").wave ?? 0;
    const about: About = { step: "revert", wave, hosts: names };
    await this.#steps.commit(about, { changes, removed: [] }, revertMessage(names, reasons));
  }

  /** Commits the removal of the Promtail module, once it is proven that no host uses it. */
  async retire(): Promise<void> {
    const { root, tree, outside } = this.#steps.context;
    const { fleet } = await loadFleet(root);
    const about: About = { step: "retire", wave: fleet.waves.length, hosts: [fleet.canary ?? "fleet"] };
    let retirement: Retirement;
    try {
      const checkout = await this.#steps.checkOut(await tree.head());
      retirement = await retireModule({ root, checkout, fleet, tree, gate: (at) => outside.gate(at) });
    } catch (caught) {
      throw this.#steps.fail(about, caught);
    }
    await this.#steps.commit(about, retirement, retirement.message);
  }
}

/** The file that has a host's imports. */
export function configurationOf({ entry, directory }: Host): string {
  return entry.kind === "configuration" ? entry.file : `${directory}/configuration.nix`;
}
