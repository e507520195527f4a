/**
 * Where things are in a guest of the qemu driver, besides what a Debian system has. The tools are on a
 * read-only disk made for the run; whatever a program is, its path says.
 */
export const GUEST = {
  /** Mount point of the disk of tools. */
  tools: "/opt/fleet",
  /** fleet itself, of this checkout, as a command: `/opt/fleet/bin/fleet ship ...`. */
  fleet: "/opt/fleet/bin/fleet",
  /** Real programs that the run was started with. */
  alloy: "/opt/fleet/bin/alloy",
  promtail: "/opt/fleet/bin/promtail",
  /** The container image of Loki, preloaded into podman's storage. */
  lokiImage: "localhost/loki:fleet",
  /** The container that runs it and the unit that starts it. */
  lokiContainer: "loki",
  lokiUnit: "loki.service",
  /** Where Loki itself listens, without a password: no port that a fleet's Loki is likely to have. */
  lokiPort: 13100,
  lokiGrpcPort: 19095,
} as const;
