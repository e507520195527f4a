import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { error, FleetError } from "../../diagnostics/index.ts";
import { run } from "../../process/index.ts";

/**
 * Makes a container image from scratch, whose only file is a program, as the archive that `docker save` and `podman
 * load` know. Nothing of it is compressed: under software emulation that would take podman minutes.
 *
 * @param name under which containers are run from it: "localhost/loki:fleet"
 * @param directory where the archive is put, as image.tar
 * @throws FleetError `vm/image-failed`
 */
export async function makeContainerImage(
  program: string,
  { name, directory, signal }: { name: string; directory: string; signal: AbortSignal },
): Promise<string> {
  const layer = join(directory, "layer.tar");
  await tar(layer, dirname(program), [basename(program)], signal);
  const hash = createHash("sha256");
  await pipeline(createReadStream(layer), hash, { signal });
  const configuration = {
    architecture: "amd64",
    os: "linux",
    config: { Entrypoint: [`/${basename(program)}`] },
    rootfs: { type: "layers", diff_ids: [`sha256:${hash.digest("hex")}`] },
  };
  const manifest = [{ Config: "config.json", RepoTags: [name], Layers: [basename(layer)] }];
  await writeFile(join(directory, "config.json"), JSON.stringify(configuration));
  await writeFile(join(directory, "manifest.json"), JSON.stringify(manifest));
  const parts = ["manifest.json", "config.json", basename(layer)];
  const image = join(directory, "image.tar");
  await tar(image, directory, parts, signal);
  for (const part of parts) await rm(join(directory, part));
  return image;
}

async function tar(
  archive: string,
  directory: string,
  files: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const options = ["--create", "--owner=0", "--group=0", "--file", archive, "--directory", directory];
  const { exitCode, stderr } = await run("tar", [...options, ...files], { signal });
  if (exitCode === 0) return;
  throw new FleetError(error("vm/image-failed", `Loki could not be packed: ${stderr.trim()}`));
}
