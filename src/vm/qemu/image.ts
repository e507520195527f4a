import { existsSync } from "node:fs";
import { rename, rm, statfs } from "node:fs/promises";
import { dirname, join } from "node:path";
import { error, FleetError } from "../../diagnostics/index.ts";
import { run, start } from "../../process/index.ts";
import {
  cacheDirectory,
  ensureProgram,
  withLock,
  type Program,
  type ProgramOptions,
} from "../../programs/index.ts";
import { GUEST } from "../guest-layout.ts";
import { makeContainerImage } from "./container-image.ts";
import { IMAGE_SOURCES, RECIPE, recipeKey } from "./recipe.ts";
import { seal } from "./seal.ts";
import { removeTree, temporaryDirectory } from "./temporary.ts";

/** What a guest is started from. */
export interface GuestImage {
  kernel: string;
  initramfs: string;
  /** A raw disk image with holes. */
  disk: string;
}

/** What the directories are called in which an image is made. */
export const UNFINISHED = "unfinished-";
/** Bytes that making an image takes at its peak. */
const ROOM = 4 * 1024 ** 3;

/** Where the driver keeps its images, and what running guests write. */
export function vmDirectory(env: ProgramOptions["env"]): string {
  return join(cacheDirectory(env), "vm");
}

/**
 * The guest's image, made when there is none for this recipe: Debian with podman, and Loki's container image in
 * podman's storage. One run makes it, others wait; what a killed run left behind is not trusted.
 *
 * @throws FleetError `vm/needs-root`, `vm/no-space`, `vm/image-failed`, and what `ensureProgram` throws.
 */
export async function ensureImage(qemu: Program, options: ImageOptions): Promise<GuestImage> {
  const loki = await ensureProgram("loki", options);
  const directory = join(vmDirectory(options.env), await recipeKey(loki));
  const image = imageIn(directory);
  if (existsSync(directory)) return image;
  const log = options.log ?? (() => undefined);
  const make = async (): Promise<void> => {
    if (existsSync(directory)) return;
    const begun = performance.now();
    log(`making the guest's disk image in ${directory} (once; 2 to 6 minutes, 1.5 GB)`);
    const unfinished = await temporaryDirectory(dirname(directory), UNFINISHED);
    try {
      await makeImage(imageIn(unfinished), { qemu, loki, log, options });
      await rename(unfinished, directory);
    } finally {
      await removeTree(unfinished);
    }
    const seconds = Math.round((performance.now() - begun) / 1000);
    log(`the guest's disk image is made: ${seconds} s, ${await sizeOf(directory)} MB`);
  };
  await withLock(`${directory}.lock`, make, {
    onWait: () => log("waiting for another run that makes the guest's disk image"),
    signal: options.signal,
  });
  return image;
}

export interface ImageOptions extends ProgramOptions {
  signal: AbortSignal;
}

function imageIn(directory: string): GuestImage {
  return {
    kernel: join(directory, "vmlinuz"),
    initramfs: join(directory, "initramfs"),
    disk: join(directory, "disk.raw"),
  };
}

interface Making {
  qemu: Program;
  loki: Program;
  log: (line: string) => void;
  options: ImageOptions;
}

async function makeImage(image: GuestImage, making: Making): Promise<void> {
  const { options, log, loki } = making;
  const work = dirname(image.disk);
  await needRoom(work, ROOM, "the guest's disk image");
  if (process.getuid?.() !== 0) {
    throw new FleetError(
      error("vm/needs-root", "the guest's disk image is made of files that belong to root", {
        hint: "run this once as root with the same FLEET_CACHE; after that no such right is needed",
      }),
    );
  }
  const mmdebstrap = await ensureProgram("mmdebstrap", options);
  const mke2fs = await ensureProgram("mke2fs", options);

  const tree = join(work, "tree");
  log(`  1 of 3: Debian ${RECIPE.suite} with ${RECIPE.packages.length} packages and what they need`);
  await make(mmdebstrap, [...debianArguments(), RECIPE.suite, tree, ...RECIPE.sources], making);
  await rename(join(tree, "boot/vmlinuz"), image.kernel);
  await rename(join(tree, "boot/initramfs"), image.initramfs);

  log(`  2 of 3: a file system of it (${await sizeOf(tree)} MB)`);
  await make(
    mke2fs,
    ["-q", "-t", "ext4", "-L", "fleet-root", "-d", tree, image.disk, RECIPE.diskSize],
    making,
  );
  await removeTree(tree);

  log(`  3 of 3: a first boot, in which podman takes in ${loki.description}`);
  const archive = await makeContainerImage(loki.path, {
    name: GUEST.lokiImage,
    directory: work,
    signal: options.signal,
  });
  await seal(image, { qemu: making.qemu, archive, work, signal: options.signal });
  await rm(archive);
}

function debianArguments(): string[] {
  const left = ["doc", "man", "info", "locale"].map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`);
  return [
    ...["--variant=minbase", "--mode=root", '--aptopt=Apt::Install-Recommends "false"', ...left],
    `--include=${RECIPE.packages.join(",")}`,
    `--customize-hook=sync-in "${IMAGE_SOURCES}rootfs" /`,
    `--customize-hook=sh "${IMAGE_SOURCES}customize.sh" "$1"`,
  ];
}

/** Runs a program that makes a part of the image. */
async function make(program: Program, args: readonly string[], { options }: Making): Promise<void> {
  // Whoever calls fleet from a directory that only root may read would hand that on to the programs in the tree.
  const child = start(program.path, args, { cwd: "/" });
  const stop = (): void => void child.stop();
  options.signal.addEventListener("abort", stop);
  try {
    const code = await child.ended;
    options.signal.throwIfAborted();
    if (code === 0) return;
  } finally {
    options.signal.removeEventListener("abort", stop);
  }
  const said = child.recent().slice(-8).join("\n");
  throw new FleetError(
    error("vm/image-failed", `${program.description} could not make the guest's disk image:\n${said}`, {
      hint: "check that Debian's mirror deb.debian.org can be reached, and run it again",
    }),
  );
}

/** @throws FleetError `vm/no-space` when the disk under `directory` has not `bytes` left. */
export async function needRoom(directory: string, bytes: number, what: string): Promise<void> {
  const { bavail, bsize } = await statfs(directory);
  const free = bavail * bsize;
  if (free >= bytes) return;
  const gigabytes = (size: number): string => `${(size / 1024 ** 3).toFixed(1)} GB`;
  throw new FleetError(
    error(
      "vm/no-space",
      `${what} needs ${gigabytes(bytes)} in ${directory}, which has ${gigabytes(free)} left`,
      {
        hint: "make room there, or set FLEET_CACHE to a directory on another disk",
      },
    ),
  );
}

/** Megabytes that a file or tree takes, holes left out. */
async function sizeOf(path: string): Promise<number> {
  const { stdout } = await run("du", ["--summarize", "--block-size=1000000", path]);
  return Number.parseInt(stdout, 10);
}
