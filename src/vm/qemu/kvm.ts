import { access, constants, mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { start } from "../../process/index.ts";
import type { Program } from "../../programs/index.ts";
import type { Accelerator } from "./command-line.ts";
import type { GuestImage } from "./image.ts";

/** Milliseconds; with KVM a kernel gets so far in one second, and where KVM hangs it never does. */
const LIMIT = 8_000;
/** What the initramfs says when it is asked by `fleet.probe`. */
const ANSWER = "fleet: the guest runs";

/**
 * Whether this machine runs guests with KVM: /dev/kvm may be there, and a kernel hang under it all the same, so one is
 * started. The answer is kept for as long as this machine runs.
 *
 * @param directory where the answer is kept
 */
export async function chooseAccelerator(
  qemu: Program,
  image: GuestImage,
  { directory, log, signal }: { directory: string; log: (line: string) => void; signal: AbortSignal },
): Promise<Accelerator> {
  if (!(await mayUse("/dev/kvm"))) return "tcg";
  const boot = (await readFile("/proc/sys/kernel/random/boot_id", "utf8")).trim();
  const question = `${boot} ${qemu.path} ${qemu.version ?? ""}`;
  const file = join(directory, "kvm");
  const [asked, answer] = (await readFile(file, "utf8").catch(() => "")).split("\n");
  if (asked === question) return answer === "kvm" ? "kvm" : "tcg";
  log("trying whether KVM works here");
  const accelerator = (await boots(qemu, image, signal)) ? "kvm" : "tcg";
  if (accelerator === "tcg") log("KVM does not work here: guests run under software emulation");
  await mkdir(directory, { recursive: true });
  await writeFile(file, `${question}\n${accelerator}\n`);
  return accelerator;
}

async function mayUse(device: string): Promise<boolean> {
  return access(device, constants.R_OK | constants.W_OK).then(
    () => true,
    () => false,
  );
}

async function boots(
  qemu: Program,
  { kernel, initramfs }: GuestImage,
  signal: AbortSignal,
): Promise<boolean> {
  const seen = Promise.withResolvers<boolean>();
  const child = start(
    qemu.path,
    [
      ...[
        "-nodefaults",
        "-no-user-config",
        "-display",
        "none",
        "-no-reboot",
        "-machine",
        "q35",
        "-accel",
        "kvm",
      ],
      ...["-cpu", "host", "-m", "256", "-kernel", kernel, "-initrd", initramfs],
      ...["-append", "console=ttyS0 panic=-1 fleet.probe"],
      ...["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"],
    ],
    { onLine: (line) => line.includes(ANSWER) && seen.resolve(true) },
  );
  const timer = setTimeout(() => seen.resolve(false), LIMIT);
  void child.ended.then(() => seen.resolve(false));
  const abort = (): void => seen.reject(signal.reason);
  signal.addEventListener("abort", abort);
  try {
    return await seen.promise;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener("abort", abort);
    await child.stop();
  }
}
