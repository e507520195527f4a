import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { error, FleetError } from "../../diagnostics/index.ts";
import type { Program } from "../../programs/index.ts";
import { GUEST } from "../guest-layout.ts";
import { QemuGuest } from "./guest.ts";
import type { GuestImage } from "./image.ts";
import { IMAGE_SOURCES } from "./recipe.ts";

/** Milliseconds, for a machine that is busy with other things too; on an idle one it takes half a minute. */
const BOOT = 900_000;
const IMPORT = 1_200_000;

/**
 * Boots a new image once and leaves it as every later run finds it: with Loki's program as the only file of a
 * container image, and an empty journal.
 *
 * @throws FleetError `vm/image-failed`, and what a guest throws.
 */
export async function seal(
  image: GuestImage,
  { qemu, archive, work, signal }: { qemu: Program; archive: string; work: string; signal: AbortSignal },
): Promise<void> {
  const guest = new QemuGuest({
    name: "fleet",
    qemu,
    image,
    keepWrites: true,
    disks: [archive],
    // KVM is not known to work yet, and an image must not depend on it.
    accelerator: "tcg",
    memory: 2048,
    forwards: [],
    scratch: work,
    bootTimeout: BOOT,
    signal,
  });
  try {
    await guest.start();
    const script = await readFile(join(IMAGE_SOURCES, "seal.sh"), "utf8");
    const { size } = await stat(archive);
    const given = `image=${GUEST.lokiImage} size=${size}\n`;
    const result = await guest.execute(given + script, { timeout: IMPORT });
    if (result.status !== 0) {
      throw new FleetError(
        error(
          "vm/image-failed",
          `Loki's container image could not be made in the guest: ${result.stderr.trim()}`,
        ),
      );
    }
    await guest.shutdown();
  } finally {
    await guest.release();
  }
}
