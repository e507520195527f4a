import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Program } from "../../programs/index.ts";

/** The hook, and the files that are laid over Debian's. */
export const IMAGE_SOURCES = fileURLToPath(new URL("image/", import.meta.url));

/** What the guest is made of. */
export const RECIPE = {
  suite: "bookworm",
  sources: [
    "deb http://deb.debian.org/debian bookworm main",
    "deb http://deb.debian.org/debian-security bookworm-security main",
  ],
  packages: [
    // The system, with login sessions and core dumps as NixOS has them.
    ...["systemd-sysv", "udev", "dbus", "kmod", "libpam-systemd", "login", "systemd-coredump"],
    // Loki's container, and the proxy with a password in front of it.
    ...["podman", "crun", "nginx-light", "openssl"],
    // What scenarios and people look around with.
    ...["curl", "jq", "iproute2", "procps", "nftables", "ca-certificates"],
    // For the initramfs.
    ...["busybox-static", "cpio"],
  ],
  /** Of the root disk; only what is written takes room. */
  diskSize: "8G",
} as const;

/** A name that changes with anything the image is made of. */
export async function recipeKey(loki: Program): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify(RECIPE));
  const entries = await readdir(IMAGE_SOURCES, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort())
    hash.update(`\0${relative(IMAGE_SOURCES, file)}\0`).update(await readFile(file));
  const { size } = await stat(loki.path);
  hash.update(`\0${loki.version ?? ""}\0${size}`);
  return `${RECIPE.suite}-${hash.digest("hex").slice(0, 12)}`;
}
