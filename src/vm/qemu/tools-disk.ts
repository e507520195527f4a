import { chmod, copyFile, cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { constants } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { error, FleetError } from "../../diagnostics/index.ts";
import { lokiConfiguration } from "../../loki/index.ts";
import { run } from "../../process/index.ts";
import type { Program } from "../../programs/index.ts";
import { GUEST } from "../guest-layout.ts";
import { temporaryDirectory } from "./temporary.ts";

/** What the disks and the directories they are made of are called. */
export const TOOLS = "tools-";
/** fleet itself. */
const CHECKOUT = fileURLToPath(new URL("../../../", import.meta.url));

const Lock = z.object({ packages: z.record(z.string(), z.object({ dev: z.boolean().optional() })) });

const LOKI = {
  directory: "/var/lib/loki",
  httpPort: GUEST.lokiPort,
  grpcPort: GUEST.lokiGrpcPort,
  multiTenant: false,
};

const FLEET = `#!/bin/sh
exec ${GUEST.tools}/bin/node ${GUEST.tools}/fleet/bin/fleet.js "$@"
`;

/**
 * Makes the image of the disk that a guest has at /opt/fleet: fleet as it stands here, the node that runs it, the
 * given programs under their names, and what Loki is configured with.
 *
 * @param directory where it is put; it is made for one run
 * @returns its path
 * @throws FleetError `vm/image-failed`
 */
export async function makeToolsDisk(
  programs: readonly Program[],
  { mke2fs, directory, signal }: { mke2fs: Program; directory: string; signal: AbortSignal },
): Promise<string> {
  const work = await temporaryDirectory(directory, TOOLS);
  const disk = `${work}.raw`;
  try {
    await mkdir(join(work, "bin"));
    await copyFile(process.execPath, join(work, "bin/node"), constants.COPYFILE_FICLONE);
    for (const { name, path } of programs) {
      await copyFile(path, join(work, "bin", name), constants.COPYFILE_FICLONE);
    }
    await writeFile(join(work, "bin/fleet"), FLEET);
    await chmod(join(work, "bin/fleet"), 0o755);
    await writeFile(join(work, "loki.yaml"), lokiConfiguration(LOKI));
    for (const path of ["bin", "src", "package.json", ...(await dependencies())]) {
      signal.throwIfAborted();
      const target = join(work, "fleet", path);
      await mkdir(dirname(target), { recursive: true });
      await cp(join(CHECKOUT, path), target, { recursive: true, mode: constants.COPYFILE_FICLONE });
    }
    // As large as what it holds, and room for the file system's own tables.
    const { stdout } = await run("du", ["--summarize", "--block-size=1M", work]);
    const size = `${Math.ceil(Number.parseInt(stdout, 10) * 1.1) + 32}M`;
    const args = ["-q", "-t", "ext4", "-O", "^has_journal", "-L", "fleet-tools", "-E", "root_owner=0:0"];
    const made = await run(mke2fs.path, [...args, "-d", work, disk, size], { signal });
    if (made.exitCode === 0) return disk;
    throw new FleetError(
      error("vm/image-failed", `the disk of tools could not be made: ${made.stderr.trim()}`),
    );
  } catch (caught) {
    await rm(disk, { force: true });
    throw caught;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

/** The packages that fleet needs to run, as paths in the checkout. */
async function dependencies(): Promise<string[]> {
  const { packages } = Lock.parse(JSON.parse(await readFile(join(CHECKOUT, "package-lock.json"), "utf8")));
  return Object.entries(packages)
    .filter(([path, { dev }]) => path !== "" && dev !== true)
    .map(([path]) => path);
}
