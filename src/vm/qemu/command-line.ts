/** Hardware of a guest: what it boots, its disks and its lines to the driver. */
export interface Hardware {
  kernel: string;
  initramfs: string;
  /** Kernel parameters besides the console's. */
  parameters: readonly string[];
  disks: readonly Disk[];
  accelerator: Accelerator;
  /** MiB. */
  memory: number;
  cpus: number;
  /** Directory of the sockets `shell`, `prompt` and `monitor`. */
  sockets: string;
  /** Ports of this machine's loopback, each with the guest's port behind it. */
  forwards: readonly { host: number; guest: number }[];
}

export interface Disk {
  path: string;
  /**
   * "discarded": what the guest writes goes to a temporary file that qemu unlinks as soon as it has opened it, so
   * it is gone with qemu, however that ends.
   */
  writes: "kept" | "discarded" | "refused";
}

/** KVM runs the guest on the processor itself, TCG translates its code. */
export type Accelerator = "kvm" | "tcg";

/**
 * The processor that TCG plays: one without AVX. Programs that find AVX2 use it for hashing and compression, where
 * its emulation is many times slower than the plain code would be.
 */
const EMULATED = "Nehalem";

/** The arguments of qemu-system-x86_64; the console is its standard output. */
export function qemuArguments(hardware: Hardware): string[] {
  const { kernel, initramfs, parameters, disks, accelerator, memory, cpus, sockets, forwards } = hardware;
  const socket = (name: string): string =>
    `socket,id=${name},path=${escape(`${sockets}/${name}`)},server=on,wait=off`;
  return [
    ["-nodefaults", "-no-user-config", "-display", "none", "-no-shutdown"],
    ["-machine", "q35", "-accel", accelerator === "kvm" ? "kvm" : "tcg,thread=multi"],
    ["-cpu", accelerator === "kvm" ? "host" : EMULATED, "-smp", String(cpus), "-m", String(memory)],
    ["-kernel", kernel, "-initrd", initramfs],
    [
      "-append",
      ["console=ttyS0", "loglevel=4", "net.ifnames=0", "printk.devkmsg=on", ...parameters].join(" "),
    ],
    ...disks.map((disk, at) => diskArguments(disk, at)),
    ["-device", "virtio-rng-pci", "-device", "virtio-serial-pci"],
    ["-chardev", socket("shell"), "-device", "virtserialport,chardev=shell,name=org.fleet.shell"],
    ["-chardev", socket("prompt"), "-device", "virtconsole,chardev=prompt"],
    ["-chardev", socket("monitor"), "-mon", "chardev=monitor,mode=control"],
    ["-chardev", "stdio,id=console,signal=off", "-serial", "chardev:console"],
    ["-netdev", netdev(forwards), "-device", "virtio-net-pci,netdev=net,mac=52:54:00:f1:ee:70"],
  ].flat();
}

function diskArguments({ path, writes }: Disk, at: number): string[] {
  const mode = { kept: "", discarded: ",snapshot=on", refused: ",read-only=on" }[writes];
  // Nothing outlives a crash of this machine, so no write has to wait for its disk.
  const drive = `if=none,id=disk${at},format=raw,cache=unsafe,discard=unmap,file=${escape(path)}${mode}`;
  return ["-drive", drive, "-device", `virtio-blk-pci,drive=disk${at}`];
}

/** Nothing of the guest gets out (restrict); what is forwarded gets in. */
function netdev(forwards: Hardware["forwards"]): string {
  const rules = forwards.map(({ host, guest }) => `hostfwd=tcp:127.0.0.1:${host}-:${guest}`);
  return ["user,id=net,restrict=on", ...rules].join(",");
}

/** In qemu's option lists a comma ends the value, unless doubled. */
function escape(value: string): string {
  return value.replaceAll(",", ",,");
}
