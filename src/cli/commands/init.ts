import { z } from "zod";
import { diagnosticJson, error, FleetError, type Diagnostic } from "../../diagnostics/index.ts";
import {
  discover,
  findLoki,
  givenChannels,
  manifestText,
  type Discovery,
  type FoundLoki,
} from "../../init/index.ts";
import { parseManifest, type Fleet } from "../../manifest/index.ts";
import { renderTable } from "../../report/index.ts";
import { applyChanges, findRoot, MANIFEST, readText } from "../../repository/index.ts";
import { checkSecrets, type HostSecrets } from "../../secrets/index.ts";
import type { Run } from "../command.ts";
import type { Io } from "../io.ts";

const Options = z.object({
  channel: z.array(z.string()).default([]),
  dryRun: z.boolean().default(false),
  force: z.boolean().default(false),
  lokiUrl: z.string().optional(),
  lokiUsername: z.string().optional(),
});

type Options = z.output<typeof Options>;

/** `fleet init`: writes fleet.yaml from what the repository holds, and says what it found. */
export const run: Run = async (invocation, io) => {
  const options = Options.parse(invocation.options);
  const root = await findRoot({ repo: invocation.repo, cwd: io.cwd });
  const before = await readText(root, MANIFEST);
  if (before !== undefined && !options.force && !options.dryRun) {
    const hint = "look at it, or replace it with --force";
    throw new FleetError(error("manifest/exists", `${MANIFEST} is there already`, { hint }));
  }
  const found = await discover(root, givenChannels(options.channel));
  const text = manifestText(found, await lokiOf(root, found, options, io));
  const { fleet, diagnostics } = parseManifest(MANIFEST, text);
  if (fleet === undefined) throw new FleetError(diagnostics);
  const secrets = await checkSecrets(root, fleet);
  if (!options.dryRun) await applyChanges(root, [{ path: MANIFEST, before, after: text }]);
  if (invocation.json) {
    const written = !options.dryRun;
    io.json({
      ok: true,
      file: MANIFEST,
      written,
      text,
      diagnostics: secrets.diagnostics.map(diagnosticJson),
    });
    return 0;
  }
  if (options.dryRun) io.out(text);
  else io.out(`${summary(fleet, secrets.hosts, io.columns)}\n${nextSteps(fleet)}`);
  io.report(secrets.diagnostics.map(asWarning));
  return 0;
};

async function lokiOf(root: string, found: Discovery, options: Options, io: Io): Promise<FoundLoki> {
  const { lokiUrl: url, lokiUsername: username } = options;
  if (url !== undefined) return { url, username };
  const evaluated = await findLoki(
    { root, env: io.env, log: (line) => io.log(line), signal: io.signal },
    found,
  );
  return username === undefined ? evaluated : { ...evaluated, username };
}

function summary(fleet: Fleet, secrets: readonly HostSecrets[], columns: number): string {
  const rows = fleet.hosts.map(({ name, channel, ship, promtail }) => {
    const secret = secrets.find(({ host }) => host === name)?.secret === true ? "yes" : "no";
    return [name, channel.name, promtail === undefined ? ship : `${ship}, from ${promtail}`, secret];
  });
  const { secret } = fleet.loki.credential.sops;
  return renderTable([["host", "channel", "ship", secret], ...rows], columns);
}

function nextSteps(fleet: Fleet): string {
  const canary = fleet.canary === undefined ? "" : `; then: fleet migrate --canary ${fleet.canary} --dry-run`;
  return `wrote ${MANIFEST}: read it through${canary}\n`;
}

/** The manifest is written whatever the secrets are like, so nothing about them is an error of this command. */
function asWarning(diagnostic: Diagnostic): Diagnostic {
  return { ...diagnostic, severity: "warning" };
}
