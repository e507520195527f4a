import { readFile, stat } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import type { Logger } from "./logger.ts";
import { cursorKey, Positions } from "./positions.ts";

/** Where a Promtail kept the cursor of a journal scrape: its positions file and the scrape's job_name. */
export interface LegacyPosition {
  file: string;
  name: string;
}

const LegacyFile = z.object({ positions: z.record(z.string(), z.coerce.string()) });

/**
 * Takes a Promtail's cursor over into a positions file that is not there yet, as `legacy_position` has it. As in
 * Alloy up to 1.19, the cursor is kept under the labels `{}` and looked for under none, so the reading begins at
 * max_age all the same.
 */
export async function convertLegacyPosition(
  { file, name }: LegacyPosition,
  { path, component, log }: { path: string; component: string; log: Logger },
): Promise<void> {
  const legacy = LegacyFile.safeParse(parseYaml(await readFile(file, "utf8").catch(() => ""))).data;
  if (legacy === undefined) {
    log.info("will not convert the legacy positions file as it is not valid or does not exist", {
      legacy_path: file,
    });
    return;
  }
  const known = await stat(path).catch(() => undefined);
  if (known !== undefined && known.size > 0) {
    log.info("will not convert the legacy positions file as the new positions file already exists", { path });
    return;
  }
  const positions = await Positions.open(path);
  const cursor = legacy.positions[cursorKey(name).path];
  if (cursor !== undefined) positions.put({ ...cursorKey(component), labels: "{}" }, cursor);
  await positions.save();
  log.info("successfully converted legacy positions file to the new format", { path, legacy_path: file });
}

function parseYaml(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
